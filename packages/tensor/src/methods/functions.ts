/**
 * Mathematical functions, element by element, as methods of `Tensor`: powers, logarithms, angles, rounding, special
 * functions, activations. Each is the function of the same name in `ops/`, which says more.
 */

import { hardshrink, prelu, relu } from "../ops/activation.ts";
import { abs, neg, reciprocal, sign } from "../ops/arithmetic.ts";
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
import { type Behind, copied, storing } from "./behind.ts";

/** Mathematical functions, element by element. */
export interface FunctionMethods {
  // ——— Sign, powers, exponentials and logarithms ———

  /** -x. */
  neg(): Tensor;
  /** `neg`, stored here. */
  neg_(): Tensor;
  /** |x|. */
  abs(): Tensor;
  /** `abs`, stored here. */
  abs_(): Tensor;
  /** -1, 0 or 1. */
  sign(): Tensor;
  /** `sign`, stored here. */
  sign_(): Tensor;
  /** 1 / x. */
  reciprocal(): Tensor;
  /** `reciprocal`, stored here. */
  reciprocal_(): Tensor;
  /** x². */
  square(): Tensor;
  /** `square`, stored here. */
  square_(): Tensor;
  /** √x. */
  sqrt(): Tensor;
  /** `sqrt`, stored here. */
  sqrt_(): Tensor;
  /** 1 / √x. */
  rsqrt(): Tensor;
  /** `rsqrt`, stored here. */
  rsqrt_(): Tensor;
  /** eˣ. */
  exp(): Tensor;
  /** `exp`, stored here. */
  exp_(): Tensor;
  /** 2ˣ. */
  exp2(): Tensor;
  /** `exp2`, stored here. */
  exp2_(): Tensor;
  /** eˣ - 1, exact near 0. */
  expm1(): Tensor;
  /** `expm1`, stored here. */
  expm1_(): Tensor;
  /** The natural logarithm. */
  log(): Tensor;
  /** `log`, stored here. */
  log_(): Tensor;
  /** ln(1 + x), exact near 0. */
  log1p(): Tensor;
  /** `log1p`, stored here. */
  log1p_(): Tensor;
  /** The logarithm to base 2. */
  log2(): Tensor;
  /** `log2`, stored here. */
  log2_(): Tensor;
  /** The logarithm to base 10. */
  log10(): Tensor;
  /** `log10`, stored here. */
  log10_(): Tensor;
  /** ln(e^this + e^other). */
  logaddexp(other: TensorOrNumber): Tensor;
  /** √(this² + other²). */
  hypot(other: TensorOrNumber): Tensor;
  /** `hypot`, stored here. */
  hypot_(other: TensorOrNumber): Tensor;
  /** This times ln(other), 0 where this is 0. */
  xlogy(other: TensorOrNumber): Tensor;
  /** `xlogy`, stored here. */
  xlogy_(other: TensorOrNumber): Tensor;
  /** This size with the sign of `other`. */
  copysign(other: TensorOrNumber): Tensor;
  /** `copysign`, stored here. */
  copysign_(other: TensorOrNumber): Tensor;
  /** 0 below 0, 1 above, `other` at 0. */
  heaviside(other: TensorOrNumber): Tensor;
  /** `heaviside`, stored here. */
  heaviside_(other: TensorOrNumber): Tensor;

  // ——— Angles and hyperbolic functions ———

  /** The sine. */
  sin(): Tensor;
  /** `sin`, stored here. */
  sin_(): Tensor;
  /** The cosine. */
  cos(): Tensor;
  /** `cos`, stored here. */
  cos_(): Tensor;
  /** The tangent. */
  tan(): Tensor;
  /** `tan`, stored here. */
  tan_(): Tensor;
  /** The angle with this sine. */
  asin(): Tensor;
  /** `asin`, stored here. */
  asin_(): Tensor;
  /** The angle with this cosine. */
  acos(): Tensor;
  /** `acos`, stored here. */
  acos_(): Tensor;
  /** The angle with this tangent. */
  atan(): Tensor;
  /** `atan`, stored here. */
  atan_(): Tensor;
  /** The hyperbolic sine. */
  sinh(): Tensor;
  /** `sinh`, stored here. */
  sinh_(): Tensor;
  /** The hyperbolic cosine. */
  cosh(): Tensor;
  /** `cosh`, stored here. */
  cosh_(): Tensor;
  /** The hyperbolic tangent. */
  tanh(): Tensor;
  /** `tanh`, stored here. */
  tanh_(): Tensor;
  /** The inverse hyperbolic sine. */
  asinh(): Tensor;
  /** `asinh`, stored here. */
  asinh_(): Tensor;
  /** The inverse hyperbolic cosine. */
  acosh(): Tensor;
  /** `acosh`, stored here. */
  acosh_(): Tensor;
  /** The inverse hyperbolic tangent. */
  atanh(): Tensor;
  /** `atanh`, stored here. */
  atanh_(): Tensor;
  /** sin(πx) / πx. */
  sinc(): Tensor;
  /** `sinc`, stored here. */
  sinc_(): Tensor;
  /** Degrees as radians. */
  deg2rad(): Tensor;
  /** `deg2rad`, stored here. */
  deg2rad_(): Tensor;
  /** Radians as degrees. */
  rad2deg(): Tensor;
  /** `rad2deg`, stored here. */
  rad2deg_(): Tensor;
  /** The angle of the point (other, this). */
  atan2(other: TensorOrNumber): Tensor;
  /** `atan2`, stored here. */
  atan2_(other: TensorOrNumber): Tensor;

  // ——— Rounding ———

  /** Rounded down. */
  floor(): Tensor;
  /** `floor`, stored here. */
  floor_(): Tensor;
  /** Rounded up. */
  ceil(): Tensor;
  /** `ceil`, stored here. */
  ceil_(): Tensor;
  /** Rounded towards zero. */
  trunc(): Tensor;
  /** `trunc`, stored here. */
  trunc_(): Tensor;
  /** What trunc cuts off. */
  frac(): Tensor;
  /** `frac`, stored here. */
  frac_(): Tensor;
  /** Rounded to the nearest integer, halves to the even one, or to `decimals` places. */
  round(options?: RoundOptions): Tensor;
  /** `round`, stored here. */
  round_(options?: RoundOptions): Tensor;

  // ——— Special functions and activations ———

  /** The error function. */
  erf(): Tensor;
  /** `erf`, stored here. */
  erf_(): Tensor;
  /** 1 - erf(x). */
  erfc(): Tensor;
  /** `erfc`, stored here. */
  erfc_(): Tensor;
  /** The inverse error function. */
  erfinv(): Tensor;
  /** `erfinv`, stored here. */
  erfinv_(): Tensor;
  /** 1 / (1 + e⁻ˣ). */
  sigmoid(): Tensor;
  /** `sigmoid`, stored here. */
  sigmoid_(): Tensor;
  /** max(x, 0). */
  relu(): Tensor;
  /** `relu`, stored here. */
  relu_(): Tensor;
  /** ln |Γ(x)|. */
  lgamma(): Tensor;
  /** The derivative of lgamma. */
  digamma(): Tensor;
  /** The inverse of the sigmoid, ln(x / (1 - x)); `eps` first moves x into [eps, 1 - eps]. */
  logit(eps?: number | null): Tensor;
  /** This above 0, `weight` times this below. */
  prelu(weight: Tensor): Tensor;
  /** This where |x| exceeds `lambd`, 0 elsewhere. Default: `lambd` 0.5. */
  hardshrink(lambd?: number): Tensor;
  /** `lgamma`, stored here. */
  lgamma_(): Tensor;
  /** `digamma`, stored here. */
  digamma_(): Tensor;
  /** `logit`, stored here. */
  logit_(eps?: number | null): Tensor;
  /** The derivative of order `n` of `digamma`. */
  polygamma(n: number): Tensor;
}

/** The functions behind them. */
export const functionMethods: Behind<FunctionMethods> = {
  ...storing({
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
  logaddexp,
  round,
  round_,
  logit,
  prelu,
  hardshrink,
  ...copied({ logit }, clone),
  polygamma: (x, n) => polygamma(n, x),
};
