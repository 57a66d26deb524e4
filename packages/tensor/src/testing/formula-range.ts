/**
 * The range of a formula: each primitive applied to ranges of operands. If all operands are known exactly, the
 * primitive itself is evaluated; otherwise its monotonicity determines the range. Where neither applies (a remainder
 * next to a jump, a pole), any result is allowed.
 */

import { binary, compare, convert, round, unary } from "../backends/reference/primitives.ts";
import { type DType, isFloating } from "../dtype.ts";
import type { Expr } from "../expr/expr.ts";
import type { BinaryOp, CompareOp, ScalarOp, UnaryOp } from "../expr/ops.ts";
import { anything, contains, hull, isOrdinary, only, point, type Range, spread, union } from "./range.ts";

/**
 * The permitted error of each approximated primitive, in ulps, and whether the device flushes subnormal numbers to
 * zero.
 */
export type Accuracy = Readonly<Partial<Record<ScalarOp, number>>> & { readonly subnormals?: "flushed" };

/**
 * Four ulps for each approximated function: what the vector libraries behind PyTorch promise for most, with room for a
 * short polynomial.
 */
// biome-ignore format: lists like these are read in lines
export const defaultAccuracy: Accuracy = {
  exp: 4, expm1: 4, log: 4, log1p: 4, log2: 4, log10: 4, sin: 4, cos: 4, tan: 4, atan: 4, tanh: 4, erf: 4, erfc: 8, pow: 8, atan2: 4,
};

/** Operations whose exact result is rounded once, as IEEE 754 requires. */
const rounded = new Set<ScalarOp>(["add", "sub", "mul", "div", "sqrt"]);

const comparisons = new Set<ScalarOp>(["eq", "ne", "lt", "le"]);

const falling = new Set<ScalarOp>(["neg", "erfc"]);

/** The lower bound of a function's domain; below it the result is NaN. */
const domain: Readonly<Partial<Record<ScalarOp, number>>> = { sqrt: 0, log: 0, log2: 0, log10: 0, log1p: -1 };

/** Returns the range of one node, given those of its operands. */
export function nodeRange(e: Expr, args: readonly Range[], accuracy: Accuracy): Range {
  const operandType = e.args[0]?.dtype ?? e.dtype;
  if (e.op === "select") return select(args as [Range, Range, Range]); // safe: a select has three operands
  if (e.op === "cast") return castRange(args[0] as Range, operandType, e.dtype);
  const known = args.map(only);
  if (known.every((value) => value !== null)) return atPoint(e, known as number[], accuracy);
  if (comparisons.has(e.op)) return compareRanges(e.op as CompareOp, args[0] as Range, args[1] as Range);
  if (e.dtype === "bool") return { lo: 0, hi: 1, nan: false };
  if (!isFloating(e.dtype) || !args.every(isOrdinary)) return anything;
  const wide = args.length === 1 ? unaryRange(e, args[0] as Range) : binaryRange(e, args[0] as Range, args[1] as Range);
  return spread(wide, rounded.has(e.op) ? 0.5 : (accuracy[e.op] ?? 0), e.dtype);
}

/** Returns the range of a result for exactly known operands. */
function atPoint(e: Expr, args: readonly number[], accuracy: Accuracy): Range {
  const [a, b] = args as [number, number];
  if (comparisons.has(e.op)) return point(compare(e.op as CompareOp)(a, b));
  const value = args.length === 1 ? unary(e.op as UnaryOp)(a) : binary(e.op as BinaryOp, e.dtype)(a, b);
  const result = round(value, e.dtype);
  if (!isFloating(e.dtype)) return point(result);
  // A minimum or maximum may have lost the sign of a zero, which determines these results.
  const signed =
    (e.op === "div" && b === 0) || (e.op === "pow" && a === 0) || (e.op === "atan2" && (a === 0 || b === 0));
  if (signed)
    return Number.isNaN(result)
      ? point(result)
      : { lo: -Math.max(Math.abs(result), 4), hi: Math.max(Math.abs(result), 4), nan: false };
  // A product may be fused into an addition without rounding.
  if (e.op === "mul")
    return e.dtype !== "float64" && result === value ? point(value) : spread(point(value), 0.5, e.dtype);
  const ulps = accuracy[e.op];
  return ulps === undefined || !Number.isFinite(result)
    ? point(result)
    : tiny(spread(point(value), ulps, e.dtype), e.dtype);
}

/** Extends a range to include zero if it has subnormal ends, since approximated functions may flush those. */
export function tiny(range: Range, dtype: DType): Range {
  const least = dtype === "float64" ? 2 ** -1022 : 2 ** -126;
  const near = (x: number) => x !== 0 && Math.abs(x) < least;
  return near(range.lo) || near(range.hi) ? union(range, point(0)) : range;
}

/** Extends a range to include zero if the device may have flushed the number. */
export function flushed(range: Range, dtype: DType, accuracy: Accuracy): Range {
  return accuracy.subnormals === "flushed" && isFloating(dtype) ? tiny(range, dtype) : range;
}

/** Returns whether a result is in a range. On a device that flushes, a subnormal result counts as zero. */
export function allows(range: Range, got: number, dtype: DType, accuracy: Accuracy): boolean {
  if (contains(range, got, dtype)) return true;
  return (
    accuracy.subnormals === "flushed" && isFloating(dtype) && Math.abs(got) < 2 ** -126 && contains(range, 0, dtype)
  );
}

function unaryRange(e: Expr, a: Range): Range {
  const f = unary(e.op as UnaryOp);
  const least = domain[e.op];
  if (least !== undefined && a.lo <= least) return anything;
  const width = a.hi - a.lo;
  switch (e.op) {
    case "abs":
      return a.lo < 0 && a.hi > 0 ? { lo: 0, hi: Math.max(-a.lo, a.hi), nan: false } : hull(f(a.lo), f(a.hi));
    case "sin":
    case "cos": {
      // The slope of neither function exceeds one.
      const { lo, hi } = hull(f(a.lo), f(a.hi));
      return { lo: Math.max(lo - width, -1), hi: Math.min(hi + width, 1), nan: false };
    }
    case "tan":
      return width < 0.1 && Math.cos(a.lo) * Math.cos(a.hi) > 0 ? hull(f(a.lo), f(a.hi)) : anything;
    default:
      return falling.has(e.op) ? hull(f(a.hi), f(a.lo)) : hull(f(a.lo), f(a.hi));
  }
}

function binaryRange(e: Expr, a: Range, b: Range): Range {
  const f = binary(e.op as BinaryOp, e.dtype);
  const corners = () => hull(f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi));
  const aroundZero = (r: Range) => r.lo <= 0 && r.hi >= 0;
  switch (e.op) {
    case "div":
      return aroundZero(b) ? anything : corners();
    case "pow":
      return a.lo > 0 ? corners() : anything;
    case "atan2":
      return a.lo > 0 || a.hi < 0 || b.lo > 0 ? corners() : anything;
    case "fmod": {
      const quotients = [a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi].map(Math.trunc);
      return aroundZero(b) || aroundZero(a) || Math.min(...quotients) !== Math.max(...quotients) ? anything : corners();
    }
    default:
      return corners();
  }
}

function compareRanges(op: CompareOp, a: Range, b: Range): Range {
  const either = { lo: 0, hi: 1, nan: false };
  if (a.nan || b.nan) return either;
  const apart = a.hi < b.lo || b.hi < a.lo;
  switch (op) {
    case "eq":
      return apart ? point(0) : either;
    case "ne":
      return apart ? point(1) : either;
    case "lt":
      return a.hi < b.lo ? point(1) : a.lo >= b.hi ? point(0) : either;
    case "le":
      return a.hi <= b.lo ? point(1) : a.lo > b.hi ? point(0) : either;
    default:
      throw op satisfies never;
  }
}

function select([condition, a, b]: readonly [Range, Range, Range]): Range {
  const value = only(condition);
  return value === null ? union(a, b) : value !== 0 ? a : b;
}

/** Returns the range of a conversion. */
export function castRange(a: Range, from: DType, to: DType): Range {
  const value = only(a);
  if (value !== null) return point(convert(value, from, to));
  if (isFloating(to)) return spread(a, 0.5, to);
  if (!isOrdinary(a)) return to === "bool" ? { lo: 0, hi: 1, nan: false } : anything;
  const low = convert(a.lo, from, to);
  const high = convert(a.hi, from, to);
  if (to === "bool") return a.lo > 0 || a.hi < 0 ? point(1) : { lo: 0, hi: 1, nan: false };
  return low === high && Math.abs(a.hi - a.lo) < 1 ? point(low) : anything;
}
