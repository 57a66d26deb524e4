/**
 * The public `where`. With only a condition it finds positions, which depends on sums and scans. Those use the
 * three-operand form themselves, so that one is defined with the comparisons, as `choose`.
 */

import { ArgumentError } from "../errors.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { choose } from "./comparison.ts";
import { nonzero } from "./mask.ts";

/**
 * Selects elements of `a` where the condition is true and of `b` elsewhere. A NaN in the gradient of the operand that
 * is not selected does not propagate.
 *
 * https://pytorch.org/docs/stable/generated/torch.where.html
 *
 * @param condition a bool tensor. All three operands broadcast.
 * @throws DTypeError unless the condition is bool.
 * @throws ShapeError when the shapes do not broadcast.
 * @example
 * where(gt(x, 0), x, 0);
 */
export function where(condition: Tensor, a: TensorOrNumber, b: TensorOrNumber): Tensor;
/**
 * Returns the positions where the condition is nonzero: one index tensor per dimension, as `nonzero` with `asTuple`.
 *
 * @throws DeviceError on devices that cannot be read synchronously; call `await condition.prefetch()` first.
 */
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, a?: TensorOrNumber, b?: TensorOrNumber): Tensor | Tensor[] {
  if (a !== undefined && b !== undefined) return choose(condition, a, b);
  if (a !== b) throw new ArgumentError("where: expected two operands to choose from, or none, got one");
  return nonzero(condition, { asTuple: true });
}
