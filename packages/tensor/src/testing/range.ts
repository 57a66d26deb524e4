/**
 * Ranges: the results that a correct device may return. Devices round, fuse a multiplication with an addition, and
 * approximate functions within some ulps; ranges propagate all of that through a formula by interval arithmetic. Tests
 * therefore need no guessed tolerance, and a result that depends on rounding (a comparison of two nearly equal numbers)
 * is recognized instead of being reported as wrong.
 */

import { round } from "../backends/reference/primitives.ts";
import { type DType, isFloating } from "../dtype.ts";

/** All numbers from `lo` to `hi`, and NaN if `nan` is true. `lo > hi` means that only NaN is allowed. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
  readonly nan: boolean;
}

/** The range of all results. */
export const anything: Range = { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY, nan: true };

/** Returns the range of exactly one result. */
export function point(value: number): Range {
  if (Number.isNaN(value)) return { lo: Number.POSITIVE_INFINITY, hi: Number.NEGATIVE_INFINITY, nan: true };
  return { lo: value, hi: value, nan: false };
}

/** Returns the only number in a range (NaN included), or null when there are several. */
export function only(range: Range): number | null {
  if (range.lo > range.hi) return Number.NaN;
  return range.lo === range.hi && !range.nan ? range.lo : null;
}

/** Returns whether a range contains only finite numbers. */
export function isOrdinary(range: Range): boolean {
  return !range.nan && Number.isFinite(range.lo) && Number.isFinite(range.hi);
}

/** Returns the smallest range that contains some numbers. */
export function hull(...values: readonly number[]): Range {
  return values.some(Number.isNaN) ? anything : { lo: Math.min(...values), hi: Math.max(...values), nan: false };
}

/** Returns the smallest range that contains two ranges. */
export function union(a: Range, b: Range): Range {
  return { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi), nan: a.nan || b.nan };
}

/** A floating-point dtype. */
export type Floating = "float64" | "float32" | "float16" | "bfloat16";

/** The number of significand bits, the exponent of the smallest normal number, and the largest number. */
const formats: Readonly<Record<Floating, { digits: number; least: number; largest: number }>> = {
  float64: { digits: 53, least: -1022, largest: Number.MAX_VALUE },
  float32: { digits: 24, least: -126, largest: (2 - 2 ** -23) * 2 ** 127 },
  float16: { digits: 11, least: -14, largest: 65504 },
  bfloat16: { digits: 8, least: -126, largest: (2 - 2 ** -7) * 2 ** 127 },
};

/** Returns the distance between a float and its neighbor: one unit in the last place. */
export function ulp(value: number, dtype: Floating): number {
  const { digits, least } = formats[dtype];
  const size = Math.abs(value);
  const exponent = size === 0 || !Number.isFinite(size) ? least : Math.max(Math.floor(Math.log2(size)), least);
  return 2 ** (exponent - digits + 1);
}

/** Widens a range by some ulps at both ends. Ends beyond the largest number become infinite. */
export function spread(range: Range, ulps: number, dtype: DType): Range {
  if (!isFloating(dtype) || range.lo > range.hi) return range;
  // Safe: the test above leaves the floating-point types.
  const type = dtype as Floating;
  const lo = Number.isFinite(range.lo) ? range.lo - ulps * ulp(range.lo, type) : range.lo;
  const hi = Number.isFinite(range.hi) ? range.hi + ulps * ulp(range.hi, type) : range.hi;
  const { largest } = formats[type];
  return {
    lo: lo < -largest ? Number.NEGATIVE_INFINITY : lo,
    hi: hi > largest ? Number.POSITIVE_INFINITY : hi,
    nan: range.nan,
  };
}

/**
 * Returns whether a device's result, a number of this dtype, is in a range. The ends are rounded to the dtype, like a
 * result.
 */
export function contains(range: Range, got: number, dtype: DType): boolean {
  if (Number.isNaN(got)) return range.nan;
  if (!isFloating(dtype)) return got >= range.lo && got <= range.hi;
  return got >= round(range.lo, dtype) && got <= round(range.hi, dtype);
}

/** Formats a range as text. */
export function showRange(range: Range): string {
  const value = only(range);
  if (value !== null) return Object.is(value, -0) ? "-0" : `${value}`;
  return `${range.lo} to ${range.hi}${range.nan ? " or NaN" : ""}`;
}
