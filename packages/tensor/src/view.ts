/** Views of memory for kernels: other layouts of an existing view, which record no history and keep no memory alive. */

import type { View } from "./kernel.ts";
import { type Shape, sameShape } from "./shape.ts";

/** Returns a view of the same memory with another shape, other strides and, if given, another offset. */
export function windowOn(
  { buffer, dtype, offset }: View,
  shape: Shape,
  strides: readonly number[],
  start: number = offset,
): View {
  return { buffer, dtype, shape, strides, offset: start };
}

/** Returns the view at index 0 of some dimensions, without those dimensions. */
export function without(x: View, dims: readonly number[]): View {
  const rest = (list: readonly number[]) => list.filter((_, d) => !dims.includes(d));
  return windowOn(x, rest(x.shape), rest(x.strides));
}

/** Returns the offset of the element with this number in row-major order, over the first `dims` dimensions. */
export function offsetOf({ shape, strides }: View, index: number, dims: number): number {
  let [offset, rest] = [0, index];
  for (let d = dims - 1; d >= 0; d--) {
    const size = shape[d] as number;
    offset += (rest % size) * (strides[d] as number);
    rest = Math.floor(rest / size);
  }
  return offset;
}

/** Returns the positions of all elements, in row-major order, if the first one is at `start`. */
export function positionsOf({ shape, strides }: Pick<View, "shape" | "strides">, start: number): number[] {
  let list = [start];
  shape.forEach((size, d) => {
    const stride = strides[d] as number;
    list = list.flatMap((position) => Array.from({ length: size }, (_, i) => position + i * stride));
  });
  return list;
}

/** Returns whether two views refer to the same elements in the same order. */
export function sameView(a: View, b: View): boolean {
  if (a.buffer !== b.buffer || a.dtype !== b.dtype || a.offset !== b.offset || !sameShape(a.shape, b.shape))
    return false;
  // The stride of a dimension of size 1 is irrelevant.
  return a.strides.every((stride, i) => stride === b.strides[i] || a.shape[i] === 1);
}
