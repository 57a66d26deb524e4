/**
 * Windows onto memory, for kernels: others onto that of a view, whose history nothing follows and which keep nothing
 * alive; and whether two are the same.
 */

import type { View } from "./kernel.ts";
import { type Shape, sameShape } from "./shape.ts";

/** The memory of `x` in another shape, with other strides, and from another place on where one is given. */
export function windowOn(
  { buffer, dtype, offset }: View,
  shape: Shape,
  strides: readonly number[],
  start: number = offset,
): View {
  return { buffer, dtype, shape, strides, offset: start };
}

/** The window at index 0 of some dimensions, which are left out. */
export function without(x: View, dims: readonly number[]): View {
  const rest = (list: readonly number[]) => list.filter((_, d) => !dims.includes(d));
  return windowOn(x, rest(x.shape), rest(x.strides));
}

/** Whether two views look at the same elements in the same order. */
export function sameView(a: View, b: View): boolean {
  if (a.buffer !== b.buffer || a.dtype !== b.dtype || a.offset !== b.offset || !sameShape(a.shape, b.shape))
    return false;
  // How far it is to a second element counts only where there is one.
  return a.strides.every((stride, i) => stride === b.strides[i] || a.shape[i] === 1);
}
