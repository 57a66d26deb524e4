/**
 * Unpooling, fractional pooling, grid sampling, random activations, and collections. Expected values are from PyTorch
 * 1.13 after `manual_seed(0)`.
 */

import { requiresGrad } from "@akari/autograd";
import {
  ArgumentError,
  arange,
  Generator,
  IndexError,
  manualSeed,
  ones,
  rand,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from "@akari/tensor";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as nn from "../src/index.ts";

const f = nn.functional;

describe("unpooling", () => {
  it("inverts a pooling, given its indices", () => {
    const pool = new nn.MaxPool2d(2, { returnIndices: true });
    const [values, indices] = pool(arange(16).to("float32").reshape(1, 1, 4, 4));
    const back = new nn.MaxUnpool2d(2)(values, indices);
    expect(back.get(0, 0).toArraySync()).toEqual([
      [0, 0, 0, 0],
      [0, 5, 0, 7],
      [0, 0, 0, 0],
      [0, 13, 0, 15],
    ]);
    expect(new nn.MaxUnpool2d(2)(values, indices, [1, 1, 5, 5]).shape).toEqual([1, 1, 5, 5]);
  });

  it("rejects invalid shapes, sizes and indices", () => {
    const [x, at] = [ones([1, 1, 2]), zeros([1, 1, 2], { dtype: "int32" })];
    expect(() => f.maxUnpool1d(x, zeros([1, 2], { dtype: "int32" }), 2)).toThrow(
      /expected an input and indices of the same shape/,
    );
    expect(() => f.maxUnpool1d(x, at, 2, { outputSize: [6] })).toThrow(
      /differ from \[4\] by less than the stride \[2\], got \[6\]/,
    );
    expect(() => f.maxUnpool1d(x, at.add(4), 2)).toThrow(IndexError);
    expect(() => f.maxUnpool2d(ones([2]), at, 2)).toThrow(ShapeError);
  });

  it("prints as in PyTorch", () => {
    expect(new nn.MaxUnpool2d(2).toString()).toBe("MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))");
    expect(new nn.MaxUnpool1d(2, { stride: 3 }).toString()).toBe(
      "MaxUnpool1d(kernel_size=(2,), stride=(3,), padding=(0,))",
    );
  });
});

describe("adaptive max pooling", () => {
  it("returns indices on request, from which unpooling puts the maxima back", () => {
    const image = tensor([3, 1, 9, 2, 8, 7, 5, 4, 6]).reshape(1, 1, 3, 3);
    const [values, indices] = new nn.AdaptiveMaxPool2d(2, { returnIndices: true })(image);
    expectTypeOf(new nn.AdaptiveMaxPool1d(2)(ones([1, 3]))).toEqualTypeOf<Tensor>();
    expect([values.flatten().toArraySync(), indices.flatten().toArraySync()]).toEqual([
      [8, 9, 8, 8],
      [4, 2, 4, 4],
    ]);
    expect(f.maxUnpool2d(values, indices, 2, { stride: 1 }).flatten().toArraySync()).toEqual([
      0, 0, 9, 0, 8, 0, 0, 0, 0,
    ]);
    const volume = new nn.AdaptiveMaxPool3d([1, null, 1], { returnIndices: true });
    expect(volume(image)[1].shape).toEqual([1, 1, 3, 1]);
    expect(volume.toString()).toBe("AdaptiveMaxPool3d(output_size=(1, None, 1))");
  });
});

describe("fractional pooling", () => {
  it("draws the same windows as PyTorch", () => {
    manualSeed(0);
    const [values, indices] = f.fractionalMaxPool2d(arange(25).to("float32").reshape(1, 1, 5, 5), 2, {
      outputSize: 3,
      returnIndices: true,
    });
    expect(values.get(0, 0).toArraySync()).toEqual([
      [6, 8, 9],
      [11, 13, 14],
      [21, 23, 24],
    ]);
    expect(indices.get(0, 0, 2).toArraySync()).toEqual([21, 23, 24]);
  });

  it("rejects missing or invalid sizes, and windows that do not fit", () => {
    expect(() => new nn.FractionalMaxPool2d(2)).toThrow(/pass either outputSize or outputRatio/);
    expect(() => new nn.FractionalMaxPool3d(2, { outputRatio: 1.5 })).toThrow(
      /must be between 0 and 1, got \[1.5, 1.5, 1.5\]/,
    );
    expect(() => f.fractionalMaxPool2d(ones([1, 4, 4]), 3, { outputSize: 3 })).toThrow(ShapeError);
    expect(new nn.FractionalMaxPool2d(2, { outputRatio: 0.7 })(ones([2, 6, 6])).shape).toEqual([2, 4, 4]);
  });
});

describe("grid sampling", () => {
  it("returns the image for an identity grid", () => {
    const image = rand([2, 3, 4, 5]);
    const theta = tensor([
      [1, 0, 0],
      [0, 1, 0],
    ]).expand(2, 2, 3);
    for (const alignCorners of [false, true]) {
      const back = f.gridSample(image, f.affineGrid(theta, image.shape, { alignCorners }), { alignCorners });
      expect(back.sub(image).abs().max().itemSync()).toBeLessThan(1e-5);
    }
  });

  it("rejects invalid grids, matrices and modes", () => {
    expect(() => f.gridSample(ones([1, 1, 2, 2]), ones([1, 2, 2, 3]))).toThrow(ShapeError);
    expect(() => f.gridSample(ones([1, 1, 2, 2, 2]), ones([1, 2, 2, 2, 3]), { mode: "bicubic" })).toThrow(
      /mode for 3 dimensions must be "bilinear" or "nearest", got "bicubic"/,
    );
    expect(() => f.gridSample(ones([1, 1, 2, 2]), ones([1, 2, 2, 2]), { paddingMode: "circular" as "zeros" })).toThrow(
      ArgumentError,
    );
    expect(() => f.affineGrid(ones([1, 2, 3]), [1, 1, 2, 2, 2])).toThrow(
      /got shape \[1, 2, 3\] and size \[1, 1, 2, 2, 2\]/,
    );
  });
});

describe("activations in place", () => {
  const layers: readonly (readonly [string, (options?: { inplace?: boolean }) => nn.Module])[] = [
    ["LeakyReLU(negative_slope=0.2", (options) => new nn.LeakyReLU(0.2, options)],
    ["ELU(alpha=1.0", (options) => new nn.ELU(1, options)],
    ["CELU(alpha=2.0", (options) => new nn.CELU(2, options)],
    ["Hardtanh(min_val=-1.0, max_val=1.0", (options) => new nn.Hardtanh(-1, 1, options)],
    ["Threshold(threshold=0.1, value=20", (options) => new nn.Threshold(0.1, 20, options)],
    ["RReLU(lower=0.1, upper=0.3", (options) => new nn.RReLU(0.1, 0.3, options)],
  ];

  it.each(layers)("%s) overwrites its input, with the same result and gradient", (name, create) => {
    const values = [-3, -0.5, 0.5, 3];
    const [apart, within] = [create(), create({ inplace: true })].map((layer) => {
      manualSeed(1);
      const x = requiresGrad(tensor(values));
      const input = x.mul(1);
      const y = layer(input);
      y.square().sum().backward();
      return { same: y === input, y: y.toArraySync(), grad: x.grad?.toArraySync() };
    });
    expect(apart?.same).toBe(false);
    expect(within).toEqual({ ...apart, same: true });
    expect(String(create())).toBe(`${name})`);
    expect(String(create({ inplace: true }))).toBe(`${name}, inplace=True)`);
    expect(() => create({ inPlace: true } as never)).toThrow('there is no option "inPlace"; there are inplace');
  });

  it("functions overwrite it, too, and reject other options", () => {
    const x = tensor([-2, 2]);
    expect(f.leakyRelu(x, 0.5, { inplace: true })).toBe(x);
    expect(x.toArraySync()).toEqual([-1, 2]);
    const whole = tensor([-5, 5], { dtype: "int32" });
    f.hardtanh(whole, -1.5, 1.5, { inplace: true });
    expect(whole.toArraySync()).toEqual([-1, 1]);
    expect(() => f.elu(x, 1, { inPlace: true } as never)).toThrow('elu: there is no option "inPlace"');
    expect(() => f.celu(x, 1, true as never)).toThrow("celu: expected options by name, { inplace }, got true");
  });
});

describe("random activations", () => {
  it("rrelu draws slopes in training only", () => {
    const layer = new nn.RReLU(0.1, 0.3);
    const drawn = layer(ones([1000]).neg()).neg();
    expect(drawn.min().itemSync()).toBeGreaterThanOrEqual(0.1);
    expect(drawn.max().itemSync()).toBeLessThan(0.3);
    expect(drawn.mean().itemSync()).toBeCloseTo(0.2, 2);
    expect(
      layer
        .eval()(tensor([-1, 2]))
        .toArraySync(),
    ).toEqual([-0.20000000298023224, 2]);
    expect(layer.toString()).toBe("RReLU(lower=0.1, upper=0.3)");
    expect(() => new nn.RReLU(0.5, 0.1)).toThrow(ArgumentError);
    expect(() => f.rrelu(ones([1]), { lower: 1 })).toThrow(/lower must not be above upper, got 1 and 0.33/);
  });

  it("rrelu draws PyTorch's slopes", () => {
    const x = [
      [-1, 2, -3, 0],
      [Number.NaN, -4, 5, -6],
    ];
    manualSeed(3);
    const drawn = f.rrelu(tensor(x), { training: true });
    expect(drawn.toArraySync()).toEqual([
      [-0.13210587203502655, 2, -0.5542126297950745, 0],
      [Number.NaN, -0.6457725167274475, 5, -1.6942123174667358],
    ]);
    manualSeed(3);
    expect(f.rrelu(tensor(x, { dtype: "bfloat16" }), { training: true }).toArraySync()).toEqual([
      [-0.1318359375, 2, -0.5546875, 0],
      [Number.NaN, -0.64453125, 5, -1.703125],
    ]);
    const turned = tensor([
      [-1, 2, -3],
      [-1, -4, 5],
    ]).T;
    const given = { lower: 0.1, upper: 0.3, training: true, generator: new Generator(3) };
    expect(f.rrelu(turned, given).toArraySync()).toEqual([
      [-0.10682164132595062, -0.15734805166721344],
      [2, -1.0183320045471191],
      [-0.40495622158050537, 5],
    ]);
    expect(f.rrelu(ones([0]), { training: true }).shape).toEqual([0]);
  });

  it("gumbelSoftmax draws the same samples as PyTorch", () => {
    manualSeed(0);
    const logits = tensor([[0.1, 0.2, 0.7]]);
    const soft = f.gumbelSoftmax(logits, { tau: 0.5 }).dataSync();
    for (const [i, want] of [0.0084062, 0.08347896, 0.90811479].entries()) expect(soft[i]).toBeCloseTo(want, 5);
    expect(f.gumbelSoftmax(logits, { hard: true }).toArraySync()).toEqual([[0, 0, 1]]);
    expect(() => f.gumbelSoftmax(logits, { tau: 0 })).toThrow(/tau must be positive, got 0/);
  });

  it("featureAlphaDropout keeps or drops whole channels", () => {
    manualSeed(1);
    const y = f.featureAlphaDropout(ones([4, 8, 5]), 0.5, { training: true });
    const spread = y.max(2).values.sub(y.min(2).values);
    expect(spread.abs().max().itemSync()).toBe(0);
    expect(y.unique().numel()).toBe(2);
    expect(() => f.featureAlphaDropout(ones([3]))).toThrow(ShapeError);
  });

  it("Softmax2d accepts only images", () => {
    expect(() => new nn.Softmax2d()(ones([2, 2]))).toThrow(
      /expected \[N, C, H, W\] or \[C, H, W\], got shape \[2, 2\]/,
    );
    expect(() => new nn.ChannelShuffle(3)(ones([1, 4, 2]))).toThrow(ShapeError);
  });
});

describe("padSequence", () => {
  it("pads shorter sequences", () => {
    const sequences = [ones([2, 1]), ones([3, 1]).mul(2)];
    expect(nn.padSequence(sequences, { paddingValue: -1 }).squeeze(-1).toArraySync()).toEqual([
      [1, 2],
      [1, 2],
      [-1, 2],
    ]);
    expect(nn.padSequence(sequences, { batchFirst: true }).shape).toEqual([2, 3, 1]);
    expect(() => nn.padSequence([])).toThrow(ArgumentError);
    expect(() => nn.padSequence([ones([2, 1]), ones([2, 2])])).toThrow(ShapeError);
  });
});

describe("ParameterDict", () => {
  it("holds parameters by name", () => {
    const dictionary = new nn.ParameterDict({ left: ones([2]), right: new nn.Parameter(ones([3])) });
    expect([dictionary.keys(), Object.keys(dictionary.stateDict()), dictionary.get("left").requiresGrad]).toEqual([
      ["left", "right"],
      ["left", "right"],
      true,
    ]);
    expect(dictionary.delete("left")).toBe(true);
    expect([dictionary.has("left"), [...dictionary].length]).toEqual([false, 1]);
    expect(() => dictionary.get("left")).toThrow(/ParameterDict: there is no "left"; there are: right/);
    expect(() => dictionary.set("forward", ones([1]))).toThrow(/"forward" is a reserved name/);
  });
});
