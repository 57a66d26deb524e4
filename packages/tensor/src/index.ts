/**
 * Tensors, their operations, the scalar language, and the interfaces that devices and followers implement.
 *
 * @packageDocumentation
 */

// What tensors are made of
export type { Backend, DeviceBuffer, KernelClock, KernelSpan, MemoryUse } from "./backend.ts";
export { type CpuOptions, cpu } from "./backends/cpu/index.ts";
export {
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
  isDType,
  isFloating,
  kindOf,
  promoteTypes,
  type TypedArray,
  typedArray,
  viewBytes,
} from "./dtype.ts";
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
// For those who write operations and devices
export { gradients, substitute, withDerivative } from "./expr/derivative.ts";
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
export { fromHalf, toHalf } from "./half.ts";
export type {
  ArgReduceCall,
  CheckCall,
  ConvCall,
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
  View,
} from "./kernel.ts";
export {
  apply,
  applyAll,
  applyInPlace,
  type Gradient,
  type GradientContext,
  type Layout,
  type Op,
  type Reads,
  type Rule,
  rules,
  type Spec,
} from "./op.ts";
// Element by element
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
  type AlphaOptions,
  abs,
  add,
  addcdiv,
  addcmul,
  type Binary,
  type DivOptions,
  div,
  floorDivide,
  fmod,
  lerp,
  mul,
  neg,
  reciprocal,
  remainder,
  rsub,
  sign,
  sub,
  trueDivide,
  type Unary,
  type ValueOptions,
} from "./ops/arithmetic.ts";
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
  gt,
  isclose,
  isfinite,
  isinf,
  isnan,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  ne,
  where,
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
} from "./ops/conv.ts";
export { cast, clone, contiguous, copy_, copyInto, toDevice } from "./ops/copy.ts";
export {
  cosineSimilarity,
  type DistanceOptions,
  type NormalizeOptions,
  normalize,
  pairwiseDistance,
  type SimilarityOptions,
} from "./ops/distance.ts";
export { bilinear, einsum, kron, tensordot } from "./ops/einsum.ts";
export { type EmbeddingOptions, embedding, oneHot } from "./ops/embedding.ts";
export { broadcastTensors, broadcastTo, expand, expandAs } from "./ops/expand.ts";
export { amax, amin, aminmax, argmax, argmin, max, min, type ValuesAndIndices } from "./ops/extremes.ts";
export { addInto, fill_, fillView, zero_ } from "./ops/fill.ts";
export { gather, indexSelect, take, takeAlongDim } from "./ops/gather.ts";
export { get, type Index, type IndexPutOptions, indexPut, indexPut_, type Range, set } from "./ops/indexing.ts";
export { cat, columnStack, dstack, hstack, stack, vstack } from "./ops/join.ts";
export {
  cholesky,
  cross,
  det,
  inv,
  type MatrixNormOrder,
  matrixNorm,
  matrixPower,
  type NormOptions,
  solve,
  trace,
  vectorNorm,
} from "./ops/linalg.ts";
export { type AddProductOptions, addmm, addmv, baddbmm, linear } from "./ops/linear.ts";
export { maskedFill, maskedFill_, maskedScatter, maskedSelect, nonzero } from "./ops/mask.ts";
export { bmm, chainMatmul, dot, inner, matmul, mm, mv, outer } from "./ops/matmul.ts";
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
export { movedim, mT, permute, swapaxes, t, transpose } from "./ops/permute.ts";
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
export { exp, exp2, expm1, hypot, log, log1p, log2, log10, logaddexp, pow, rsqrt, sqrt, square, xlogy } from "./ops/power.ts";
export { prod } from "./ops/product.ts";
export { bernoulli_, exponential_, type GeneratorOption, normal_, random_, uniform_ } from "./ops/random.ts";
export { flip, fliplr, flipud, repeat, repeatInterleave, roll, rot90, tile } from "./ops/repeat.ts";
export {
  type AdaptiveMaxPool,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type InterpolateMode,
  type InterpolateOptions,
  interpolate,
  pixelShuffle,
  pixelUnshuffle,
} from "./ops/resample.ts";
export { flatten, ravel, reshape, reshapeAs, type Sizes, squeeze, unflatten, unsqueeze, view } from "./ops/reshape.ts";
export {
  ceil,
  clamp,
  copysign,
  floor,
  fmax,
  fmin,
  frac,
  heaviside,
  type Limit,
  maximum,
  minimum,
  type NanToNumOptions,
  nanToNum,
  type RoundOptions,
  round,
  signbit,
  trunc,
} from "./ops/rounding.ts";
export type { Dims, KeepOptions, ReduceOptions } from "./ops/rows.ts";
export { type RowAttrs, RowOp } from "./ops/rows.ts";
export { cummax, cummin, cumprod, cumsum, diff, logcumsumexp, type ScanOptions } from "./ops/scan.ts";
export {
  type IndexAddOptions,
  indexAdd,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  type ScatterReduction,
  scatter,
  scatter_,
  scatterAdd,
  scatterAdd_,
  scatterReduce,
} from "./ops/scatter.ts";
export { asStrided, diagonal, narrow, select, slice, unfold } from "./ops/slice.ts";
export { logSoftmax, logsumexp, type SoftmaxOptions, softmax, softmin } from "./ops/softmax.ts";
export { argsort, kthvalue, median, mode, msort, type SortOptions, sort, type TopkOptions, topk } from "./ops/sort.ts";
export { digamma, erf, erfc, erfinv, lgamma, logit, polygamma, sigmoid } from "./ops/special.ts";
export { chunk, dsplit, hsplit, split, tensorSplit, unbind, vsplit } from "./ops/split.ts";
export { type NormOrder, norm, type SpreadOptions, std, stdMean, variance, varMean } from "./ops/statistics.ts";
export { all, any, countNonzero, mean, nanmean, nansum, sum } from "./ops/sum.ts";
export { diag, diagEmbed, type MeshgridOptions, meshgrid, tril, triu } from "./ops/triangle.ts";
export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
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
  bucketize,
  type HistcOptions,
  histc,
  type SearchOptions,
  searchsorted,
  type Unique,
  type UniqueOptions,
  unique,
} from "./ops/unique.ts";
export { embed, type LayoutRule, viewOp } from "./ops/view.ts";
export {
  broadcastView,
  type Pointwise,
  PointwiseOp,
  type PointwiseOptions,
  pointwise,
  resultType,
  type TensorOrNumber,
} from "./pointwise.ts";
export { Profile, type ProfileEvent, type ProfileOptions, type ProfileRow, profile } from "./profile.ts";
export { drawBernoulli, drawIntegers, drawNormal, drawPermutation, drawUniform } from "./random/distributions.ts";
export { defaultGenerator, Generator, initialSeed, manualSeed, seed } from "./random/generator.ts";
export {
  bernoulli,
  type MultinomialOptions,
  multinomial,
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
export { arange, eye, type LogspaceOptions, linspace, logspace, type TriangleOptions, trilIndices, triuIndices } from "./sequences.ts";
export {
  broadcastShapes,
  broadcastStrides,
  checkSizes,
  contiguousStrides,
  dimension,
  dimensions,
  inferSizes,
  isContiguous,
  reshapeStrides,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
} from "./shape.ts";
export { Storage, yieldToCollector } from "./storage.ts";
export { type NestedArray, Tensor, type Viewed } from "./tensor.ts";
export type { BackwardOptions, Recorded, Trace } from "./trace.ts";
