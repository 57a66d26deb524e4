/**
 * Checks of a tensor's values, as opposed to its shape: indices in bounds, valid probabilities. They run on the device,
 * so nothing is copied to the host. A device that cannot be read synchronously throws at the next read.
 */

import { expectTensor } from "../argument.ts";
import { computeType, type DType } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import type { CheckCall } from "../kernel.ts";
import { finfo } from "../limits.ts";
import type { Tensor } from "../tensor.ts";

/** Options of `expectBetween`. */
export interface ExpectOptions {
  /** Whether to accept NaN. Default false. */
  readonly nan?: boolean;
  /** Class of the error. Default `"ArgumentError"`. */
  readonly error?: CheckCall["error"];
}

/**
 * Throws if a tensor has an element outside [low, high].
 *
 * @param message the error message, in which `{}` is replaced by the element.
 * @throws ArgumentError, or the error class of the options: immediately on a device that can be read synchronously,
 * otherwise at the next read.
 */
export function expectBetween(
  x: Tensor,
  low: number,
  high: number,
  message: string,
  options: ExpectOptions = {},
): void {
  const { nan = false, error = "ArgumentError" } = options;
  if (x.numel() > 0) x.device.run({ kind: "check", input: x, low, high, nan, error, message });
}

/** Returns the largest finite number of the type in which a floating-point dtype is computed. */
export function largestFinite(dtype: DType): number {
  return finfo(computeType(dtype)).max;
}

/** Throws a DTypeError unless an index tensor is int32. */
export function checkIndexType(operation: string, index: Tensor): void {
  expectTensor(operation, index);
  if (index.dtype !== "int32")
    throw new DTypeError(`${operation}: indices must be int32, got ${index.dtype}; convert them with .to("int32")`);
}

/** Throws a DTypeError unless a mask is bool. */
export function checkMask(operation: string, mask: Tensor): void {
  expectTensor(operation, mask);
  if (mask.dtype !== "bool")
    throw new DTypeError(`${operation}: the mask must be bool, got ${mask.dtype}; compare first, as in x.ne(0)`);
}

/**
 * Throws an IndexError, as `expectBetween` does, if an index is outside [0, size - 1], or with `negative` outside
 * [-size, size - 1].
 */
export function checkBounds(operation: string, index: Tensor, size: number, dim: number, negative = false): void {
  checkIndexType(operation, index);
  const message = `${operation}: index {} is out of range for dimension ${dim} of size ${size}`;
  expectBetween(index, negative ? -size : 0, size - 1, message, { error: "IndexError" });
}
