/**
 * Other windows onto the memory of a view, for kernels: nothing follows their history, and they keep nothing alive.
 */

import type { View } from "./kernel.ts";
import type { Shape } from "./shape.ts";

/** The memory of `x` in another shape, with other strides, and from another place on where one is given. */
export function windowOn({ buffer, dtype, offset }: View, shape: Shape, strides: readonly number[], start: number = offset): View {
  return { buffer, dtype, shape, strides, offset: start };
}

/** The window at index 0 of some dimensions, which are left out. */
export function without(x: View, dims: readonly number[]): View {
  const rest = (list: readonly number[]) => list.filter((_, d) => !dims.includes(d));
  return windowOn(x, rest(x.shape), rest(x.strides));
}
