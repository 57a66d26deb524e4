/**
 * Mathematical functions, element by element, as methods of `Tensor`: powers, logarithms, angles, rounding, special functions, activations.
 * Each hands its work to the function of the same name in `ops/`, which says more.
 */

import * as activation from "../ops/activation.ts";
import * as arithmetic from "../ops/arithmetic.ts";
import * as power from "../ops/power.ts";
import * as rounding from "../ops/rounding.ts";
import * as special from "../ops/special.ts";
import * as trigonometry from "../ops/trigonometry.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { PointwiseMethods } from "./pointwise.ts";

/** Mathematical functions, element by element. */
export abstract class FunctionMethods extends PointwiseMethods {
  // ——— Sign, powers, exponentials and logarithms ———

  /** -x. */
  neg(this: Tensor): Tensor {
    return arithmetic.neg(this);
  }
  /** `neg`, stored here. */
  neg_(this: Tensor): Tensor {
    return arithmetic.neg.inPlace(this);
  }
  /** |x|. */
  abs(this: Tensor): Tensor {
    return arithmetic.abs(this);
  }
  /** `abs`, stored here. */
  abs_(this: Tensor): Tensor {
    return arithmetic.abs.inPlace(this);
  }
  /** -1, 0 or 1. */
  sign(this: Tensor): Tensor {
    return arithmetic.sign(this);
  }
  /** `sign`, stored here. */
  sign_(this: Tensor): Tensor {
    return arithmetic.sign.inPlace(this);
  }
  /** 1 / x. */
  reciprocal(this: Tensor): Tensor {
    return arithmetic.reciprocal(this);
  }
  /** `reciprocal`, stored here. */
  reciprocal_(this: Tensor): Tensor {
    return arithmetic.reciprocal.inPlace(this);
  }
  /** x². */
  square(this: Tensor): Tensor {
    return power.square(this);
  }
  /** `square`, stored here. */
  square_(this: Tensor): Tensor {
    return power.square.inPlace(this);
  }
  /** √x. */
  sqrt(this: Tensor): Tensor {
    return power.sqrt(this);
  }
  /** `sqrt`, stored here. */
  sqrt_(this: Tensor): Tensor {
    return power.sqrt.inPlace(this);
  }
  /** 1 / √x. */
  rsqrt(this: Tensor): Tensor {
    return power.rsqrt(this);
  }
  /** `rsqrt`, stored here. */
  rsqrt_(this: Tensor): Tensor {
    return power.rsqrt.inPlace(this);
  }
  /** eˣ. */
  exp(this: Tensor): Tensor {
    return power.exp(this);
  }
  /** `exp`, stored here. */
  exp_(this: Tensor): Tensor {
    return power.exp.inPlace(this);
  }
  /** 2ˣ. */
  exp2(this: Tensor): Tensor {
    return power.exp2(this);
  }
  /** `exp2`, stored here. */
  exp2_(this: Tensor): Tensor {
    return power.exp2.inPlace(this);
  }
  /** eˣ - 1, exact near 0. */
  expm1(this: Tensor): Tensor {
    return power.expm1(this);
  }
  /** `expm1`, stored here. */
  expm1_(this: Tensor): Tensor {
    return power.expm1.inPlace(this);
  }
  /** The natural logarithm. */
  log(this: Tensor): Tensor {
    return power.log(this);
  }
  /** `log`, stored here. */
  log_(this: Tensor): Tensor {
    return power.log.inPlace(this);
  }
  /** ln(1 + x), exact near 0. */
  log1p(this: Tensor): Tensor {
    return power.log1p(this);
  }
  /** `log1p`, stored here. */
  log1p_(this: Tensor): Tensor {
    return power.log1p.inPlace(this);
  }
  /** The logarithm to base 2. */
  log2(this: Tensor): Tensor {
    return power.log2(this);
  }
  /** `log2`, stored here. */
  log2_(this: Tensor): Tensor {
    return power.log2.inPlace(this);
  }
  /** The logarithm to base 10. */
  log10(this: Tensor): Tensor {
    return power.log10(this);
  }
  /** `log10`, stored here. */
  log10_(this: Tensor): Tensor {
    return power.log10.inPlace(this);
  }
  /** ln(e^this + e^other). */
  logaddexp(this: Tensor, other: TensorOrNumber): Tensor {
    return power.logaddexp(this, other);
  }
  /** √(this² + other²). */
  hypot(this: Tensor, other: TensorOrNumber): Tensor {
    return power.hypot(this, other);
  }
  /** `hypot`, stored here. */
  hypot_(this: Tensor, other: TensorOrNumber): Tensor {
    return power.hypot.inPlace(this, other);
  }
  /** This times ln(other), 0 where this is 0. */
  xlogy(this: Tensor, other: TensorOrNumber): Tensor {
    return power.xlogy(this, other);
  }
  /** `xlogy`, stored here. */
  xlogy_(this: Tensor, other: TensorOrNumber): Tensor {
    return power.xlogy.inPlace(this, other);
  }
  /** This size with the sign of `other`. */
  copysign(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.copysign(this, other);
  }
  /** `copysign`, stored here. */
  copysign_(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.copysign.inPlace(this, other);
  }
  /** 0 below 0, 1 above, `other` at 0. */
  heaviside(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.heaviside(this, other);
  }
  /** `heaviside`, stored here. */
  heaviside_(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.heaviside.inPlace(this, other);
  }

  // ——— Angles and hyperbolic functions ———

  /** The sine. */
  sin(this: Tensor): Tensor {
    return trigonometry.sin(this);
  }
  /** `sin`, stored here. */
  sin_(this: Tensor): Tensor {
    return trigonometry.sin.inPlace(this);
  }
  /** The cosine. */
  cos(this: Tensor): Tensor {
    return trigonometry.cos(this);
  }
  /** `cos`, stored here. */
  cos_(this: Tensor): Tensor {
    return trigonometry.cos.inPlace(this);
  }
  /** The tangent. */
  tan(this: Tensor): Tensor {
    return trigonometry.tan(this);
  }
  /** `tan`, stored here. */
  tan_(this: Tensor): Tensor {
    return trigonometry.tan.inPlace(this);
  }
  /** The angle with this sine. */
  asin(this: Tensor): Tensor {
    return trigonometry.asin(this);
  }
  /** `asin`, stored here. */
  asin_(this: Tensor): Tensor {
    return trigonometry.asin.inPlace(this);
  }
  /** The angle with this cosine. */
  acos(this: Tensor): Tensor {
    return trigonometry.acos(this);
  }
  /** `acos`, stored here. */
  acos_(this: Tensor): Tensor {
    return trigonometry.acos.inPlace(this);
  }
  /** The angle with this tangent. */
  atan(this: Tensor): Tensor {
    return trigonometry.atan(this);
  }
  /** `atan`, stored here. */
  atan_(this: Tensor): Tensor {
    return trigonometry.atan.inPlace(this);
  }
  /** The hyperbolic sine. */
  sinh(this: Tensor): Tensor {
    return trigonometry.sinh(this);
  }
  /** `sinh`, stored here. */
  sinh_(this: Tensor): Tensor {
    return trigonometry.sinh.inPlace(this);
  }
  /** The hyperbolic cosine. */
  cosh(this: Tensor): Tensor {
    return trigonometry.cosh(this);
  }
  /** `cosh`, stored here. */
  cosh_(this: Tensor): Tensor {
    return trigonometry.cosh.inPlace(this);
  }
  /** The hyperbolic tangent. */
  tanh(this: Tensor): Tensor {
    return trigonometry.tanh(this);
  }
  /** `tanh`, stored here. */
  tanh_(this: Tensor): Tensor {
    return trigonometry.tanh.inPlace(this);
  }
  /** The inverse hyperbolic sine. */
  asinh(this: Tensor): Tensor {
    return trigonometry.asinh(this);
  }
  /** `asinh`, stored here. */
  asinh_(this: Tensor): Tensor {
    return trigonometry.asinh.inPlace(this);
  }
  /** The inverse hyperbolic cosine. */
  acosh(this: Tensor): Tensor {
    return trigonometry.acosh(this);
  }
  /** `acosh`, stored here. */
  acosh_(this: Tensor): Tensor {
    return trigonometry.acosh.inPlace(this);
  }
  /** The inverse hyperbolic tangent. */
  atanh(this: Tensor): Tensor {
    return trigonometry.atanh(this);
  }
  /** `atanh`, stored here. */
  atanh_(this: Tensor): Tensor {
    return trigonometry.atanh.inPlace(this);
  }
  /** sin(πx) / πx. */
  sinc(this: Tensor): Tensor {
    return trigonometry.sinc(this);
  }
  /** `sinc`, stored here. */
  sinc_(this: Tensor): Tensor {
    return trigonometry.sinc.inPlace(this);
  }
  /** Degrees as radians. */
  deg2rad(this: Tensor): Tensor {
    return trigonometry.deg2rad(this);
  }
  /** `deg2rad`, stored here. */
  deg2rad_(this: Tensor): Tensor {
    return trigonometry.deg2rad.inPlace(this);
  }
  /** Radians as degrees. */
  rad2deg(this: Tensor): Tensor {
    return trigonometry.rad2deg(this);
  }
  /** `rad2deg`, stored here. */
  rad2deg_(this: Tensor): Tensor {
    return trigonometry.rad2deg.inPlace(this);
  }
  /** The angle of the point (other, this). */
  atan2(this: Tensor, other: TensorOrNumber): Tensor {
    return trigonometry.atan2(this, other);
  }
  /** `atan2`, stored here. */
  atan2_(this: Tensor, other: TensorOrNumber): Tensor {
    return trigonometry.atan2.inPlace(this, other);
  }

  // ——— Rounding ———

  /** Rounded down. */
  floor(this: Tensor): Tensor {
    return rounding.floor(this);
  }
  /** `floor`, stored here. */
  floor_(this: Tensor): Tensor {
    return rounding.floor.inPlace(this);
  }
  /** Rounded up. */
  ceil(this: Tensor): Tensor {
    return rounding.ceil(this);
  }
  /** `ceil`, stored here. */
  ceil_(this: Tensor): Tensor {
    return rounding.ceil.inPlace(this);
  }
  /** Rounded towards zero. */
  trunc(this: Tensor): Tensor {
    return rounding.trunc(this);
  }
  /** `trunc`, stored here. */
  trunc_(this: Tensor): Tensor {
    return rounding.trunc.inPlace(this);
  }
  /** What trunc cuts off. */
  frac(this: Tensor): Tensor {
    return rounding.frac(this);
  }
  /** `frac`, stored here. */
  frac_(this: Tensor): Tensor {
    return rounding.frac.inPlace(this);
  }
  /** Rounded to the nearest integer, halves to the even one, or to `decimals` places. */
  round(this: Tensor, options: rounding.RoundOptions = {}): Tensor {
    return rounding.round(this, options);
  }
  /** `round`, stored here. */
  round_(this: Tensor, options: rounding.RoundOptions = {}): Tensor {
    return rounding.round_(this, options);
  }

  // ——— Special functions and activations ———

  /** The error function. */
  erf(this: Tensor): Tensor {
    return special.erf(this);
  }
  /** `erf`, stored here. */
  erf_(this: Tensor): Tensor {
    return special.erf.inPlace(this);
  }
  /** 1 - erf(x). */
  erfc(this: Tensor): Tensor {
    return special.erfc(this);
  }
  /** `erfc`, stored here. */
  erfc_(this: Tensor): Tensor {
    return special.erfc.inPlace(this);
  }
  /** The inverse error function. */
  erfinv(this: Tensor): Tensor {
    return special.erfinv(this);
  }
  /** `erfinv`, stored here. */
  erfinv_(this: Tensor): Tensor {
    return special.erfinv.inPlace(this);
  }
  /** 1 / (1 + e⁻ˣ). */
  sigmoid(this: Tensor): Tensor {
    return special.sigmoid(this);
  }
  /** `sigmoid`, stored here. */
  sigmoid_(this: Tensor): Tensor {
    return special.sigmoid.inPlace(this);
  }
  /** max(x, 0). */
  relu(this: Tensor): Tensor {
    return activation.relu(this);
  }
  /** `relu`, stored here. */
  relu_(this: Tensor): Tensor {
    return activation.relu.inPlace(this);
  }
  /** ln |Γ(x)|. */
  lgamma(this: Tensor): Tensor {
    return special.lgamma(this);
  }
  /** The derivative of lgamma. */
  digamma(this: Tensor): Tensor {
    return special.digamma(this);
  }
  /** The inverse of the sigmoid, ln(x / (1 - x)); `eps` first moves x into [eps, 1 - eps]. */
  logit(this: Tensor, eps: number | null = null): Tensor {
    return special.logit(this, eps);
  }
  /** This above 0, `weight` times this below. */
  prelu(this: Tensor, weight: Tensor): Tensor {
    return activation.prelu(this, weight);
  }
  /** This where |x| exceeds `lambd`, 0 elsewhere. */
  hardshrink(this: Tensor, lambd = 0.5): Tensor {
    return activation.hardshrink(this, lambd);
  }
  /** `lgamma`, stored here. */
  lgamma_(this: Tensor): Tensor {
    return special.lgamma.inPlace(this);
  }
  /** `digamma`, stored here. */
  digamma_(this: Tensor): Tensor {
    return special.digamma.inPlace(this);
  }
  /** `logit`, stored here. */
  logit_(this: Tensor, eps: number | null = null): Tensor {
    return this.copy_(special.logit(this.clone(), eps));
  }
  /** The derivative of order `n` of `digamma`. */
  polygamma(this: Tensor, n: number): Tensor {
    return special.polygamma(n, this);
  }
}
