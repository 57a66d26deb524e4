/**
 * Functions that are not primitives, as formulas of primitives: inverse and hyperbolic functions, the inverse error
 * function, and others. Each is accurate over its whole range in float32 and in float64, edges included. Most specify
 * their derivative, since a formula that is accurate to compute is rarely accurate to differentiate.
 */

import { withDerivative } from "./derivative.ts";
import { constant, type Expr } from "./expr.ts";

/** Builds `arcsin x`; NaN outside [-1, 1]. */
export function asin(of: Expr): Expr {
  const x = of.toFloat();
  return withDerivative(x.atan2(cofactor(x).sqrt()), [x], (_, x) => [cofactor(x).rsqrt()]);
}

/** Builds `arccos x`; NaN outside [-1, 1]. */
export function acos(of: Expr): Expr {
  const x = of.toFloat();
  return withDerivative(cofactor(x).sqrt().atan2(x), [x], (_, x) => [cofactor(x).rsqrt().neg()]);
}

/** Builds `1 - x²`, accurate near ±1. */
function cofactor(x: Expr): Expr {
  return x.neg().add(1).mul(x.add(1));
}

/** Builds `sinh x = (eˣ - e⁻ˣ) / 2`. */
export function sinh(of: Expr): Expr {
  const x = of.toFloat();
  const a = x.abs();
  const e = a.expm1();
  const size = a.gt(20).where(halfExp(a), e.add(e.div(e.add(1))).mul(0.5));
  return withDerivative(odd(x, size), [x], (_, x) => [cosh(x)]);
}

/** Builds `cosh x = (eˣ + e⁻ˣ) / 2`. */
export function cosh(of: Expr): Expr {
  const x = of.toFloat();
  const a = x.abs();
  const e = a.exp();
  const value = a.gt(20).where(halfExp(a), e.add(e.reciprocal()).mul(0.5));
  return withDerivative(value, [x], (_, x) => [sinh(x)]);
}

/** Builds `eᵃ / 2` without intermediate overflow. */
function halfExp(a: Expr): Expr {
  const root = a.mul(0.5).exp();
  return root.mul(0.5).mul(root);
}

/** Builds a function that rounds to x for tiny x, and has its sign, also if x is -0. */
function odd(x: Expr, size: Expr): Expr {
  return x.abs().lt(1e-9).where(x, signed(x, size));
}

/** Builds `size` with the sign of `x`. */
function signed(x: Expr, size: Expr): Expr {
  return x.lt(0).where(size.neg(), size);
}

/** Builds `arsinh x = ln(x + √(x² + 1))`. */
export function asinh(of: Expr): Expr {
  const x = of.toFloat();
  const a = x.abs();
  const square = a.mul(a);
  const size = a.add(square.div(square.add(1).sqrt().add(1))).log1p();
  // Beyond 10⁸ the square may overflow, and the 1 under the root is negligible.
  const value = odd(x, a.gt(1e8).where(a.log().add(Math.LN2), size));
  return withDerivative(value, [x], (_, x) => [x.mul(x).add(1).rsqrt()]);
}

/** Builds `arcosh x = ln(x + √(x² - 1))`; NaN below 1. */
export function acosh(of: Expr): Expr {
  const x = of.toFloat();
  const t = x.sub(1);
  const near = t.add(t.mul(t.add(2)).sqrt()).log1p();
  const value = x.lt(1).where(Number.NaN, x.gt(1e8).where(x.log().add(Math.LN2), near));
  return withDerivative(value, [x], (_, x) => [x.sub(1).mul(x.add(1)).rsqrt()]);
}

/** Builds `artanh x = ln((1 + x) / (1 - x)) / 2`; NaN outside [-1, 1]. */
export function atanh(of: Expr): Expr {
  const x = of.toFloat();
  const a = x.abs();
  const size = a.mul(2).div(a.neg().add(1)).log1p().mul(0.5);
  return withDerivative(odd(x, size), [x], (_, x) => [cofactor(x).reciprocal()]);
}

/** Builds `2ˣ`. */
export function exp2(of: Expr): Expr {
  const x = of.toFloat();
  return withDerivative(constant(2, x.dtype).pow(x), [x], (y) => [y.mul(Math.LN2)]);
}

/** Builds `√(a² + b²)` without intermediate overflow. Both operands have one type. */
export function hypot(left: Expr, right: Expr): Expr {
  const a = left.toFloat();
  const b = right.toFloat();
  const [x, y] = [a.abs(), b.abs()];
  const large = x.max(y);
  const ratio = x.min(y).div(large);
  const size = large.eq(0).where(large, large.mul(ratio.mul(ratio).add(1).sqrt()));
  // The result is infinite if either side is, even when the other is NaN.
  const infinite = x.eq(Number.POSITIVE_INFINITY).or(y.eq(Number.POSITIVE_INFINITY));
  const value = infinite.where(Number.POSITIVE_INFINITY, size);
  return withDerivative(value, [a, b], (y, a, b) => [(a as Expr).div(y), (b as Expr).div(y)]);
}

/** Builds `ln(eᵃ + eᵇ)` without intermediate overflow. Both operands have one type. */
export function logAddExp(left: Expr, right: Expr): Expr {
  const a = left.toFloat();
  const b = right.toFloat();
  const large = a.max(b);
  const sum = large.add(a.sub(b).abs().neg().exp().log1p());
  // The difference of two equal infinities is NaN.
  const value = a.eq(b).where(large.add(Math.LN2), sum);
  return withDerivative(value, [a, b], (_, a, b) => {
    const difference = (a as Expr).sub(b as Expr); // safe: two operands
    return [difference.sigmoid(), difference.neg().sigmoid()];
  });
}

/** Builds `x ln y`, which is 0 where x is 0, unless y is NaN. Both operands have one type. */
export function xlogy(left: Expr, right: Expr): Expr {
  const x = left.toFloat();
  const y = right.toFloat();
  const edge = y.le(0).or(y.eq(Number.POSITIVE_INFINITY));
  return x.eq(0).and(edge).where(0, x.mul(y.log()));
}

/** Builds `sin(πx) / πx`, which is 1 at 0. */
export function sinc(of: Expr): Expr {
  const x = of.toFloat().mul(Math.PI);
  return x.eq(0).where(1, x.sin().div(x));
}

/**
 * Builds the inverse of `erf`; ±∞ at ±1, NaN beyond.
 *
 * Two polynomials in `ln(1 - x²)` (Giles 2012, "Approximating the erfinv function") are accurate to seven digits. In
 * float64, two steps of Halley's method, each tripling the number of digits, follow.
 */
export function erfinv(of: Expr): Expr {
  const x = of.toFloat();
  const w = cofactor(x).log().neg();
  const near = polynomial(w.sub(2.5), erfinvNear);
  const far = polynomial(w.sqrt().sub(3), erfinvFar);
  let y = x.mul(w.lt(5).where(near, far));
  if (x.dtype === "float64") {
    for (let step = 0; step < 2; step++) {
      // In the tail, 1 - erf has the digits that erf has lost.
      const tail = y.abs().erfc().sub(x.abs().neg().add(1));
      const error = x.abs().gt(0.5).where(signed(x, tail).neg(), y.erf().sub(x));
      const u = error.div(
        y
          .mul(y)
          .neg()
          .exp()
          .mul(2 / Math.sqrt(Math.PI)),
      );
      y = y.sub(u.div(y.mul(u).add(1)));
    }
  }
  const value = x.abs().eq(1).where(x.mul(Number.POSITIVE_INFINITY), y);
  return withDerivative(value, [x], (y) => [
    y
      .mul(y)
      .exp()
      .mul(Math.sqrt(Math.PI) / 2),
  ]);
}

// The coefficients for single precision (Giles 2012), highest power first.
const erfinvNear = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
const erfinvFar = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

/** Builds a polynomial by Horner's rule. Coefficients start with the highest power. */
export function polynomial(x: Expr, coefficients: readonly number[]): Expr {
  return coefficients.slice(1).reduce((value, c) => value.mul(x).add(c), constant(coefficients[0] ?? 0, x.dtype));
}
