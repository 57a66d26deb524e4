/** Layers: output shapes, names in the state, printed form, and errors. */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  cpu,
  DTypeError,
  IndexError,
  manualSeed,
  ones,
  rand,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";

const shape = (x: Tensor): number[] => [...x.shape];

describe("shapes", () => {
  const cases: readonly (readonly [string, nn.Layer, readonly number[], readonly number[]])[] = [
    [
      "ConvTranspose1d",
      new nn.ConvTranspose1d(2, 3, 3, { stride: 2, padding: 1, outputPadding: 1 }),
      [4, 2, 5],
      [4, 3, 10],
    ],
    [
      "ConvTranspose2d with groups",
      new nn.ConvTranspose2d(4, 2, [2, 3], { groups: 2, stride: [2, 1] }),
      [1, 4, 3, 3],
      [1, 2, 6, 5],
    ],
    ["ConvTranspose3d without a batch", new nn.ConvTranspose3d(1, 2, 2), [1, 2, 2, 2], [2, 3, 3, 3]],
    ["AdaptiveAvgPool2d", new nn.AdaptiveAvgPool2d([3, null]), [2, 3, 7, 5], [2, 3, 3, 5]],
    ["AdaptiveMaxPool1d", new nn.AdaptiveMaxPool1d(2), [1, 3, 7], [1, 3, 2]],
    ["MaxPool3d", new nn.MaxPool3d(2), [1, 1, 4, 4, 6], [1, 1, 2, 2, 3]],
    ["AvgPool3d", new nn.AvgPool3d(2, { stride: 1 }), [1, 1, 3, 3, 3], [1, 1, 2, 2, 2]],
    ["LPPool2d", new nn.LPPool2d(2, 2), [1, 1, 4, 4], [1, 1, 2, 2]],
    ["BatchNorm3d", new nn.BatchNorm3d(2), [2, 2, 2, 2, 2], [2, 2, 2, 2, 2]],
    ["InstanceNorm2d without a batch", new nn.InstanceNorm2d(3), [3, 4, 4], [3, 4, 4]],
    ["RMSNorm", new nn.RMSNorm([2, 3]), [4, 2, 3], [4, 2, 3]],
    ["PixelShuffle", new nn.PixelShuffle(2), [1, 8, 3, 3], [1, 2, 6, 6]],
    ["ChannelShuffle", new nn.ChannelShuffle(2), [1, 4, 2, 2], [1, 4, 2, 2]],
    ["PixelUnshuffle", new nn.PixelUnshuffle(2), [1, 2, 6, 6], [1, 8, 3, 3]],
    ["Upsample", new nn.Upsample({ scaleFactor: [2, 3] }), [1, 1, 2, 2], [1, 1, 4, 6]],
    ["UpsamplingBilinear2d", new nn.UpsamplingBilinear2d({ size: 5 }), [1, 1, 2, 2], [1, 1, 5, 5]],
    ["Unfold", new nn.Unfold(2), [1, 3, 4, 4], [1, 12, 9]],
    ["Fold", new nn.Fold(4, 2), [1, 12, 9], [1, 3, 4, 4]],
    ["ZeroPad2d", new nn.ZeroPad2d([1, 2, 3, 4]), [1, 1, 2, 2], [1, 1, 9, 5]],
    ["CircularPad1d", new nn.CircularPad1d(2), [1, 2, 3], [1, 2, 7]],
    ["ReplicationPad3d", new nn.ReplicationPad3d(1), [1, 1, 2, 2, 2], [1, 1, 4, 4, 4]],
    ["Dropout3d", new nn.Dropout3d(), [2, 3, 2, 2, 2], [2, 3, 2, 2, 2]],
  ];
  for (const [name, layer, given, wanted] of cases) it(name, () => expect(shape(layer(rand(given)))).toEqual(wanted));

  it("a channel shuffle swaps groups and channels", () => {
    const channels = tensor([[[1], [2], [3], [4]]]);
    expect(new nn.ChannelShuffle(2)(channels).flatten().toArraySync()).toEqual([1, 3, 2, 4]);
  });

  it("a transposed convolution produces the requested size", () => {
    const layer = new nn.ConvTranspose2d(1, 1, 3, { stride: 2, padding: 1 });
    expect(shape(layer(ones([1, 1, 4, 4])))).toEqual([1, 1, 7, 7]);
    expect(shape(layer(ones([1, 1, 4, 4]), [8, 7]))).toEqual([1, 1, 8, 7]);
    expect(() => layer(ones([1, 1, 4, 4]), 9)).toThrow(
      /ConvTranspose2d: an input of shape \[1, 1, 4, 4\] gives sizes from 7 to 8 in spatial dimension 0, not 9/,
    );
  });

  it("recurrent layers, with and without a batch dimension, in both directions", () => {
    const lstm = new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true, batchFirst: true, projSize: 2 });
    const [output, [h, c]] = lstm(rand([5, 7, 3]));
    expect([shape(output), shape(h), shape(c)]).toEqual([
      [5, 7, 4],
      [4, 5, 2],
      [4, 5, 4],
    ]);
    const [alone, last] = new nn.GRU(3, 4)(rand([7, 3]), zeros([1, 4]));
    expect([shape(alone), shape(last)]).toEqual([
      [7, 4],
      [1, 4],
    ]);
    const [hidden, cell] = new nn.LSTMCell(3, 4)(rand([3]));
    expect([shape(hidden), shape(cell)]).toEqual([[4], [4]]);
    expect(shape(new nn.RNNCell(3, 4, { nonlinearity: "relu", bias: false })(rand([2, 3])))).toEqual([2, 4]);
  });

  it("attention with masks, and its weights", () => {
    const attention = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    const x = randn([3, 5, 4]);
    const hidden = tensor([[true, false, false, false, false]]).expand([3, 5]);
    const [y, weights] = attention(x, x, x, {
      keyPaddingMask: hidden,
      averageAttnWeights: false,
      attnMask: zeros([6, 5, 5]),
    });
    expect([shape(y), shape(weights as Tensor)]).toEqual([
      [3, 5, 4],
      [3, 2, 5, 5],
    ]);
    expect((weights as Tensor).select(-1, 0).abs().sum().itemSync()).toBe(0);
    const [single, none] = attention(x.select(0, 0), x.select(0, 0), x.select(0, 0), {
      needWeights: false,
      isCausal: true,
    });
    expect(shape(single)).toEqual([5, 4]);
    expect(none).toBeNull();
  });

  it("recurrent layers and attention free their temporaries at once", () => {
    const [lstm, attention] = [new nn.LSTM(8, 16), new nn.MultiheadAttention(16, 2)];
    const [x, y] = [rand([32, 4, 8]), rand([64, 2, 16])];
    const grownBy = (run: () => unknown): number => {
      const before = cpu().memory().live;
      noGrad(run);
      return cpu().memory().live - before;
    };
    const products = 32 * 4 * 64 * 4;
    expect(grownBy(() => lstm(x))).toBeLessThan(products);
    const scores = 2 * 2 * 64 * 64 * 4;
    expect(grownBy(() => attention(y, y, y, { needWeights: false }))).toBeLessThan(scores);
  });

  it("causal attention keeps the appended keys visible", () => {
    const options = { addBiasKv: true, addZeroAttn: true, batchFirst: true };
    const attention = new nn.MultiheadAttention(4, 2, options);
    const x = randn([2, 3, 4]);
    const attnMask = ones([3, 3]).triu(1).to("bool");
    const [expected, weights] = attention(x, x, x, { attnMask });
    expect((weights as Tensor).gt(0).select(0, 0).toArraySync()).toEqual([
      [true, false, false, true, true],
      [true, true, false, true, true],
      [true, true, true, true, true],
    ]);
    const [y] = attention(x, x, x, { isCausal: true });
    expect(y.sub(expected).abs().max().itemSync()).toBeLessThan(1e-6);
  });

  it("a causal layer does not depend on later positions", () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8, batchFirst: true, dropout: 0 });
    const x = randn([1, 5, 4]);
    const whole = layer(x, { isCausal: true });
    const part = layer(x.narrow(1, 0, 3), { isCausal: true });
    expect(whole.narrow(1, 0, 3).sub(part).abs().max().itemSync()).toBeLessThan(1e-5);
    const mask = nn.Transformer.generateSquareSubsequentMask(5);
    expect(layer(x, { srcMask: mask }).sub(whole).abs().max().itemSync()).toBeLessThan(1e-5);
    // PyTorch names the mask of an encoder differently from that of a layer.
    const encoder = new nn.TransformerEncoder(layer, 1);
    expect(encoder(x, { mask }).sub(whole).abs().max().itemSync()).toBeLessThan(1e-5);
    expect(encoder(x, { isCausal: true }).sub(whole).abs().max().itemSync()).toBeLessThan(1e-5);
  });
});

describe("a transformer", () => {
  const create = () =>
    new nn.Transformer(4, 2, {
      numEncoderLayers: 1,
      numDecoderLayers: 2,
      dimFeedforward: 8,
      dropout: 0,
      batchFirst: true,
    });

  it("computes each target position from that position and earlier ones only", () => {
    const transformer = create();
    const [source, target] = [randn([2, 5, 4]), randn([2, 3, 4])];
    const y = transformer(source, target, { tgtIsCausal: true });
    expect(shape(y)).toEqual([2, 3, 4]);
    const mask = nn.Transformer.generateSquareSubsequentMask(3);
    expect(mask.toArraySync()).toEqual([
      [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [0, 0, Number.NEGATIVE_INFINITY],
      [0, 0, 0],
    ]);
    expect(transformer(source, target, { tgtMask: mask }).sub(y).abs().max().itemSync()).toBeLessThan(1e-6);
    const first = transformer(source, target.narrow(1, 0, 2), { tgtIsCausal: true });
    expect(y.narrow(1, 0, 2).sub(first).abs().max().itemSync()).toBeLessThan(1e-5);
  });

  it("has gradients for all parameters", () => {
    const transformer = create();
    transformer(randn([1, 3, 4]), randn([1, 3, 4]))
      .square()
      .sum()
      .backward();
    for (const [name, parameter] of transformer.namedParameters()) expect(parameter.grad, name).not.toBeNull();
    expect(Object.keys(transformer.stateDict())).toContain("decoder.layers.1.multihead_attn.out_proj.bias");
    expect(Object.keys(transformer.stateDict())).toHaveLength(12 + 2 + 2 * 18 + 2);
  });
});

describe("collections of parameters", () => {
  it("in a list", () => {
    const list = new nn.ParameterList([ones([2]), zeros([3])]).append(ones([1]));
    expect(list.length).toBe(3);
    expect(Object.keys(list.stateDict())).toEqual(["0", "1", "2"]);
    expect(shape(list.at(-2))).toEqual([3]);
    expect([list[1], list[3]]).toEqual([list.at(1), undefined]);
    expect([...list].every((parameter) => parameter.requiresGrad)).toBe(true);
    expect(() => list.at(3)).toThrow(/index 3 is out of range for length 3/);
    expect(() => list()).toThrow(/cannot be called/);
  });

  it("keep a shared parameter in each of its places", () => {
    const shared = new nn.Parameter(ones([1]));
    const list = new nn.ParameterList([shared, shared]).append(zeros([2]));
    expect(list.length).toBe(3);
    expect([...list].map((parameter) => parameter.shape)).toEqual([[1], [1], [2]]);
    expect(list.at(1)).toBe(shared);
    expect(list.parameters()).toHaveLength(2);
    const dictionary = new nn.ParameterDict({ a: shared, b: shared });
    expect(dictionary.keys()).toEqual(["a", "b"]);
    expect([...dictionary].map(([name]) => name)).toEqual(["a", "b"]);
  });

  it("as a vector, and back", () => {
    const [a, b] = [new nn.Linear(2, 3), new nn.Linear(2, 3)];
    const vector = nn.parametersToVector(a.parameters());
    expect(shape(vector)).toEqual([9]);
    nn.vectorToParameters(vector, b.parameters());
    expect(b.weight.toArraySync()).toEqual(a.weight.toArraySync());
    expect(() => nn.vectorToParameters(ones([8]), b.parameters())).toThrow(
      /9 elements, expected a vector \[9\], got \[8\]/,
    );
  });
});

describe("LSTMCell", () => {
  it("computes the same as the layer", () => {
    const lstm = new nn.LSTM(3, 4);
    const cell = new nn.LSTMCell(3, 4);
    const state = lstm.stateDict();
    cell.loadStateDict(Object.fromEntries(Object.entries(state).map(([name, x]) => [name.replace("_l0", ""), x])));
    const x = randn([6, 2, 3]);
    let states: [Tensor, Tensor] = [zeros([2, 4]), zeros([2, 4])];
    for (let t = 0; t < 6; t++) states = cell(x.select(0, t), states);
    const [, [h, c]] = lstm(x);
    expect(h.squeeze(0).sub(states[0]).abs().max().itemSync()).toBeLessThan(1e-6);
    expect(c.squeeze(0).sub(states[1]).abs().max().itemSync()).toBeLessThan(1e-6);
  });

  it("works in half precision", () => {
    const lstm = new nn.LSTM(2, 2, { dtype: "float16" });
    const [output] = lstm(randn([2, 1, 2]).to("float16"));
    expect(output.dtype).toBe("float16");
    output.sum().backward();
    expect(lstm.weightHhL0.grad?.dtype).toBe("float16");
  });
});

describe("names in the state", () => {
  it("of recurrent layers", () => {
    expect(Object.keys(new nn.GRU(2, 3, { numLayers: 2, bidirectional: true, bias: false }).stateDict())).toEqual([
      "weight_ih_l0",
      "weight_hh_l0",
      "weight_ih_l0_reverse",
      "weight_hh_l0_reverse",
      "weight_ih_l1",
      "weight_hh_l1",
      "weight_ih_l1_reverse",
      "weight_hh_l1_reverse",
    ]);
    expect(Object.keys(new nn.LSTM(2, 3, { projSize: 1 }).stateDict())).toEqual([
      "weight_ih_l0",
      "weight_hh_l0",
      "bias_ih_l0",
      "bias_hh_l0",
      "weight_hr_l0",
    ]);
    expect(Object.keys(new nn.LSTMCell(2, 3).stateDict())).toEqual(["weight_ih", "weight_hh", "bias_ih", "bias_hh"]);
  });

  it("of attention", () => {
    expect(Object.keys(new nn.MultiheadAttention(4, 2).stateDict())).toEqual([
      "in_proj_weight",
      "in_proj_bias",
      "out_proj.weight",
      "out_proj.bias",
    ]);
    expect(Object.keys(new nn.MultiheadAttention(4, 2, { kdim: 3, addBiasKv: true, bias: false }).stateDict())).toEqual(
      ["q_proj_weight", "k_proj_weight", "v_proj_weight", "bias_k", "bias_v", "out_proj.weight"],
    );
  });

  it("of an encoder, whose layers are initialized alike", () => {
    manualSeed(1);
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
    const next = rand([1]).itemSync();
    manualSeed(1);
    const same = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
    const encoder = new nn.TransformerEncoder(same, 2, { norm: new nn.LayerNorm(4) });
    expect(rand([1]).itemSync()).toBe(next);
    const state = encoder.stateDict();
    expect(Object.keys(state)).toHaveLength(2 * 12 + 2);
    expect(Object.keys(state)).toContain("layers.1.self_attn.out_proj.weight");
    expect(state["layers.1.linear2.weight"]?.toArraySync()).toEqual(layer.linear2.weight.toArraySync());
    encoder.layers.at(0).linear1.weight.detach().zero_();
    expect(state["layers.1.linear1.weight"]?.abs().sum().itemSync()).toBeGreaterThan(0);
  });

  it("of normalizations", () => {
    expect(Object.keys(new nn.InstanceNorm1d(2).stateDict())).toEqual([]);
    expect(Object.keys(new nn.InstanceNorm1d(2, { affine: true, trackRunningStats: true }).stateDict())).toEqual([
      "weight",
      "bias",
      "running_mean",
      "running_var",
      "num_batches_tracked",
    ]);
  });
});

describe("resetParameters", () => {
  // Those that draw are compared with new layers in `conformance`; these set constants.
  it.each([
    ["LayerNorm", new nn.LayerNorm([2, 3])],
    ["LayerNorm without a bias", new nn.LayerNorm(3, { bias: false })],
    ["LayerNorm without parameters", new nn.LayerNorm(3, { elementwiseAffine: false })],
    ["GroupNorm", new nn.GroupNorm(2, 4)],
    ["GroupNorm without parameters", new nn.GroupNorm(2, 4, { affine: false })],
    ["RMSNorm", new nn.RMSNorm(3)],
    ["BatchNorm1d", new nn.BatchNorm1d(3)],
    ["InstanceNorm2d", new nn.InstanceNorm2d(3, { affine: true, trackRunningStats: true })],
    ["PReLU", new nn.PReLU(2, { init: 0.1 })],
  ] as const)("of %s restores the initial values", (_, layer) => {
    const values = () => Object.entries(layer.stateDict()).map(([name, x]) => [name, x.toArraySync()]);
    const before = values();
    noGrad(() => {
      for (const x of Object.values(layer.stateDict())) x.fill_(7);
    });
    layer.resetParameters();
    expect(values()).toEqual(before);
  });

  it("exists wherever PyTorch has it", () => {
    const layers = [
      new nn.Linear(2, 2),
      new nn.Bilinear(2, 2, 2),
      new nn.Conv1d(1, 1, 1),
      new nn.ConvTranspose1d(1, 1, 1),
      new nn.Embedding(2, 2),
      new nn.EmbeddingBag(2, 2),
      new nn.LSTM(2, 2),
      new nn.GRUCell(2, 2),
      new nn.MultiheadAttention(2, 1),
      new nn.AdaptiveLogSoftmaxWithLoss(4, 4, [2]),
    ];
    for (const layer of layers) expect(typeof layer.resetParameters).toBe("function");
  });
});

describe("the printed form", () => {
  const cases: readonly (readonly [nn.Module, string])[] = [
    [
      new nn.ConvTranspose2d(16, 8, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2, bias: false }),
      "ConvTranspose2d(16, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1), groups=2, bias=False)",
    ],
    [new nn.ConvTranspose1d(1, 1, 2), "ConvTranspose1d(1, 1, kernel_size=(2,), stride=(1,))"],
    [new nn.AdaptiveAvgPool2d([5, null]), "AdaptiveAvgPool2d(output_size=(5, None))"],
    [new nn.AdaptiveAvgPool1d(1), "AdaptiveAvgPool1d(output_size=1)"],
    [new nn.LPPool2d(2, 3), "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)"],
    [new nn.BatchNorm3d(4), "BatchNorm3d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)"],
    [new nn.InstanceNorm2d(4), "InstanceNorm2d(4, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)"],
    [new nn.LocalResponseNorm(2), "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)"],
    [new nn.RMSNorm([4]), "RMSNorm((4,), eps=None, elementwise_affine=True)"],
    [new nn.PixelShuffle(3), "PixelShuffle(upscale_factor=3)"],
    [new nn.Upsample({ scaleFactor: 2 }), "Upsample(scale_factor=2.0, mode='nearest')"],
    [new nn.Upsample({ size: [4, 5], mode: "bilinear" }), "Upsample(size=(4, 5), mode='bilinear')"],
    [new nn.ZeroPad2d(1), "ZeroPad2d((1, 1, 1, 1))"],
    [new nn.ConstantPad1d([1, 2], 0.5), "ConstantPad1d(padding=(1, 2), value=0.5)"],
    [new nn.ReflectionPad1d(2), "ReflectionPad1d((2, 2))"],
    [new nn.CosineSimilarity(), "CosineSimilarity()"],
    [new nn.Bilinear(2, 3, 4), "Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)"],
    [new nn.Dropout1d(0.2), "Dropout1d(p=0.2, inplace=False)"],
    [new nn.TripletMarginLoss(), "TripletMarginLoss()"],
    [new nn.RNN(2, 3), "RNN(2, 3)"],
    [
      new nn.LSTM(10, 20, {
        numLayers: 2,
        bias: false,
        batchFirst: true,
        dropout: 0.5,
        bidirectional: true,
        projSize: 4,
      }),
      "LSTM(10, 20, proj_size=4, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)",
    ],
    [new nn.RNNCell(2, 3, { nonlinearity: "relu", bias: false }), "RNNCell(2, 3, bias=False, nonlinearity=relu)"],
    [new nn.GRUCell(2, 3), "GRUCell(2, 3)"],
    [
      new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 }),
      `TransformerEncoderLayer(
  (self_attn): MultiheadAttention(
    (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)
  )
  (linear1): Linear(in_features=4, out_features=8, bias=True)
  (dropout): Dropout(p=0.1, inplace=False)
  (linear2): Linear(in_features=8, out_features=4, bias=True)
  (norm1): LayerNorm((4,), eps=1e-05, elementwise_affine=True)
  (norm2): LayerNorm((4,), eps=1e-05, elementwise_affine=True)
  (dropout1): Dropout(p=0.1, inplace=False)
  (dropout2): Dropout(p=0.1, inplace=False)
)`,
    ],
  ];
  for (const [layer, text] of cases) it(text.split("\n")[0] ?? "", () => expect(layer.toString()).toBe(text));
});

describe("layers and losses reject", () => {
  const f = nn.functional;
  const x = ones([2, 3]);
  const cases: readonly (readonly [string, () => unknown, new (...args: never[]) => Error, RegExp])[] = [
    [
      "a number of heads that does not divide the features",
      () => new nn.MultiheadAttention(5, 2),
      ArgumentError,
      /embedDim 5 must be divisible by numHeads 2/,
    ],
    [
      "queries with the wrong number of features",
      () => new nn.MultiheadAttention(4, 2)(ones([2, 1, 3]), ones([2, 1, 4]), ones([2, 1, 4])),
      ShapeError,
      /expected query \[L, N, 4\].*got shapes \[2, 1, 3\] and \[2, 1, 4\] and \[2, 1, 4\]/,
    ],
    [
      "a mask of integers",
      () => f.scaledDotProductAttention(x, x, x, { attnMask: zeros([2, 2], { dtype: "int32" }) }),
      DTypeError,
      /attnMask must be bool or floating-point, got int32/,
    ],
    [
      "a mask together with isCausal",
      () => f.scaledDotProductAttention(x, x, x, { attnMask: zeros([2, 2]), isCausal: true }),
      ArgumentError,
      /either attnMask or isCausal/,
    ],
    ["a minimum above the maximum", () => new nn.Hardtanh(2, -1), ArgumentError, /min must be below max, got 2 and -1/],
    [
      "an unknown activation",
      () => new nn.TransformerEncoderLayer(4, 2, { activation: "tan" as "relu" }),
      ArgumentError,
      /got "tan"/,
    ],
    [
      "an unknown nonlinearity",
      () => new nn.RNN(2, 3, { nonlinearity: "sine" as "relu" }),
      ArgumentError,
      /"tanh" or "relu", got "sine"/,
    ],
    [
      "inputs with the wrong number of features",
      () => new nn.GRU(2, 3)(ones([4, 1, 5])),
      ShapeError,
      /\[L, N, 2\] or \[L, 2\], got shape \[4, 1, 5\]/,
    ],
    [
      "an empty sequence",
      () => new nn.RNN(2, 3)(ones([0, 1, 2])),
      ShapeError,
      /at least one step, got an input of shape \[0, 1, 2\]/,
    ],
    [
      "a state with another batch size",
      () => new nn.GRU(2, 3)(ones([4, 2, 2]), zeros([1, 1, 3])),
      ShapeError,
      /expected a hidden state of shape \[1, 2, 3\], got shape \[1, 1, 3\]/,
    ],
    [
      "a projection as large as the state",
      () => new nn.LSTM(2, 3, { projSize: 3 }),
      ArgumentError,
      /projSize must be an integer from 0 to 2, got 3/,
    ],
    [
      "a cell state with the wrong number of features",
      () => new nn.GRUCell(2, 3)(ones([2, 2]), zeros([2, 4])),
      ShapeError,
      /\[2, 3\], got shape \[2, 4\]/,
    ],
    [
      "images for one-dimensional normalization",
      () => new nn.InstanceNorm1d(2)(ones([1, 2, 3, 3])),
      ShapeError,
      /2 or 3 dimensions/,
    ],
    [
      "the wrong number of padding widths",
      () => new nn.ZeroPad2d([1, 2]),
      ArgumentError,
      /one integer or 4, got \[1, 2\]/,
    ],
    [
      "no padding widths",
      () => new nn.ZeroPad2d(null as unknown as number),
      ArgumentError,
      /ZeroPad2d: padding must be one integer or 4, got null/,
    ],
    [
      "an unknown mode of padding",
      () => new nn.Conv1d(1, 1, 1, { paddingMode: "mirror" as "reflect" }),
      ArgumentError,
      /Conv1d: paddingMode must be "zeros", "reflect", "replicate" or "circular", got "mirror"/,
    ],
    [
      "an unknown word for the padding",
      () => new nn.Conv2d(1, 1, 1, { padding: "full" as "same" }),
      ArgumentError,
      /Conv2d: padding must be "valid" or "same", got "full"/,
    ],
    [
      "both size and scale factor",
      () => new nn.Upsample({ size: 2, scaleFactor: 2 }),
      ArgumentError,
      /either size or scaleFactor/,
    ],
    [
      "neither size nor scale factor",
      () => Reflect.construct(nn.Upsample, []),
      ArgumentError,
      /either size or scaleFactor/,
    ],
    [
      "groups that do not divide the channels",
      () => new nn.ConvTranspose2d(3, 4, 2, { groups: 2 }),
      ArgumentError,
      /3 input and 4 output channels/,
    ],
    ["a class index out of range", () => f.multiMarginLoss(x, tensor([0, 3]).int()), IndexError, /3/],
    [
      "an exponent of 3",
      () => f.multiMarginLoss(x, tensor([0, 1]).int(), { p: 3 as 2 }),
      ArgumentError,
      /p must be 1 or 2, got 3/,
    ],
    [
      "a variance of the wrong shape",
      () => f.gaussianNllLoss(x, x, ones([3])),
      ShapeError,
      /variance of shape \[2, 3\] or \[2, 1\], got shape \[3\]/,
    ],
    ["a negative variance", () => f.gaussianNllLoss(x, x, x.neg()), ArgumentError, /cannot be negative, got -1/],
    ["a negative beta", () => f.smoothL1Loss(x, x, { beta: -1 }), ArgumentError, /beta must not be negative, got -1/],
    ["a delta of zero", () => f.huberLoss(x, x, { delta: 0 }), ArgumentError, /delta must be positive, got 0/],
    [
      "targets of the wrong shape",
      () => f.cosineEmbeddingLoss(x, x, ones([3])),
      ShapeError,
      /target of shape \[2\], got shape \[3\]/,
    ],
    ["an unknown reduction", () => f.softMarginLoss(x, x, { reduction: "most" as "sum" }), ArgumentError, /got "most"/],
  ];
  for (const [name, call, error, message] of cases) {
    it(name, () => {
      expect(call).toThrow(error);
      expect(call).toThrow(message);
    });
  }
});
