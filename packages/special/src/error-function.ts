/**
 * Relatives of the error function: its scaled complement, and the standard normal distribution function with its
 * logarithm and its inverse.
 */

import { type Expr, pointwise, type Tensor, type Unary, withDerivative } from "@akari/tensor";
import { chebyshev, fit } from "./chebyshev.ts";
import { integral } from "./quadrature.ts";

const rootHalf = Math.SQRT1_2;
const rootTau = Math.sqrt(2 * Math.PI);

/** Computes erfcx(x) for x ≥ 0 as `2/√π ∫ e^(-t² - 2xt) dt` over t in [0, ∞). */
const erfcxAt = (x: number): number => (2 / Math.sqrt(Math.PI)) * integral((t) => Math.exp(-t * (t + 2 * x)));

/**
 * `(1 + 2x) erfcx(x)` for all x ≥ 0 as a function of `t = (x - 3.75) / (x + 3.75)` (Shepherd and Laframboise 1981,
 * "Chebyshev approximation of (1 + 2x) exp(x²) erfc x").
 */
const scaled = /* @__PURE__ */ fit((t) => {
  const x = (3.75 * (1 + t)) / (1 - t);
  return (1 + 2 * x) * erfcxAt(x);
}, 40);

/** erfcx(x) for x ≥ 0. */
function erfcxAbove(x: Expr): Expr {
  // (x - 3.75) / (x + 3.75) without ∞/∞: for infinite x, t is 1 and the value decays like 1/x.
  const t = x.add(3.75).reciprocal().mul(-7.5).add(1);
  return chebyshev(t, scaled).div(x.mul(2).add(1));
}

/** Computes `e^(x²)`. x is split so that the square of its larger part is exact. */
function exponentialOfSquare(x: Expr): Expr {
  const large = x
    .mul(16)
    .round()
    .mul(1 / 16);
  return large
    .mul(large)
    .exp()
    .mul(x.sub(large).mul(x.add(large)).exp());
}

function erfcxFormula(of: Expr): Expr {
  const x = of.toFloat();
  const above = erfcxAbove(x.abs());
  // Below -27 the result overflows to ∞, and the parts of e^(x²) would be NaN.
  const below = x.lt(-27).where(Number.POSITIVE_INFINITY, exponentialOfSquare(x).mul(2).sub(above));
  return withDerivative(x.lt(0).where(below, above), [x], (y, x) => [
    (x as Expr)
      .mul(y)
      .sub(1 / Math.sqrt(Math.PI))
      .mul(2),
  ]);
}

/**
 * Scaled complementary error function, `e^(x²) erfc(x)`, which stays accurate where erfc(x) underflows.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.erfcx
 */
export const erfcx: Unary = /* @__PURE__ */ pointwise<[Tensor]>("erfcx", erfcxFormula);

/**
 * Cumulative distribution function of the standard normal distribution, `∫ e^(-t²/2)/√(2π) dt` over t from -∞ to x.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.ndtr
 */
export const ndtr: Unary = /* @__PURE__ */ pointwise<[Tensor]>("ndtr", (x) =>
  x.toFloat().mul(-rootHalf).erfc().mul(0.5),
);

function logNdtrFormula(of: Expr): Expr {
  const x = of.toFloat();
  const far = erfcxAbove(x.min(0).mul(-rootHalf)).mul(0.5).log().sub(x.mul(x).mul(0.5));
  const near = x.mul(rootHalf).erfc().mul(-0.5).log1p();
  // The density divided by the distribution function, both scaled by e^(x²/2).
  return withDerivative(x.lt(-1).where(far, near), [x], (_, x) => [
    erfcxFormula((x as Expr).mul(-rootHalf))
      .reciprocal()
      .mul(2 / rootTau),
  ]);
}

/**
 * Logarithm of `ndtr(x)`, accurate in both tails.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.log_ndtr
 */
export const logNdtr: Unary = /* @__PURE__ */ pointwise<[Tensor]>("logNdtr", logNdtrFormula);

/** Returns the x ≥ 0 with `ln ndtr(-x) = -w²/2`, by Newton's method. */
function tailAt(w: number): number {
  let x = w - Math.log(w + 1) / (w + 1);
  for (let step = 0; step < 6; step++) {
    const scaledTail = erfcxAt(x * rootHalf) / 2;
    x += (Math.log(scaledTail) + (w * w - x * x) / 2) * rootTau * scaledTail;
  }
  return x;
}

/** Distance from ½ at which the tails begin, at a probability of e⁻². */
const edge = 0.5 - Math.exp(-2);
/** `ndtri(½ + y) / y` as a function of y². */
const middle = /* @__PURE__ */ fit((t) => {
  const y = edge * Math.sqrt((1 + t) / 2);
  return tailAt(Math.sqrt(-2 * Math.log(0.5 - y))) / y;
}, 32);
/** `w² - w ndtri(1 - p) - ln w` as a function of `1/(w + 5)`, where `w = √(-2 ln p)` ranges from 2 to 40. */
const [center, span] = [(1 / 7 + 1 / 45) / 2, (1 / 7 - 1 / 45) / 2];
const tails = /* @__PURE__ */ fit((t) => {
  const w = 1 / (center + span * t) - 5;
  return w * (w - tailAt(w)) - Math.log(w);
}, 48);

function ndtriFormula(of: Expr): Expr {
  const p = of.toFloat();
  const y = p.sub(0.5);
  const square = y.mul(y);
  const near = y.mul(chebyshev(square.mul(2 / edge ** 2).sub(1), middle));
  const smaller = p.min(p.neg().add(1));
  const w = smaller.log().mul(-2).sqrt();
  const t = w
    .add(5)
    .reciprocal()
    .sub(center)
    .mul(1 / span);
  const size = w.sub(w.log().add(chebyshev(t, tails)).div(w));
  const far = y.lt(0).where(size.neg(), size);
  const value = y.abs().lt(edge).where(near, far);
  const ends = smaller.eq(0).where(y.mul(Number.POSITIVE_INFINITY), smaller.lt(0).where(Number.NaN, value));
  return withDerivative(ends, [p], (x) => [x.mul(x).mul(0.5).exp().mul(rootTau)]);
}

/**
 * Inverse of `ndtr`: the x at which the standard normal distribution function equals p. -∞ at 0, ∞ at 1, NaN outside
 * [0, 1].
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.ndtri
 */
export const ndtri: Unary = /* @__PURE__ */ pointwise<[Tensor]>("ndtri", ndtriFormula);
