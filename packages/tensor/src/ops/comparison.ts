/**
 * Comparisons, logic and bits: operations whose results are bools or bit patterns, and have no gradient; and the choice
 * by them.
 */

import { computeType, isFloating } from "../dtype.ts";
import { decoder, encoder } from "../encode.ts";
import { DTypeError } from "../errors.ts";
import type { Expr } from "../expr/expr.ts";
import { type Pointwise, pointwise, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import type { Binary, Unary } from "./arithmetic.ts";
import { checkMask } from "./check.ts";

/** A number as the 16-bit floats beside it hold it, so that 0.1 is what was stored as 0.1. */
function held(x: TensorOrNumber, beside: TensorOrNumber): TensorOrNumber {
  if (typeof x !== "number" || typeof beside !== "object" || computeType(beside.dtype) === beside.dtype) return x;
  return decoder(beside.dtype)(encoder(beside.dtype)(x));
}

function compare(name: "eq" | "ne" | "lt" | "le" | "gt" | "ge"): Binary {
  const formula = (a: Expr, b: Expr): Expr => a[name](b);
  const operation = pointwise<[TensorOrNumber, TensorOrNumber]>(name, formula);
  const call = (a: TensorOrNumber, b: TensorOrNumber): Tensor => operation(held(a, b), held(b, a));
  return Object.assign(call, { inPlace: (a: Tensor, b: TensorOrNumber) => operation.inPlace(a, held(b, a)), formula });
}

/** Whether `a = b`, as bools. https://pytorch.org/docs/stable/generated/torch.eq.html */
export const eq: Binary = /* @__PURE__ */ compare("eq");

/** Whether `a ≠ b`; true if either is NaN. https://pytorch.org/docs/stable/generated/torch.ne.html */
export const ne: Binary = /* @__PURE__ */ compare("ne");

/** Whether `a < b`. https://pytorch.org/docs/stable/generated/torch.lt.html */
export const lt: Binary = /* @__PURE__ */ compare("lt");

/** Whether `a ≤ b`. https://pytorch.org/docs/stable/generated/torch.le.html */
export const le: Binary = /* @__PURE__ */ compare("le");

/** Whether `a > b`. https://pytorch.org/docs/stable/generated/torch.gt.html */
export const gt: Binary = /* @__PURE__ */ compare("gt");

/** Whether `a ≥ b`. https://pytorch.org/docs/stable/generated/torch.ge.html */
export const ge: Binary = /* @__PURE__ */ compare("ge");

/** Whether an element is NaN. https://pytorch.org/docs/stable/generated/torch.isnan.html */
export const isnan: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isnan", (x) => x.isNaN());

/** Whether an element is infinite, of either sign. https://pytorch.org/docs/stable/generated/torch.isinf.html */
export const isinf: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isinf", (x) =>
  isFloating(x.dtype) ? x.abs().eq(Number.POSITIVE_INFINITY) : x.ne(x),
);

/** Whether an element is neither NaN nor infinite. https://pytorch.org/docs/stable/generated/torch.isfinite.html */
export const isfinite: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isfinite", (x) =>
  isFloating(x.dtype) ? x.abs().lt(Number.POSITIVE_INFINITY) : x.eq(x),
);

/** The options of `isclose`. */
export interface CloseOptions {
  /** Tolerance in proportion to `b`. Default 1e-5. */
  readonly rtol?: number;
  /** Tolerance on top of that. Default 1e-8. */
  readonly atol?: number;
  /** Whether two NaN count as close. Default false. */
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
 * Whether `|a - b| ≤ atol + rtol · |b|`, element by element.
 *
 * https://pytorch.org/docs/stable/generated/torch.isclose.html
 */
export function isclose(a: Tensor, b: Tensor, options?: CloseOptions): Tensor {
  const { rtol, atol, equalNan } = settings("isclose", options, { rtol: 1e-5, atol: 1e-8, equalNan: false });
  const result = close(a, b, rtol, atol);
  return equalNan ? logicalOr(result, bothNan(a, b)) : result;
}

/** Whether both are true; anything but zero is. https://pytorch.org/docs/stable/generated/torch.logical_and.html */
export const logicalAnd: Binary = /* @__PURE__ */ pointwise("logicalAnd", (a, b) => a.toBool().and(b.toBool()), {
  apart: [0, 1],
});

/** Whether at least one is true. https://pytorch.org/docs/stable/generated/torch.logical_or.html */
export const logicalOr: Binary = /* @__PURE__ */ pointwise("logicalOr", (a, b) => a.toBool().or(b.toBool()), {
  apart: [0, 1],
});

/** Whether exactly one is true. https://pytorch.org/docs/stable/generated/torch.logical_xor.html */
export const logicalXor: Binary = /* @__PURE__ */ pointwise("logicalXor", (a, b) => a.toBool().xor(b.toBool()), {
  apart: [0, 1],
});

/** Whether an element is zero. https://pytorch.org/docs/stable/generated/torch.logical_not.html */
export const logicalNot: Unary = /* @__PURE__ */ pointwise<[Tensor]>("logicalNot", (x) => x.toBool().not());

function bits(operation: string, x: Expr): Expr {
  if (isFloating(x.dtype)) throw new DTypeError(`${operation}: expected bools or integers, got ${x.dtype}`);
  return x;
}

/**
 * Bits set in both; of bools, the logical and. Throws a DTypeError for floats.
 * https://pytorch.org/docs/stable/generated/torch.bitwise_and.html
 */
export const bitwiseAnd: Binary = /* @__PURE__ */ pointwise("bitwiseAnd", (a, b) => bits("bitwiseAnd", a).and(b));

/** Bits set in either. https://pytorch.org/docs/stable/generated/torch.bitwise_or.html */
export const bitwiseOr: Binary = /* @__PURE__ */ pointwise("bitwiseOr", (a, b) => bits("bitwiseOr", a).or(b));

/** Bits set in exactly one. https://pytorch.org/docs/stable/generated/torch.bitwise_xor.html */
export const bitwiseXor: Binary = /* @__PURE__ */ pointwise("bitwiseXor", (a, b) => bits("bitwiseXor", a).xor(b));

/** All bits flipped; of bools, the logical not. https://pytorch.org/docs/stable/generated/torch.bitwise_not.html */
export const bitwiseNot: Unary = /* @__PURE__ */ pointwise<[Tensor]>("bitwiseNot", (x) => bits("bitwiseNot", x).not());

/** Bits moved left by `b` places. https://pytorch.org/docs/stable/generated/torch.bitwise_left_shift.html */
export const bitwiseLeftShift: Binary = /* @__PURE__ */ pointwise(
  "bitwiseLeftShift",
  (a, b) => bits("bitwiseLeftShift", a).shl(b),
  {
    kind: 1,
  },
);

/**
 * Bits moved right by `b` places, the sign kept.
 * https://pytorch.org/docs/stable/generated/torch.bitwise_right_shift.html
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

/** `where` with its three operands. */
export function choose(condition: Tensor, a: TensorOrNumber, b: TensorOrNumber): Tensor {
  checkMask("where", condition);
  return chosen(condition, a, b);
}

/** Whether the element is ∞. https://pytorch.org/docs/stable/generated/torch.isposinf.html */
export const isposinf: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isposinf", (x) => x.eq(Number.POSITIVE_INFINITY));

/** Whether the element is -∞. https://pytorch.org/docs/stable/generated/torch.isneginf.html */
export const isneginf: Unary = /* @__PURE__ */ pointwise<[Tensor]>("isneginf", (x) => x.eq(Number.NEGATIVE_INFINITY));
