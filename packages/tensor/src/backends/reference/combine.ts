/**
 * How values are combined in reductions, scans and scatters. Floating-point numbers are combined in double precision
 * and rounded only when the result is stored, so that the reference returns the most accurate result a device could.
 */

import { type DType, isFloating } from "../../dtype.ts";
import type { BinaryOp } from "../../expr/ops.ts";
import type { Reduction } from "../../expr/program.ts";
import { binary, round } from "./primitives.ts";

/** Returns the identity element of a reduction. */
export function identity(reduce: Reduction, dtype: DType): number {
  switch (reduce) {
    case "sum":
      return 0;
    case "product":
      return 1;
    case "max":
      return lowest(dtype);
    case "min":
      return highest(dtype);
    default:
      throw reduce satisfies never;
  }
}

const primitive: Readonly<Record<Reduction, BinaryOp>> = { sum: "add", product: "mul", max: "max", min: "min" };

/** Returns the function that combines an accumulated value with another one. */
export function combine(reduce: Reduction, dtype: DType): (a: number, b: number) => number {
  const f = binary(primitive[reduce], dtype);
  return isFloating(dtype) ? f : (a, b) => round(f(a, b), dtype);
}

/**
 * Returns whether `next` replaces `best` in a search for an extreme. NaN wins over everything, and the first NaN is
 * kept.
 */
export function beats(op: "max" | "min", next: number, best: number): boolean {
  if (Number.isNaN(best)) return false;
  return Number.isNaN(next) || (op === "max" ? next > best : next < best);
}

function lowest(dtype: DType): number {
  if (isFloating(dtype)) return Number.NEGATIVE_INFINITY;
  return dtype === "int32" ? -(2 ** 31) : 0;
}

function highest(dtype: DType): number {
  if (isFloating(dtype)) return Number.POSITIVE_INFINITY;
  if (dtype === "int32") return 2 ** 31 - 1;
  return dtype === "uint8" ? 255 : 1;
}
