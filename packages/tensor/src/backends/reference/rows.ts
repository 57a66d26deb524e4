/** Row programs: each stage traverses the whole row, then the results per row and per element are computed. */

import type { RowsCall, View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { combine, identity } from "./combine.ts";
import { evaluator, type Leaves } from "./evaluate.ts";
import { dimensionsOf, elements, positions } from "./memory.ts";
import { convert, round } from "./primitives.ts";

/** Runs a row program. All inputs of a row are read before its outputs are written. */
export function rows(call: RowsCall): void {
  const { program } = call;
  const stages = program.stages.map(({ reduce, of }) => ({
    evaluate: evaluator([of]),
    dtype: of.dtype,
    initial: identity(reduce, of.dtype),
    combine: combine(reduce, of.dtype),
  }));
  const forRow = evaluator(program.rows);
  const forElement = evaluator(program.elements);
  const inputs = call.inputs.map((view) => split(view, call.dims));
  const toElements = call.toElements.map((view) => ({ ...split(view, call.dims), dtype: view.dtype }));
  const toRows = call.toRows.map((view) => ({ ...elements(view), at: positions(view), dtype: view.dtype }));

  // Safe: a row program reads at least one input, which has the full shape.
  const { shape } = call.inputs[0] as View;
  const outer = shape.length - call.dims;
  const count = sizeOf(shape.slice(0, outer));
  const length = sizeOf(shape.slice(outer));

  for (let r = 0; r < count; r++) {
    const results: number[] = [];
    const leaves = (i: number): Leaves => ({
      input: (k) => {
        const { get, starts, steps } = inputs[k] as (typeof inputs)[number];
        return get((starts[r] as number) + (steps[i] ?? 0));
      },
      scalar: (k) => call.scalars[k] as number,
      row: (k) => results[k] as number,
    });
    for (const stage of stages) {
      let total = stage.initial;
      for (let i = 0; i < length; i++) total = stage.combine(total, stage.evaluate(leaves(i))[0] as number);
      results.push(round(total, stage.dtype));
    }
    const rowValues = program.rows.length > 0 ? forRow(leaves(0)) : [];
    const elementValues = program.elements.length > 0 ? Array.from({ length }, (_, i) => forElement(leaves(i))) : [];
    toRows.forEach(({ set, at, dtype }, k) => {
      set(at[r] as number, convert(rowValues[k] as number, program.rows[k]?.dtype ?? dtype, dtype));
    });
    toElements.forEach(({ set, starts, steps, dtype }, k) => {
      const from = program.elements[k]?.dtype ?? dtype;
      elementValues.forEach((values, i) => {
        set((starts[r] as number) + (steps[i] as number), convert(values[k] as number, from, dtype));
      });
    });
  }
}

/** Splits a view into rows: the start of each row, and the offsets of its elements from there. */
function split(view: View, dims: number) {
  const rank = view.shape.length;
  return {
    ...elements(view),
    starts: positions(dimensionsOf(view, 0, rank - dims)),
    steps: positions({ ...dimensionsOf(view, rank - dims, rank), offset: 0 }),
  };
}
