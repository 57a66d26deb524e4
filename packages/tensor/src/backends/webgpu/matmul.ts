/** Matrix products, batched, with any strides: transposed operands are not copied. */

import type { MatmulCall, View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import type { Draft } from "./draft.ts";
import { matmulQuads } from "./matmul-quads.ts";
import { packed } from "./pack.ts";
import { launchProduct, putSum } from "./product.ts";
import type { Recorder } from "./recorder.ts";
import { walk } from "./walk.ts";

/** Runs a matrix product. */
export function matmul(recorder: Recorder, call: MatmulCall): void {
  packed(recorder, [call.to], ([to]) => product(recorder, call, to));
}

/** Computes the product in `to`, which is the call's target or scratch memory that is packed into it. */
function product(recorder: Recorder, call: MatmulCall, to: View): void {
  const { a, b, bias, accumulate } = call;
  const addends = [...(bias === null ? [] : [bias]), ...(accumulate ? [call.to] : [])];
  const rank = to.shape.length;
  const outer = to.shape.slice(0, -2);
  const [rows, columns] = to.shape.slice(-2) as [number, number]; // safe: matrices have two dimensions
  const terms = a.shape[rank - 1] as number;
  const last = (strides: readonly number[]) => strides.slice(-2) as [number, number];
  const size = {
    batches: sizeOf(outer),
    rows,
    columns,
    terms,
    dtype: to.dtype,
    leftAlong: a.strides[rank - 1] === 1,
    rightAlong: b.strides[rank - 1] === 1,
  };
  const frame = (draft: Draft, part: "all" | "sides" | "store") => {
    const sides = part === "store" ? [] : [a, b];
    const [left, right] = sides.map((view) => draft.view(view, "read"));
    const target = part === "sides" ? null : draft.view(to, "write");
    const added = part === "sides" ? [] : addends.map((view) => draft.view(view, "read"));
    const views = part === "sides" ? sides : [...sides, to, ...addends];
    const steps = views.map((view) => last(view.strides).map((stride) => draft.u32(stride)));
    const starts = walk(
      draft,
      outer,
      views.map((view) => ({ strides: view.strides.slice(0, -2), offset: view.offset })),
    );
    const at = (n: number, row: string, column: string) =>
      `base${n} + ${row} * ${steps[n]?.[0]} + ${column} * ${steps[n]?.[1]}`;
    const first = sides.length;
    return {
      prepare: starts.index("batch", "base"),
      left: () => `value = ${left?.get(at(0, "r", "k"))};`,
      right: () => `value = ${right?.get(at(1, "k", "c"))};`,
      store: () => {
        if (target === null) return "";
        const place = at(first, "r", "c");
        const terms = ["sum", ...added.map((one, n) => one.get(at(first + 1 + n, "r", "c")))];
        return putSum(target, place, `(${terms.join(" + ")})`, to.dtype);
      },
    };
  };
  if (recorder.direct && matmulQuads(recorder, [a, b, to], size, addends.length === 0, frame)) return;
  launchProduct(recorder, "matmul", size, frame);
}
