/** Powers, roots, exponentials and logarithms of each element. */

import { isFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { withDerivative } from "../expr/derivative.ts";
import type { Expr } from "../expr/expr.ts";
import { exp2 as exp2Formula, hypot as hypotFormula, logAddExp, xlogy as xlogyFormula } from "../expr/special.ts";
import { pointwise, resultType, type TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { type Binary, reciprocal, type Unary, unary } from "./arithmetic.ts";

const power: Binary = /* @__PURE__ */ pointwise("pow", (a, b) => a.pow(b), { kind: 1 });
const cube: Unary = /* @__PURE__ */ pointwise<[Tensor]>("pow", (x) => x.mul(x).mul(x));
const inverseSquare: Unary = /* @__PURE__ */ pointwise<[Tensor]>("pow", (x) =>
  withDerivative(x.mul(x).reciprocal(), [x], (y, x) => [y.div(x as Expr).mul(-2)]),
);

/** Returns a faster formula for common exponents, null for all others. */
function shortcut(x: TensorOrNumber, exponent: TensorOrNumber): Unary | null {
  if (typeof x !== "object" || typeof exponent !== "number" || x?.dtype === "bool") return null;
  if (exponent === 2) return square;
  if (exponent === 3) return cube;
  if (!isFloating(x?.dtype)) return null;
  if (exponent === 0.5) return sqrt;
  if (exponent === -0.5) return rsqrt;
  if (exponent === -1) return reciprocal;
  if (exponent === -2) return inverseSquare;
  return null;
}

function checkPower(operation: string, x: TensorOrNumber, exponent: TensorOrNumber): void {
  if (
    typeof exponent === "number" &&
    exponent < 0 &&
    Number.isInteger(exponent) &&
    !isFloating(resultType([x, exponent]))
  ) {
    throw new ArgumentError(
      `${operation}: integers have no negative powers, got the exponent ${exponent} for ${resultType([x])}; convert with to("float32")`,
    );
  }
}

/**
 * Power `xᵉˣᵖᵒⁿᵉⁿᵗ`, elementwise. Either operand may be a number. Integers stay integers.
 *
 * https://pytorch.org/docs/stable/generated/torch.pow.html
 *
 * @throws ArgumentError for integers to a negative integer power.
 * @throws ShapeError when the shapes do not broadcast.
 * @example
 * pow(tensor([1, 2, 3]), 2); // [1, 4, 9]
 */
export function pow(x: TensorOrNumber, exponent: TensorOrNumber): Tensor {
  checkPower("pow", x, exponent);
  const quick = shortcut(x, exponent);
  // Safe: shortcuts exist only for tensors.
  return quick ? quick(x as Tensor) : power(x, exponent);
}

/** In-place version of `pow`: `x ← xᵉˣᵖᵒⁿᵉⁿᵗ`. Returns `x`. */
export function pow_(x: Tensor, exponent: TensorOrNumber): Tensor {
  checkPower("pow_", x, exponent);
  const quick = shortcut(x, exponent);
  return quick ? quick.inPlace(x) : power.inPlace(x, exponent);
}

/** Square of each element, `x²`. https://pytorch.org/docs/stable/generated/torch.square.html */
export const square: Unary = /* @__PURE__ */ pointwise<[Tensor]>("square", (x) =>
  x.dtype === "bool" ? x.cast("int32") : x.square(),
);

/** Square root of each element, `√x`; NaN below 0. https://pytorch.org/docs/stable/generated/torch.sqrt.html */
export const sqrt: Unary = /* @__PURE__ */ unary("sqrt");

/** Reciprocal square root of each element, `1 / √x`. https://pytorch.org/docs/stable/generated/torch.rsqrt.html */
export const rsqrt: Unary = /* @__PURE__ */ unary("rsqrt");

/** Exponential of each element, `eˣ`. https://pytorch.org/docs/stable/generated/torch.exp.html */
export const exp: Unary = /* @__PURE__ */ unary("exp");

/** Power of two of each element, `2ˣ`. https://pytorch.org/docs/stable/special.html#torch.special.exp2 */
export const exp2: Unary = /* @__PURE__ */ pointwise<[Tensor]>("exp2", exp2Formula);

/** Exponential minus one, `eˣ - 1`, accurate near 0. https://pytorch.org/docs/stable/generated/torch.expm1.html */
export const expm1: Unary = /* @__PURE__ */ unary("expm1");

/** Natural logarithm of each element; -∞ at 0, NaN below. https://pytorch.org/docs/stable/generated/torch.log.html */
export const log: Unary = /* @__PURE__ */ unary("log");

/**
 * Natural logarithm of one plus each element, `ln(1 + x)`, accurate near 0.
 * https://pytorch.org/docs/stable/generated/torch.log1p.html
 */
export const log1p: Unary = /* @__PURE__ */ unary("log1p");

/** Base-2 logarithm of each element. https://pytorch.org/docs/stable/generated/torch.log2.html */
export const log2: Unary = /* @__PURE__ */ unary("log2");

/** Base-10 logarithm of each element. https://pytorch.org/docs/stable/generated/torch.log10.html */
export const log10: Unary = /* @__PURE__ */ unary("log10");

/**
 * Logarithm of the sum of two exponentials, `ln(eᵃ + eᵇ)`, without intermediate overflow.
 * https://pytorch.org/docs/stable/generated/torch.logaddexp.html
 */
export const logaddexp: Binary = /* @__PURE__ */ pointwise("logaddexp", logAddExp, { floating: true });

/**
 * Product `a ln b`; 0 where a is 0 and b is not NaN. https://pytorch.org/docs/stable/special.html#torch.special.xlogy
 */
export const xlogy: Binary = /* @__PURE__ */ pointwise("xlogy", xlogyFormula, { floating: true });

/**
 * Length of the hypotenuse, `√(a² + b²)`, without intermediate overflow.
 * https://pytorch.org/docs/stable/generated/torch.hypot.html
 */
export const hypot: Binary = /* @__PURE__ */ pointwise("hypot", hypotFormula);
