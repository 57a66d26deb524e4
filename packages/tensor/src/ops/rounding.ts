/**
 * Rounding, limits, and what replaces values by others. At a limit the derivative is PyTorch's, which the cases of the
 * formulas spell out.
 */

import { digitsOf, isFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { constant, type Expr } from "../expr/expr.ts";
import { type Pointwise, pointwise, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import type { Binary, Unary } from "./arithmetic.ts";
import { clone } from "./copy.ts";

/** Rounded down. https://pytorch.org/docs/stable/generated/torch.floor.html */
export const floor: Unary = /* @__PURE__ */ pointwise<[Tensor]>("floor", (x) => x.floor());

/** Rounded up. https://pytorch.org/docs/stable/generated/torch.ceil.html */
export const ceil: Unary = /* @__PURE__ */ pointwise<[Tensor]>("ceil", (x) => x.ceil());

/** Rounded towards zero. https://pytorch.org/docs/stable/generated/torch.trunc.html */
export const trunc: Unary = /* @__PURE__ */ pointwise<[Tensor]>("trunc", (x) => x.trunc());

/** What `trunc` cuts off, `x - trunc(x)`. https://pytorch.org/docs/stable/generated/torch.frac.html */
export const frac: Unary = /* @__PURE__ */ pointwise<[Tensor]>("frac", (x) => x.sub(x.trunc()), { kind: 2 });

const whole: Unary = /* @__PURE__ */ pointwise<[Tensor]>("round", (x) => x.round());
const places = /* @__PURE__ */ pointwise<[Tensor, number]>("round", (x, scale) => x.mul(scale).round().div(scale), {
  kind: 2,
});
const tens = /* @__PURE__ */ pointwise<[Tensor, number]>("round", (x, scale) => x.div(scale).round().mul(scale), {
  kind: 2,
});

/** The option of `round`. */
export interface RoundOptions {
  /** Decimal places to keep; negative: powers of ten to round to. Default 0. */
  readonly decimals?: number;
}

function decimalsOf(operation: string, options: RoundOptions | undefined): number {
  return settings(operation, options, { decimals: 0 }).decimals;
}

/**
 * Rounded to the nearest integer, halves to the even one.
 *
 * https://pytorch.org/docs/stable/generated/torch.round.html
 */
export function round(x: Tensor, options?: RoundOptions): Tensor {
  const decimals = decimalsOf("round", options);
  if (decimals === 0) return whole(x);
  return decimals > 0 ? places(x, 10 ** decimals) : tens(x, 10 ** -decimals);
}

/** `x ← round(x)`. Returns `x`. */
export function round_(x: Tensor, options?: RoundOptions): Tensor {
  const decimals = decimalsOf("round_", options);
  if (decimals === 0) return whole.inPlace(x);
  return decimals > 0 ? places.inPlace(x, 10 ** decimals) : tens.inPlace(x, 10 ** -decimals);
}

/**
 * The larger of two; NaN if either is. Of two equals each gets half the gradient.
 * https://pytorch.org/docs/stable/generated/torch.maximum.html
 */
export const maximum: Binary = /* @__PURE__ */ pointwise("maximum", (a, b) => a.max(b));

/**
 * The smaller of two; NaN if either is. Of two equals each gets half the gradient.
 * https://pytorch.org/docs/stable/generated/torch.minimum.html
 */
export const minimum: Binary = /* @__PURE__ */ pointwise("minimum", (a, b) => a.min(b));

/** The larger of two; the other one if one is NaN. https://pytorch.org/docs/stable/generated/torch.fmax.html */
export const fmax: Binary = /* @__PURE__ */ pointwise("fmax", (a, b) => a.ge(b).or(b.isNaN()).where(a, b));

/** The smaller of two; the other one if one is NaN. https://pytorch.org/docs/stable/generated/torch.fmin.html */
export const fmin: Binary = /* @__PURE__ */ pointwise("fmin", (a, b) => a.le(b).or(b.isNaN()).where(a, b));

// Whatever is NaN makes the result NaN, and gets no gradient.
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

/** A limit of `clamp`: a number, a tensor that broadcasts, or nothing. */
export type Limit = TensorOrNumber | null;

/**
 * Values outside of [min, max] replaced by the limit they passed. Where min exceeds max the result is max. The
 * derivative is 1 at the limits.
 *
 * https://pytorch.org/docs/stable/generated/torch.clamp.html
 *
 * @throws ArgumentError when both limits are missing.
 * @example
 * clamp(tensor([-2, 0.5, 2]), -1, 1); // [-1, 0.5, 1]
 */
export function clamp(x: Tensor, min: Limit = null, max: Limit = null): Tensor {
  if (min !== null && max !== null) return between(x, min, max);
  if (min !== null) return atLeast(x, min);
  if (max !== null) return atMost(x, max);
  throw new ArgumentError("clamp: expected a lower or an upper limit, got neither");
}

/** `x ← clamp(x, min, max)`. Returns `x`. */
export function clamp_(x: Tensor, min: Limit = null, max: Limit = null): Tensor {
  if (min !== null && max !== null) return between.inPlace(x, min, max);
  if (min !== null) return atLeast.inPlace(x, min);
  if (max !== null) return atMost.inPlace(x, max);
  throw new ArgumentError("clamp_: expected a lower or an upper limit, got neither");
}

/** `x`, or `min` where it is below. https://pytorch.org/docs/stable/generated/torch.clamp.html */
export function clampMin(x: Tensor, min: TensorOrNumber): Tensor {
  return atLeast(x, min);
}

/** `x`, or `max` where it is above. https://pytorch.org/docs/stable/generated/torch.clamp.html */
export function clampMax(x: Tensor, max: TensorOrNumber): Tensor {
  return atMost(x, max);
}

/** The options of `nanToNum`. */
export interface NanToNumOptions {
  /** What takes NaN's place. Default 0. */
  readonly nan?: number;
  /** What takes infinity's place. Default: the largest finite number of the dtype. */
  readonly posinf?: number | null;
  /** What takes minus infinity's place. Default: the smallest finite number of the dtype. */
  readonly neginf?: number | null;
}

const finite: Pointwise<[Tensor, number, number, number]> = /* @__PURE__ */ pointwise<[Tensor, number, number, number]>(
  "nanToNum",
  (x, nan, posinf, neginf) => {
    const high = x.eq(Number.POSITIVE_INFINITY).where(posinf, x.eq(Number.NEGATIVE_INFINITY).where(neginf, x));
    return x.isNaN().where(nan, high);
  },
);

/** What takes the place of NaN and the infinities. */
function replacements(
  operation: string,
  x: Tensor,
  options: NanToNumOptions | undefined,
): readonly [number, number, number] {
  const { nan, posinf, neginf } = settings(operation, options, { nan: 0, posinf: null, neginf: null });
  const exponent = x.dtype === "float64" ? 1023 : x.dtype === "float16" ? 15 : 127;
  const largest = 2 ** exponent * (2 - 2 ** (1 - digitsOf(x.dtype)));
  return [nan, posinf ?? largest, neginf ?? -largest];
}

/**
 * NaN and the infinities replaced by numbers.
 *
 * https://pytorch.org/docs/stable/generated/torch.nan_to_num.html
 */
export function nanToNum(x: Tensor, options?: NanToNumOptions): Tensor {
  const numbers = replacements("nanToNum", x, options);
  // Integers are never NaN; the copy is what the others are, too.
  return isFloating(x.dtype) ? finite(x, ...numbers) : clone(x);
}

/** `x ← nanToNum(x)`. Returns `x`. */
export function nanToNum_(x: Tensor, options?: NanToNumOptions): Tensor {
  return finite.inPlace(x, ...replacements("nanToNum_", x, options));
}

/**
 * The size of `a` with the sign of `b`, that of -0 included.
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

/** Whether the sign is minus, that of -0 included. https://pytorch.org/docs/stable/generated/torch.signbit.html */
export const signbit: Unary = /* @__PURE__ */ pointwise<[Tensor]>("signbit", (x) =>
  isFloating(x.dtype) ? isNegative(x) : x.lt(0),
);

/** Only the reciprocal tells -0 from 0. */
function isNegative(x: Expr): Expr {
  return x.lt(0).or(x.eq(0).and(x.reciprocal().lt(0)));
}

/** 0 below 0, 1 above, and `values` at 0. https://pytorch.org/docs/stable/generated/torch.heaviside.html */
export const heaviside: Binary = /* @__PURE__ */ pointwise("heaviside", (x, values) =>
  x.eq(0).where(values, x.gt(0).where(1, 0).cast(values.dtype)),
);
