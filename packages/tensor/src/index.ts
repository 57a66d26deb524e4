/**
 * Tensors, their operations, the scalar language, and the interfaces that devices and traces implement.
 *
 * @packageDocumentation
 */

export {
  checkChoice,
  checkInteger,
  checkNumber,
  checkOrder,
  checkPositive,
  describeValue,
  expected,
  expectFunction,
  expectNumber,
  expectTensor,
  isTensor,
  itemsOf,
  refuse,
} from "./argument.ts";
export { type AssertCloseOptions, assertClose, type Comparable } from "./assert-close.ts";
export type { Backend, DeviceBuffer, KernelClock, KernelSpan, MemoryUse } from "./backend.ts";
export { type CpuOptions, cpu } from "./backends/cpu/index.ts";
export { type Capture, capturing, changed, type Drawn, perform, writeDrawn } from "./capture.ts";
export { type CompileCounts, type Compiled, compile } from "./compile.ts";
export {
  asTensor,
  empty,
  emptyLike,
  fromTypedArray,
  full,
  fullLike,
  ones,
  onesLike,
  type TensorData,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./creation.ts";
export { defaultDevice, setDefaultDevice } from "./device.ts";
export {
  bytesOf,
  canCast,
  computeType,
  type DType,
  dtypes,
  expectFloating,
  expectOneType,
  isDType,
  isFloating,
  kindOf,
  promoteTypes,
  type TypedArray,
  typedArray,
  viewBytes,
} from "./dtype.ts";
export { numbersOf } from "./encode.ts";
export {
  AkariError,
  ArgumentError,
  AutogradError,
  DeviceError,
  DisposedError,
  DTypeError,
  FileError,
  IndexError,
  ShapeError,
} from "./errors.ts";
export { type Derivative, derivativeOf, withDerivative } from "./expr/derivative.ts";
export { constant, Expr, floating, input, node, type Operand, row, scalar } from "./expr/expr.ts";
export type { BinaryOp, CompareOp, LeafOp, ScalarOp, UnaryOp } from "./expr/ops.ts";
export {
  inputTypes,
  nodesOf,
  type Program,
  program,
  type Reduction,
  type RowProgram,
  reduction,
  rowProgram,
  type Stage,
} from "./expr/program.ts";
export { substitute } from "./expr/substitute.ts";
export { fromBfloat16, fromHalf, toBfloat16, toHalf } from "./half.ts";
export type {
  ArgReduceCall,
  CheckCall,
  ConvCall,
  CpuKernel,
  ForeachCall,
  GatherCall,
  KernelCall,
  MatmulCall,
  PointwiseCall,
  PoolCall,
  RandomCall,
  RowsCall,
  ScanCall,
  ScatterCall,
  SortCall,
  SparseCall,
  View,
} from "./kernel.ts";
export { type FloatLimits, finfo, type IntegerLimits, iinfo } from "./limits.ts";
export { type NamedTuple, namedTuple } from "./named-tuple.ts";
export { once } from "./once.ts";
export {
  apply,
  applyAll,
  applyInPlace,
  type Batching,
  batching,
  type Formulas,
  type Gradient,
  type GradientContext,
  type Layout,
  type Op,
  type Operands,
  type Reads,
  type Rule,
  rules,
  type Spec,
} from "./op.ts";
export {
  celu,
  elu,
  type GeluOptions,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  type InplaceOptions,
  leakyRelu,
  logsigmoid,
  mish,
  prelu,
  relu,
  relu6,
  type SoftplusOptions,
  selu,
  silu,
  softplus,
  softshrink,
  softsign,
  tanhshrink,
  threshold,
} from "./ops/activation.ts";
export {
  type AdaptiveMaxPool,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from "./ops/adaptive-pool.ts";
export {
  type AlphaOptions,
  abs,
  abs as absolute,
  add,
  addcdiv,
  addcmul,
  type Binary,
  type DivOptions,
  div,
  div as divide,
  floorDivide,
  fmod,
  lerp,
  mul,
  mul as multiply,
  neg,
  neg as negative,
  positive,
  reciprocal,
  remainder,
  rsub,
  sign,
  sign as sgn,
  sub,
  sub as subtract,
  trueDivide,
  type Unary,
  type ValueOptions,
} from "./ops/arithmetic.ts";
export {
  blockDiag,
  type CombinationsOptions,
  cartesianProd,
  combinations,
  diagflat,
  diagonalScatter,
  fillDiagonal_,
  selectScatter,
  sliceScatter,
  type VanderOptions,
  vander,
} from "./ops/blocks.ts";
export { type ExpectOptions, expectBetween } from "./ops/check.ts";
export {
  bitwiseAnd,
  bitwiseLeftShift,
  bitwiseNot,
  bitwiseOr,
  bitwiseRightShift,
  bitwiseXor,
  type CloseOptions,
  eq,
  ge,
  ge as greaterEqual,
  gt,
  gt as greater,
  isclose,
  isfinite,
  isinf,
  isnan,
  isneginf,
  isposinf,
  le,
  le as lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  lt as less,
  ne,
  ne as notEqual,
} from "./ops/comparison.ts";
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type PerDimension,
  perDimension,
} from "./ops/conv.ts";
export { cast, clone, contiguous, copy_, copyInto, toDevice } from "./ops/copy.ts";
export {
  type CdistOptions,
  cdist,
  cosineSimilarity,
  type DistanceOptions,
  dist,
  type NormalizeOptions,
  normalize,
  pairwiseDistance,
  pdist,
  renorm,
  type SimilarityOptions,
} from "./ops/distance.ts";
export { bilinear, einsum, kron, tensordot } from "./ops/einsum.ts";
export { type EmbeddingOptions, embedding, oneHot } from "./ops/embedding.ts";
export { allclose, allcloseSync, equal, equalSync } from "./ops/equality.ts";
export { broadcastTensors, broadcastTo, expand, expandAs } from "./ops/expand.ts";
export {
  type AminmaxOptions,
  amax,
  amin,
  aminmax,
  argmax,
  argmin,
  max,
  min,
  type ValuesAndIndices,
} from "./ops/extremes.ts";
export { elements, factor, type Matrix, matrixAt, workspace } from "./ops/factorization.ts";
export { addInto, fill_, fillView, zero_ } from "./ops/fill.ts";
export { gather, indexSelect, take, takeAlongDim } from "./ops/gather.ts";
export { get, type Index, type IndexPutOptions, indexPut, indexPut_, type Range, set } from "./ops/indexing.ts";
export {
  cat,
  cat as concat,
  cat as concatenate,
  columnStack,
  dstack,
  hstack,
  stack,
  vstack,
  vstack as rowStack,
} from "./ops/join.ts";
export {
  type CholeskyOptions,
  cholesky,
  choleskySolve,
  cross,
  det,
  inv,
  inv as inverse,
  type LogDeterminant,
  logdet,
  type MatrixNormOrder,
  matrixNorm,
  matrixPower,
  type NormOptions,
  type SolveOptions,
  slogdet,
  solve,
  solveTriangular,
  type TriangularOptions,
  trace,
  vecdot,
  vectorNorm,
} from "./ops/linalg.ts";
export { type AddProductOptions, addbmm, addmm, addmv, addr, baddbmm, linear } from "./ops/linear.ts";
export { maskedFill, maskedFill_, maskedScatter, maskedSelect, nonzero, nonzero as argwhere } from "./ops/mask.ts";
export { bmm, chainMatmul, dot, dot as vdot, inner, matmul, mm, multiDot, mv, outer } from "./ops/matmul.ts";
export {
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  type InstanceNormOptions,
  instanceNorm,
  type LocalResponseOptions,
  layerNorm,
  localResponseNorm,
  type NormalizationOptions,
  type RunningOptions,
  rmsNorm,
} from "./ops/normalization.ts";
export { type PadMode, type PadOptions, pad } from "./ops/pad.ts";
export { col2im, im2col, type PatchOptions } from "./ops/patches.ts";
export {
  movedim,
  movedim as moveaxis,
  mT,
  permute,
  swapaxes,
  swapaxes as swapdims,
  t,
  transpose,
} from "./ops/permute.ts";
export {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  lpPool1d,
  lpPool2d,
  type MaxPool,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type PoolOptions,
} from "./ops/pool.ts";
export {
  exp,
  exp2,
  expm1,
  hypot,
  log,
  log1p,
  log2,
  log10,
  logaddexp,
  pow,
  rsqrt,
  sqrt,
  square,
  xlogy,
} from "./ops/power.ts";
export { prod } from "./ops/product.ts";
export { nanquantile, type QuantileOptions, quantile } from "./ops/quantile.ts";
export {
  bernoulli_,
  cauchy_,
  exponential_,
  type GeneratorOption,
  geometric_,
  logNormal_,
  normal_,
  random_,
  uniform_,
} from "./ops/random.ts";
export { flip, fliplr, flipud, repeat, repeatInterleave, roll, rot90, tile } from "./ops/repeat.ts";
export {
  type InterpolateMode,
  type InterpolateOptions,
  interpolate,
  pixelShuffle,
  pixelUnshuffle,
} from "./ops/resample.ts";
export {
  atleast1d,
  atleast2d,
  atleast3d,
  flatten,
  ravel,
  reshape,
  reshapeAs,
  type Sizes,
  squeeze,
  unflatten,
  unsqueeze,
  view,
} from "./ops/reshape.ts";
export {
  ceil,
  clamp,
  clamp as clip,
  clampMax,
  clampMin,
  copysign,
  floor,
  fmax,
  fmin,
  frac,
  heaviside,
  type Limit,
  type Limits,
  maximum,
  minimum,
  type NanToNumOptions,
  nanToNum,
  type RoundOptions,
  round,
  signbit,
  trunc,
  trunc as fix,
} from "./ops/rounding.ts";
export type { Dims, KeepOptions, ReduceOptions } from "./ops/rows.ts";
export { type RowAttrs, RowOp } from "./ops/rows.ts";
export { bernoulli, type MultinomialOptions, multinomial } from "./ops/sampling.ts";
export {
  cummax,
  cummin,
  cumprod,
  cumsum,
  cumulativeTrapezoid,
  type DiffOptions,
  diff,
  logcumsumexp,
  type ScanOptions,
  type TrapezoidOptions,
  trapezoid,
  trapezoid as trapz,
} from "./ops/scan.ts";
export {
  type IndexAddOptions,
  indexAdd,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  indexReduce,
  type PutOptions,
  put,
  type ScatterOptions,
  type ScatterReduceOptions,
  type ScatterReduction,
  scatter,
  scatter_,
  scatterAdd,
  scatterAdd_,
  scatterReduce,
} from "./ops/scatter.ts";
export {
  bucketize,
  type HistcOptions,
  histc,
  type IsinOptions,
  isin,
  type SearchOptions,
  type SearchSortedOptions,
  searchsorted,
} from "./ops/search.ts";
export { asStrided, diagonal, narrow, select, slice, unfold } from "./ops/slice.ts";
export { logSoftmax, logsumexp, type SoftmaxOptions, softmax, softmin } from "./ops/softmax.ts";
export {
  argsort,
  kthvalue,
  median,
  mode,
  msort,
  nanmedian,
  type SortOptions,
  sort,
  type TopkOptions,
  topk,
} from "./ops/sort.ts";
export { digamma, erf, erfc, erfinv, lgamma, logit, polygamma, sigmoid } from "./ops/special.ts";
export {
  type Counted,
  chunk,
  dsplit,
  hsplit,
  type Parts,
  type Sections,
  split,
  type TensorEach,
  tensorSplit,
  unbind,
  vsplit,
} from "./ops/split.ts";
export {
  type CovOptions,
  corrcoef,
  cov,
  type NormOrder,
  norm,
  type SpreadOptions,
  std,
  stdMean,
  variance,
  variance as var,
  varMean,
} from "./ops/statistics.ts";
export { all, any, countNonzero, mean, nanmean, nansum, sum } from "./ops/sum.ts";
export { diag, diagEmbed, type MeshgridOptions, meshgrid, tril, triu } from "./ops/triangle.ts";
export {
  acos,
  acos as arccos,
  acosh,
  acosh as arccosh,
  asin,
  asin as arcsin,
  asinh,
  asinh as arcsinh,
  atan,
  atan as arctan,
  atan2,
  atan2 as arctan2,
  atanh,
  atanh as arctanh,
  cos,
  cosh,
  deg2rad,
  rad2deg,
  sin,
  sinc,
  sinh,
  tan,
  tanh,
} from "./ops/trigonometry.ts";
export {
  type BincountOptions,
  bincount,
  type Unique,
  type UniqueConsecutiveOptions,
  type UniqueOptions,
  unique,
  uniqueConsecutive,
} from "./ops/unique.ts";
export { embed, type LayoutRule, viewOp } from "./ops/view.ts";
export { where } from "./ops/where.ts";
export {
  broadcastView,
  type Formula,
  type Pointwise,
  PointwiseOp,
  type PointwiseOptions,
  pointwise,
  resultType,
  type TensorOrNumber,
} from "./pointwise.ts";
export { getPrintoptions, type PrintOptions, setPrintoptions } from "./print-options.ts";
export { type ProfileEvent, type ProfileOptions, type ProfileRow, profile } from "./profile.ts";
export type { Profile } from "./profiler.ts";
export { defaultGenerator, Generator, initialSeed, manualSeed, seed } from "./random/generator.ts";
export { drawIntegers, drawPermutation } from "./random/integers.ts";
export {
  normal,
  type RandomOptions,
  rand,
  randint,
  randintLike,
  randLike,
  randn,
  randnLike,
  randperm,
} from "./random-creation.ts";
export { keep, scope } from "./scope.ts";
export {
  arange,
  eye,
  type LogspaceOptions,
  linspace,
  logspace,
  type TriangleOptions,
  trilIndices,
  triuIndices,
} from "./sequences.ts";
export { checkNames, isOptions, type Settings, settings } from "./settings.ts";
export {
  broadcastShapes,
  broadcastStrides,
  checkSizes,
  contiguousStrides,
  dimension,
  dimensions,
  expectRank,
  expectShape,
  inferSizes,
  isContiguous,
  reshapeStrides,
  type Shape,
  sameShape,
  shapeError,
  shapeOf,
  showShape,
  sizeOf,
} from "./shape.ts";
export { Storage, yieldToCollector } from "./storage.ts";
export { type NestedArray, Tensor, type Viewed } from "./tensor.ts";
export { type BackwardOptions, gradMode, gradOf, type Recorded, type Trace } from "./trace.ts";
export { windowOn } from "./view.ts";
