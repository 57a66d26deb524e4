/** Layers under `gradcheck` and `gradgradcheck` in float64: inputs, states and all parameters. */

import { gradcheck, gradgradcheck, requiresGrad } from "@akari/autograd";
import { manualSeed, randn, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";

const options = { dtype: "float64" } as const;

/** What a layer is called with, given some inputs of the right shapes. */
interface Trial {
  readonly name: string;
  readonly layer: () => nn.Module;
  readonly shapes: readonly (readonly number[])[];
  readonly call: (layer: never, inputs: readonly Tensor[]) => readonly (Tensor | null)[];
}

const trial = <L extends nn.Module>(
  name: string,
  layer: () => L,
  shapes: readonly (readonly number[])[],
  call: (layer: L, inputs: readonly Tensor[]) => readonly (Tensor | null)[],
): Trial => ({ name, layer, shapes, call: call as Trial["call"] }); // safe: a trial hands its own layer to its own call

const one = <L extends nn.Layer>(name: string, layer: () => L, shape: readonly number[]): Trial =>
  trial(name, layer, [shape], (l, [x]) => [l.forward(x as Tensor)]);

const trials: readonly Trial[] = [
  trial(
    "LSTM",
    () => new nn.LSTM(2, 2, options),
    [
      [3, 1, 2],
      [1, 1, 2],
      [1, 1, 2],
    ],
    (l, [x, h, c]) => l.forward(x as Tensor, [h as Tensor, c as Tensor]).flat(),
  ),
  trial(
    "LSTM with a projection",
    () => new nn.LSTM(2, 2, { projSize: 1, bias: false, ...options }),
    [[3, 1, 2]],
    (l, [x]) => l.forward(x as Tensor).flat(),
  ),
  trial(
    "GRU in both directions",
    () => new nn.GRU(2, 1, { bidirectional: true, batchFirst: true, ...options }),
    [
      [1, 3, 2],
      [2, 1, 1],
    ],
    (l, [x, h]) => l.forward(x as Tensor, h as Tensor),
  ),
  trial(
    "RNN of two layers",
    () => new nn.RNN(2, 2, { numLayers: 2, bias: false, ...options }),
    [[3, 2]],
    (l, [x]) => l.forward(x as Tensor),
  ),
  trial(
    "MultiheadAttention",
    () => new nn.MultiheadAttention(4, 2, options),
    [[2, 1, 4]],
    (l, [x]) => l.forward(x as Tensor, x as Tensor, x as Tensor),
  ),
  trial(
    "MultiheadAttention of other widths",
    () => new nn.MultiheadAttention(2, 1, { kdim: 3, vdim: 1, addBiasKv: true, addZeroAttn: true, batchFirst: true, ...options }),
    [
      [1, 2, 2],
      [1, 2, 3],
      [1, 2, 1],
    ],
    (l, [q, k, v]) =>
      l.forward(q as Tensor, k as Tensor, v as Tensor, {
        attnMask: tensor([
          [false, true],
          [false, false],
        ]),
      }),
  ),
  one(
    "TransformerEncoderLayer",
    () => new nn.TransformerEncoderLayer(2, 1, { dimFeedforward: 2, dropout: 0, activation: "gelu", ...options }),
    [3, 1, 2],
  ),
  trial(
    "TransformerDecoderLayer",
    () =>
      new nn.TransformerDecoderLayer(2, 1, { dimFeedforward: 2, dropout: 0, activation: "gelu", normFirst: true, bias: false, ...options }),
    [
      [2, 1, 2],
      [3, 1, 2],
    ],
    (l, [x, memory]) => [l.forward(x as Tensor, memory as Tensor, { tgtIsCausal: true })],
  ),
  one("ConvTranspose1d", () => new nn.ConvTranspose1d(2, 1, 2, { stride: 2, ...options }), [1, 2, 3]),
  one("InstanceNorm1d", () => new nn.InstanceNorm1d(2, { affine: true, ...options }), [1, 2, 3]),
  one("RMSNorm", () => new nn.RMSNorm(3, options), [2, 3]),
  one("LocalResponseNorm", () => new nn.LocalResponseNorm(2), [1, 3, 2]),
  one("AdaptiveAvgPool1d", () => new nn.AdaptiveAvgPool1d(2), [1, 1, 5]),
  one("ReflectionPad1d", () => new nn.ReflectionPad1d(2), [1, 1, 4]),
  one("Upsample", () => new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }), [1, 1, 2, 2]),
  trial(
    "Bilinear",
    () => new nn.Bilinear(2, 3, 2, options),
    [
      [2, 2],
      [2, 3],
    ],
    (l, [a, b]) => [l.forward(a as Tensor, b as Tensor)],
  ),
];

describe("derivatives of layers", () => {
  for (const { name, layer: create, shapes, call } of trials) {
    const prepare = (): { fn: (...given: Tensor[]) => Tensor[]; inputs: Tensor[] } => {
      manualSeed(3);
      const layer = create();
      const inputs = shapes.map((shape) => requiresGrad(randn(shape, options)));
      const places = layer
        .modules()
        .flatMap((module) =>
          Object.entries(module).flatMap(([property, value]) => (value instanceof nn.Parameter ? [{ module, property, value }] : [])),
        );
      const fn = (...given: Tensor[]) => {
        // The layer reads what it is checked with in the place of its parameters.
        for (const [i, { module, property }] of places.entries()) Reflect.set(module, property, given[inputs.length + i]);
        return call(layer as never, given.slice(0, inputs.length)).filter((x): x is Tensor => x !== null);
      };
      return { fn, inputs: [...inputs, ...places.map(({ value }) => value)] };
    };

    it(`${name}: gradcheck`, async () => {
      const { fn, inputs } = prepare();
      expect(await gradcheck(fn, inputs)).toBe(true);
    });

    it(`${name}: gradgradcheck`, async () => {
      const { fn, inputs } = prepare();
      expect(await gradgradcheck(fn, inputs)).toBe(true);
    });
  }
});
