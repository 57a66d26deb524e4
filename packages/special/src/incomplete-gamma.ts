/**
 * The regularized incomplete gamma functions: the parts P and Q of the integral of `tᵃ⁻¹ e⁻ᵗ / Γ(a)` below and above x.
 *
 * A kernel cannot iterate until convergence, so instead of a continued fraction it evaluates one integral at a fixed
 * number of quadrature nodes. With D = xᵃ e⁻ˣ / Γ(a), and t = x e^(±s),
 *
 *     Q = D ∫ e^(-x(eˢ - 1) + as) ds        P = D ∫ e^(x(1 - e⁻ˢ) - as) ds        over s in [0, ∞).
 *
 * The smaller tail of the two is integrated, up to where the integrand is negligible. For x below 1, and for a below 8
 * with x up to a, P is a power series with a fixed number of terms. The derivatives with respect to a are the same sums
 * with the factor `ln t - ψ(a)` under the integral.
 */

import {
  type Binary,
  constant,
  digamma,
  type Expr,
  pointwise,
  type TensorOrNumber,
  withDerivative,
} from "@akari/tensor";
import { bernoulli } from "./bernoulli.ts";
import { polynomial } from "./chebyshev.ts";
import { legendre } from "./quadrature.ts";

/** From this a on, Stirling's series is accurate to all digits. */
const large = 8;

interface Precision {
  /** `e^(-depth)` is negligible. */
  readonly depth: number;
  /** Number of quadrature nodes. */
  readonly nodes: number;
  /** Number of terms of the power series. */
  readonly terms: number;
}

const precision = (x: Expr): Precision =>
  x.dtype === "float64" ? { depth: 40, nodes: 30, terms: 40 } : { depth: 20, nodes: 14, terms: 22 };

/** Computes `ln Γ(z) - ((z - ½) ln z - z + ½ ln 2π)`. */
function stirling(z: Expr): Expr {
  const inverse = z.reciprocal();
  const coefficients = bernoulli.map((b, i) => b / ((2 * i + 1) * (2 * i + 2)));
  return polynomial(inverse.mul(inverse), coefficients).mul(inverse);
}

/** Computes `u - ln(1 + u)` for `u = x/a - 1`, accurate near 0: with r = u/(2 + u) it is `ur - 2r³(1/3 + r²/5 + …)`. */
function lessLog(a: Expr, x: Expr): Expr {
  const u = x.sub(a).div(a);
  const r = u.div(u.add(2));
  const square = r.mul(r);
  const odd = Array.from({ length: u.dtype === "float64" ? 14 : 7 }, (_, k) => 1 / (2 * k + 3));
  const near = u.mul(r).sub(r.mul(square).mul(2).mul(polynomial(square, odd)));
  return u
    .abs()
    .lt(0.5)
    .where(near, u.sub(x.div(a).log()));
}

/** Computes `eˢ - 1 - s`, accurate near 0. */
function lessExpm1(s: Expr): Expr {
  const coefficients = [0.5];
  for (let k = 3; k < (s.dtype === "float64" ? 20 : 12); k++) coefficients.push((coefficients.at(-1) as number) / k);
  const near = s.mul(s).mul(polynomial(s, coefficients));
  return s.abs().lt(1).where(near, s.exp().sub(1).sub(s));
}

/** Computes D. */
function density(a: Expr, x: Expr): Expr {
  const big = a.ge(large);
  const z = big.where(a, a.add(large));
  const near = a.mul(lessLog(a, x)).neg();
  // 1/Γ(a) for small a, from Γ(a + 8) = a ⋯ (a+7) Γ(a).
  let product = a;
  for (let k = 1; k < large; k++) product = product.mul(a.add(k));
  const small = a
    .mul(x.log())
    .sub(x)
    .sub(z.mul(z.log().sub(1)));
  const stretch = z
    .mul(1 / (2 * Math.PI))
    .sqrt()
    .mul(stirling(z).neg().exp());
  // The exponential is split into two equal factors, neither of which is denormal.
  const half = big.where(near, small).mul(0.5).exp();
  const value = half.mul(big.where(1, product)).mul(stretch).mul(half);
  return withDerivative(value, [a, x], (y, a, x) => {
    // Safe: two operands.
    const [shape, at] = [a as Expr, x as Expr];
    return [y.mul(distance(shape, at)), y.mul(shape.sub(at)).div(at)];
  });
}

/** Computes `ln x - ψ(a)`, accurate where a is large and x near it. */
function distance(a: Expr, x: Expr): Expr {
  const inverse = a.reciprocal();
  const square = inverse.mul(inverse);
  const coefficients = bernoulli.map((b, i) => b / (2 * i + 2));
  const far = x.div(a).log().add(inverse.mul(0.5)).add(polynomial(square, coefficients).mul(square));
  return a.ge(large).where(far, x.log().sub(digamma.formula(a)));
}

/**
 * Computes the integral without its factor D, of the exponential or of the exponential times `weight + s`, where s is
 * negative for the lower tail.
 */
function tail(a: Expr, x: Expr, weight: Expr | null): Expr {
  const { depth, nodes } = precision(x);
  const apart = x.sub(a).abs();
  // The exponent is -(|x - a| s + x (e^±s - 1 ∓ s)). For the upper tail it reaches -depth before the parabola that
  // touches it at 0 does, for the lower tail after it. There, one Newton step finds the upper limit, and it errs on the
  // far side.
  const parabola = apart
    .add(
      apart
        .mul(apart)
        .add(x.mul(2 * depth))
        .sqrt(),
    )
    .reciprocal()
    .mul(2 * depth);
  const quotient = constant(depth, x.dtype).div(x);
  const right = parabola.min(quotient.mul(2).sqrt().add(quotient).log1p());
  const back = parabola.neg();
  const missing = apart
    .mul(back)
    .sub(x.mul(lessExpm1(back)))
    .add(depth);
  const left = parabola.add(missing.div(apart.sub(x.mul(back.expm1()))));
  const way = x.gt(a).where(right, left.neg());
  let sum: Expr = constant(0, x.dtype);
  for (const [node, share] of legendre(nodes)) {
    const s = way.mul(node);
    const value = apart
      .mul(s.abs())
      .add(x.mul(lessExpm1(s)))
      .neg()
      .exp()
      .mul(share);
    sum = sum.add(weight === null ? value : value.mul(weight.add(s)));
  }
  return sum.mul(way.abs());
}

/** Computes `Σ xⁿ / (a ⋯ (a+n))`, which is P/D, or the sum of each term times `weight - (1/(a+1) + … + 1/(a+n))`. */
function series(a: Expr, x: Expr, weight: Expr | null): Expr {
  let term = a.reciprocal();
  let rest = weight;
  let sum = rest === null ? term : term.mul(rest);
  for (let n = 1; n < precision(x).terms; n++) {
    const next = a.add(n).reciprocal();
    term = term.mul(x).mul(next);
    rest = rest === null ? null : rest.sub(next);
    sum = sum.add(rest === null ? term : term.mul(rest));
  }
  return sum;
}

/**
 * Computes `1 - P` for small a and x, where P is near 1: with P = eᵘ (1 + v), u = a ln x - ln Γ(1 + a), v = Σ a (-x)ⁿ /
 * (n! (a + n)).
 */
function complement(a: Expr, x: Expr): Expr {
  const f64 = x.dtype === "float64";
  // ln Γ(1 + a) + ln(1 + a) = a (1 - γ) + Σ (-1)ᵏ (ζ(k) - 1) aᵏ/k
  const coefficients = [1 - 0.5772156649015329];
  for (let k = 2; k < (f64 ? 28 : 14); k++) coefficients.push(((-1) ** k * zetaLessOne(k)) / k);
  const u = a.mul(x.log().sub(polynomial(a, coefficients))).add(a.log1p());
  let power: Expr = constant(1, x.dtype);
  let v: Expr = constant(0, x.dtype);
  for (let n = 1; n < (f64 ? 19 : 11); n++) {
    power = power.mul(x).mul(-1 / n);
    v = v.add(power.div(a.add(n)));
  }
  return u.expm1().add(u.exp().mul(v).mul(a)).neg();
}

/** Computes ζ(k) - 1 = Σ n⁻ᵏ over n ≥ 2, the end of the sum by the Euler-Maclaurin formula. */
function zetaLessOne(k: number): number {
  const end = 12;
  let factor = k / end;
  let rest = end / (k - 1) + 0.5;
  bernoulli.forEach((b, i) => {
    rest += (b * factor) / 2;
    factor *= ((k + 2 * i + 1) * (k + 2 * i + 2)) / ((2 * i + 3) * (2 * i + 4)) / end ** 2;
  });
  let sum = rest * end ** -k;
  for (let n = end - 1; n > 1; n--) sum += n ** -k;
  return sum;
}

/** The formula of Q (`upper`) or P. */
function formula(left: Expr, right: Expr, upper: boolean): Expr {
  const a = left.toFloat();
  const x = right.toFloat();
  const d = density(a, x);
  const bySeries = x.lt(1).or(x.le(a).and(a.lt(large)));
  const below = d.mul(series(a, x, null));
  const nearer = d.mul(tail(a, x, null));
  const past = x.gt(a);
  const rest = nearer.neg().add(1);
  const value = upper
    ? bySeries.where(x.lt(1).and(a.lt(0.5)).where(complement(a, x), below.neg().add(1)), past.where(nearer, rest))
    : bySeries.where(below, past.where(rest, nearer));
  const [none, all] = upper ? [1, 0] : [0, 1];
  const infinity = Number.POSITIVE_INFINITY;
  const finite = x
    .eq(0)
    .or(a.eq(infinity))
    .where(none, a.eq(0).or(x.eq(infinity)).where(all, value));
  const undecided = a
    .eq(0)
    .and(x.eq(0))
    .or(a.eq(infinity).and(x.eq(infinity)));
  const ends = undecided.or(a.lt(0)).or(x.lt(0)).where(Number.NaN, finite);
  return withDerivative(a.isNaN().or(x.isNaN()).where(a.add(x), ends), [a, x], (_, a, x) => {
    const [byA, byX] = slopes(a as Expr, x as Expr); // safe: two operands
    return upper ? [byA.neg(), byX.neg()] : [byA, byX];
  });
}

/** Computes the derivatives of P with respect to a and x. */
function slopes(a: Expr, x: Expr): readonly [Expr, Expr] {
  const d = density(a, x);
  const bySeries = x.lt(1).or(x.le(a).and(a.lt(large)));
  const away = d.mul(tail(a, x, distance(a, x)));
  const near = d.mul(series(a, x, x.log().sub(digamma.formula(a.add(1)))));
  const byA = bySeries.where(near, x.gt(a).where(away.neg(), away));
  // At x = 0 the density is ∞, 1 or 0 for a below, at or above 1.
  const byX = x.eq(0).where(x.pow(a.sub(1)), d.div(x));
  return [x.eq(0).where(0, byA), byX];
}

/**
 * Regularized lower incomplete gamma function: `P(a, x) = 1/Γ(a) ∫ tᵃ⁻¹ e⁻ᵗ dt` over t from 0 to x, for a, x ≥ 0; NaN
 * for negative arguments. Differentiable with respect to both.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.gammainc
 *
 * @example
 * gammainc(tensor([1, 2]), tensor([1, 1])); // 1 - 1/e, 1 - 2/e
 */
export const gammainc: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>("gammainc", (a, x) =>
  formula(a, x, false),
);

/**
 * Regularized upper incomplete gamma function: `Q(a, x) = 1 - P(a, x)`, accurate where P is near 1. Differentiable with
 * respect to both arguments.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.gammaincc
 */
export const gammaincc: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>("gammaincc", (a, x) =>
  formula(a, x, true),
);
