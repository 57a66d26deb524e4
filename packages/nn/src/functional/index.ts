/**
 * `torch.nn.functional`: layers and losses as functions of tensors, without modules.
 */

export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  batchNorm,
  bilinear,
  celu,
  col2im as fold,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  cosineSimilarity,
  elu,
  embedding,
  gelu,
  glu,
  groupNorm,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  im2col as unfold,
  instanceNorm,
  interpolate,
  layerNorm,
  leakyRelu,
  linear,
  localResponseNorm,
  logSoftmax,
  logsigmoid,
  lpPool1d,
  lpPool2d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  mish,
  normalize,
  oneHot,
  pad,
  pairwiseDistance,
  pdist,
  pixelShuffle,
  pixelUnshuffle,
  prelu,
  relu,
  relu6,
  rmsNorm,
  selu,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
  threshold,
} from "@akari/tensor";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export { channelShuffle } from "./channel-shuffle.ts";
export { type CrossEntropyOptions, crossEntropy, type NllOptions, nllLoss } from "./cross-entropy.ts";
export { type CtcOptions, ctcLoss } from "./ctc.ts";
export { alphaDropout, type DropoutFunctionOptions, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "./dropout.ts";
export { type EmbeddingBagOptions, embeddingBag } from "./embedding-bag.ts";
export { type FractionalPool, type FractionalPoolOptions, fractionalMaxPool2d, fractionalMaxPool3d } from "./fractional-pool.ts";
export { affineGrid, type GridSampleOptions, gridSample } from "./grid-sample.ts";
export { type GaussianOptions, gaussianNllLoss, type PoissonOptions, poissonNllLoss } from "./likelihood.ts";
export {
  type BinaryLogitsOptions,
  type BinaryOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type HuberOptions,
  huberLoss,
  type KlDivOptions,
  klDiv,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "./loss.ts";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  type MultilabelOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  type TripletDistanceOptions,
  type TripletOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from "./margin.ts";
export { type GumbelSoftmaxOptions, gumbelSoftmax, type RReLUOptions, rrelu } from "./random-activation.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export { type MaxUnpool, type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from "./unpool.ts";
