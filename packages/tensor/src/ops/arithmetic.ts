/**
 * Sums, products, quotients, remainders and what is built from them. Operands broadcast and are promoted; a number
 * adapts to the tensor beside it. Each operation is one formula: its kernels and its gradient follow from that.
 */

import { checkChoice } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import type { Expr } from "../expr/expr.ts";
import { type Pointwise, type PointwiseOptions, pointwise, resultType, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import { expectBetween } from "./check.ts";

/** An operation on one tensor. */
export type Unary = Pointwise<[Tensor]>;
/** An operation on two operands, one of which may be a number. */
export type Binary = Pointwise<[TensorOrNumber, TensorOrNumber]>;

/** The option of `add` and `sub`. */
export interface AlphaOptions {
  /** What the second operand is multiplied by. Default 1. */
  readonly alpha?: number;
}

/** The option of `div`. */
export interface DivOptions {
  /**
   * `"trunc"` rounds the quotient towards zero, `"floor"` down; both keep integers integers. Default: the exact
   * quotient, a float.
   */
  readonly roundingMode?: "trunc" | "floor" | null;
}

/** The option of `addcmul` and `addcdiv`. */
export interface ValueOptions {
  /** What the product or quotient is multiplied by. Default 1. */
  readonly value?: number;
}

type Scaled = Pointwise<[TensorOrNumber, TensorOrNumber, number]>;

/** `a + alpha · b` has the type of a and b. */
const scaled = { apart: [2] };
const plus: Binary = /* @__PURE__ */ pointwise("add", sum);
const plusScaled: Scaled = /* @__PURE__ */ pointwise("add", (a, b, alpha) => sum(a, product(b, alpha)), scaled);
const minus: Binary = /* @__PURE__ */ pointwise("sub", (a, b) => a.sub(b), { check: refuseBools });
const minusScaled: Scaled = /* @__PURE__ */ pointwise("sub", (a, b, alpha) => a.sub(b.mul(alpha)), {
  ...scaled,
  check: refuseBools,
});

/** The sum of bools is their logical or, as in PyTorch. */
function sum(a: Expr, b: Expr): Expr {
  return a.dtype === "bool" && b.dtype === "bool" ? a.or(b) : a.add(b);
}

/** The product of bools is their logical and. */
function product(a: Expr, b: Expr): Expr {
  return a.dtype === "bool" && b.dtype === "bool" ? a.and(b) : a.mul(b);
}

function refuseBools(operands: readonly TensorOrNumber[]): void {
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
    if (!isFloating(dtype))
      throw new ArgumentError(`${operation}: alpha must be an integer for ${dtype} tensors, got ${alpha}`);
  }
  return alpha;
}

function factorOf(operation: string, options: ValueOptions | undefined): number {
  return settings(operation, options, { value: 1 }).value;
}

/**
 * The sum `a + alpha · b`.
 *
 * https://pytorch.org/docs/stable/generated/torch.add.html
 *
 * @throws ShapeError when the shapes do not broadcast. @throws ArgumentError for a fractional alpha with integers.
 * @example
 * add(tensor([1, 2]), 10); // [11, 12]
 */
export function add(a: TensorOrNumber, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("add", a, b, options);
  return alpha === 1 ? plus(a, b) : plusScaled(a, b, alpha);
}

/** `a ← a + alpha · b`. Returns `a`. */
export function add_(a: Tensor, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("add_", a, b, options);
  return alpha === 1 ? plus.inPlace(a, b) : plusScaled.inPlace(a, b, alpha);
}

/**
 * The difference `a - alpha · b`.
 *
 * https://pytorch.org/docs/stable/generated/torch.sub.html
 *
 * @throws DTypeError for bools.
 */
export function sub(a: TensorOrNumber, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("sub", a, b, options);
  return alpha === 1 ? minus(a, b) : minusScaled(a, b, alpha);
}

/** `a ← a - alpha · b`. Returns `a`. */
export function sub_(a: Tensor, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  const alpha = alphaOf("sub_", a, b, options);
  return alpha === 1 ? minus.inPlace(a, b) : minusScaled.inPlace(a, b, alpha);
}

/** The difference the other way round, `b - alpha · a`. */
export function rsub(a: TensorOrNumber, b: TensorOrNumber, options?: AlphaOptions): Tensor {
  return sub(b, a, options);
}

/**
 * The product `a · b`, element by element.
 *
 * https://pytorch.org/docs/stable/generated/torch.mul.html
 */
export const mul: Binary = /* @__PURE__ */ pointwise("mul", product);

const quotient: Binary = /* @__PURE__ */ pointwise("div", (a, b) => a.div(b), { floating: true });
const numbers = { kind: 1 } as const;
const isNotZero = /* @__PURE__ */ pointwise<[Tensor]>("isNotZero", (x) => x.ne(0));

/** Options that refuse integers divided by 0, be it a number or somewhere in a tensor. */
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
  // Integers never go through floating point: what fmod leaves divides exactly.
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
 * The quotient `a / b`: of integers, too, a float, unless `roundingMode` says how to round it.
 *
 * https://pytorch.org/docs/stable/generated/torch.div.html
 *
 * @throws ArgumentError for an unknown `roundingMode`, and for integers rounded after a division by 0.
 * @example
 * div(tensor([7, -7]), 2, { roundingMode: "floor" }); // [3, -4]
 */
export function div(a: TensorOrNumber, b: TensorOrNumber, options?: DivOptions): Tensor {
  return rounded("div", options)(a, b);
}

/** `a ← a / b`. Returns `a`. */
export function div_(a: Tensor, b: TensorOrNumber, options?: DivOptions): Tensor {
  return rounded("div_", options).inPlace(a, b);
}

/** The exact quotient, `div` without rounding. */
export const trueDivide: Binary = quotient;

/** The quotient rounded down, `div` with `roundingMode: "floor"`. */
export const floorDivide: Binary = floored;

/**
 * The remainder with the sign of the divisor, as Python's `%`: `a - b ⌊a/b⌋`. Throws an ArgumentError for integers
 * divided by 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.remainder.html
 */
export const remainder: Binary = /* @__PURE__ */ pointwise(
  "remainder",
  (a, b) => a.mod(b),
  /* @__PURE__ */ dividing("remainder"),
);

/**
 * The remainder with the sign of the dividend, as C's `fmod` and JavaScript's `%`. Throws an ArgumentError for integers
 * divided by 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.fmod.html
 */
export const fmod: Binary = /* @__PURE__ */ pointwise("fmod", (a, b) => a.fmod(b), /* @__PURE__ */ dividing("fmod"));

/**
 * `-x`. Throws a DTypeError for bools, whose opposite is `logicalNot`.
 * https://pytorch.org/docs/stable/generated/torch.neg.html
 */
export const neg: Unary = /* @__PURE__ */ pointwise<[Tensor]>("neg", (x) => x.neg(), numbers);

/** `|x|`, with the derivative 0 at 0. https://pytorch.org/docs/stable/generated/torch.abs.html */
export const abs: Unary = /* @__PURE__ */ pointwise<[Tensor]>("abs", (x) => x.abs(), numbers);

/** -1, 0 or 1; 0 for NaN. https://pytorch.org/docs/stable/generated/torch.sign.html */
export const sign: Unary = /* @__PURE__ */ pointwise<[Tensor]>("sign", (x) => (x.dtype === "bool" ? x : x.sign()));

/** `1 / x`. https://pytorch.org/docs/stable/generated/torch.reciprocal.html */
export const reciprocal: Unary = /* @__PURE__ */ pointwise<[Tensor]>("reciprocal", (x) => x.reciprocal());

const productSum = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>("addcmul", (x, a, b, value) =>
  x.add(a.mul(b).mul(value)),
);

/** `x + value · a · b`. https://pytorch.org/docs/stable/generated/torch.addcmul.html */
export function addcmul(x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions): Tensor {
  return productSum(x, a, b, factorOf("addcmul", options));
}

/** `x ← x + value · a · b`. Returns `x`. */
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
 * `x + value · a / b`. Throws a DTypeError for integers. https://pytorch.org/docs/stable/generated/torch.addcdiv.html
 */
export function addcdiv(x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions): Tensor {
  return ratio(x, a, b, factorOf("addcdiv", options));
}

/** `x ← x + value · a / b`. Returns `x`. */
export function addcdiv_(x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions): Tensor {
  return ratio.inPlace(x, a, b, factorOf("addcdiv_", options));
}

/**
 * Linear interpolation `a + weight · (b - a)`, which is exactly `a` at weight 0 and exactly `b` at 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.lerp.html
 *
 * @throws DTypeError for integers.
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
