/**
 * Unknown options, and other values in place of options, which JavaScript programs may pass. Every layer and function
 * with options rejects them with a message that lists its options, before anything is computed.
 */

import { ones, type Tensor, tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";
import { refuses } from "./refuses.ts";

/** Arguments before the options, and valid options if some are required. */
type Entry = readonly [given: () => readonly unknown[], valid?: object];

const x = () => ones([2, 4]);
const image = () => ones([1, 2, 4, 4]);
const sequence = () => ones([1, 2, 4]);
const volume = () => ones([1, 2, 4, 4, 4]);
const labels = () => zeros([2], { dtype: "int32" });
const signs = () => ones([2]);
const none: Entry = [() => []];

const layers: Readonly<Record<string, Entry>> = {
  AdaptiveLogSoftmaxWithLoss: [() => [8, 10, [4]]],
  AdaptiveMaxPool1d: [() => [2]],
  AdaptiveMaxPool2d: [() => [2]],
  AdaptiveMaxPool3d: [() => [2]],
  AlphaDropout: [() => [0.5]],
  AvgPool1d: [() => [2]],
  AvgPool2d: [() => [2]],
  AvgPool3d: [() => [2]],
  BatchNorm1d: [() => [4]],
  BatchNorm2d: [() => [4]],
  BatchNorm3d: [() => [4]],
  Bilinear: [() => [2, 3, 4]],
  Conv1d: [() => [2, 2, 3]],
  Conv2d: [() => [2, 2, 3]],
  Conv3d: [() => [2, 2, 3]],
  ConvTranspose1d: [() => [2, 2, 3]],
  ConvTranspose2d: [() => [2, 2, 3]],
  ConvTranspose3d: [() => [2, 2, 3]],
  CosineSimilarity: none,
  Dropout: [() => [0.5]],
  Dropout1d: [() => [0.5]],
  Dropout2d: [() => [0.5]],
  Dropout3d: [() => [0.5]],
  Embedding: [() => [4, 2]],
  EmbeddingBag: [() => [4, 2]],
  FeatureAlphaDropout: [() => [0.5]],
  Fold: [() => [4, 2]],
  FractionalMaxPool2d: [() => [2], { outputSize: 2 }],
  FractionalMaxPool3d: [() => [2], { outputSize: 2 }],
  GELU: none,
  GRU: [() => [3, 4]],
  GRUCell: [() => [3, 4]],
  GroupNorm: [() => [2, 4]],
  InstanceNorm1d: [() => [4]],
  InstanceNorm2d: [() => [4]],
  InstanceNorm3d: [() => [4]],
  LPPool1d: [() => [2, 2]],
  LPPool2d: [() => [2, 2]],
  LSTM: [() => [3, 4]],
  LSTMCell: [() => [3, 4]],
  LayerNorm: [() => [4]],
  Linear: [() => [3, 2]],
  LocalResponseNorm: [() => [2]],
  MaxPool1d: [() => [2]],
  MaxPool2d: [() => [2]],
  MaxPool3d: [() => [2]],
  MaxUnpool1d: [() => [2]],
  MaxUnpool2d: [() => [2]],
  MaxUnpool3d: [() => [2]],
  MultiheadAttention: [() => [4, 2]],
  PReLU: [() => [1]],
  PairwiseDistance: none,
  Parameter: [() => [x()]],
  RMSNorm: [() => [4]],
  RNN: [() => [3, 4]],
  RNNCell: [() => [3, 4]],
  Softplus: none,
  Transformer: [() => [4, 2], { dimFeedforward: 8, numEncoderLayers: 1, numDecoderLayers: 1 }],
  TransformerDecoder: [() => [new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 8 }), 1]],
  TransformerDecoderLayer: [() => [4, 2], { dimFeedforward: 8 }],
  TransformerEncoder: [() => [new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 }), 1]],
  TransformerEncoderLayer: [() => [4, 2], { dimFeedforward: 8 }],
  Unfold: [() => [2]],
  Upsample: [() => [], { scaleFactor: 2 }],
};

/** Losses pass their options to the function of the same name, which checks them. */
const losses: Readonly<Record<string, () => readonly Tensor[]>> = {
  BCELoss: () => [x(), x()],
  BCEWithLogitsLoss: () => [x(), x()],
  CosineEmbeddingLoss: () => [x(), x(), signs()],
  CrossEntropyLoss: () => [x(), labels()],
  CTCLoss: () => [
    ones([3, 2, 4]).logSoftmax(-1),
    ones([2, 1], { dtype: "int32" }),
    tensor([3, 3]).int(),
    tensor([1, 1]).int(),
  ],
  GaussianNLLLoss: () => [x(), x(), x()],
  HingeEmbeddingLoss: () => [x(), x()],
  HuberLoss: () => [x(), x()],
  KLDivLoss: () => [x(), x()],
  L1Loss: () => [x(), x()],
  MSELoss: () => [x(), x()],
  MarginRankingLoss: () => [x(), x(), x()],
  MultiLabelMarginLoss: () => [x(), zeros([2, 4], { dtype: "int32" })],
  MultiLabelSoftMarginLoss: () => [x(), x()],
  MultiMarginLoss: () => [x(), labels()],
  NLLLoss: () => [x(), labels()],
  PoissonNLLLoss: () => [x(), x()],
  SmoothL1Loss: () => [x(), x()],
  SoftMarginLoss: () => [x(), x()],
  TripletMarginLoss: () => [x(), x(), x()],
  TripletMarginWithDistanceLoss: () => [x(), x(), x()],
};

/** Layers without options, or with positional arguments only. */
const plain = new Set(
  `AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d CELU ChannelShuffle CircularPad1d CircularPad2d
  CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ELU Flatten GLU Hardshrink Hardsigmoid Hardswish Hardtanh Identity LeakyReLU LogSigmoid LogSoftmax Mish
  Module ModuleDict ModuleList ParameterDict ParameterList PixelShuffle PixelUnshuffle RReLU ReLU ReLU6 ReflectionPad1d ReflectionPad2d ReflectionPad3d
  ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU Sequential SiLU Sigmoid Softmax Softmax2d Softmin Softshrink Softsign StateDictError Tanh Tanhshrink
  Threshold Unflatten UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d`.split(/\s+/),
);

const functions: Readonly<Record<string, Entry>> = {
  adaptiveMaxPool1d: [() => [sequence(), 2]],
  adaptiveMaxPool2d: [() => [image(), 2]],
  adaptiveMaxPool3d: [() => [volume(), 2]],
  affineGrid: [() => [ones([1, 2, 3]), [1, 1, 2, 2]]],
  alphaDropout: [() => [x(), 0.5]],
  avgPool1d: [() => [sequence(), 2]],
  avgPool2d: [() => [image(), 2]],
  avgPool3d: [() => [volume(), 2]],
  batchNorm: [() => [x(), ones([4]), ones([4]), null, null]],
  binaryCrossEntropy: [losses.BCELoss as () => Tensor[]],
  binaryCrossEntropyWithLogits: [losses.BCELoss as () => Tensor[]],
  conv1d: [() => [sequence(), ones([2, 2, 3]), null]],
  conv2d: [() => [image(), ones([2, 2, 3, 3]), null]],
  conv3d: [() => [volume(), ones([2, 2, 3, 3, 3]), null]],
  convTranspose1d: [() => [sequence(), ones([2, 2, 3]), null]],
  convTranspose2d: [() => [image(), ones([2, 2, 3, 3]), null]],
  convTranspose3d: [() => [volume(), ones([2, 2, 3, 3, 3]), null]],
  cosineEmbeddingLoss: [losses.CosineEmbeddingLoss as () => Tensor[]],
  cosineSimilarity: [() => [x(), x()]],
  crossEntropy: [losses.CrossEntropyLoss as () => Tensor[]],
  ctcLoss: [losses.CTCLoss as () => Tensor[]],
  dropout: [() => [x(), 0.5]],
  dropout1d: [() => [sequence(), 0.5]],
  dropout2d: [() => [image(), 0.5]],
  dropout3d: [() => [volume(), 0.5]],
  embedding: [() => [labels(), x()]],
  embeddingBag: [() => [zeros([2, 1], { dtype: "int32" }), x(), null]],
  featureAlphaDropout: [() => [image(), 0.5]],
  fold: [() => [ones([1, 4, 4]), 4, 2], { stride: 2 }],
  fractionalMaxPool2d: [() => [image(), 2], { outputSize: 2 }],
  fractionalMaxPool3d: [() => [volume(), 2], { outputSize: 2 }],
  gaussianNllLoss: [losses.GaussianNLLLoss as () => Tensor[]],
  gelu: [() => [x()]],
  gridSample: [() => [image(), ones([1, 2, 2, 2])]],
  groupNorm: [() => [image(), 2, null, null]],
  gumbelSoftmax: [() => [x()]],
  hingeEmbeddingLoss: [losses.HingeEmbeddingLoss as () => Tensor[]],
  huberLoss: [losses.HuberLoss as () => Tensor[]],
  instanceNorm: [() => [image(), null, null, null, null]],
  interpolate: [() => [image()], { scaleFactor: 2 }],
  klDiv: [losses.KLDivLoss as () => Tensor[]],
  l1Loss: [losses.L1Loss as () => Tensor[]],
  layerNorm: [() => [x(), [4], null, null]],
  localResponseNorm: [() => [image(), 2]],
  lpPool1d: [() => [sequence(), 2, 2]],
  lpPool2d: [() => [image(), 2, 2]],
  marginRankingLoss: [losses.MarginRankingLoss as () => Tensor[]],
  maxPool1d: [() => [sequence(), 2]],
  maxPool2d: [() => [image(), 2]],
  maxPool3d: [() => [volume(), 2]],
  maxUnpool1d: [() => [ones([1, 1, 2]), zeros([1, 1, 2], { dtype: "int32" }), 2]],
  maxUnpool2d: [() => [ones([1, 1, 2, 2]), zeros([1, 1, 2, 2], { dtype: "int32" }), 2]],
  maxUnpool3d: [() => [ones([1, 1, 2, 2, 2]), zeros([1, 1, 2, 2, 2], { dtype: "int32" }), 2]],
  mseLoss: [losses.MSELoss as () => Tensor[]],
  multiMarginLoss: [losses.MultiMarginLoss as () => Tensor[]],
  multilabelMarginLoss: [losses.MultiLabelMarginLoss as () => Tensor[]],
  multilabelSoftMarginLoss: [losses.MultiLabelSoftMarginLoss as () => Tensor[]],
  nllLoss: [losses.NLLLoss as () => Tensor[]],
  normalize: [() => [x()]],
  pad: [() => [x(), [1, 1]]],
  pairwiseDistance: [() => [x(), x()]],
  poissonNllLoss: [losses.PoissonNLLLoss as () => Tensor[]],
  rmsNorm: [() => [x(), [4], null]],
  rrelu: [() => [x()]],
  scaledDotProductAttention: [() => [sequence(), sequence(), sequence()]],
  smoothL1Loss: [losses.SmoothL1Loss as () => Tensor[]],
  softMarginLoss: [losses.SoftMarginLoss as () => Tensor[]],
  softplus: [() => [x()]],
  tripletMarginLoss: [losses.TripletMarginLoss as () => Tensor[]],
  tripletMarginWithDistanceLoss: [losses.TripletMarginLoss as () => Tensor[]],
  unfold: [() => [image(), 2]],
};

type Make = new (...given: unknown[]) => (...given: unknown[]) => unknown;
const made = (name: string): Make => Reflect.get(nn, name) as Make; // safe: the tables contain names of layers
// safe: the tables contain names of functions
const called = (name: string) => Reflect.get(nn.functional, name) as (...given: unknown[]) => unknown;

describe("layers reject unknown options", () => {
  for (const [name, [given, valid]] of Object.entries(layers)) {
    it(name, () => refuses((options) => new (made(name))(...given(), options), valid));
  }
  for (const [name, given] of Object.entries(losses)) {
    it(name, () => refuses((options) => new (made(name))(options)(...given())));
  }

  it("the tables are complete", () => {
    const classes = Object.entries(nn).flatMap(([name, value]) =>
      typeof value === "function" && /^class\b/.test(String(value)) ? [name] : [],
    );
    const known = new Set([...Object.keys(layers), ...Object.keys(losses), ...plain]);
    expect(classes.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** Functions without options, and those whose only option is the dtype. */
const simple = new Set(
  `adaptiveAvgPool1d adaptiveAvgPool2d adaptiveAvgPool3d bilinear celu channelShuffle elu glu hardshrink hardsigmoid hardswish hardtanh leakyRelu linear logSoftmax
  logsigmoid mish oneHot pdist pixelShuffle pixelUnshuffle prelu relu relu6 selu sigmoid silu softmax softmin softshrink softsign tanh tanhshrink threshold`.split(
    /\s+/,
  ),
);

describe("functions reject unknown options", () => {
  for (const [name, [given, valid]] of Object.entries(functions)) {
    it(name, () => refuses((options) => called(name)(...given(), options), valid));
  }

  it("the tables are complete", () => {
    expect(Object.keys(nn.functional).filter((name) => !(name in functions) && !simple.has(name))).toEqual([]);
  });
});

describe("calls of modules reject unknown options", () => {
  const small = { dimFeedforward: 8 };
  const [encoder, decoder] = [new nn.TransformerEncoderLayer(4, 2, small), new nn.TransformerDecoderLayer(4, 2, small)];
  const entries: Readonly<Record<string, (options: never) => unknown>> = {
    MultiheadAttention: (options) => new nn.MultiheadAttention(4, 2)(x(), x(), x(), options),
    TransformerEncoderLayer: (options) => encoder(x(), options),
    TransformerEncoder: (options) => new nn.TransformerEncoder(encoder, 1)(x(), options),
    TransformerDecoderLayer: (options) => decoder(x(), x(), options),
    TransformerDecoder: (options) => new nn.TransformerDecoder(decoder, 1)(x(), x(), options),
    Transformer: (options) =>
      new nn.Transformer(4, 2, { ...small, numEncoderLayers: 1, numDecoderLayers: 1 })(x(), x(), options),
  };
  for (const [name, call] of Object.entries(entries)) it(name, () => refuses(call as (options: unknown) => unknown));
});

it("error messages list the valid options", () => {
  expect(() => new (made("Linear"))(3, 2, false)).toThrow(
    "Linear: expected options by name, { bias, device, dtype }, got false",
  );
  expect(() => new (made("Linear"))(3, 2, { biass: true })).toThrow(
    'Linear: there is no option "biass"; there are bias, device, dtype',
  );
  expect(() => new (made("Conv2d"))(1, 8, 3, { outputPadding: 1 })).toThrow(
    /Conv2d: there is no option "outputPadding"; there are stride, .*paddingMode/,
  );
  expect(() => new (made("ConvTranspose2d"))(1, 8, 3, { paddingMode: "reflect" })).toThrow(
    /no option "paddingMode"; there are .*outputPadding/,
  );
  expect(() => new (made("GRU"))(3, 2, { projSize: 1 })).toThrow(/GRU: there is no option "projSize"/);
  expect(() => new (made("LSTM"))(3, 2, { nonlinearity: "relu" })).toThrow(
    /LSTM: there is no option "nonlinearity"; there are .*projSize/,
  );
  expect(() => new (made("TransformerEncoder"))(new nn.TransformerEncoderLayer(4, 2), 1, new nn.LayerNorm(4))).toThrow(
    /TransformerEncoder: expected options by name, \{ norm \}, got LayerNorm/,
  );
});

it("undefined options have their defaults", () => {
  expect(String(new (made("Linear"))(3, 2, { bias: undefined, dtype: undefined }))).toBe(
    "Linear(in_features=3, out_features=2, bias=True)",
  );
  expect(new nn.LayerNorm(4, { device: zeros([1]).device, dtype: "float64" }).weight?.dtype).toBe("float64");
});

it("embeddings, parameters, clipping and spectralNorm reject unknown options", () => {
  const unchecked = (f: (...given: never[]) => unknown, ...given: unknown[]) => f(...(given as never[]));
  expect(() => unchecked(nn.Embedding.fromPretrained, x(), false)).toThrow(
    /Embedding.fromPretrained: expected options by name, \{ freeze/,
  );
  expect(() => unchecked(nn.EmbeddingBag.fromPretrained, x(), { frozen: false })).toThrow(
    /no option "frozen"; there are freeze/,
  );
  expect(() => new (made("Parameter"))(x(), false)).toThrow(
    "Parameter: expected options by name, { requiresGrad }, got false",
  );
  expect(() => unchecked(nn.clipGradNorm_, [x()], { maxNorm: 1 })).toThrow(
    "clipGradNorm_: maxNorm must not be negative, got { maxNorm: 1 }",
  );
  expect(() => unchecked(nn.clipGradNorm_, [x()], 1, 2)).toThrow(
    /clipGradNorm_: expected options by name, \{ normType/,
  );
  expect(() => unchecked(nn.spectralNorm, new nn.Linear(3, 2), "weight", 2)).toThrow(
    /spectralNorm: expected options by name/,
  );
});
