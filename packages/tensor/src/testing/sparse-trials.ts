/** Random products with sparse matrices. */

import * as fc from "fast-check";
import { runSparse } from "../backends/cpu/sparse.ts";
import type { DType } from "../dtype.ts";
import type { View } from "../kernel.ts";
import { operand, type Recipe } from "./operand.ts";
import { arithmetic, recipes } from "./product-trials.ts";
import { sumRanges } from "./sums.ts";
import type { Trial } from "./trial.ts";

const sizes = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 16, 17, 33);

/** Generates random products with sparse matrices, some of whose rows are empty. */
export function sparseTrials(dtypes: readonly DType[]): fc.Arbitrary<Trial> {
  return fc
    .record({
      dtype: fc.constantFrom(...arithmetic(dtypes)),
      outer: sizes,
      columns: sizes,
      inner: sizes,
      rows: fc.array(fc.array(fc.nat(32), { maxLength: 6 }), { minLength: 1, maxLength: 9, size: "max" }),
      recipes: recipes(3),
    })
    .map(({ dtype, outer, columns, inner, rows, recipes }) => {
      const [first, second, third] = recipes as [Recipe, Recipe, Recipe];
      const entries = rows.flat();
      const starts = rows.map((_, i) => rows.slice(0, i).flat().length);
      const list = (values: readonly number[]) => ({
        ...{ dtype: "int32", shape: [values.length], strides: [1], offset: 0, values },
      });
      const contiguous = { ...first, order: first.order.map(() => 0), steps: first.steps.map(() => 1) };
      const operands = [
        list([...starts, entries.length]),
        list(entries.map((position) => position % columns)),
        operand({ ...contiguous, repeat: contiguous.repeat.map(() => false) }, [entries.length], dtype),
        operand(second, [outer, columns, inner], dtype),
        operand(third, [outer, rows.length, inner], dtype, "output"),
      ] as Trial["operands"];
      const call: Trial["call"] = (views) => {
        // Safe: one view for each operand.
        const [starts, positions, weights, input, to] = views as [View, View, View, View, View];
        return { kind: "sparse", starts, positions, weights, input, to, cpu: runSparse };
      };
      const trial = { operands, outputs: [4], call };
      const what = `sparse [${rows.length}, ${columns}] times [${outer}, ${columns}, ${inner}]`;
      return { ...trial, what, expected: () => sumRanges(trial, Math.max(...rows.map((row) => row.length))) };
    });
}
