/**
 * Bessel functions of the first kind (J) and the second kind (Y) of orders 0 and 1. For |x| ≤ 8 they are Chebyshev
 * series in x²; beyond that, waves whose real and imaginary amplitudes are Chebyshev series in 1/x².
 */

import { type Expr, pointwise, type Tensor, type Unary, withDerivative } from "@akari/tensor";
import { chebyshev, fit, type Series } from "./chebyshev.ts";
import { hankel } from "./hankel.ts";
import { meanOverHalfCircle } from "./quadrature.ts";

type Order = 0 | 1;

/** Computes `Jₙ(x)` as the mean of `cos(nθ - x sin θ)`. */
const jAt = (order: number, x: number): number =>
  meanOverHalfCircle((angle) => Math.cos(order * angle - x * Math.sin(angle)), 100);

/**
 * Computes `Yₙ(x)` without its singular terms, which are `2/π ln(x) Jₙ(x)` and, for n = 1, `-2/(πx)`. Uses Neumann's
 * series for order 0 and its derivative for order 1; neither suffers cancellation.
 */
function yRestAt(order: Order, x: number): number {
  let sum = (eulerGamma - Math.LN2) * jAt(order, x);
  for (let k = 1; k < 20; k++) {
    const sign = k % 2 === 0 ? 1 : -1;
    if (order === 0) sum -= ((2 * sign) / k) * jAt(2 * k, x);
    else sum += ((0.5 + sign) * jAt(2 * k - 1, x) + (0.5 - sign) * jAt(2 * k + 1, x)) / k;
  }
  return (2 / Math.PI) * sum;
}

const eulerGamma = 0.5772156649015329;

/** Fits f(0, x) and f(1, x)/x, both even in x, on |x| ≤ 8 as functions of `x²/32 - 1`. */
const upTo8 = (f: (order: Order, x: number) => number): readonly Series[] =>
  ([0, 1] as const).map((order) =>
    fit((t) => {
      const x = Math.sqrt(32 * (t + 1));
      return f(order, x) / x ** order;
    }, 30),
  );

const jNear = /* @__PURE__ */ upTo8(jAt);
const yNear = /* @__PURE__ */ upTo8(yRestAt);
// The real amplitude, and the imaginary one times x, of the Hankel function relative to a plain wave, as functions of
// 128/x² - 1.
const wave = /* @__PURE__ */ [0, 1].map((order) =>
  [0, 1].map((part) =>
    fit((t) => {
      const x = Math.sqrt(128 / (t + 1));
      return (hankel(order, x)[part] as number) * x ** part;
    }, 30),
  ),
);

/** Returns the real and the imaginary part of the Hankel function, Jₙ and Yₙ, for x ≥ 8. */
function wavesOf(order: Order, x: Expr): readonly [Expr, Expr] {
  const inverse = x.reciprocal();
  const t = inverse.mul(inverse).mul(128).sub(1);
  const [real, imaginary] = wave[order] as [Series, Series]; // safe: both parts of both orders
  const p = chebyshev(t, real);
  const q = chebyshev(t, imaginary).mul(inverse);
  // √2 e^(i(x - π/4)), from the sine and cosine of x, because the subtraction x - π/4 would lose digits. Order 1 lags
  // by another quarter turn, a factor of -i.
  const [sine, cosine] = [x.sin(), x.cos()];
  const [re, im] = order === 0 ? [sine.add(cosine), sine.sub(cosine)] : [sine.sub(cosine), sine.add(cosine).neg()];
  const size = inverse.sqrt().mul(1 / Math.sqrt(Math.PI));
  return [size.mul(p.mul(re).sub(q.mul(im))), size.mul(p.mul(im).add(q.mul(re)))];
}

const series = (order: Order, x: Expr, of: readonly Series[]): Expr => {
  const value = chebyshev(
    x
      .mul(x)
      .mul(1 / 32)
      .sub(1),
    of[order] as Series,
  ); // safe: one for each order
  return order === 0 ? value : value.mul(x);
};

function jFormula(order: Order, of: Expr): Expr {
  const x = of.toFloat();
  const size = x.abs();
  const [beyond] = wavesOf(order, size.max(8));
  const signed = order === 0 ? beyond : x.lt(0).where(beyond.neg(), beyond);
  const value = size.le(8).where(series(order, x.max(-8).min(8), jNear), signed);
  return withDerivative(size.eq(Number.POSITIVE_INFINITY).where(0, value), [x], (y, x) =>
    slope(order, y, x as Expr, jFormula),
  );
}

function yFormula(order: Order, of: Expr): Expr {
  const x = of.toFloat();
  const small = x.min(8);
  const [, beyond] = wavesOf(order, x.max(8));
  const smooth = small
    .log()
    .mul(2 / Math.PI)
    .mul(series(order, small, jNear))
    .add(series(order, small, yNear));
  const close = order === 0 ? smooth : smooth.sub(small.reciprocal().mul(2 / Math.PI));
  const value = x.eq(Number.POSITIVE_INFINITY).where(0, x.le(8).where(close, beyond));
  const ends = x.le(0).where(x.eq(0).where(Number.NEGATIVE_INFINITY, Number.NaN), value);
  return withDerivative(ends, [x], (y, x) => slope(order, y, x as Expr, yFormula));
}

/** The derivative, which has the same form for J and Y. */
function slope(order: Order, y: Expr, x: Expr, formula: (order: Order, x: Expr) => Expr): readonly Expr[] {
  if (order === 0) return [formula(1, x).neg()];
  return [formula(0, x).sub(x.eq(0).where(0.5, y.div(x)))];
}

/**
 * Bessel function of the first kind of order 0, J₀(x).
 * https://pytorch.org/docs/stable/special.html#torch.special.bessel_j0
 */
export const besselJ0: Unary = /* @__PURE__ */ pointwise<[Tensor]>("besselJ0", (x) => jFormula(0, x));

/**
 * Bessel function of the first kind of order 1, J₁(x).
 * https://pytorch.org/docs/stable/special.html#torch.special.bessel_j1
 */
export const besselJ1: Unary = /* @__PURE__ */ pointwise<[Tensor]>("besselJ1", (x) => jFormula(1, x));

/** Bessel function of the second kind of order 0, Y₀(x): -∞ at 0 and NaN for negative x. `torch.special.bessel_y0` */
export const besselY0: Unary = /* @__PURE__ */ pointwise<[Tensor]>("besselY0", (x) => yFormula(0, x));

/** Bessel function of the second kind of order 1, Y₁(x): -∞ at 0 and NaN for negative x. `torch.special.bessel_y1` */
export const besselY1: Unary = /* @__PURE__ */ pointwise<[Tensor]>("besselY1", (x) => yFormula(1, x));

/** Spherical Bessel function of order 0, `j₀(x) = sin(x)/x`, with j₀(0) = 1. `torch.special.spherical_bessel_j0` */
export const sphericalBesselJ0: Unary = /* @__PURE__ */ pointwise<[Tensor]>("sphericalBesselJ0", (of) => {
  const x = of.toFloat();
  const value = x.eq(0).where(1, x.sin().div(x));
  return x.abs().eq(Number.POSITIVE_INFINITY).where(0, value);
});
