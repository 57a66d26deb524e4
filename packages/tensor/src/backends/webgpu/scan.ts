/** Cumulative sums, products and extremes, with one invocation per lane. */

import type { ScanCall, View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft } from "./draft.ts";
import { writeCast } from "./formula.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { combined, identity } from "./row-frame.ts";
import { walk } from "./walk.ts";

/** Returns a shape or strides without dimension `dim`. */
export function dropped(list: readonly number[], dim: number): number[] {
  return list.filter((_, d) => d !== dim);
}

/** Returns the start positions of a view's lanes along a dimension, as strides and offset. */
export function lanesOf(view: View, dim: number): { strides: readonly number[]; offset: number } {
  return { strides: dropped(view.strides, dim), offset: view.offset };
}

/** Runs a scan. */
export function scan(recorder: Recorder, call: ScanCall): void {
  packed(recorder, [call.to], ([to]) => run(recorder, { ...call, to }));
}

function run(recorder: Recorder, call: ScanCall): void {
  const { op, dim, input, to, indices } = call;
  const count = sizeOf(dropped(input.shape, dim));
  const length = input.shape[dim] ?? 1;
  if (count * length === 0) return;
  const draft = new Draft(`scan ${op}`);
  const from = draft.view(input, "read");
  const target = draft.view(to, "write");
  const places = indices === null ? null : draft.view(indices, "write");
  const size = draft.u32(length);
  const views = indices === null ? [input, to] : [input, to, indices];
  const steps = views.map((view) => draft.u32(view.strides[dim] ?? 0));
  const starts = walk(
    draft,
    dropped(input.shape, dim),
    views.map((view) => lanesOf(view, dim)),
  );
  recorder.each(draft, count, () => {
    const { dtype } = input;
    // Bools are compared as numbers, because WGSL does not order them.
    const [now, before] = ["value", "total"].map((x) => (dtype === "bool" ? `u32(${x})` : x));
    const holds = `!(${now} ${op === "max" ? "<" : ">"} ${before})`;
    const isNan = (x: string) => (from.type === "f32" ? `f_isNan(${x})` : "false");
    // As in torch.cummax, the last of equal elements wins, and NaN is only replaced by a later NaN.
    const follow = places === null ? "" : `if (${isNan("value")} || (!${isNan("total")} && ${holds})) { found = k; }`;
    return {
      body: `${starts.index("i", "at")}
var total = ${identity(op, dtype)};
var found = 0u;
for (var k = 0u; k < ${size}; k++) {
  let value = ${from.get(`at0 + k * ${steps[0]}`)};
  ${follow}
  total = ${combined(op, dtype, "total", "value")};
  ${target.put(`at1 + k * ${steps[1]}`, writeCast("total", dtype, to.dtype))}
  ${places?.put(`at2 + k * ${steps[2]}`, "bitcast<i32>(found)") ?? ""}
}`,
    };
  });
}
