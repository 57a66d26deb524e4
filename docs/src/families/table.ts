/**
 * The families of the reference: under which heading a name of a package stands. It follows from the file that declares
 * the name, so nobody tags anything; a name that belongs elsewhere than the rest of its file is listed by itself. What
 * has no family, and a row that nothing answers to, is an error of the build.
 */

/** One heading of a package's page. */
export interface Family {
  readonly title: string;
  /** A sentence below the heading. */
  readonly about?: string;
  /** Files below the package's `src`, without `.ts`, separated by spaces; a folder ends in `/`. */
  readonly files?: string;
  /** Names that belong here although their file does not, separated by spaces. */
  readonly names?: string;
}

const tensor: readonly Family[] = [
  {
    title: "Tensors and dtypes",
    files: "tensor dtype limits",
    names: "BackwardOptions",
  },
  {
    title: "Creation",
    about: "All take `dtype` and `device`.",
    files: "creation sequences",
    names: "meshgrid MeshgridOptions",
  },
  {
    title: "Random numbers",
    about: "The same seed gives PyTorch's own numbers, on the CPU.",
    files: "random-creation random/generator ops/random ops/sampling",
  },
  {
    title: "Arithmetic and elementary functions",
    about: "Element by element; operands are broadcast, and their dtypes promoted.",
    files: "ops/arithmetic ops/power ops/rounding ops/trigonometry ops/special",
  },
  {
    title: "Comparison and logic",
    about: "Element by element. The results are of dtype bool, but for the bitwise operations.",
    files: "ops/comparison ops/equality ops/where",
  },
  {
    title: "Activations",
    files: "ops/activation ops/softmax",
  },
  {
    title: "Reductions",
    about: "Over all elements, or along the dimensions given.",
    files: "ops/sum ops/product ops/extremes ops/statistics ops/quantile ops/rows",
  },
  {
    title: "Running totals, sorting and counting",
    files: "ops/scan ops/search ops/sort ops/unique",
  },
  {
    title: "Indexing and masks",
    files: "ops/indexing ops/gather ops/scatter ops/mask ops/embedding",
    names: "select narrow slice diagonal selectScatter sliceScatter diagonalScatter fillDiagonal_",
  },
  {
    title: "Shape",
    about: "Most of these copy nothing: the result is a view of the same memory.",
    files: "ops/reshape ops/permute ops/expand ops/join ops/split ops/repeat ops/slice ops/blocks",
  },
  {
    title: "Products and linear algebra",
    files: "ops/matmul ops/linear ops/einsum ops/linalg ops/factorization ops/distance ops/triangle",
  },
  {
    title: "Convolution, pooling and resampling",
    about: "Over `[N, C, L]`, `[N, C, H, W]` or `[N, C, D, H, W]`, or the same without `N`.",
    files: "ops/conv ops/pool ops/resample ops/pad ops/patches",
  },
  {
    title: "Normalisation",
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
    about: "The kernel calls of a function, fused and run again without it.",
    files: "compile capture",
  },
  {
    title: "Errors",
    about:
      "All are subclasses of `AkariError`, carry what was wrong in their message, and are thrown before anything has run.",
    files: "errors",
  },
  {
    title: "Writing operations",
    about: "How operations are made: most of them from one formula.",
    files: "pointwise op once ops/view ops/check argument settings trace",
    names: "addInto fillView copyInto Viewed",
  },
  {
    title: "The scalar language",
    about:
      "What formulas are made of. `pointwise` hands out expressions; the functions below are for those who write kernels from them.",
    files: "expr/",
  },
  {
    title: "Writing devices",
    about: "What a device has to answer to.",
    files: "backend kernel storage testing/",
  },
  {
    title: "Shapes, elements and draws",
    about: "The arithmetic behind operations and devices.",
    files: "shape half encode random/integers",
    names: "bytesOf computeType expectFloating expectOneType kindOf typedArray viewBytes",
  },
];

const autograd: readonly Family[] = [
  { title: "Gradients", files: "variable functional" },
  { title: "Switching gradients on and off", files: "mode" },
  { title: "Writing functions", files: "function formulas/" },
  { title: "Checking", files: "gradcheck anomaly" },
];

const nn: readonly Family[] = [
  {
    title: "Modules and containers",
    files: "module container deepcopy parameter parameter-list hooks",
    names: "Identity FactoryOptions",
  },
  { title: "Linear layers", files: "linear", names: "Bilinear" },
  { title: "Convolution", files: "conv conv-transpose" },
  { title: "Pooling", files: "pooling adaptive-pooling functional/unpool functional/fractional-pool" },
  { title: "Padding", files: "padding" },
  { title: "Activations", files: "activation functional/random-activation" },
  { title: "Normalisation", files: "norm instance-norm weight-norm spectral-norm" },
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
    about:
      "`reduction` says what becomes of the losses of a batch: their mean (the default), their sum, or each by itself.",
    files:
      "functional/loss functional/cross-entropy functional/ctc functional/likelihood functional/margin functional/reduction",
  },
  { title: "Dropout and attention as functions", files: "functional/dropout functional/attention" },
  { title: "Everything as functions", names: "functional" },
  { title: "Initial values", files: "init", names: "init" },
  {
    title: "Gradient clipping and parameters as one vector",
    files: "clip",
    names: "parametersToVector vectorToParameters",
  },
  { title: "Averages of weights", files: "averaged-model" },
];

const optim: readonly Family[] = [
  {
    title: "Optimizers",
    about:
      "Each takes parameters or groups of them, and its options. A step is one fused kernel call for all parameters.",
    files: "adabelief adadelta adagrad adam adamax asgd lbfgs nadam radam rmsprop rprop sgd",
  },
  { title: "Learning rate schedulers", files: "schedulers/" },
  { title: "Writing optimizers", files: "optimizer elementwise checks testing/" },
];

const data: readonly Family[] = [
  { title: "Datasets", files: "dataset" },
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
  { title: "Whole states", files: "save" },
  { title: "safetensors", files: "safetensors" },
  { title: "PyTorch's checkpoints", files: "torch" },
  { title: "NumPy's arrays and archives", files: "npy npz" },
  { title: "What files are made of", files: "elements files" },
];

const linalg: readonly Family[] = [
  { title: "Decompositions", files: "qr svd eigh eig lu householder-product" },
  { title: "Least squares, ranks, inverses", files: "lstsq pinv inverses" },
  { title: "Large matrices", files: "low-rank" },
  { title: "Functions of a matrix", files: "matrix-exp norms" },
];

const special: readonly Family[] = [
  { title: "Normal distribution and error function", files: "error-function" },
  { title: "Gamma, zeta", files: "incomplete-gamma multigammaln zeta" },
  { title: "Logarithms and powers", files: "logarithms float-power" },
  { title: "Bessel functions", files: "bessel modified-bessel airy" },
  { title: "Orthogonal polynomials", files: "polynomials" },
  { title: "Integers, and what floats are made of", files: "integers binary" },
  { title: "Samples and counts", files: "gradient histogram" },
];

const distributions: readonly Family[] = [
  { title: "What all have in common", files: "distribution location-scale" },
  {
    title: "Numbers",
    files:
      "normal log-normal uniform exponential laplace cauchy half gumbel gamma beta kumaraswamy continuous-bernoulli student-t fisher-snedecor pareto weibull von-mises",
  },
  {
    title: "Counts and classes",
    files: "bernoulli categorical one-hot-categorical multinomial binomial negative-binomial geometric poisson odds",
  },
  { title: "Vectors", files: "multivariate-normal low-rank-multivariate-normal dirichlet logistic-normal" },
  { title: "Matrices", files: "wishart lkj-cholesky" },
  { title: "Made of others", files: "independent mixture-same-family transformed-distribution relaxed" },
  { title: "Transforms", files: "transforms/" },
  { title: "Divergences", files: "kl kl-pair" },
  {
    title: "Constraints",
    about: "As in PyTorch in a namespace: `constraints.positive`.",
    files: "constraints",
    names: "constraints",
  },
];

const fft: readonly Family[] = [
  { title: "Along one dimension", files: "one along" },
  { title: "Along several dimensions", files: "several" },
  { title: "Frequencies", files: "frequencies" },
  { title: "Pieces of a signal", files: "stft windows" },
  {
    title: "Complex numbers",
    about: "Tensors with a last dimension of 2, for real and imaginary parts.",
    files: "complex",
  },
];

const akari: readonly Family[] = [
  {
    title: "Creation with gradients",
    about: "The creation functions of `@akari/tensor`, with the option `requiresGrad`.",
    files: "creation",
  },
];

/** The families of each package, in the order of its page. */
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
