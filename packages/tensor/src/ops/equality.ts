/**
 * Equality of whole tensors. The answer is a boolean on the host, so it has to be read from the device: `equal` and
 * `allclose` return promises, and their `Sync` forms need a device that can be read synchronously.
 */

import { sameShape, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type CloseOptions, eq, isclose } from "./comparison.ts";
import { all } from "./sum.ts";

/**
 * Tests whether two tensors have the same shape and equal elements. NaN is not equal to anything.
 *
 * https://pytorch.org/docs/stable/generated/torch.equal.html
 *
 * @example
 * await equal(tensor([1, 2]), tensor([1, 2])); // true
 */
export async function equal(a: Tensor, b: Tensor): Promise<boolean> {
  return sameShape(shapeOf("equal", a), shapeOf("equal", b)) && (await all(eq(a, b)).item()) !== 0;
}

/**
 * Synchronous form of `equal`.
 *
 * @throws DeviceError on a device that cannot be read synchronously.
 */
export function equalSync(a: Tensor, b: Tensor): boolean {
  return sameShape(shapeOf("equal", a), shapeOf("equal", b)) && all(eq(a, b)).itemSync() !== 0;
}

/**
 * Tests whether `|a - b| ≤ atol + rtol · |b|` for all elements.
 *
 * https://pytorch.org/docs/stable/generated/torch.allclose.html
 *
 * @throws ShapeError if the shapes do not broadcast.
 */
export async function allclose(a: Tensor, b: Tensor, options?: CloseOptions): Promise<boolean> {
  return (await all(isclose(a, b, options)).item()) !== 0;
}

/**
 * Synchronous form of `allclose`.
 *
 * @throws ShapeError if the shapes do not broadcast.
 * @throws DeviceError on a device that cannot be read synchronously.
 */
export function allcloseSync(a: Tensor, b: Tensor, options?: CloseOptions): boolean {
  return all(isclose(a, b, options)).itemSync() !== 0;
}
