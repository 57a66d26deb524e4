/**
 * Modules, layers, losses, initialisers and gradient clipping, with PyTorch's names.
 *
 * @packageDocumentation
 */

export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Mish,
  PReLU,
  type PReLUOptions,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmin,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
} from "./activation.ts";
export { type ClipNormOptions, clipGradNorm_, clipGradValue_ } from "./clip.ts";
export { ModuleDict, ModuleList, Sequential } from "./container.ts";
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.ts";
export { Dropout, Dropout2d, type DropoutOptions } from "./dropout.ts";
export { Embedding, type EmbeddingLayerOptions } from "./embedding.ts";
export { Flatten, Unflatten } from "./flatten.ts";
export * as functional from "./functional/index.ts";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  dropout,
  dropout2d,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  nllLoss,
  smoothL1Loss,
} from "./functional/index.ts";
export type { BackwardHook, ForwardHook, ForwardPreHook } from "./hooks.ts";
export * as init from "./init.ts";
export { type FactoryOptions, Identity, Linear, type LinearOptions } from "./linear.ts";
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from "./loss.ts";
export { type Layer, type LoadResult, Module, type StateDict, StateDictError } from "./module.ts";
export { BatchNorm1d, BatchNorm2d, type BatchNormLayerOptions, GroupNorm, LayerNorm, type NormLayerOptions } from "./norm.ts";
export { Parameter } from "./parameter.ts";
export { AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d, type MaxPoolLayerOptions } from "./pooling.ts";
