/**
 * Modified Bessel functions of orders 0 and 1: I, which grows, and K, which falls, each also scaled by e^∓x so that it
 * does neither.
 */

import { type Expr, pointwise, type Tensor, type Unary, withDerivative } from "@akari/tensor";
import { chebyshev, fit, polynomial, type Series } from "./chebyshev.ts";
import { integral, meanOverHalfCircle } from "./quadrature.ts";

/** e⁻ˣ I₀(x) for x ≥ 0: the mean of e^(x(cos θ - 1)). */
const i0eAt = (x: number): number => meanOverHalfCircle((angle) => Math.exp(-2 * x * Math.sin(angle / 2) ** 2));
/** e⁻ˣ I₁(x) / x for x ≥ 0: that of e^(x(cos θ - 1)) sin² θ. */
const i1eOverXAt = (x: number): number =>
  meanOverHalfCircle((angle) => Math.exp(-2 * x * Math.sin(angle / 2) ** 2) * Math.sin(angle) ** 2);

// Up to 8 by x/4 - 1, beyond that by 16/x - 1.
const i0eNear = fit((t) => i0eAt(4 * (t + 1)), 32);
const i0eFar = fit((t) => Math.sqrt(16 / (t + 1)) * i0eAt(16 / (t + 1)), 32);
const i1eNear = fit((t) => i1eOverXAt(4 * (t + 1)), 32);
const i1eFar = fit((t) => (16 / (t + 1)) ** 1.5 * i1eOverXAt(16 / (t + 1)), 32);

const near = (size: Expr): Expr => size.min(8).mul(0.25).sub(1);
const far = (size: Expr): Expr => size.max(8).reciprocal().mul(16).sub(1);

function i0eFormula(of: Expr): Expr {
  const x = of.toFloat();
  const size = x.abs();
  const value = size.le(8).where(chebyshev(near(size), i0eNear), chebyshev(far(size), i0eFar).mul(size.rsqrt()));
  return withDerivative(value, [x], (y, x) => [i1eFormula(x as Expr).sub((x as Expr).sign().mul(y))]);
}

function i1eFormula(of: Expr): Expr {
  const x = of.toFloat();
  const size = x.abs();
  const beyond = chebyshev(far(size), i1eFar).mul(size.rsqrt());
  const value = size.le(8).where(x.mul(chebyshev(near(size), i1eNear)), x.lt(0).where(beyond.neg(), beyond));
  return withDerivative(value, [x], (y, x) => [
    i0eFormula(x as Expr)
      .sub((x as Expr).sign().mul(y))
      .sub(overArgument(y, x as Expr)),
  ]);
}

/** `y / x`, of a function that goes with x/2 near 0. */
function overArgument(y: Expr, x: Expr): Expr {
  return x.eq(0).where(0.5, y.div(x));
}

/** A scaled value without the scale: `e^|x|` in two parts, lest it overflow before the product does. */
function grown(x: Expr, value: Expr, atInfinity: Expr): Expr {
  const root = x.abs().mul(0.5).exp();
  return x.abs().eq(Number.POSITIVE_INFINITY).where(atInfinity, value.mul(root).mul(root));
}

function i0Formula(of: Expr): Expr {
  const x = of.toFloat();
  return withDerivative(grown(x, i0eFormula(x), x.abs()), [x], (_, x) => [i1Formula(x as Expr)]);
}

function i1Formula(of: Expr): Expr {
  const x = of.toFloat();
  return withDerivative(grown(x, i1eFormula(x), x), [x], (y, x) => [
    i0Formula(x as Expr).sub(overArgument(y, x as Expr)),
  ]);
}

/** The modified Bessel function I₀. https://pytorch.org/docs/stable/special.html#torch.special.i0 */
export const i0: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i0", i0Formula);

/** `e^(-|x|) I₀(x)`. https://pytorch.org/docs/stable/special.html#torch.special.i0e */
export const i0e: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i0e", i0eFormula);

/** The modified Bessel function I₁. https://pytorch.org/docs/stable/special.html#torch.special.i1 */
export const i1: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i1", i1Formula);

/** `e^(-|x|) I₁(x)`. https://pytorch.org/docs/stable/special.html#torch.special.i1e */
export const i1e: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i1e", i1eFormula);

/** `√x eˣ Kₙ(x)` for x ≥ 2, by 4/x - 1: `eˣ Kₙ(x)` is the integral of `e^(x(1 - cosh t)) cosh nt` over t from 0. */
const kFar = ([0, 1] as const).map((order) =>
  fit((t) => {
    const x = 4 / (t + 1);
    return Math.sqrt(x) * integral((u) => Math.exp(-2 * x * Math.sinh(u / 2) ** 2) * Math.cosh(order * u));
  }, 36),
);

const eulerGamma = 0.5772156649015329;

/**
 * The digamma function of 1, 2, 3, …, over `n! (n + order)!` from n = 0 on: what the power series about 0 has besides
 * the logarithm.
 */
function kNear(order: 0 | 1): readonly number[] {
  const coefficients: number[] = [];
  let [psi, factorials] = [-eulerGamma, 1];
  for (let n = 0; n < 14; n++) {
    const next = psi + 1 / (n + 1);
    coefficients.push((order === 0 ? psi : -(psi + next) / 4) / factorials);
    psi = next;
    factorials *= (n + 1) * (n + 1 + order);
  }
  return coefficients;
}

/** `Kₙ(x)` or, scaled, `eˣ Kₙ(x)` for x > 0, ∞ at 0 and NaN below. */
function kFormula(order: 0 | 1, of: Expr, scaled: boolean): Expr {
  const x = of.toFloat();
  const small = x.min(2);
  const square = small.mul(small).mul(0.25);
  const log = small.mul(0.5).log();
  const series = polynomial(square, kNear(order));
  const close =
    order === 0
      ? series.sub(log.mul(i0Formula(small)))
      : series
          .mul(small)
          .add(log.mul(i1Formula(small)))
          .add(small.reciprocal());
  const large = x.max(2);
  const beyond = chebyshev(large.reciprocal().mul(4).sub(1), kFar[order] as Series).mul(large.rsqrt());
  const fall = x.neg().exp();
  const value = x.le(2).where(scaled ? close.mul(small.exp()) : close, scaled ? beyond : beyond.mul(fall));
  const ends = x.le(0).where(x.eq(0).where(Number.POSITIVE_INFINITY, Number.NaN), value);
  return withDerivative(ends, [x], (y, z) => {
    const x = z as Expr; // safe: one operand
    const other = kFormula(order === 0 ? 1 : 0, x, scaled).neg();
    const slope = order === 0 ? other : other.sub(y.div(x));
    return [scaled ? slope.add(y) : slope];
  });
}

const k = (name: string, order: 0 | 1, scaled: boolean): Unary =>
  pointwise<[Tensor]>(name, (x) => kFormula(order, x, scaled));

/** The modified Bessel function K₀; ∞ at 0, NaN below. `torch.special.modified_bessel_k0` */
export const modifiedBesselK0: Unary = /* @__PURE__ */ k("modifiedBesselK0", 0, false);

/** The modified Bessel function K₁; ∞ at 0, NaN below. `torch.special.modified_bessel_k1` */
export const modifiedBesselK1: Unary = /* @__PURE__ */ k("modifiedBesselK1", 1, false);

/** `eˣ K₀(x)`. `torch.special.scaled_modified_bessel_k0` */
export const scaledModifiedBesselK0: Unary = /* @__PURE__ */ k("scaledModifiedBesselK0", 0, true);

/** `eˣ K₁(x)`. `torch.special.scaled_modified_bessel_k1` */
export const scaledModifiedBesselK1: Unary = /* @__PURE__ */ k("scaledModifiedBesselK1", 1, true);
