/** Random pooling calls, forward and backward. */

import * as fc from "fast-check";
import { runPool } from "../backends/cpu/pool.ts";
import { type DType, isFloating } from "../dtype.ts";
import type { View } from "../kernel.ts";
import { sizeOf } from "../shape.ts";
import { operand, type Recipe } from "./operand.ts";
import { arithmetic, axis, recipes } from "./product-trials.ts";
import { point } from "./range.ts";
import { sumRanges } from "./sums.ts";
import { referenceResults, type Trial } from "./trial.ts";

/** Generates max pooling over 1 to 3 dimensions: in all dtypes except bool; gradients in floating-point dtypes. */
export function poolTrials(dtypes: readonly DType[]): fc.Arbitrary<Trial> {
  return fc
    .record({
      direction: fc.constantFrom("forward", "backward"),
      dtype: fc.constantFrom(...arithmetic(dtypes)),
      floating: fc.constantFrom(...dtypes.filter(isFloating)),
      batch: fc.constantFrom(1, 2, 3),
      channels: fc.constantFrom(1, 2, 5),
      axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
      indices: fc.boolean(),
      ceil: fc.boolean(),
      recipes: recipes(3),
    })
    .map((draw) => {
      const { direction, batch, channels } = draw;
      const dtype = direction === "backward" ? draw.floating : draw.dtype;
      // As in PyTorch, a window must not start outside the input, and at most half of it may be padding.
      const axes = draw.axes.map((a) => {
        const padding = Math.min(a.padding, Math.floor(a.kernel / 2));
        const { dilation } = a;
        const size = Math.max(
          draw.axes.length === 3 ? Math.min(a.size, 6) : a.size,
          dilation * (a.kernel - 1) + 1 - padding,
        );
        const span = size + 2 * padding - dilation * (a.kernel - 1) - 1;
        let out = (draw.ceil ? Math.ceil(span / a.stride) : Math.floor(span / a.stride)) + 1;
        while ((out - 1) * a.stride >= size + padding) out--;
        return { ...a, padding, dilation, size, out };
      });
      const spatial = axes.map((a) => a.size);
      const outer = [batch, channels, ...axes.map((a) => a.out)];
      const [first, second, third] = draw.recipes as [Recipe, Recipe, Recipe];
      const forward = direction === "forward";
      const withIndices = draw.indices || !forward;
      const input = operand(first, [batch, channels, ...spatial], dtype, forward ? "input" : "output");
      const output = operand(second, outer, dtype, forward ? "output" : "input");
      const plane = sizeOf(spatial);
      const drawn = operand(third, outer, "int32", forward ? "output" : "input");
      const indices = { ...drawn, values: drawn.values.map((value) => Math.abs(value) % plane) };
      const operands = withIndices ? [input, output, indices] : [input, output];
      const call: Trial["call"] = (views) => ({
        kind: "pool",
        direction,
        input: views[0] as View, // safe: one view for each operand
        output: views[1] as View,
        indices: views[2] ?? null,
        kernel: axes.map((a) => a.kernel),
        stride: axes.map((a) => a.stride),
        padding: axes.map((a) => a.padding),
        dilation: axes.map((a) => a.dilation),
        cpu: runPool,
      });
      const outputs = forward ? (withIndices ? [1, 2] : [1]) : [0];
      const trial = { operands, outputs, call };
      const each = axes
        .map((a) => `kernel ${a.kernel} stride ${a.stride} padding ${a.padding} dilation ${a.dilation}`)
        .join(", ");
      const expected = () =>
        forward
          ? referenceResults(trial).map((values) => values.map(point))
          : sumRanges(trial, sizeOf(outer.slice(2)) + 1);
      return { ...trial, what: `pool ${direction}, ${each}`, expected };
    });
}
