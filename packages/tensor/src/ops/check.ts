/**
 * Checks of values, as opposed to shapes: that indices are within bounds, that probabilities are some. The device makes
 * them, so nothing is copied; where it cannot be read at once, it refuses a value when something is read next.
 */

import { expectTensor } from "../argument.ts";
import { computeType, type DType } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import type { CheckCall } from "../kernel.ts";
import { finfo } from "../limits.ts";
import type { Tensor } from "../tensor.ts";

/** Options of `expectBetween`. */
export interface ExpectOptions {
  /** Whether NaN passes. Default false. */
  readonly nan?: boolean;
  /** Which error is thrown. Default `"ArgumentError"`. */
  readonly error?: CheckCall["error"];
}

/**
 * Refuses a tensor with an element outside of [low, high].
 *
 * @param message what the error says; `{}` in it stands for the element.
 * @throws ArgumentError, or the error of the options: at once on devices that can be read at once, otherwise with the
 * next read.
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

/** The largest finite number of the type in which a floating dtype is computed. */
export function largestFinite(dtype: DType): number {
  return finfo(computeType(dtype)).max;
}

/** Refuses an index tensor of another dtype than int32. */
export function checkIndexType(operation: string, index: Tensor): void {
  expectTensor(operation, index);
  if (index.dtype !== "int32")
    throw new DTypeError(`${operation}: indices must be int32, got ${index.dtype}; convert them with .to("int32")`);
}

/** Refuses a mask of another dtype than bool. */
export function checkMask(operation: string, mask: Tensor): void {
  expectTensor(operation, mask);
  if (mask.dtype !== "bool")
    throw new DTypeError(`${operation}: the mask must be bool, got ${mask.dtype}; compare first, as in x.ne(0)`);
}

/**
 * Refuses indices outside of 0 to `size - 1` (with `negative`, from `-size` on), as `expectBetween` does, with an
 * IndexError.
 */
export function checkBounds(operation: string, index: Tensor, size: number, dim: number, negative = false): void {
  checkIndexType(operation, index);
  if (index.numel() === 0) return;
  const message = `${operation}: index {} is out of range for dimension ${dim} of size ${size}`;
  index.device.run({
    kind: "check",
    input: index,
    low: negative ? -size : 0,
    high: size - 1,
    nan: false,
    error: "IndexError",
    message,
  });
}
