/** The numerical limits of dtypes. */

import { bytesOf, type DType, digitsOf, expectFloating, isDType, isFloating } from "./dtype.ts";
import { DTypeError } from "./errors.ts";

/** The limits of a floating-point dtype. */
export interface FloatLimits {
  /** The size of an element, in bits. */
  readonly bits: number;
  /** The distance from 1 to the next larger number. */
  readonly eps: number;
  /** The largest finite number. */
  readonly max: number;
  /** The lowest finite number, `-max`. */
  readonly min: number;
  /** The smallest positive normal number. */
  readonly tiny: number;
}

/** The limits of an integer dtype. */
export interface IntegerLimits {
  /** The size of an element, in bits. */
  readonly bits: number;
  /** The largest number. */
  readonly max: number;
  /** The lowest number. */
  readonly min: number;
}

/**
 * Returns the limits of a floating-point dtype: `finfo("float32").eps` is 2⁻²³.
 *
 * https://pytorch.org/docs/stable/type_info.html#torch.finfo
 *
 * @throws DTypeError for other dtypes.
 */
export function finfo(dtype: DType): FloatLimits {
  expectFloating("finfo", { dtype });
  const power = 2 ** (dtype === "float16" ? 4 : dtype === "float64" ? 10 : 7) - 1;
  const eps = 2 ** (1 - digitsOf(dtype));
  const max = (2 - eps) * 2 ** power;
  return { bits: bytesOf(dtype) * 8, eps, max, min: -max, tiny: 2 ** (1 - power) };
}

/**
 * Returns the limits of an integer dtype: `iinfo("uint8").max` is 255.
 *
 * https://pytorch.org/docs/stable/type_info.html#torch.iinfo
 *
 * @throws DTypeError for other dtypes, bool included.
 */
export function iinfo(dtype: DType): IntegerLimits {
  if (!isDType(dtype) || isFloating(dtype) || dtype === "bool")
    throw new DTypeError(`iinfo: expected an integer dtype, got ${dtype}`);
  const max = 2 ** digitsOf(dtype) - 1;
  return { bits: bytesOf(dtype) * 8, max, min: dtype === "int32" ? -max - 1 : 0 };
}
