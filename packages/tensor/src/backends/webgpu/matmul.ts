/** Matrix products, batched, with any strides: a transpose costs no copy. */

import type { MatmulCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import type { Pool } from "./buffer.ts";
import type { Draft } from "./draft.ts";
import { launchProduct, putSum } from "./product.ts";
import type { Recorder } from "./recorder.ts";
import { walk } from "./walk.ts";

/** Runs a matrix product. */
export function matmul(recorder: Recorder, pool: Pool, call: MatmulCall): void {
  const { a, b, to, bias, accumulate } = call;
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
    const added = part === "sides" || bias === null ? null : draft.view(bias, "read");
    if (accumulate) draft.key += " accumulating";
    const targets = part === "sides" ? [] : bias === null ? [to] : [to, bias];
    const views = [...sides, ...targets];
    const steps = views.map((view) => last(view.strides).map((stride) => draft.u32(stride)));
    const starts = walk(
      draft,
      outer,
      views.map((view) => ({ strides: view.strides.slice(0, -2), offset: view.offset })),
    );
    const at = (n: number, row: string, column: string) => `base${n} + ${row} * ${steps[n]?.[0]} + ${column} * ${steps[n]?.[1]}`;
    const first = sides.length;
    return {
      prepare: starts.index("batch", "base"),
      left: () => `value = ${left?.get(at(0, "r", "k"))};`,
      right: () => `value = ${right?.get(at(1, "k", "c"))};`,
      store: () => {
        if (target === null) return "";
        const place = at(first, "r", "c");
        const terms = ["sum"];
        if (accumulate) terms.push(target.get(place));
        if (added !== null) terms.push(added.get(at(first + 1, "r", "c")));
        return putSum(target, place, `(${terms.join(" + ")})`, to.dtype);
      },
    };
  };
  launchProduct(recorder, pool, "matmul", size, frame);
}
