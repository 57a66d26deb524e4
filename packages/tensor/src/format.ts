/**
 * Tensors as text, the way PyTorch prints them.
 */

import type { Tensor } from "./tensor.ts";

/** The name under which Node's `console.log` looks for a text of one's own. */
export const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** The tensor as PyTorch prints it. On a device that cannot be read at once, its shape and dtype only. */
export function format(x: Tensor): string {
  return `tensor(shape=[${x.shape.join(", ")}], dtype=${x.dtype})`;
}
