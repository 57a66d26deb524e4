/**
 * `where`, as it is called in programs: with one operand it finds positions, which takes sums and scans. These choose
 * by conditions themselves, so the choice alone stands with the comparisons.
 */

import { ArgumentError } from "../errors.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { choose } from "./comparison.ts";
import { nonzero } from "./mask.ts";

/**
 * Elements of `a` where the condition holds, of `b` where it does not. A gradient that is NaN on the side not taken
 * does not leak through.
 *
 * https://pytorch.org/docs/stable/generated/torch.where.html
 *
 * @param condition a bool tensor. @throws DTypeError when it is not.
 * @example
 * where(gt(x, 0), x, 0);
 */
export function where(condition: Tensor, a: TensorOrNumber, b: TensorOrNumber): Tensor;
/** Where the condition holds: a tensor of positions for each dimension, as `nonzero` finds them. */
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, a?: TensorOrNumber, b?: TensorOrNumber): Tensor | Tensor[] {
  if (a !== undefined && b !== undefined) return choose(condition, a, b);
  if (a !== b) throw new ArgumentError("where: expected two operands to choose from, or none, got one");
  return nonzero(condition, { asTuple: true });
}
