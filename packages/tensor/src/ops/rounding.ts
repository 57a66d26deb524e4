/**
 * Elementwise rounding, minima and maxima, clamping, and replacing special values. Where a function has no derivative,
 * such as at the limits of `clamp`, the formulas choose the one PyTorch uses.
 */

import { checkInteger, expectTensor } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { constant, type Expr } from "../expr/expr.ts";
import { finfo } from "../limits.ts";
import { type Pointwise, pointwise, type TensorOrNumber } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import { type Binary, type Unary, unary } from "./arithmetic.ts";
import { clone } from "./copy.ts";

/** Largest integer not above each element. https://pytorch.org/docs/stable/generated/torch.floor.html */
export const floor: Unary = /* @__PURE__ */ unary("floor");

/** Smallest integer not below each element. https://pytorch.org/docs/stable/generated/torch.ceil.html */
export const ceil: Unary = /* @__PURE__ */ unary("ceil");

/** Integer part of each element, rounded toward zero. https://pytorch.org/docs/stable/generated/torch.trunc.html */
export const trunc: Unary = /* @__PURE__ */ unary("trunc");

/** Fractional part of each element, `x - trunc(x)`. https://pytorch.org/docs/stable/generated/torch.frac.html */
export const frac: Unary = /* @__PURE__ */ pointwise<[Tensor]>("frac", (x) => x.sub(x.trunc()), { kind: 2 });

const whole: Unary = /* @__PURE__ */ unary("round");
// Two operations, because 10⁻ᵏ is not a binary fraction: the scale is always the positive power.
const places = /* @__PURE__ */ pointwise<[Tensor, number]>("round", (x, scale) => x.mul(scale).round().div(scale), {
  kind: 2,
});
const tens = /* @__PURE__ */ pointwise<[Tensor, number]>("round", (x, scale) => x.div(scale).round().mul(scale), {
  kind: 2,
});

/** Options of `round`. */
export interface RoundOptions {
  /** Number of decimal places to keep. A negative number rounds to powers of ten. Default 0. */
  readonly decimals?: number;
}

function decimalsOf(operation: string, options: RoundOptions | undefined): number {
  const { decimals } = settings(operation, options, { decimals: 0 });
  checkInteger(operation, "decimals", decimals, Number.NEGATIVE_INFINITY);
  return decimals;
}

/**
 * Nearest integer to each element, halves rounded to even; with `decimals`, rounded to that many decimal places.
 *
 * https://pytorch.org/docs/stable/generated/torch.round.html
 *
 * @throws DTypeError for integers with `decimals`.
 * @throws ArgumentError unless `decimals` is an integer.
 */
export function round(x: Tensor, options?: RoundOptions): Tensor {
  const decimals = decimalsOf("round", options);
  if (decimals === 0) return whole(x);
  return decimals > 0 ? places(x, 10 ** decimals) : tens(x, 10 ** -decimals);
}

/** In-place version of `round`: `x ← round(x)`. Returns `x`. */
export function round_(x: Tensor, options?: RoundOptions): Tensor {
  const decimals = decimalsOf("round_", options);
  if (decimals === 0) return whole.inPlace(x);
  return decimals > 0 ? places.inPlace(x, 10 ** decimals) : tens.inPlace(x, 10 ** -decimals);
}

/**
 * Maximum of two operands, elementwise; NaN if either is NaN. Equal elements each receive half the gradient.
 * https://pytorch.org/docs/stable/generated/torch.maximum.html
 */
export const maximum: Binary = /* @__PURE__ */ pointwise("maximum", (a, b) => a.max(b));

/**
 * Minimum of two operands, elementwise; NaN if either is NaN. Equal elements each receive half the gradient.
 * https://pytorch.org/docs/stable/generated/torch.minimum.html
 */
export const minimum: Binary = /* @__PURE__ */ pointwise("minimum", (a, b) => a.min(b));

/**
 * Maximum of two operands, elementwise; if one is NaN, the other operand.
 * https://pytorch.org/docs/stable/generated/torch.fmax.html
 */
export const fmax: Binary = /* @__PURE__ */ pointwise("fmax", (a, b) => a.ge(b).or(b.isNaN()).where(a, b));

/**
 * Minimum of two operands, elementwise; if one is NaN, the other operand.
 * https://pytorch.org/docs/stable/generated/torch.fmin.html
 */
export const fmin: Binary = /* @__PURE__ */ pointwise("fmin", (a, b) => a.le(b).or(b.isNaN()).where(a, b));

// A NaN element or limit makes the result NaN, which propagates no gradient.
const above = (x: Expr, min: Expr): Expr => x.ge(min).where(x, x.lt(min).where(min, constant(Number.NaN, x.dtype)));
const below = (x: Expr, max: Expr): Expr => x.le(max).where(x, x.gt(max).where(max, constant(Number.NaN, x.dtype)));
const between: Pointwise<[Tensor, TensorOrNumber, TensorOrNumber]> = /* @__PURE__ */ pointwise<
  [Tensor, TensorOrNumber, TensorOrNumber]
>("clamp", (x, min, max) => below(above(x, min), max));
const atLeast: Pointwise<[Tensor, TensorOrNumber]> = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber]>(
  "clamp",
  above,
);
const atMost: Pointwise<[Tensor, TensorOrNumber]> = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber]>("clamp", below);

/** A limit of `clamp`: a number, a tensor that broadcasts, or null for no limit. */
export type Limit = TensorOrNumber | null;

/** The limits of `clamp` by name. */
export interface Limits {
  /** Default null: no lower limit. */
  readonly min?: Limit;
  /** Default null: no upper limit. */
  readonly max?: Limit;
}

/**
 * Each element clamped to [min, max]. Where min exceeds max, the result is max. The derivative is 1 at the
 * limits.
 *
 * https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @param min Default null: no lower limit. Limits can also be passed by name.
 * @param max Default null: no upper limit.
 * @throws ArgumentError when both limits are null.
 * @example
 * clamp(tensor([-2, 0.5, 2]), -1, 1); // [-1, 0.5, 1]
 * clamp(tensor([-2, 0.5, 2]), { max: 1 }); // [-2, 0.5, 1]
 */
export function clamp(x: Tensor, min: Limit | Limits = null, max: Limit = null): Tensor {
  if (isOptions(min)) return clamp(x, ...limits("clamp", min));
  if (min !== null) return max === null ? atLeast(x, min) : between(x, min, max);
  return atMost(x, upper("clamp", max));
}

/** In-place version of `clamp`: `x ← clamp(x, min, max)`. Returns `x`. */
export function clamp_(x: Tensor, min: Limit | Limits = null, max: Limit = null): Tensor {
  if (isOptions(min)) return clamp_(x, ...limits("clamp_", min));
  if (min !== null) return max === null ? atLeast.inPlace(x, min) : between.inPlace(x, min, max);
  return atMost.inPlace(x, upper("clamp_", max));
}

function limits(operation: string, given: Limits): [Limit, Limit] {
  const { min, max } = settings(operation, given, { min: null, max: null });
  return [min, max];
}

/** The upper limit of a call without a lower one. */
function upper(operation: string, max: Limit): TensorOrNumber {
  if (max === null) throw new ArgumentError(`${operation}: expected a lower or an upper limit, got neither`);
  return max;
}

/** Each element clamped from below to `min`. https://pytorch.org/docs/stable/generated/torch.clamp.html */
export function clampMin(x: Tensor, min: TensorOrNumber): Tensor {
  return atLeast(x, min);
}

/** Each element clamped from above to `max`. https://pytorch.org/docs/stable/generated/torch.clamp.html */
export function clampMax(x: Tensor, max: TensorOrNumber): Tensor {
  return atMost(x, max);
}

/** Options of `nanToNum`. */
export interface NanToNumOptions {
  /** Replacement of NaN. Default 0. */
  readonly nan?: number;
  /** Replacement of ∞. Default null: the largest finite number of the dtype. */
  readonly posinf?: number | null;
  /** Replacement of -∞. Default null: the lowest finite number of the dtype. */
  readonly neginf?: number | null;
}

const finite: Pointwise<[Tensor, number, number, number]> = /* @__PURE__ */ pointwise<[Tensor, number, number, number]>(
  "nanToNum",
  (x, nan, posinf, neginf) => {
    const high = x.eq(Number.POSITIVE_INFINITY).where(posinf, x.eq(Number.NEGATIVE_INFINITY).where(neginf, x));
    return x.isNaN().where(nan, high);
  },
);

/** The replacements of NaN, ∞ and -∞. */
function replacements(
  operation: string,
  x: Tensor,
  options: NanToNumOptions | undefined,
): readonly [number, number, number] {
  expectTensor(operation, x);
  const { nan, posinf, neginf } = settings(operation, options, { nan: 0, posinf: null, neginf: null });
  // Integers are never NaN or infinite.
  const largest = isFloating(x.dtype) ? finfo(x.dtype).max : 0;
  return [nan, posinf ?? largest, neginf ?? -largest];
}

/**
 * Each element, with NaN and infinities replaced by finite numbers. Integers and bools are unchanged.
 *
 * https://pytorch.org/docs/stable/generated/torch.nan_to_num.html
 */
export function nanToNum(x: Tensor, options?: NanToNumOptions): Tensor {
  const numbers = replacements("nanToNum", x, options);
  // The result is a copy for every dtype.
  return isFloating(x.dtype) ? finite(x, ...numbers) : clone(x);
}

/** In-place version of `nanToNum`: `x ← nanToNum(x)`. Returns `x`. */
export function nanToNum_(x: Tensor, options?: NanToNumOptions): Tensor {
  const numbers = replacements("nanToNum_", x, options);
  return isFloating(x.dtype) ? finite.inPlace(x, ...numbers) : x;
}

/**
 * Magnitude of `a` with the sign of `b`, including the sign of -0.
 * https://pytorch.org/docs/stable/generated/torch.copysign.html
 */
export const copysign: Binary = /* @__PURE__ */ pointwise(
  "copysign",
  (a, b) => {
    const x = a.toFloat();
    return isNegative(b.toFloat()).where(x.abs().neg(), x.abs());
  },
  { floating: true },
);

/**
 * Whether the sign of each element is negative, including -0.
 * https://pytorch.org/docs/stable/generated/torch.signbit.html
 */
export const signbit: Unary = /* @__PURE__ */ pointwise<[Tensor]>("signbit", (x) =>
  isFloating(x.dtype) ? isNegative(x) : x.lt(0),
);

/** Whether the sign is negative. The sign of the reciprocal distinguishes -0 from 0. */
function isNegative(x: Expr): Expr {
  return x.lt(0).or(x.eq(0).and(x.reciprocal().lt(0)));
}

/**
 * Heaviside step function: 0 below 0, 1 above 0, and `values` at 0.
 * https://pytorch.org/docs/stable/generated/torch.heaviside.html
 */
export const heaviside: Binary = /* @__PURE__ */ pointwise("heaviside", (x, values) =>
  x.eq(0).where(values, x.gt(0).where(1, 0).cast(values.dtype)),
);
