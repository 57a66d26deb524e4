/**
 * Elementwise arithmetic: sums, products, quotients, remainders and combinations of them. Operands broadcast and are
 * promoted to a common dtype; a plain number adapts to the tensor operands. Each operation is one formula, from which
 * its kernels and its gradient are derived.
 */

import { checkChoice, expectTensor, refuse } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import type { Expr } from "../expr/expr.ts";
import { type Pointwise, type PointwiseOptions, pointwise, resultType, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import { expectBetween } from "./check.ts";

/** An elementwise operation on one tensor. */
export type Unary = Pointwise<[Tensor]>;
/** Returns the elementwise operation that the formulas' method of this name computes. */
export function unary(
  name: { [Name in keyof Expr]: Expr[Name] extends () => Expr ? Name : never }[keyof Expr],
  options?: PointwiseOptions,
): Unary {
  return pointwise<[Tensor]>(name, (x) => x[name](), options);
}

/** An elementwise operation on two operands, one of which may be a number. */
export type Binary = Pointwise<[TensorOrNumber, TensorOrNumber]>;

/** Options of `add` and `sub`. */
export interface AlphaOptions {
  /** Factor of the second operand. Default 1. */
  readonly alpha?: number;
}

/** Options of `div`. */
export interface DivOptions {
  /**
   * How to round the quotient: `"trunc"` toward zero, `"floor"` toward -∞. Both return integers for integers. Default
   * null: no rounding, and a floating-point result.
   */
  readonly roundingMode?: "trunc" | "floor" | null;
}

/** Options of `addcmul` and `addcdiv`. */
export interface ValueOptions {
  /** Factor of the product or quotient. Default 1. */
  readonly value?: number;
}

type Scaled = Pointwise<[TensorOrNumber, TensorOrNumber, number]>;

/** `alpha` does not take part in the promotion of `a + alpha · b`. */
const scaled = { apart: [2] };
const plus: Binary = /* @__PURE__ */ pointwise("add", sum);
const plusScaled: Scaled = /* @__PURE__ */ pointwise("add", (a, b, alpha) => sum(a, product(b, alpha)), scaled);
const minus: Binary = /* @__PURE__ */ pointwise("sub", (a, b) => a.sub(b), { check: rejectBools });
const minusScaled: Scaled = /* @__PURE__ */ pointwise("sub", (a, b, alpha) => a.sub(b.mul(alpha)), {
  ...scaled,
  check: rejectBools,
});

/** As in PyTorch, the sum of bools is their logical or. */
function sum(a: Expr, b: Expr): Expr {
  return a.dtype === "bool" && b.dtype === "bool" ? a.or(b) : a.add(b);
}

/** The product of bools is their logical and. */
function product(a: Expr, b: Expr): Expr {
  return a.dtype === "bool" && b.dtype === "bool" ? a.and(b) : a.mul(b);
}

function rejectBools(operands: readonly TensorOrNumber[]): void {
  const types = operands.map((x) => (typeof x === "object" ? x.dtype : typeof x === "boolean" ? "bool" : "a number"));
  if (types.includes("bool")) {
    throw new DTypeError(
      `sub: cannot subtract bools, got ${types.slice(0, 2).join(" and ")}; use logicalXor, or convert with to("int32")`,
    );
  }
}

function alphaOf(operation: string, a: TensorOrNumber, b: TensorOrNumber, options: AlphaOptions | undefined): number {
  const { alpha } = settings(operation, options, { alpha: 1 });
  if (!Number.isInteger(alpha)) {
    const dtype = resultType([a, b]);
    if (!isFloating(dtype)) refuse(operation, "alpha", alpha, `be an integer for ${dtype} tensors`);
  }
  return alpha;
}

function factorOf(operation: string, options: ValueOptions | undefined): number {
  return settings(operation, options, { value: 1 }).value;
}

/**
 * Adds two operands element by element: `a + alpha · b`.
 *
 * For bools the sum is the logical or.
 *
 * https://pytorch.org/docs/stable/generated/torch.add.html
 *
 * @throws ShapeError if the shapes do not broadcast.
 * @throws ArgumentError for a fractional `alpha` with integers.
 * @example
 * add(tensor([1, 2]), 10); // [11, 12]
 */
export function add(a: TensorOrNumber, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("add", a, b, options);
  return alpha === 1 ? plus(a, b) : plusScaled(a, b, alpha);
}

/** In-place `add`: `a ← a + alpha · b`. Returns `a`. */
export function add_(a: Tensor, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("add_", a, b, options);
  return alpha === 1 ? plus.inPlace(a, b) : plusScaled.inPlace(a, b, alpha);
}

/**
 * Subtracts two operands element by element: `a - alpha · b`.
 *
 * https://pytorch.org/docs/stable/generated/torch.sub.html
 *
 * @throws ShapeError if the shapes do not broadcast.
 * @throws ArgumentError for a fractional `alpha` with integers.
 * @throws DTypeError for bools.
 */
export function sub(a: TensorOrNumber, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("sub", a, b, options);
  return alpha === 1 ? minus(a, b) : minusScaled(a, b, alpha);
}

/** In-place `sub`: `a ← a - alpha · b`. Returns `a`. */
export function sub_(a: Tensor, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("sub_", a, b, options);
  return alpha === 1 ? minus.inPlace(a, b) : minusScaled.inPlace(a, b, alpha);
}

/** Subtracts with the operands reversed: `b - alpha · a`. */
export function rsub(a: TensorOrNumber, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  return sub(b, a, options);
}

/**
 * Multiplies two operands element by element: `a · b`.
 *
 * For bools the product is the logical and.
 *
 * https://pytorch.org/docs/stable/generated/torch.mul.html
 *
 * @throws ShapeError if the shapes do not broadcast.
 */
export const mul: Binary = /* @__PURE__ */ pointwise("mul", product);

const quotient: Binary = /* @__PURE__ */ pointwise("div", (a, b) => a.div(b), { floating: true });
const numbers = { kind: 1 } as const;
const isNotZero = /* @__PURE__ */ pointwise<[Tensor]>("isNotZero", (x) => x.ne(0));

/**
 * Options with a check that rejects integer division by 0, whether the divisor is a number or an element of a tensor.
 */
function dividing(operation: string): PointwiseOptions {
  const message = `${operation}: integers cannot be divided by 0`;
  const check = ([a, b]: readonly TensorOrNumber[]): void => {
    if (b !== 0 && typeof b !== "object") return;
    if (isFloating(resultType([a as TensorOrNumber, b]))) return; // safe: there are two
    if (b === 0) throw new ArgumentError(message);
    expectBetween(isNotZero(b), 1, 1, message);
  };
  return { ...numbers, check };
}

const truncated: Binary = /* @__PURE__ */ pointwise(
  "div",
  // Integers never go through floating point: once the remainder is subtracted, the division is exact.
  (a, b) => (isFloating(a.dtype) ? a.div(b).trunc() : a.sub(a.fmod(b)).floorDiv(b)),
  /* @__PURE__ */ dividing("div"),
);
const floored: Binary = /* @__PURE__ */ pointwise("div", (a, b) => a.floorDiv(b), /* @__PURE__ */ dividing("div"));

function rounded(operation: string, options: DivOptions | undefined): Binary {
  const { roundingMode: mode } = settings(operation, options, { roundingMode: null });
  checkChoice(operation, "roundingMode", mode, ["trunc", "floor", null]);
  return mode === "trunc" ? truncated : mode === "floor" ? floored : quotient;
}

/**
 * Divides two operands element by element: `a / b`.
 *
 * The quotient of integers is floating point too, unless `roundingMode` rounds it.
 *
 * https://pytorch.org/docs/stable/generated/torch.div.html
 *
 * @throws ArgumentError for an unknown `roundingMode`, and for a rounded division of integers by 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * div(tensor([7, -7]), 2, { roundingMode: "floor" }); // [3, -4]
 */
export function div(a: TensorOrNumber, b: TensorOrNumber, options?: DivOptions): Tensor {
  return rounded("div", options)(a, b);
}

/** In-place `div`: `a ← a / b`. Returns `a`. */
export function div_(a: Tensor, b: TensorOrNumber, options?: DivOptions): Tensor {
  return rounded("div_", options).inPlace(a, b);
}

/** Divides without rounding: `div` with its defaults. */
export const trueDivide: Binary = quotient;

/**
 * Divides and rounds down: `div` with `roundingMode: "floor"`.
 *
 * @throws ArgumentError for integers divided by 0.
 */
export const floorDivide: Binary = floored;

/**
 * Remainder of the division, with the sign of the divisor, like Python's `%`: `a - b ⌊a/b⌋`.
 *
 * https://pytorch.org/docs/stable/generated/torch.remainder.html
 *
 * @throws ArgumentError for integers divided by 0.
 * @throws DTypeError for bools.
 */
export const remainder: Binary = /* @__PURE__ */ pointwise(
  "remainder",
  (a, b) => a.mod(b),
  /* @__PURE__ */ dividing("remainder"),
);

/**
 * Remainder of the division, with the sign of the dividend, like C's `fmod` and JavaScript's `%`.
 *
 * https://pytorch.org/docs/stable/generated/torch.fmod.html
 *
 * @throws ArgumentError for integers divided by 0.
 * @throws DTypeError for bools.
 */
export const fmod: Binary = /* @__PURE__ */ pointwise("fmod", (a, b) => a.fmod(b), /* @__PURE__ */ dividing("fmod"));

/**
 * Negation, `-x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.neg.html
 *
 * @throws DTypeError for bools; use `logicalNot`.
 */
export const neg: Unary = /* @__PURE__ */ unary("neg", numbers);

/**
 * Returns the tensor itself, `+x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.positive.html
 *
 * @throws DTypeError for bools.
 */
export function positive(x: Tensor): Tensor {
  expectTensor("positive", x);
  if (x.dtype === "bool") throw new DTypeError("positive: expected numbers, got bool");
  return x;
}

/**
 * Absolute value, `|x|`. The derivative at 0 is 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.abs.html
 *
 * @throws DTypeError for bools.
 */
export const abs: Unary = /* @__PURE__ */ unary("abs", numbers);

/** Sign of each element: -1, 0 or 1, and 0 for NaN. https://pytorch.org/docs/stable/generated/torch.sign.html */
export const sign: Unary = /* @__PURE__ */ pointwise<[Tensor]>("sign", (x) => (x.dtype === "bool" ? x : x.sign()));

/** Reciprocal, `1 / x`. https://pytorch.org/docs/stable/generated/torch.reciprocal.html */
export const reciprocal: Unary = /* @__PURE__ */ unary("reciprocal");

const productSum = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>("addcmul", (x, a, b, value) =>
  x.add(a.mul(b).mul(value)),
);

/** Adds a product: `x + value · a · b`. https://pytorch.org/docs/stable/generated/torch.addcmul.html */
export function addcmul(x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions): Tensor {
  return productSum(x, a, b, factorOf("addcmul", options));
}

/** In-place `addcmul`: `x ← x + value · a · b`. Returns `x`. */
export function addcmul_(x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions): Tensor {
  return productSum.inPlace(x, a, b, factorOf("addcmul_", options));
}

const ratio = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>(
  "addcdiv",
  (x, a, b, value) => x.add(a.div(b).mul(value)),
  {
    kind: 2,
  },
);

/**
 * Adds a quotient: `x + value · a / b`.
 *
 * https://pytorch.org/docs/stable/generated/torch.addcdiv.html
 *
 * @throws DTypeError unless an operand is floating point.
 */
export function addcdiv(x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions): Tensor {
  return ratio(x, a, b, factorOf("addcdiv", options));
}

/** In-place `addcdiv`: `x ← x + value · a / b`. Returns `x`. */
export function addcdiv_(x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions): Tensor {
  return ratio.inPlace(x, a, b, factorOf("addcdiv_", options));
}

/**
 * Linear interpolation, `a + weight · (b - a)`: exactly `a` at weight 0 and exactly `b` at weight 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.lerp.html
 *
 * @throws DTypeError unless an operand is floating point.
 */
export const lerp: Pointwise<[Tensor, Tensor, TensorOrNumber]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, TensorOrNumber]
>(
  "lerp",
  (a, b, weight) => {
    const way = b.sub(a);
    return weight
      .abs()
      .lt(0.5)
      .where(a.add(weight.mul(way)), b.sub(way.mul(weight.neg().add(1))));
  },
  { kind: 2 },
);
