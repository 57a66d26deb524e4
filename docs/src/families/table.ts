/**
 * The families of the reference: the headings under which the names of a package are listed. The family of a name
 * follows from the file that declares it, so docstrings need no tags; a name that belongs elsewhere is listed
 * explicitly. A name without a family and an entry that matches no name are build errors.
 */

/** One heading of a package's page. */
export interface Family {
  readonly title: string;
  /** Sentence shown below the heading. */
  readonly about?: string;
  /** Files in the package's `src`, without `.ts`, separated by spaces; folders end in `/`. */
  readonly files?: string;
  /** Names that belong here although their file belongs elsewhere, separated by spaces. */
  readonly names?: string;
}

const tensor: readonly Family[] = [
  {
    title: "Tensors and dtypes",
    files: "tensor dtype limits print-options",
    names: "BackwardOptions",
  },
  {
    title: "Creation",
    about: "All accept the options `dtype` and `device`.",
    files: "creation sequences",
    names: "meshgrid MeshgridOptions",
  },
  {
    title: "Random numbers",
    about: "On the CPU, a seed gives the same numbers as in PyTorch.",
    files: "random-creation random/generator ops/random ops/sampling",
  },
  {
    title: "Arithmetic and elementary functions",
    about: "Pointwise. Operands are broadcast, and their dtypes are promoted.",
    files: "ops/arithmetic ops/power ops/rounding ops/trigonometry ops/special",
  },
  {
    title: "Comparison and logic",
    about: "Pointwise. Results have dtype bool, except for the bitwise operations.",
    files: "ops/comparison ops/equality ops/where assert-close",
  },
  {
    title: "Activations",
    files: "ops/activation ops/softmax",
  },
  {
    title: "Reductions",
    about: "Over all elements, or along given dimensions.",
    files: "ops/sum ops/product ops/extremes ops/statistics ops/quantile ops/rows",
  },
  {
    title: "Cumulative operations, sorting and counting",
    files: "ops/scan ops/search ops/sort ops/unique",
  },
  {
    title: "Indexing and masks",
    files: "ops/indexing ops/gather ops/scatter ops/mask ops/embedding",
    names: "select narrow slice diagonal selectScatter sliceScatter diagonalScatter fillDiagonal_",
  },
  {
    title: "Shape",
    about: "Most of these return a view of the same memory.",
    files: "ops/reshape ops/permute ops/expand ops/join ops/split ops/repeat ops/slice ops/blocks",
  },
  {
    title: "Matrix products and linear algebra",
    files: "ops/matmul ops/linear ops/einsum ops/linalg ops/factorization ops/distance ops/triangle",
  },
  {
    title: "Convolution, pooling and resampling",
    about: "Over `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]`, or the same without `N`.",
    files: "ops/conv ops/pool ops/adaptive-pool ops/resample ops/pad ops/patches",
  },
  {
    title: "Normalization",
    files: "ops/normalization",
  },
  {
    title: "Copies and conversion",
    files: "ops/copy ops/fill",
  },
  {
    title: "Devices and memory",
    files: "device scope profile profiler backends/cpu/ backends/webgpu/ backends/reference/",
    names: "yieldToCollector MemoryUse",
  },
  {
    title: "Compiling",
    about: "Captures the kernel calls of a function, fuses them, and replays them.",
    files: "compile capture",
  },
  { title: "Batches of examples", files: "vmap/" },
  {
    title: "Errors",
    about:
      "All extend `AkariError`. The message names the operation and quotes what did not match; errors are thrown before anything runs.",
    files: "errors",
  },
  {
    title: "Writing operations",
    about: "Tools for operations of your own: most are a single formula.",
    files: "pointwise op once named-tuple ops/view ops/check argument settings trace",
    names: "addInto fillView copyInto Viewed windowOn",
  },
  {
    title: "The scalar language",
    about:
      "The expressions that formulas consist of. `pointwise` passes them to its callback; the functions below are for writing kernel calls.",
    files: "expr/",
  },
  {
    title: "Writing devices",
    about: "The interface that a device implements, and the kernel calls that it executes.",
    files: "backend kernel storage testing/",
  },
  {
    title: "Shapes, elements and random integers",
    about: "Helper functions for operations and devices.",
    files: "shape half encode random/integers",
    names: "bytesOf computeType expectFloating expectOneType kindOf typedArray viewBytes",
  },
];

const autograd: readonly Family[] = [
  { title: "Gradients", files: "variable functional" },
  { title: "Enabling and disabling gradients", files: "mode" },
  { title: "Transformations of functions", files: "func" },
  { title: "Checkpointing", about: "Trades computation for memory.", files: "checkpoint" },
  { title: "Custom functions", files: "function formulas/" },
  { title: "Saved tensors", files: "saved-tensors-hooks" },
  { title: "Gradient checks and debugging", files: "gradcheck anomaly" },
];

const nn: readonly Family[] = [
  {
    title: "Modules and containers",
    files: "module container deepcopy functional-call module-state parameter parameter-list hooks",
    names: "Identity FactoryOptions",
  },
  { title: "Linear layers", files: "linear", names: "Bilinear" },
  { title: "Lazy layers", files: "lazy" },
  { title: "Convolution", files: "conv conv-transpose" },
  { title: "Pooling", files: "pooling adaptive-pooling functional/unpool functional/fractional-pool" },
  { title: "Padding", files: "padding" },
  { title: "Activations", files: "activation functional/random-activation" },
  { title: "Normalization", files: "norm instance-norm weight-norm spectral-norm" },
  { title: "Dropout", files: "dropout" },
  { title: "Recurrent layers", files: "recurrent recurrent-cell packed-sequence" },
  { title: "Attention and transformers", files: "attention transformer transformer-decoder" },
  { title: "Embeddings and distances", files: "embedding distance functional/embedding-bag" },
  {
    title: "Shape and resolution",
    files: "flatten resample pad-sequence functional/channel-shuffle functional/grid-sample",
  },
  { title: "Losses", files: "loss margin-loss ctc-loss adaptive-softmax" },
  {
    title: "Losses as functions",
    about: "`reduction` selects how the losses of a batch are combined: `mean` (the default), `sum`, or `none`.",
    files:
      "functional/loss functional/cross-entropy functional/ctc functional/likelihood functional/margin functional/reduction",
  },
  { title: "Dropout and attention as functions", files: "functional/dropout functional/attention" },
  { title: "The functional namespace", names: "functional" },
  { title: "The namespace of utilities", names: "utils" },
  { title: "Initialization", files: "init", names: "init" },
  {
    title: "Gradient clipping and parameter vectors",
    files: "clip",
    names: "parametersToVector vectorToParameters",
  },
  { title: "Weight averaging", files: "averaged-model" },
  { title: "Parametrizations", files: "parametrize orthogonal" },
  { title: "Pruning", files: "prune" },
  { title: "Fusion for evaluation", files: "fusion" },
];

const optim: readonly Family[] = [
  {
    title: "Optimizers",
    about:
      "Each accepts parameters or parameter groups, and options. A step is one fused kernel call for all parameters.",
    files: "adabelief adadelta adagrad adam adamax asgd lbfgs nadam radam rmsprop rprop sgd",
  },
  { title: "Learning rate schedulers", files: "schedulers/", names: "lrScheduler" },
  { title: "Writing optimizers", files: "optimizer elementwise parameterwise checks testing/" },
];

const data: readonly Family[] = [
  { title: "Datasets", files: "dataset stack-dataset" },
  { title: "Batches", files: "data-loader collate" },
  { title: "Samplers", files: "sampler" },
  { title: "Images", files: "mnist image-dataset synthetic" },
  { title: "Transforms", files: "transforms random-affine" },
  {
    title: "Files and downloads",
    files: "cache download download-error files idx idx-search idx-sources md5 progress",
  },
];

const io: readonly Family[] = [
  { title: "Saving and loading program state", files: "save" },
  { title: "safetensors", files: "safetensors" },
  { title: "PyTorch checkpoints", files: "torch" },
  { title: "NumPy arrays and archives", files: "npy npz" },
  { title: "Arrays and sources", files: "elements files" },
];

const linalg: readonly Family[] = [
  { title: "Decompositions", files: "qr svd eigh eig lu ldl householder-product" },
  { title: "Least squares, rank and inverses", files: "lstsq pinv inverses" },
  { title: "Large matrices", files: "low-rank" },
  { title: "Functions of a matrix", files: "matrix-exp norms vander" },
];

const special: readonly Family[] = [
  { title: "Normal distribution and error function", files: "error-function" },
  { title: "Gamma and zeta functions", files: "incomplete-gamma multigammaln zeta" },
  { title: "Logarithms and powers", files: "logarithms float-power" },
  { title: "Bessel functions", files: "bessel modified-bessel airy" },
  { title: "Orthogonal polynomials", files: "polynomials" },
  { title: "Integers and floating point representation", files: "integers binary" },
  { title: "Numerical gradient, histograms and positions", files: "gradient histogram unravel-index" },
];

const distributions: readonly Family[] = [
  { title: "Base classes", files: "distribution location-scale" },
  {
    title: "Continuous scalars",
    files:
      "normal log-normal uniform exponential laplace cauchy half gumbel gamma beta kumaraswamy continuous-bernoulli student-t fisher-snedecor pareto weibull von-mises",
  },
  {
    title: "Discrete distributions",
    files:
      "bernoulli categorical one-hot-categorical multinomial binomial negative-binomial geometric poisson sampling/binomial sampling/poisson odds",
  },
  { title: "Continuous vectors", files: "multivariate-normal low-rank-multivariate-normal dirichlet logistic-normal" },
  { title: "Matrices", files: "wishart lkj-cholesky" },
  {
    title: "Composed and relaxed distributions",
    files: "independent mixture-same-family transformed-distribution relaxed",
  },
  { title: "Transforms", files: "transforms/" },
  { title: "KL divergences", files: "kl kl-pair" },
  {
    title: "Constraints",
    about: "In a namespace, as in PyTorch: `constraints.positive`.",
    files: "constraints",
    names: "constraints",
  },
];

const fft: readonly Family[] = [
  { title: "One-dimensional transforms", files: "one along" },
  { title: "Multi-dimensional transforms", files: "several" },
  { title: "Frequencies and shifts", files: "frequencies" },
  { title: "Short-time transforms and windows", files: "stft windows" },
  {
    title: "Complex numbers",
    about: "Real tensors with a trailing dimension of size 2 for the real and imaginary parts.",
    files: "complex",
  },
];

const akari: readonly Family[] = [
  {
    title: "Creation",
    about: "The creation functions of `@akari/tensor`, with the additional option `requiresGrad`.",
    files: "creation",
  },
];

/** The families of each package, in the order of its page in the reference. */
export const table: Readonly<Record<string, readonly Family[]>> = {
  akari,
  "@akari/tensor": tensor,
  "@akari/autograd": autograd,
  "@akari/nn": nn,
  "@akari/optim": optim,
  "@akari/data": data,
  "@akari/io": io,
  "@akari/linalg": linalg,
  "@akari/distributions": distributions,
  "@akari/special": special,
  "@akari/fft": fft,
};
