/**
 * Comparisons, logical and bitwise operations, whose bool or integer results have no gradient, and `choose`, which
 * selects elements by a condition.
 */

import { checkNumber } from "../argument.ts";
import { computeType, isFloating } from "../dtype.ts";
import { decoder, encoder } from "../encode.ts";
import { DTypeError } from "../errors.ts";
import type { Expr } from "../expr/expr.ts";
import { type Pointwise, pointwise, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import type { Binary, Unary } from "./arithmetic.ts";
import { checkMask } from "./check.ts";

/** Rounds a number to the 16-bit dtype of the other operand, so that 0.1 equals an element stored as 0.1. */
function rounded(x: TensorOrNumber, other: TensorOrNumber): TensorOrNumber {
  if (typeof x !== "number" || typeof other !== "object" || computeType(other?.dtype) === other?.dtype) return x;
  return decoder(other.dtype)(encoder(other.dtype)(x));
}

function compare(name: "eq" | "ne" | "lt" | "le" | "gt" | "ge"): Binary {
  const formula = (a: Expr, b: Expr): Expr => a[name](b);
  const operation = pointwise<[TensorOrNumber, TensorOrNumber]>(name, formula);
  const call = (a: TensorOrNumber, b: TensorOrNumber): Tensor => operation(rounded(a, b), rounded(b, a));
  const inPlace = (a: Tensor, b: TensorOrNumber) => operation.inPlace(a, rounded(b, a));
  return Object.assign(call, { inPlace, formula });
}

/** Tests `a = b` element by element, as bools. https://pytorch.org/docs/stable/generated/torch.eq.html */
export const eq: Binary = /* @__PURE__ */ compare("eq");

/** Tests `a ≠ b` element by element; true if either is NaN. https://pytorch.org/docs/stable/generated/torch.ne.html */
export const ne: Binary = /* @__PURE__ */ compare("ne");

/** Tests `a < b` element by element. https://pytorch.org/docs/stable/generated/torch.lt.html */
export const lt: Binary = /* @__PURE__ */ compare("lt");

/** Tests `a ≤ b` element by element. https://pytorch.org/docs/stable/generated/torch.le.html */
export const le: Binary = /* @__PURE__ */ compare("le");

/** Tests `a > b` element by element. https://pytorch.org/docs/stable/generated/torch.gt.html */
export const gt: Binary = /* @__PURE__ */ compare("gt");

/** Tests `a ≥ b` element by element. https://pytorch.org/docs/stable/generated/torch.ge.html */
export const ge: Binary = /* @__PURE__ */ compare("ge");

/** Tests whether each element is NaN. https://pytorch.org/docs/stable/generated/torch.isnan.html */
export const isnan: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isnan", (x) => x.isNaN());

/** Tests whether each element is ∞ or -∞. https://pytorch.org/docs/stable/generated/torch.isinf.html */
export const isinf: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isinf", (x) => x.abs().eq(Number.POSITIVE_INFINITY));

/**
 * Tests whether each element is neither NaN nor infinite. https://pytorch.org/docs/stable/generated/torch.isfinite.html
 */
export const isfinite: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isfinite", (x) =>
  x.abs().lt(Number.POSITIVE_INFINITY),
);

/** Options of `isclose` and `allclose`. */
export interface CloseOptions {
  /** Relative tolerance, multiplied by `|b|`. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute tolerance. Default 1e-8. */
  readonly atol?: number;
  /** Whether two NaNs count as close. Default false. */
  readonly equalNan?: boolean;
}

const close = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber, number, number]>(
  "isclose",
  (a, b, rtol, atol) => {
    const distance = a.sub(b).abs().toFloat();
    return a.eq(b).or(distance.le(b.abs().mul(rtol).add(atol)).and(distance.lt(Number.POSITIVE_INFINITY)));
  },
);
const bothNan: Binary = /* @__PURE__ */ pointwise("isclose", (a, b) => a.isNaN().and(b.isNaN()));

/**
 * Tests `|a - b| ≤ atol + rtol · |b|` element by element.
 *
 * Infinities are close only if they are equal.
 *
 * https://pytorch.org/docs/stable/generated/torch.isclose.html
 *
 * @throws ShapeError if the shapes do not broadcast.
 * @throws ArgumentError for a negative tolerance.
 */
export function isclose(a: Tensor, b: Tensor, options?: CloseOptions): Tensor {
  const { rtol, atol, equalNan } = settings("isclose", options, { rtol: 1e-5, atol: 1e-8, equalNan: false });
  checkNumber("isclose", "rtol", rtol);
  checkNumber("isclose", "atol", atol);
  const result = close(a, b, rtol, atol);
  return equalNan ? logicalOr(result, bothNan(a, b)) : result;
}

/** Logical and; nonzero elements are true. https://pytorch.org/docs/stable/generated/torch.logical_and.html */
export const logicalAnd: Binary = /* @__PURE__ */ pointwise("logicalAnd", (a, b) => a.toBool().and(b.toBool()), {
  apart: [0, 1],
});

/** Logical or; nonzero elements are true. https://pytorch.org/docs/stable/generated/torch.logical_or.html */
export const logicalOr: Binary = /* @__PURE__ */ pointwise("logicalOr", (a, b) => a.toBool().or(b.toBool()), {
  apart: [0, 1],
});

/** Logical exclusive or; nonzero elements are true. https://pytorch.org/docs/stable/generated/torch.logical_xor.html */
export const logicalXor: Binary = /* @__PURE__ */ pointwise("logicalXor", (a, b) => a.toBool().xor(b.toBool()), {
  apart: [0, 1],
});

/** Logical not: true where an element is zero. https://pytorch.org/docs/stable/generated/torch.logical_not.html */
export const logicalNot: Unary = /* @__PURE__ */ pointwise<[Tensor]>("logicalNot", (x) => x.toBool().not());

function bits(operation: string, x: Expr): Expr {
  if (isFloating(x.dtype)) throw new DTypeError(`${operation}: expected bools or integers, got ${x.dtype}`);
  return x;
}

/**
 * Bitwise and of integers; the logical and of bools.
 *
 * https://pytorch.org/docs/stable/generated/torch.bitwise_and.html
 *
 * @throws DTypeError for floating-point operands.
 */
export const bitwiseAnd: Binary = /* @__PURE__ */ pointwise("bitwiseAnd", (a, b) => bits("bitwiseAnd", a).and(b));

/**
 * Bitwise or of integers; the logical or of bools.
 *
 * https://pytorch.org/docs/stable/generated/torch.bitwise_or.html
 *
 * @throws DTypeError for floating-point operands.
 */
export const bitwiseOr: Binary = /* @__PURE__ */ pointwise("bitwiseOr", (a, b) => bits("bitwiseOr", a).or(b));

/**
 * Bitwise exclusive or of integers; the logical exclusive or of bools.
 *
 * https://pytorch.org/docs/stable/generated/torch.bitwise_xor.html
 *
 * @throws DTypeError for floating-point operands.
 */
export const bitwiseXor: Binary = /* @__PURE__ */ pointwise("bitwiseXor", (a, b) => bits("bitwiseXor", a).xor(b));

/**
 * Bitwise not of integers; the logical not of bools.
 *
 * https://pytorch.org/docs/stable/generated/torch.bitwise_not.html
 *
 * @throws DTypeError for a floating-point tensor.
 */
export const bitwiseNot: Unary = /* @__PURE__ */ pointwise<[Tensor]>("bitwiseNot", (x) => bits("bitwiseNot", x).not());

/**
 * Shifts the bits of integers left by `b`.
 *
 * https://pytorch.org/docs/stable/generated/torch.bitwise_left_shift.html
 *
 * @throws DTypeError unless the operands are integers.
 */
export const bitwiseLeftShift: Binary = /* @__PURE__ */ pointwise(
  "bitwiseLeftShift",
  (a, b) => bits("bitwiseLeftShift", a).shl(b),
  {
    kind: 1,
  },
);

/**
 * Shifts the bits of integers right by `b`, preserving the sign.
 *
 * https://pytorch.org/docs/stable/generated/torch.bitwise_right_shift.html
 *
 * @throws DTypeError unless the operands are integers.
 */
export const bitwiseRightShift: Binary = /* @__PURE__ */ pointwise(
  "bitwiseRightShift",
  (a, b) => bits("bitwiseRightShift", a).shr(b),
  {
    kind: 1,
  },
);

const chosen: Pointwise<[Tensor, TensorOrNumber, TensorOrNumber]> = /* @__PURE__ */ pointwise<
  [Tensor, TensorOrNumber, TensorOrNumber]
>("where", (condition, a, b) => condition.where(a, b), { apart: [0] });

/** Selects `a` where the condition is true and `b` elsewhere: `where` with three operands. */
export function choose(condition: Tensor, a: TensorOrNumber, b: TensorOrNumber): Tensor {
  checkMask("where", condition);
  return chosen(condition, a, b);
}

/** Tests whether each element is ∞. https://pytorch.org/docs/stable/generated/torch.isposinf.html */
export const isposinf: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isposinf", (x) => x.eq(Number.POSITIVE_INFINITY));

/** Tests whether each element is -∞. https://pytorch.org/docs/stable/generated/torch.isneginf.html */
export const isneginf: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isneginf", (x) => x.eq(Number.NEGATIVE_INFINITY));
