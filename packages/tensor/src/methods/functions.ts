/**
 * `Tensor`'s methods for elementwise mathematical functions: powers, logarithms, trigonometry, rounding, special
 * functions and activations. Each method calls the function of the same name in `ops/`, where its full documentation
 * is.
 */

import { hardshrink, prelu, relu } from "../ops/activation.ts";
import { abs, neg, positive, reciprocal, sign } from "../ops/arithmetic.ts";
import { clone } from "../ops/copy.ts";
import {
  exp,
  exp2,
  expm1,
  hypot,
  log,
  log1p,
  log2,
  log10,
  logaddexp,
  rsqrt,
  sqrt,
  square,
  xlogy,
} from "../ops/power.ts";
import { ceil, copysign, floor, frac, heaviside, type RoundOptions, round, round_, trunc } from "../ops/rounding.ts";
import { digamma, erf, erfc, erfinv, lgamma, logit, polygamma, sigmoid } from "../ops/special.ts";
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  deg2rad,
  rad2deg,
  sin,
  sinc,
  sinh,
  tan,
  tanh,
} from "../ops/trigonometry.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { type Implementations, inPlaceCopies, withInPlace } from "./implementations.ts";

/** Elementwise mathematical functions. */
export interface FunctionMethods {
  // ——— Signs, powers, exponentials and logarithms ———

  /** Negation of each element. */
  neg(): Tensor;
  /** In-place version of `neg`. */
  neg_(): Tensor;
  /** Returns this tensor. Throws a DTypeError for bools. */
  positive(): Tensor;
  /** Absolute value of each element. */
  abs(): Tensor;
  /** In-place version of `abs`. */
  abs_(): Tensor;
  /** Sign of each element: -1, 0 or 1. */
  sign(): Tensor;
  /** In-place version of `sign`. */
  sign_(): Tensor;
  /** Reciprocal of each element, 1 / x. */
  reciprocal(): Tensor;
  /** In-place version of `reciprocal`. */
  reciprocal_(): Tensor;
  /** Square of each element. */
  square(): Tensor;
  /** In-place version of `square`. */
  square_(): Tensor;
  /** Square root of each element. */
  sqrt(): Tensor;
  /** In-place version of `sqrt`. */
  sqrt_(): Tensor;
  /** Reciprocal square root of each element, 1 / √x. */
  rsqrt(): Tensor;
  /** In-place version of `rsqrt`. */
  rsqrt_(): Tensor;
  /** Exponential of each element, eˣ. */
  exp(): Tensor;
  /** In-place version of `exp`. */
  exp_(): Tensor;
  /** Power of two of each element, 2ˣ. */
  exp2(): Tensor;
  /** In-place version of `exp2`. */
  exp2_(): Tensor;
  /** Exponential minus one, eˣ - 1, accurate near 0. */
  expm1(): Tensor;
  /** In-place version of `expm1`. */
  expm1_(): Tensor;
  /** Natural logarithm of each element. */
  log(): Tensor;
  /** In-place version of `log`. */
  log_(): Tensor;
  /** Logarithm of one plus each element, ln(1 + x), accurate near 0. */
  log1p(): Tensor;
  /** In-place version of `log1p`. */
  log1p_(): Tensor;
  /** Base-2 logarithm of each element. */
  log2(): Tensor;
  /** In-place version of `log2`. */
  log2_(): Tensor;
  /** Base-10 logarithm of each element. */
  log10(): Tensor;
  /** In-place version of `log10`. */
  log10_(): Tensor;
  /** Logarithm of the sum of exponentials, ln(e^this + e^other). */
  logaddexp(other: TensorOrNumber): Tensor;
  /** Length of the hypotenuse, √(this² + other²). */
  hypot(other: TensorOrNumber): Tensor;
  /** In-place version of `hypot`. */
  hypot_(other: TensorOrNumber): Tensor;
  /** This tensor times ln(other), and 0 where this tensor is 0. */
  xlogy(other: TensorOrNumber): Tensor;
  /** In-place version of `xlogy`. */
  xlogy_(other: TensorOrNumber): Tensor;
  /** Magnitude of this tensor with the sign of `other`. */
  copysign(other: TensorOrNumber): Tensor;
  /** In-place version of `copysign`. */
  copysign_(other: TensorOrNumber): Tensor;
  /** Heaviside step function: 0 below 0, 1 above 0, and `other` at 0. */
  heaviside(other: TensorOrNumber): Tensor;
  /** In-place version of `heaviside`. */
  heaviside_(other: TensorOrNumber): Tensor;

  // ——— Trigonometric and hyperbolic functions ———

  /** Sine of each element, in radians. */
  sin(): Tensor;
  /** In-place version of `sin`. */
  sin_(): Tensor;
  /** Cosine of each element, in radians. */
  cos(): Tensor;
  /** In-place version of `cos`. */
  cos_(): Tensor;
  /** Tangent of each element, in radians. */
  tan(): Tensor;
  /** In-place version of `tan`. */
  tan_(): Tensor;
  /** Inverse sine of each element, in radians. */
  asin(): Tensor;
  /** In-place version of `asin`. */
  asin_(): Tensor;
  /** Inverse cosine of each element, in radians. */
  acos(): Tensor;
  /** In-place version of `acos`. */
  acos_(): Tensor;
  /** Inverse tangent of each element, in radians. */
  atan(): Tensor;
  /** In-place version of `atan`. */
  atan_(): Tensor;
  /** Hyperbolic sine of each element. */
  sinh(): Tensor;
  /** In-place version of `sinh`. */
  sinh_(): Tensor;
  /** Hyperbolic cosine of each element. */
  cosh(): Tensor;
  /** In-place version of `cosh`. */
  cosh_(): Tensor;
  /** Hyperbolic tangent of each element. */
  tanh(): Tensor;
  /** In-place version of `tanh`. */
  tanh_(): Tensor;
  /** Inverse hyperbolic sine of each element. */
  asinh(): Tensor;
  /** In-place version of `asinh`. */
  asinh_(): Tensor;
  /** Inverse hyperbolic cosine of each element. */
  acosh(): Tensor;
  /** In-place version of `acosh`. */
  acosh_(): Tensor;
  /** Inverse hyperbolic tangent of each element. */
  atanh(): Tensor;
  /** In-place version of `atanh`. */
  atanh_(): Tensor;
  /** Normalized sinc of each element, sin(πx) / πx. */
  sinc(): Tensor;
  /** In-place version of `sinc`. */
  sinc_(): Tensor;
  /** Conversion of each element from degrees to radians. */
  deg2rad(): Tensor;
  /** In-place version of `deg2rad`. */
  deg2rad_(): Tensor;
  /** Conversion of each element from radians to degrees. */
  rad2deg(): Tensor;
  /** In-place version of `rad2deg`. */
  rad2deg_(): Tensor;
  /** Angle of the point (other, this), in radians. */
  atan2(other: TensorOrNumber): Tensor;
  /** In-place version of `atan2`. */
  atan2_(other: TensorOrNumber): Tensor;

  // ——— Rounding ———

  /** Largest integer not above each element. */
  floor(): Tensor;
  /** In-place version of `floor`. */
  floor_(): Tensor;
  /** Smallest integer not below each element. */
  ceil(): Tensor;
  /** In-place version of `ceil`. */
  ceil_(): Tensor;
  /** Integer part of each element, rounded toward zero. */
  trunc(): Tensor;
  /** In-place version of `trunc`. */
  trunc_(): Tensor;
  /** Fractional part of each element, x - trunc(x). */
  frac(): Tensor;
  /** In-place version of `frac`. */
  frac_(): Tensor;
  /** Nearest integer, halves rounded to even, or each element rounded to `decimals` places. */
  round(options?: RoundOptions): Tensor;
  /** In-place version of `round`. */
  round_(options?: RoundOptions): Tensor;

  // ——— Special functions and activations ———

  /** Error function of each element. */
  erf(): Tensor;
  /** In-place version of `erf`. */
  erf_(): Tensor;
  /** Complementary error function of each element, 1 - erf(x). */
  erfc(): Tensor;
  /** In-place version of `erfc`. */
  erfc_(): Tensor;
  /** Inverse error function of each element. */
  erfinv(): Tensor;
  /** In-place version of `erfinv`. */
  erfinv_(): Tensor;
  /** Logistic sigmoid of each element, 1 / (1 + e⁻ˣ). */
  sigmoid(): Tensor;
  /** In-place version of `sigmoid`. */
  sigmoid_(): Tensor;
  /** Rectified linear unit, max(x, 0). */
  relu(): Tensor;
  /** In-place version of `relu`. */
  relu_(): Tensor;
  /** Logarithm of the absolute value of the gamma function, ln |Γ(x)|. */
  lgamma(): Tensor;
  /** Digamma function of each element, the derivative of `lgamma`. */
  digamma(): Tensor;
  /** Inverse of the sigmoid, ln(x / (1 - x)). `eps` clamps x to [eps, 1 - eps] first. Default: no clamping. */
  logit(eps?: number | null): Tensor;
  /** Parametric rectified linear unit: x above 0, `weight · x` below. */
  prelu(weight: Tensor): Tensor;
  /** Hard shrinkage: x where |x| > `lambd`, 0 elsewhere. Default: `lambd` 0.5. */
  hardshrink(lambd?: number): Tensor;
  /** In-place version of `lgamma`. */
  lgamma_(): Tensor;
  /** In-place version of `digamma`. */
  digamma_(): Tensor;
  /** In-place version of `logit`. */
  logit_(eps?: number | null): Tensor;
  /** Polygamma function of order `n`, the `n`-th derivative of `digamma`. */
  polygamma(n: number): Tensor;
}

/** The implementations of `FunctionMethods`. */
export const functionMethods: Implementations<FunctionMethods> = {
  ...withInPlace({
    neg,
    abs,
    sign,
    reciprocal,
    square,
    sqrt,
    rsqrt,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    hypot,
    xlogy,
    copysign,
    heaviside,
    sin,
    cos,
    tan,
    asin,
    acos,
    atan,
    sinh,
    cosh,
    tanh,
    asinh,
    acosh,
    atanh,
    sinc,
    deg2rad,
    rad2deg,
    atan2,
    floor,
    ceil,
    trunc,
    frac,
    erf,
    erfc,
    erfinv,
    sigmoid,
    relu,
    lgamma,
    digamma,
  }),
  positive,
  logaddexp,
  round,
  round_,
  logit,
  prelu,
  hardshrink,
  ...inPlaceCopies({ logit }, clone),
  polygamma: (x, n) => polygamma(n, x),
};
