/**
 * Whether tensors are the same, as one answer: it is read, so it comes as a promise, and at once where the device can.
 */

import { settings } from "../settings.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type CloseOptions, eq, isclose, logicalNot } from "./comparison.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { all, any } from "./sum.ts";

/**
 * Whether two tensors have one shape and equal elements; NaN equals nothing.
 *
 * https://pytorch.org/docs/stable/generated/torch.equal.html
 *
 * @example
 * await equal(tensor([1, 2]), tensor([1, 2])); // true
 */
export async function equal(a: Tensor, b: Tensor): Promise<boolean> {
  return sameShape(a.shape, b.shape) && (await all(eq(a, b)).item()) !== 0;
}

/** `equal` at once. Throws a DeviceError on devices that cannot. */
export function equalSync(a: Tensor, b: Tensor): boolean {
  return sameShape(a.shape, b.shape) && all(eq(a, b)).itemSync() !== 0;
}

/** Whether `|a - b| ≤ atol + rtol |b|` everywhere. https://pytorch.org/docs/stable/generated/torch.allclose.html */
export async function allclose(a: Tensor, b: Tensor, options?: CloseOptions): Promise<boolean> {
  return (await all(isclose(a, b, options)).item()) !== 0;
}

/** `allclose` at once. Throws a DeviceError on devices that cannot. */
export function allcloseSync(a: Tensor, b: Tensor, options?: CloseOptions): boolean {
  return all(isclose(a, b, options)).itemSync() !== 0;
}

/** Options of `isin`. */
export interface IsinOptions {
  /** Whether to ask for the contrary. Default false. */
  readonly invert?: boolean;
}

/**
 * Whether each element is among those of another tensor, as bools.
 * https://pytorch.org/docs/stable/generated/torch.isin.html
 */
export function isin(elements: Tensor, testElements: Tensor, options?: IsinOptions): Tensor {
  const { invert } = settings("isin", options, { invert: false });
  const found = any(eq(unsqueeze(elements, -1), reshape(testElements, [-1])), -1);
  return invert ? logicalNot(found) : found;
}
