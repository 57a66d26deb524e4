/**
 * The layers of `nn`: how to create each, and the arguments of its call. Its parameters are differentiated too.
 */

import * as nn from "@akari/nn";
import type { Tensor } from "@akari/tensor";
import { double, fixed, type Given, ints, Made, mask, numbers } from "./given.ts";

/** A layer and the arguments of its call. */
export type ModuleTrial = readonly [make: () => nn.Module, ...given: Given];

const a = () => numbers([3, 4]);
const b = () => numbers([3, 4], 0.2, 3);
const c = () => numbers([3, 4], -3, 0.1);
const probabilities = () => numbers([3, 4], 0.05, 0.95);
const classes = () => ints([1, 3, 0]);
const signs = () => fixed([1, -1, 1]);
const columns = () => fixed([[1], [-1], [1]]).expand(3, 4);
const image = (...space: readonly number[]) => numbers([1, 2, ...space]);

/** Returns a single trial of a layer with one input. */
const layer = (make: () => nn.Module, x: Tensor = a()): readonly ModuleTrial[] => [[make, x]];
const triplet: Given = [a(), b(), c()];

/** Trials by class name. */
export const modules: Readonly<Record<string, readonly ModuleTrial[]>> = {
  AdaptiveAvgPool1d: layer(() => new nn.AdaptiveAvgPool1d(2), image(5)),
  AdaptiveAvgPool2d: layer(() => new nn.AdaptiveAvgPool2d(2), image(3, 2)),
  AdaptiveAvgPool3d: layer(() => new nn.AdaptiveAvgPool3d(1), image(2, 2, 2)),
  AdaptiveMaxPool1d: layer(() => new nn.AdaptiveMaxPool1d(2), image(5)),
  AdaptiveMaxPool2d: layer(() => new nn.AdaptiveMaxPool2d(2, { returnIndices: true }), image(3, 2)),
  AdaptiveMaxPool3d: layer(() => new nn.AdaptiveMaxPool3d(1), image(2, 2, 2)),
  AdaptiveLogSoftmaxWithLoss: [
    [
      () => new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [1, 3], { divValue: 2, headBias: true, ...double }),
      a(),
      ints([4, 0, 2]),
    ],
  ],
  AlphaDropout: layer(() => new nn.AlphaDropout(0.4)),
  AvgPool1d: layer(() => new nn.AvgPool1d(2), image(4)),
  AvgPool2d: layer(() => new nn.AvgPool2d(2), image(2, 4)),
  AvgPool3d: layer(() => new nn.AvgPool3d(2), image(2, 2, 2)),
  BCELoss: [[() => new nn.BCELoss(), probabilities(), probabilities()]],
  BCEWithLogitsLoss: [[() => new nn.BCEWithLogitsLoss(), a(), probabilities()]],
  BatchNorm1d: layer(() => new nn.BatchNorm1d(4, double)),
  BatchNorm2d: layer(() => new nn.BatchNorm2d(2, double), image(2, 3)),
  BatchNorm3d: layer(() => new nn.BatchNorm3d(2, double), image(2, 1, 2)),
  Bilinear: [[() => new nn.Bilinear(2, 3, 2, double), numbers([2, 2]), numbers([2, 3])]],
  CELU: layer(() => new nn.CELU()),
  CTCLoss: [
    [
      () => new nn.CTCLoss(),
      new Made((x: Tensor) => x.logSoftmax(-1), numbers([4, 2, 3])),
      ints([
        [1, 2],
        [2, 2],
      ]),
      [4, 4],
      [2, 1],
    ],
  ],
  ChannelShuffle: layer(() => new nn.ChannelShuffle(2), image(3)),
  CircularPad1d: layer(() => new nn.CircularPad1d(2), image(3)),
  CircularPad2d: layer(() => new nn.CircularPad2d(1), image(2, 2)),
  CircularPad3d: layer(() => new nn.CircularPad3d(1), image(1, 1, 2)),
  ConstantPad1d: layer(() => new nn.ConstantPad1d(2, 0.5), image(3)),
  ConstantPad2d: layer(() => new nn.ConstantPad2d(1, 0.5), image(2, 2)),
  ConstantPad3d: layer(() => new nn.ConstantPad3d(1, 0.5), image(1, 1, 2)),
  Conv1d: layer(() => new nn.Conv1d(2, 2, 2, double), image(3)),
  Conv2d: layer(() => new nn.Conv2d(2, 1, 2, { paddingMode: "circular", padding: 1, ...double }), image(2, 2)),
  Conv3d: layer(() => new nn.Conv3d(2, 1, [1, 2, 1], double), image(1, 2, 2)),
  ConvTranspose1d: layer(() => new nn.ConvTranspose1d(2, 1, 2, { stride: 2, ...double }), image(3)),
  ConvTranspose2d: layer(() => new nn.ConvTranspose2d(2, 1, 2, double), image(1, 2)),
  ConvTranspose3d: layer(() => new nn.ConvTranspose3d(2, 1, [1, 2, 1], double), image(1, 1, 2)),
  CosineEmbeddingLoss: [[() => new nn.CosineEmbeddingLoss({ margin: -0.5 }), a(), b(), signs()]],
  CosineSimilarity: [[() => new nn.CosineSimilarity(), a(), b()]],
  CrossEntropyLoss: [[() => new nn.CrossEntropyLoss(), a(), classes()]],
  Dropout: layer(() => new nn.Dropout(0.4)),
  Dropout1d: layer(() => new nn.Dropout1d(0.4), image(2)),
  Dropout2d: layer(() => new nn.Dropout2d(0.4), image(2, 2)),
  Dropout3d: layer(() => new nn.Dropout3d(0.4), image(2, 1, 2)),
  ELU: layer(() => new nn.ELU()),
  Embedding: [
    [
      () => new nn.Embedding(3, 2, double),
      ints([
        [0, 2],
        [2, 1],
      ]),
    ],
  ],
  EmbeddingBag: [
    [() => new nn.EmbeddingBag(3, 2, { mode: "sum", ...double }), ints([0, 2, 2, 1]), ints([0, 3]), numbers([4])],
  ],
  FeatureAlphaDropout: layer(() => new nn.FeatureAlphaDropout(0.4), image(2)),
  Flatten: layer(() => new nn.Flatten(), image(2, 2)),
  Fold: layer(() => new nn.Fold(3, 2), numbers([1, 4, 4])),
  FractionalMaxPool2d: layer(() => new nn.FractionalMaxPool2d(2, { outputRatio: 0.6 }), image(5, 4)),
  FractionalMaxPool3d: layer(() => new nn.FractionalMaxPool3d(2, { outputSize: 2 }), numbers([1, 1, 3, 3, 3])),
  GELU: layer(() => new nn.GELU()),
  GLU: layer(() => new nn.GLU()),
  GRU: [
    [
      () => new nn.GRU(2, 1, { bidirectional: true, batchFirst: true, ...double }),
      numbers([1, 3, 2]),
      numbers([2, 1, 1]),
    ],
  ],
  GRUCell: [[() => new nn.GRUCell(2, 2, double), numbers([1, 2]), numbers([1, 2])]],
  GaussianNLLLoss: [[() => new nn.GaussianNLLLoss(), a(), c(), b()]],
  GroupNorm: layer(() => new nn.GroupNorm(2, 4, double), numbers([2, 4, 2])),
  Hardshrink: layer(() => new nn.Hardshrink()),
  Hardsigmoid: layer(() => new nn.Hardsigmoid()),
  Hardswish: layer(() => new nn.Hardswish()),
  Hardtanh: layer(() => new nn.Hardtanh()),
  HingeEmbeddingLoss: [[() => new nn.HingeEmbeddingLoss(), a(), columns()]],
  HuberLoss: [[() => new nn.HuberLoss(), a(), c()]],
  Identity: layer(() => new nn.Identity()),
  InstanceNorm1d: layer(() => new nn.InstanceNorm1d(2, { affine: true, ...double }), image(3)),
  InstanceNorm2d: layer(() => new nn.InstanceNorm2d(2), image(2, 2)),
  InstanceNorm3d: layer(() => new nn.InstanceNorm3d(2), image(1, 2, 2)),
  KLDivLoss: [[() => new nn.KLDivLoss(), a(), probabilities()]],
  L1Loss: [[() => new nn.L1Loss(), a(), c()]],
  LPPool1d: layer(() => new nn.LPPool1d(2, 2), image(4)),
  LPPool2d: layer(() => new nn.LPPool2d(3, 2), numbers([1, 1, 2, 4], 0.3, 2)),
  LSTM: [
    [() => new nn.LSTM(2, 2, double), numbers([3, 1, 2]), [numbers([1, 1, 2]), numbers([1, 1, 2])]],
    [() => new nn.LSTM(2, 2, { projSize: 1, bias: false, ...double }), numbers([3, 1, 2])],
  ],
  LSTMCell: [[() => new nn.LSTMCell(2, 2, double), numbers([1, 2]), [numbers([1, 2]), numbers([1, 2])]]],
  LayerNorm: layer(() => new nn.LayerNorm(4, double)),
  LeakyReLU: layer(() => new nn.LeakyReLU()),
  Linear: layer(() => new nn.Linear(4, 2, double)),
  LocalResponseNorm: layer(() => new nn.LocalResponseNorm(2), numbers([1, 3, 2])),
  LogSigmoid: layer(() => new nn.LogSigmoid()),
  LogSoftmax: layer(() => new nn.LogSoftmax(1)),
  MSELoss: [[() => new nn.MSELoss(), a(), c()]],
  MarginRankingLoss: [[() => new nn.MarginRankingLoss(), numbers([3]), numbers([3], 0, 1), signs()]],
  MaxPool1d: layer(() => new nn.MaxPool1d(2), image(4)),
  MaxPool2d: layer(() => new nn.MaxPool2d(2), image(2, 4)),
  MaxPool3d: layer(() => new nn.MaxPool3d(2), image(2, 2, 2)),
  MaxUnpool1d: [[() => new nn.MaxUnpool1d(2), numbers([1, 2, 2]), ints([1, 2, 0, 3]).reshape(1, 2, 2)]],
  MaxUnpool2d: [[() => new nn.MaxUnpool2d(2), numbers([1, 1, 1, 2]), ints([1, 6]).reshape(1, 1, 1, 2)]],
  MaxUnpool3d: [[() => new nn.MaxUnpool3d(2), numbers([1, 1, 1, 1]), ints([5]).reshape(1, 1, 1, 1)]],
  Mish: layer(() => new nn.Mish()),
  MultiLabelMarginLoss: [
    [
      () => new nn.MultiLabelMarginLoss(),
      a(),
      ints([
        [1, 2, -1, 0],
        [3, -1, 0, 0],
        [0, 1, 2, 3],
      ]),
    ],
  ],
  MultiLabelSoftMarginLoss: [[() => new nn.MultiLabelSoftMarginLoss(), a(), probabilities().detach().round()]],
  MultiMarginLoss: [[() => new nn.MultiMarginLoss(), a(), classes()]],
  MultiheadAttention: [
    [() => new nn.MultiheadAttention(4, 2, double), numbers([2, 1, 4]), numbers([2, 1, 4], -1, 1), numbers([2, 1, 4])],
    [
      () =>
        new nn.MultiheadAttention(2, 1, {
          kdim: 3,
          vdim: 1,
          addBiasKv: true,
          addZeroAttn: true,
          batchFirst: true,
          ...double,
        }),
      numbers([1, 2, 2]),
      numbers([1, 2, 3]),
      numbers([1, 2, 1]),
      {
        attnMask: mask([
          [0, 1],
          [0, 0],
        ]),
      },
    ],
  ],
  NLLLoss: [[() => new nn.NLLLoss(), a(), classes()]],
  PReLU: layer(() => new nn.PReLU(4, double)),
  PairwiseDistance: [[() => new nn.PairwiseDistance(), a(), b()]],
  PixelShuffle: layer(() => new nn.PixelShuffle(2), numbers([1, 4, 1, 2])),
  PixelUnshuffle: layer(() => new nn.PixelUnshuffle(2), image(2, 2)),
  PoissonNLLLoss: [[() => new nn.PoissonNLLLoss(), a(), b()]],
  RMSNorm: layer(() => new nn.RMSNorm(4, double)),
  RNN: [[() => new nn.RNN(2, 2, { numLayers: 2, bias: false, ...double }), numbers([3, 2])]],
  RNNCell: [[() => new nn.RNNCell(2, 2, double), numbers([1, 2]), numbers([1, 2])]],
  RReLU: layer(() => new nn.RReLU()),
  ReLU: layer(() => new nn.ReLU()),
  ReLU6: layer(() => new nn.ReLU6()),
  ReflectionPad1d: layer(() => new nn.ReflectionPad1d(2), image(3)),
  ReflectionPad2d: layer(() => new nn.ReflectionPad2d(1), image(2, 2)),
  ReflectionPad3d: layer(() => new nn.ReflectionPad3d(1), numbers([1, 1, 2, 2, 2])),
  ReplicationPad1d: layer(() => new nn.ReplicationPad1d(2), image(3)),
  ReplicationPad2d: layer(() => new nn.ReplicationPad2d(1), image(2, 2)),
  ReplicationPad3d: layer(() => new nn.ReplicationPad3d(1), image(1, 1, 2)),
  SELU: layer(() => new nn.SELU()),
  Sequential: layer(() => new nn.Sequential(new nn.Linear(4, 2, double), new nn.Tanh())),
  SiLU: layer(() => new nn.SiLU()),
  Sigmoid: layer(() => new nn.Sigmoid()),
  SmoothL1Loss: [[() => new nn.SmoothL1Loss(), a(), c()]],
  SoftMarginLoss: [[() => new nn.SoftMarginLoss(), a(), columns()]],
  Softmax: layer(() => new nn.Softmax(1)),
  Softmax2d: layer(() => new nn.Softmax2d(), image(1, 2)),
  Softmin: layer(() => new nn.Softmin(1)),
  Softplus: layer(() => new nn.Softplus()),
  Softshrink: layer(() => new nn.Softshrink()),
  Softsign: layer(() => new nn.Softsign()),
  Tanh: layer(() => new nn.Tanh()),
  Tanhshrink: layer(() => new nn.Tanhshrink()),
  Threshold: layer(() => new nn.Threshold(0.3, -1)),
  Transformer: [
    [
      () =>
        new nn.Transformer(2, 1, {
          numEncoderLayers: 1,
          numDecoderLayers: 1,
          dimFeedforward: 1,
          dropout: 0,
          ...double,
        }),
      numbers([2, 2]),
      numbers([1, 2]),
    ],
  ],
  TransformerDecoder: [
    [
      () =>
        new nn.TransformerDecoder(
          new nn.TransformerDecoderLayer(2, 1, { dimFeedforward: 1, dropout: 0, ...double }),
          1,
        ),
      numbers([1, 2]),
      numbers([2, 2]),
    ],
  ],
  TransformerDecoderLayer: [
    [
      () =>
        new nn.TransformerDecoderLayer(2, 1, {
          dimFeedforward: 2,
          dropout: 0,
          activation: "gelu",
          normFirst: true,
          bias: false,
          ...double,
        }),
      numbers([2, 1, 2]),
      numbers([3, 1, 2]),
      { tgtIsCausal: true },
    ],
  ],
  TransformerEncoder: layer(
    () =>
      new nn.TransformerEncoder(
        new nn.TransformerEncoderLayer(2, 1, { dimFeedforward: 1, dropout: 0.3, ...double }),
        1,
      ),
    numbers([2, 2]),
  ),
  TransformerEncoderLayer: layer(
    () => new nn.TransformerEncoderLayer(2, 1, { dimFeedforward: 2, dropout: 0, activation: "gelu", ...double }),
    numbers([3, 1, 2]),
  ),
  TripletMarginLoss: [[() => new nn.TripletMarginLoss(), ...triplet]],
  TripletMarginWithDistanceLoss: [[() => new nn.TripletMarginWithDistanceLoss(), ...triplet]],
  Unflatten: layer(() => new nn.Unflatten(1, [2, 2])),
  Unfold: layer(() => new nn.Unfold(2), image(3, 3)),
  Upsample: layer(() => new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }), image(2, 2)),
  UpsamplingBilinear2d: layer(() => new nn.UpsamplingBilinear2d({ size: 3 }), image(2, 2)),
  UpsamplingNearest2d: layer(() => new nn.UpsamplingNearest2d({ size: 3 }), image(2, 2)),
  spectralNorm: layer(() => nn.spectralNorm(new nn.Linear(4, 2, double)).eval()),
  weightNorm: layer(() => nn.weightNorm(new nn.Linear(4, 2, double))),
  ZeroPad1d: layer(() => new nn.ZeroPad1d(2), image(3)),
  ZeroPad2d: layer(() => new nn.ZeroPad2d(1), image(2, 2)),
  ZeroPad3d: layer(() => new nn.ZeroPad3d(1), image(1, 1, 2)),
};
