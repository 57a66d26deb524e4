/**
 * The logarithm of the gamma function and its derivatives, as formulas of primitives. Small arguments are shifted up by
 * the recurrence `Γ(x + 1) = x Γ(x)` to where the asymptotic series holds, and negative ones are reflected. Near 1 and
 * 2, where the logarithm is zero, a power series preserves the relative precision.
 */

import { withDerivative } from "./derivative.ts";
import { constant, type Expr } from "./expr.ts";
import { polynomial } from "./special.ts";

/**
 * Returns how many steps small arguments are shifted up: as few as the dtype's precision allows, since each step costs
 * time and accuracy.
 */
function stepsFor(x: Expr): number {
  return x.dtype === "float64" ? 8 : 3;
}
/** The Bernoulli numbers B₂, B₄, …. */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];

/** Evaluates an asymptotic series, Σ term(B₂ₖ, 2k) xᵏ⁻¹. */
function asymptotic(x: Expr, term: (b: number, m: number) => number): Expr {
  return polynomial(x, bernoulli.map((b, i) => term(b, 2 * i + 2)).reverse());
}

/** Returns ζ(k) - 1 for Riemann's zeta function: Σ n⁻ᵏ from n = 2, with the tail by the Euler-Maclaurin formula. */
function zetaLessOne(k: number): number {
  const n = 10;
  let end = 0;
  for (let i = bernoulli.length - 1; i >= 0; i--)
    end = (end + (bernoulli[i] as number) * rising(k, 2 * i + 1)) / n ** 2;
  let sum = (end * n + 0.5 + n / (k - 1)) * n ** -k;
  for (let i = n - 1; i > 1; i--) sum += i ** -k;
  return sum;
}

const eulerGamma = 0.5772156649015329;

/**
 * Returns the signed distance to the nearest integer. Sines and tangents of πx depend on x only through it, and
 * computing it first avoids the loss of precision for large x.
 */
function fraction(x: Expr): Expr {
  return x.sub(x.round());
}

/** Returns whether x is below ½, and x or then 1 - x, where the functions of a reflection formula are computed. */
function reflected(x: Expr): [mirrored: Expr, z: Expr] {
  const mirrored = x.lt(0.5);
  return [mirrored, mirrored.where(x.neg().add(1), x)];
}

/** Builds `ln |Γ(x)|`; ∞ at 0, -1, -2, …. */
export function lgamma(of: Expr): Expr {
  const x = of.toFloat();
  const [mirrored, z] = reflected(x);
  const sine = fraction(x).mul(Math.PI).sin().abs();
  const value = mirrored.where(sine.log().neg().add(Math.log(Math.PI)).sub(lgammaFromHalf(z)), lgammaFromHalf(z));
  const edges = x.abs().eq(Number.POSITIVE_INFINITY).where(Number.POSITIVE_INFINITY, value);
  return withDerivative(edges, [x], (_, x) => [digamma(x as Expr)]);
}

function lgammaFromHalf(z: Expr): Expr {
  const near = z.lt(1.5);
  const t = near.where(z.sub(1), z.sub(2));
  // (-1)ᵏ (ζ(k) - 1) / k, highest power first: the power series of ln Γ(2 + t) after its linear term.
  const terms: number[] = [];
  for (let k = z.dtype === "float64" ? 29 : 13; k >= 2; k--) terms.push(((-1) ** k * zetaLessOne(k)) / k);
  const around = polynomial(t, [...terms, 1 - eulerGamma]).mul(t);
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

/** Builds Σ B₂ₖ / (2k (2k-1) w²ᵏ⁻¹), the correction of Stirling's formula. */
function stirling(w: Expr): Expr {
  const inverse = w.reciprocal();
  return asymptotic(inverse.mul(inverse), (b, m) => b / (m * (m - 1))).mul(inverse);
}

/** Builds the derivative of `ln Γ(x)`; ∓∞ at ±0, NaN at -1, -2, …. */
export function digamma(of: Expr): Expr {
  const x = of.toFloat();
  const [mirrored, z] = reflected(x);
  const above = polygammaFromHalf(0, z);
  const r = fraction(x);
  const tangent = x.eq(0).where(x, r.mul(Math.PI).tan());
  const value = mirrored.where(above.sub(constant(Math.PI, z.dtype).div(tangent)), above);
  const pole = x.lt(0).and(r.eq(0));
  return withDerivative(pole.where(Number.NaN, value), [x], (_, x) => [polygamma(1, x as Expr)]);
}

/** Builds the derivative of order `n` of the digamma function. */
export function polygamma(n: number, of: Expr): Expr {
  const x = of.toFloat();
  if (n === 0) return digamma(x);
  const [mirrored, z] = reflected(x);
  const above = polygammaFromHalf(n, z);
  // The n-th derivative of ψ(1 - x) - ψ(x) = π cot(πx), which is a polynomial in the cotangent.
  const cotangent = fraction(x).mul(Math.PI).tan().reciprocal();
  const turned = polynomial(
    cotangent,
    cotangentDerivative(n)
      .reverse()
      .map((c) => c * Math.PI ** (n + 1)),
  );
  const value = mirrored.where((n % 2 === 0 ? above : above.neg()).sub(turned), above);
  return withDerivative(value, [x], (_, x) => [polygamma(n + 1, x as Expr)]);
}

/**
 * Builds (-1)ⁿ⁺¹ n! Σ 1/(z + k)ⁿ⁺¹: the first terms directly, the rest by the Euler-Maclaurin formula. For n = 0, where
 * the sum diverges, a logarithm takes the place of its integral.
 */
function polygammaFromHalf(n: number, z: Expr): Expr {
  const s = n + 1;
  const steps = stepsFor(z);
  const w = z.add(steps);
  const inverse = w.reciprocal();
  const square = inverse.mul(inverse);
  const series = asymptotic(square, (b, m) => b * rising(s, m - 1)).mul(square);
  const rest = series.add(inverse.mul(0.5));
  let sum = n === 0 ? rest.sub(w.log()) : power(inverse, n).mul(rest.add(1 / n));
  for (let k = 0; k < steps; k++) sum = sum.add(power(z.add(k).reciprocal(), s));
  let factor = n % 2 === 1 ? 1 : -1;
  for (let k = 2; k <= n; k++) factor *= k;
  return sum.mul(factor);
}

/**
 * Returns the n-th derivative of the cotangent as the coefficients of a polynomial in the cotangent c, lowest power
 * first. Each derivative is `-(1 + c²)` times the derivative of the previous polynomial with respect to c.
 */
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

/** Returns s (s+1) … (s+count-1) / (count+1)!. */
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
