/** Random matrix products and convolutions. */

import * as fc from "fast-check";
import { runConv } from "../backends/cpu/conv.ts";
import { type DType, isFloating } from "../dtype.ts";
import type { MatmulCall, View } from "../kernel.ts";
import { sizeOf } from "../shape.ts";
import { type Contents, operand, type Recipe, recipe } from "./operand.ts";
import { sumRanges } from "./sums.ts";
import type { Trial } from "./trial.ts";

/**
 * Values that can be summed without overflow. Some calls include an infinity or a NaN, which must neither spread nor be
 * lost.
 */
const contents: readonly Contents[] = ["tame", "tame", "tame", "infinite"];

/** Generates recipes for a number of operands. */
export const recipes = (count: number): fc.Arbitrary<Recipe[]> =>
  fc.array(recipe(contents), { minLength: count, maxLength: count, size: "max" });

/** Sizes around those of kernel tiles. */
const sizes = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(64, 65, 130) },
);

/** Returns the dtypes that support arithmetic. */
export function arithmetic(dtypes: readonly DType[]): DType[] {
  return dtypes.filter((dtype) => dtype !== "bool");
}

/** Generates random matrix products: batches, transposes, biases, accumulation. */
export function matmulTrials(dtypes: readonly DType[]): fc.Arbitrary<Trial> {
  return fc
    .record({
      dtype: fc.constantFrom(...arithmetic(dtypes)),
      batch: fc.array(fc.constantFrom(1, 2, 3), { maxLength: 2 }),
      m: sizes,
      k: sizes,
      n: sizes,
      accumulate: fc.boolean(),
      bias: fc.boolean(),
      recipes: recipes(4),
    })
    .map(({ dtype, batch, m, k, n, accumulate, bias, recipes }) => {
      const [first, second, third, fourth] = recipes as [Recipe, Recipe, Recipe, Recipe];
      const shape = [...batch, m, n];
      const operands = [
        operand(first, [...batch, m, k], dtype),
        operand(second, [...batch, k, n], dtype),
        // The initial contents of an output that is not accumulated into do not matter.
        operand(accumulate ? third : { ...third, contents: "special" }, shape, dtype, "output"),
        operand(fourth, shape, dtype),
      ];
      const used = bias ? operands : operands.slice(0, 3);
      const call: Trial["call"] = ([a, b, to, added]) =>
        // Safe: the three are always present.
        ({ kind: "matmul", a, b, to, accumulate, bias: added ?? null }) as MatmulCall;
      const trial = { operands: used, outputs: [2], call };
      return {
        ...trial,
        what: `matmul [${m}, ${k}] · [${k}, ${n}]${accumulate ? " accumulating" : ""}`,
        expected: () => sumRanges(trial, k + 2),
      };
    });
}

/** One spatial dimension of a convolution or pooling. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

/** Generates spatial dimensions. */
export const axis: fc.Arbitrary<Axis> = fc.record({
  size: fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 13),
  kernel: fc.constantFrom(1, 2, 3, 5),
  stride: fc.constantFrom(1, 1, 2, 3),
  padding: fc.constantFrom(0, 0, 1, 2),
  dilation: fc.constantFrom(1, 1, 1, 2),
});

/** Generates random convolutions over 1 to 3 dimensions, in each direction. */
export function convTrials(dtypes: readonly DType[]): fc.Arbitrary<Trial> {
  return fc
    .record({
      dtype: fc.constantFrom(...dtypes.filter(isFloating)),
      direction: fc.constantFrom("forward", "input", "weight"),
      batch: fc.oneof({ weight: 15, arbitrary: fc.constantFrom(1, 2, 3) }, { weight: 1, arbitrary: fc.constant(0) }),
      groups: fc.constantFrom(1, 1, 1, 2, 3),
      inputs: fc.constantFrom(1, 2, 3, 4, 5),
      outputs: fc.constantFrom(1, 2, 3, 4, 9),
      axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
      bias: fc.boolean(),
      recipes: recipes(4),
    })
    .map((draw) => {
      const { dtype, direction, batch, groups } = draw;
      // Three large dimensions would be too slow on the reference. Each input is large enough for the kernel.
      const axes = draw.axes.map((a) => {
        const size = draw.axes.length === 3 ? Math.min(a.size, 5) : a.size;
        return { ...a, size: Math.max(size, a.dilation * (a.kernel - 1) + 1 - 2 * a.padding) };
      });
      const kernel = axes.map((a) => a.kernel);
      const out = axes.map((a) =>
        Math.max(Math.floor((a.size + 2 * a.padding - a.dilation * (a.kernel - 1) - 1) / a.stride) + 1, 0),
      );
      // An infinity times the zeros of the padding is NaN if they are multiplied, and absent if they are skipped. Both
      // are allowed. The gradient of the input is a convolution with padding on all sides.
      const padded = direction === "input" || axes.some((a) => a.padding > 0);
      const made = draw.recipes.map((one) => (padded ? { ...one, contents: "tame" as const } : one));
      const [first, second, third, fourth] = made as [Recipe, Recipe, Recipe, Recipe];
      const role = (name: string) => (name === direction ? ("output" as const) : ("input" as const));
      const operands = [
        operand(first, [batch, draw.inputs * groups, ...axes.map((a) => a.size)], dtype, role("input")),
        operand(second, [draw.outputs * groups, draw.inputs, ...kernel], dtype, role("weight")),
        operand(third, [batch, draw.outputs * groups, ...out], dtype, role("forward")),
        operand(fourth, [draw.outputs * groups], dtype),
      ] as const;
      const bias = draw.bias && direction === "forward";
      const call: Trial["call"] = (views) => {
        const [input, weight, output, added] = views as [View, View, View, View?]; // safe: one view for each operand
        return {
          kind: "conv",
          direction,
          input,
          weight,
          output,
          bias: added ?? null,
          stride: axes.map((a) => a.stride),
          padding: axes.map((a) => a.padding),
          dilation: axes.map((a) => a.dilation),
          groups,
          cpu: runConv,
        };
      };
      const trial = {
        operands: bias ? operands : operands.slice(0, 3),
        outputs: [{ forward: 2, input: 0, weight: 1 }[direction]],
        call,
      };
      const each = axes.map((a) => `stride ${a.stride} padding ${a.padding} dilation ${a.dilation}`).join(", ");
      const terms =
        direction === "forward"
          ? draw.inputs * sizeOf(kernel) + 1
          : direction === "input"
            ? draw.outputs * sizeOf(kernel)
            : batch * sizeOf(out);
      return {
        ...trial,
        what: `conv ${direction}, groups ${groups}, ${each}`,
        expected: () => sumRanges(trial, terms),
      };
    });
}
