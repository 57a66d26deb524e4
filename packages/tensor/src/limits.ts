/**
 * The limits of dtypes: what a mask is filled with, and what keeps a quotient finite.
 */

import { bytesOf, type DType, digitsOf, expectFloating, isDType, isFloating } from "./dtype.ts";
import { DTypeError } from "./errors.ts";

/** The limits of a floating-point dtype. */
export interface FloatLimits {
  /** How many bits an element has. */
  readonly bits: number;
  /** The distance from 1 to the next larger number. */
  readonly eps: number;
  /** The largest finite number. */
  readonly max: number;
  /** The least finite number, `-max`. */
  readonly min: number;
  /** The smallest positive number that has all its digits. */
  readonly tiny: number;
}

/** The limits of an integer dtype. */
export interface IntegerLimits {
  /** How many bits an element has. */
  readonly bits: number;
  /** The largest number. */
  readonly max: number;
  /** The least number. */
  readonly min: number;
}

/**
 * The limits of a floating-point dtype: `finfo("float32").eps` is 2⁻²³.
 *
 * https://pytorch.org/docs/stable/type_info.html#torch.finfo
 *
 * @throws DTypeError for others.
 */
export function finfo(dtype: DType): FloatLimits {
  expectFloating("finfo", dtype);
  const power = 2 ** (dtype === "float16" ? 4 : dtype === "float64" ? 10 : 7) - 1;
  const eps = 2 ** (1 - digitsOf(dtype));
  const max = (2 - eps) * 2 ** power;
  return { bits: bytesOf(dtype) * 8, eps, max, min: -max, tiny: 2 ** (1 - power) };
}

/**
 * The limits of an integer dtype: `iinfo("uint8").max` is 255.
 *
 * https://pytorch.org/docs/stable/type_info.html#torch.iinfo
 *
 * @throws DTypeError for others.
 */
export function iinfo(dtype: DType): IntegerLimits {
  if (!isDType(dtype) || isFloating(dtype) || dtype === "bool")
    throw new DTypeError(`iinfo: expected an integer dtype, got ${dtype}`);
  const max = 2 ** digitsOf(dtype) - 1;
  return { bits: bytesOf(dtype) * 8, max, min: dtype === "int32" ? -max - 1 : 0 };
}
