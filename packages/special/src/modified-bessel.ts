/**
 * Modified Bessel functions of orders 0 and 1: the growing I and the decaying K, each also scaled by e^∓x, which keeps
 * it in range.
 */

import { type Expr, pointwise, type Tensor, type Unary, withDerivative } from "@akari/tensor";
import { chebyshev, fit, polynomial, type Series } from "./chebyshev.ts";
import { integral, meanOverHalfCircle } from "./quadrature.ts";

/** Computes e⁻ˣ I₀(x) for x ≥ 0 as the mean of e^(x(cos θ - 1)). */
const i0eAt = (x: number): number => meanOverHalfCircle((angle) => Math.exp(-2 * x * Math.sin(angle / 2) ** 2));
/** Computes e⁻ˣ I₁(x) / x for x ≥ 0 as the mean of e^(x(cos θ - 1)) sin² θ. */
const i1eOverXAt = (x: number): number =>
  meanOverHalfCircle((angle) => Math.exp(-2 * x * Math.sin(angle / 2) ** 2) * Math.sin(angle) ** 2);

// Functions of x/4 - 1 up to 8, of 16/x - 1 beyond.
const i0eNear = /* @__PURE__ */ fit((t) => i0eAt(4 * (t + 1)), 32);
const i0eFar = /* @__PURE__ */ fit((t) => Math.sqrt(16 / (t + 1)) * i0eAt(16 / (t + 1)), 32);
const i1eNear = /* @__PURE__ */ fit((t) => i1eOverXAt(4 * (t + 1)), 32);
const i1eFar = /* @__PURE__ */ fit((t) => (16 / (t + 1)) ** 1.5 * i1eOverXAt(16 / (t + 1)), 32);

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

/** Computes `y / x` for a function that behaves like x/2 near 0. */
function overArgument(y: Expr, x: Expr): Expr {
  return x.eq(0).where(0.5, y.div(x));
}

/**
 * Removes the scale from a scaled value. `e^|x|` is applied as two factors, because it overflows before the product
 * does.
 */
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

/**
 * Modified Bessel function of the first kind of order 0, I₀(x).
 * https://pytorch.org/docs/stable/special.html#torch.special.i0
 */
export const i0: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i0", i0Formula);

/**
 * Exponentially scaled modified Bessel function of the first kind of order 0, `e^(-|x|) I₀(x)`.
 * https://pytorch.org/docs/stable/special.html#torch.special.i0e
 */
export const i0e: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i0e", i0eFormula);

/**
 * Modified Bessel function of the first kind of order 1, I₁(x).
 * https://pytorch.org/docs/stable/special.html#torch.special.i1
 */
export const i1: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i1", i1Formula);

/**
 * Exponentially scaled modified Bessel function of the first kind of order 1, `e^(-|x|) I₁(x)`.
 * https://pytorch.org/docs/stable/special.html#torch.special.i1e
 */
export const i1e: Unary = /* @__PURE__ */ pointwise<[Tensor]>("i1e", i1eFormula);

/**
 * `√x eˣ Kₙ(x)` for x ≥ 2 as a function of 4/x - 1, where `eˣ Kₙ(x)` is the integral of `e^(x(1 - cosh t)) cosh nt`
 * over t in [0, ∞).
 */
const kFar = /* @__PURE__ */ ([0, 1] as const).map((order) =>
  fit((t) => {
    const x = 4 / (t + 1);
    return Math.sqrt(x) * integral((u) => Math.exp(-2 * x * Math.sinh(u / 2) ** 2) * Math.cosh(order * u));
  }, 36),
);

const eulerGamma = 0.5772156649015329;

/**
 * Coefficients of the power series of Kₙ about 0, in powers of x²/4, without its logarithmic term: `ψ(k+1) / k!²` for
 * K₀, and `-(ψ(k+1) + ψ(k+2)) / (4 k! (k+1)!)` for K₁, whose series is multiplied by x.
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

/** The formula of `Kₙ(x)` or, scaled, `eˣ Kₙ(x)` for x > 0; ∞ at 0 and NaN below. */
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

/**
 * Modified Bessel function of the second kind of order 0, K₀(x): ∞ at 0 and NaN for negative x.
 * `torch.special.modified_bessel_k0`
 */
export const modifiedBesselK0: Unary = /* @__PURE__ */ k("modifiedBesselK0", 0, false);

/**
 * Modified Bessel function of the second kind of order 1, K₁(x): ∞ at 0 and NaN for negative x.
 * `torch.special.modified_bessel_k1`
 */
export const modifiedBesselK1: Unary = /* @__PURE__ */ k("modifiedBesselK1", 1, false);

/**
 * Exponentially scaled modified Bessel function of the second kind of order 0, `eˣ K₀(x)`.
 * `torch.special.scaled_modified_bessel_k0`
 */
export const scaledModifiedBesselK0: Unary = /* @__PURE__ */ k("scaledModifiedBesselK0", 0, true);

/**
 * Exponentially scaled modified Bessel function of the second kind of order 1, `eˣ K₁(x)`.
 * `torch.special.scaled_modified_bessel_k1`
 */
export const scaledModifiedBesselK1: Unary = /* @__PURE__ */ k("scaledModifiedBesselK1", 1, true);
