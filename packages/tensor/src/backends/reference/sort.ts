/** Sorting. */

import type { SortCall } from "../../kernel.ts";
import { elements, lanes } from "./memory.ts";

/**
 * Runs a sort along one dimension. `Array.prototype.sort` is stable, so equal elements keep their order in a descending
 * sort, too.
 */
export function sort(call: SortCall): void {
  const input = elements(call.input);
  const values = elements(call.values);
  const indices = elements(call.indices);
  const valueLanes = lanes(call.values, call.dim);
  const indexLanes = lanes(call.indices, call.dim);
  const sign = call.descending ? -1 : 1;
  lanes(call.input, call.dim).forEach((lane, l) => {
    const sorted = lane.map((position, i) => ({ value: input.get(position), i }));
    sorted.sort((a, b) => sign * order(a.value, b.value));
    for (const [i, position] of (valueLanes[l] ?? []).entries())
      values.set(position, sorted[call.skip + i]?.value as number);
    for (const [i, position] of (indexLanes[l] ?? []).entries())
      indices.set(position, sorted[call.skip + i]?.i as number);
  });
}

/** Returns a negative number when `a` comes before `b`. NaN is the largest, and all NaNs are equal. */
function order(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
