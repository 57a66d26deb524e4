/**
 * The logarithm of the gamma function and its derivatives, as formulas made of primitives. Small arguments are moved up by the recurrence
 * `Γ(x + 1) = x Γ(x)` to where the asymptotic series holds, negative ones mirrored; near 1 and 2, where the logarithm is zero, a power series
 * keeps its digits.
 */

import { withDerivative } from "./derivative.ts";
import { constant, type Expr } from "./expr.ts";

/** How far small arguments are moved up: no farther than the dtype's digits need, since moving costs some. */
function stepsFor(x: Expr): number {
  return x.dtype === "float64" ? 8 : 3;
}
/** The Bernoulli numbers B₂, B₄, …. */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];
/** (-1)ᵏ (ζ(k) - 1) / k for k = 2, 3, …, ζ being Riemann's function: the power series of ln Γ(2 + t) behind its linear term. */
const gammaSeries = [
  0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986, 0.0028905103307415234, -0.001192753911703261,
  0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5, -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6,
  4.374866789907488e-6, -2.039215753801366e-6, 9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554665e-7, -1.0043224823968099e-7,
  4.7698101693639804e-8, -2.2711094608943164e-8, 1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9,
  -1.1921401405860912e-9, 5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10, -6.4229645638381e-11,
];
const eulerGamma = 0.5772156649015329;

/** The distance to the nearest integer: what sines and tangents of πx depend on, without the digits that a large x costs them. */
function fraction(x: Expr): Expr {
  return x.sub(x.round());
}

/** `ln |Γ(x)|`; ∞ at 0, -1, -2, …. */
export function lgamma(of: Expr): Expr {
  const x = of.toFloat();
  const mirrored = x.lt(0.5);
  const z = mirrored.where(x.neg().add(1), x);
  const sine = fraction(x).mul(Math.PI).sin().abs();
  const value = mirrored.where(sine.log().neg().add(Math.log(Math.PI)).sub(lgammaFromHalf(z)), lgammaFromHalf(z));
  const edges = x.abs().eq(Number.POSITIVE_INFINITY).where(Number.POSITIVE_INFINITY, value);
  return withDerivative(edges, [x], (_, x) => [digamma(x as Expr)]);
}

function lgammaFromHalf(z: Expr): Expr {
  const near = z.lt(1.5);
  const t = near.where(z.sub(1), z.sub(2));
  let series = constant(0, z.dtype);
  const terms = z.dtype === "float64" ? gammaSeries : gammaSeries.slice(0, 12);
  for (const c of [...terms].reverse()) series = series.add(c).mul(t);
  const around = series.add(1 - eulerGamma).mul(t);
  const close = near.where(around.sub(t.log1p()), around);
  const steps = stepsFor(z);
  const small = z.lt(steps);
  const w = small.where(z.add(steps), z);
  let product = z;
  for (let k = 1; k < steps; k++) product = product.mul(z.add(k));
  const far = w
    .sub(0.5)
    .mul(w.log())
    .sub(w)
    .add(0.5 * Math.log(2 * Math.PI))
    .add(stirling(w));
  return z.lt(2.5).where(close, small.where(far.sub(product.log()), far));
}

/** Σ B₂ₖ / (2k (2k-1) w²ᵏ⁻¹) */
function stirling(w: Expr): Expr {
  const inverse = w.reciprocal();
  const square = inverse.mul(inverse);
  let sum = constant(0, w.dtype);
  for (let k = bernoulli.length; k >= 1; k--) sum = sum.mul(square).add((bernoulli[k - 1] as number) / (2 * k * (2 * k - 1)));
  return sum.mul(inverse);
}

/** The derivative of `ln Γ(x)`; ∓∞ at ±0, NaN at -1, -2, …. */
export function digamma(of: Expr): Expr {
  const x = of.toFloat();
  const mirrored = x.lt(0.5);
  const z = mirrored.where(x.neg().add(1), x);
  const steps = stepsFor(z);
  const w = z.add(steps);
  const inverse = w.reciprocal();
  const square = inverse.mul(inverse);
  let series = constant(0, z.dtype);
  for (let k = bernoulli.length; k >= 1; k--) series = series.add((bernoulli[k - 1] as number) / (2 * k)).mul(square);
  let moved = w.log().sub(inverse.mul(0.5)).sub(series);
  for (let k = 0; k < steps; k++) moved = moved.sub(z.add(k).reciprocal());
  const r = fraction(x);
  const tangent = x.eq(0).where(x, r.mul(Math.PI).tan());
  const value = mirrored.where(moved.sub(constant(Math.PI, z.dtype).div(tangent)), moved);
  const pole = x.lt(0).and(r.eq(0));
  return withDerivative(pole.where(Number.NaN, value), [x], (_, x) => [polygamma(1, x as Expr)]);
}

/** The derivative of order `n` of the digamma function. */
export function polygamma(n: number, of: Expr): Expr {
  const x = of.toFloat();
  if (n === 0) return digamma(x);
  const mirrored = x.lt(0.5);
  const above = polygammaFromHalf(n, mirrored.where(x.neg().add(1), x));
  // The n-th derivative of ψ(1 - x) - ψ(x) = π cot(πx), which is a polynomial in the cotangent.
  const cotangent = fraction(x).mul(Math.PI).tan().reciprocal();
  let turned = constant(0, x.dtype);
  for (const c of cotangentDerivative(n).reverse()) turned = turned.mul(cotangent).add(c * Math.PI ** (n + 1));
  const value = mirrored.where((n % 2 === 0 ? above : above.neg()).sub(turned), above);
  return withDerivative(value, [x], (_, x) => [polygamma(n + 1, x as Expr)]);
}

/** (-1)ⁿ⁺¹ n! Σ 1/(z + k)ⁿ⁺¹, the sum from where small arguments are moved to by the Euler-Maclaurin formula. */
function polygammaFromHalf(n: number, z: Expr): Expr {
  const s = n + 1;
  const steps = stepsFor(z);
  const inverse = z.add(steps).reciprocal();
  const square = inverse.mul(inverse);
  let series = constant(0, z.dtype);
  for (let k = bernoulli.length; k >= 1; k--) series = series.add((bernoulli[k - 1] as number) * rising(s, 2 * k - 1)).mul(square);
  let sum = power(inverse, n).mul(series.add(inverse.mul(0.5)).add(1 / n));
  for (let k = 0; k < steps; k++) sum = sum.add(power(z.add(k).reciprocal(), s));
  let factor = n % 2 === 1 ? 1 : -1;
  for (let k = 2; k <= n; k++) factor *= k;
  return sum.mul(factor);
}

/** The n-th derivative of the cotangent as the coefficients of a polynomial in it, lowest power first: each is `-(1 + c²)` times the last one's derivative. */
function cotangentDerivative(n: number): number[] {
  let coefficients = [0, 1];
  for (let i = 0; i < n; i++) {
    const next = new Array<number>(coefficients.length + 1).fill(0);
    coefficients.forEach((c, power) => {
      if (power === 0) return;
      next[power - 1] = (next[power - 1] as number) - c * power;
      next[power + 1] = (next[power + 1] as number) - c * power;
    });
    coefficients = next;
  }
  return coefficients;
}

/** s (s+1) … (s+count-1) / (count+1)! */
function rising(s: number, count: number): number {
  let product = 1;
  for (let i = 0; i < count; i++) product *= (s + i) / (i + 2);
  return product;
}

function power(x: Expr, n: number): Expr {
  let result = x;
  for (let i = 1; i < n; i++) result = result.mul(x);
  return result;
}
