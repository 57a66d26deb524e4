/**
 * Small constant tensors that gradients need, written from the host beside the tensors they work with.
 */

import type { Tensor } from "../tensor.ts";

/** A square matrix of bools: where `holds` says so for row i and column j. */
export function squareMask(beside: Tensor, size: number, holds: (i: number, j: number) => boolean): Tensor {
  const mask = beside.newEmpty([size, size], { dtype: "bool" });
  const bytes = new Uint8Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) bytes[i * size + j] = holds(i, j) ? 1 : 0;
  if (size > 0) mask.device.write(mask.buffer, bytes);
  return mask;
}

/** A vector of integers, int32. */
export function integers(beside: Tensor, values: ArrayLike<number>): Tensor {
  const list = Int32Array.from(values);
  const result = beside.newEmpty([list.length], { dtype: "int32" });
  if (list.length > 0) result.device.write(result.buffer, new Uint8Array(list.buffer));
  return result;
}
