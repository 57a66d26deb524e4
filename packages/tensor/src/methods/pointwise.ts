/**
 * Arithmetic, limits, comparisons and logic, element by element, as methods of `Tensor`. Each hands its work to the function of the same name in
 * `ops/`, which says more. A name that ends in `_` stores the result in the tensor itself and returns that. The chain of classes exists only
 * to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import * as arithmetic from "../ops/arithmetic.ts";
import * as comparison from "../ops/comparison.ts";
import { allclose, allcloseSync, equal, equalSync } from "../ops/equality.ts";
import * as power from "../ops/power.ts";
import * as rounding from "../ops/rounding.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";

/** Arithmetic, limits, comparisons and logic, element by element. */
export abstract class PointwiseMethods {
  // ——— Arithmetic ———

  /** This plus `alpha` (default 1) times `other`. */
  add(this: Tensor, other: TensorOrNumber, options: arithmetic.AlphaOptions = {}): Tensor {
    return arithmetic.add(this, other, options);
  }
  /** `add`, stored here. */
  add_(this: Tensor, other: TensorOrNumber, options: arithmetic.AlphaOptions = {}): Tensor {
    return arithmetic.add_(this, other, options);
  }
  /** This minus `alpha` (default 1) times `other`. */
  sub(this: Tensor, other: TensorOrNumber, options: arithmetic.AlphaOptions = {}): Tensor {
    return arithmetic.sub(this, other, options);
  }
  /** `sub`, stored here. */
  sub_(this: Tensor, other: TensorOrNumber, options: arithmetic.AlphaOptions = {}): Tensor {
    return arithmetic.sub_(this, other, options);
  }
  /** This by `other`, exactly or rounded as `roundingMode` says. */
  div(this: Tensor, other: TensorOrNumber, options: arithmetic.DivOptions = {}): Tensor {
    return arithmetic.div(this, other, options);
  }
  /** `div`, stored here. */
  div_(this: Tensor, other: TensorOrNumber, options: arithmetic.DivOptions = {}): Tensor {
    return arithmetic.div_(this, other, options);
  }
  /** This times `other`. */
  mul(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.mul(this, other);
  }
  /** `mul`, stored here. */
  mul_(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.mul.inPlace(this, other);
  }
  /** This by `other`, exactly. */
  trueDivide(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.trueDivide(this, other);
  }
  /** `trueDivide`, stored here. */
  trueDivide_(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.trueDivide.inPlace(this, other);
  }
  /** This by `other`, rounded down. */
  floorDivide(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.floorDivide(this, other);
  }
  /** `floorDivide`, stored here. */
  floorDivide_(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.floorDivide.inPlace(this, other);
  }
  /** The remainder with the sign of `other`. */
  remainder(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.remainder(this, other);
  }
  /** `remainder`, stored here. */
  remainder_(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.remainder.inPlace(this, other);
  }
  /** The remainder with this tensor's sign. */
  fmod(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.fmod(this, other);
  }
  /** `fmod`, stored here. */
  fmod_(this: Tensor, other: TensorOrNumber): Tensor {
    return arithmetic.fmod.inPlace(this, other);
  }
  /** This to the power of `other`. */
  pow(this: Tensor, other: TensorOrNumber): Tensor {
    return power.pow(this, other);
  }
  /** `pow`, stored here. */
  pow_(this: Tensor, other: TensorOrNumber): Tensor {
    return power.pow_(this, other);
  }
  /** This plus `value` (default 1) times `a · b`. */
  addcmul(this: Tensor, a: Tensor, b: Tensor, options: arithmetic.ValueOptions = {}): Tensor {
    return arithmetic.addcmul(this, a, b, options);
  }
  /** `addcmul`, stored here. */
  addcmul_(this: Tensor, a: Tensor, b: Tensor, options: arithmetic.ValueOptions = {}): Tensor {
    return arithmetic.addcmul_(this, a, b, options);
  }
  /** This plus `value` (default 1) times `a / b`. */
  addcdiv(this: Tensor, a: Tensor, b: Tensor, options: arithmetic.ValueOptions = {}): Tensor {
    return arithmetic.addcdiv(this, a, b, options);
  }
  /** `addcdiv`, stored here. */
  addcdiv_(this: Tensor, a: Tensor, b: Tensor, options: arithmetic.ValueOptions = {}): Tensor {
    return arithmetic.addcdiv_(this, a, b, options);
  }
  /** This + weight · (end - this). */
  lerp(this: Tensor, end: Tensor, weight: TensorOrNumber): Tensor {
    return arithmetic.lerp(this, end, weight);
  }
  /** `lerp`, stored here. */
  lerp_(this: Tensor, end: Tensor, weight: TensorOrNumber): Tensor {
    return arithmetic.lerp.inPlace(this, end, weight);
  }

  // ——— Limits ———

  /** The larger of the two. */
  maximum(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.maximum(this, other);
  }
  /** The smaller of the two. */
  minimum(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.minimum(this, other);
  }
  /** The larger of the two, numbers before NaN. */
  fmax(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.fmax(this, other);
  }
  /** The smaller of the two, numbers before NaN. */
  fmin(this: Tensor, other: TensorOrNumber): Tensor {
    return rounding.fmin(this, other);
  }
  /** Cut off at `min` and `max`; null for no limit. */
  clamp(this: Tensor, min: rounding.Limit = null, max: rounding.Limit = null): Tensor {
    return rounding.clamp(this, min, max);
  }
  /** `clamp`, stored here. */
  clamp_(this: Tensor, min: rounding.Limit = null, max: rounding.Limit = null): Tensor {
    return rounding.clamp_(this, min, max);
  }
  /** This, or `min` where it is below. */
  clampMin(this: Tensor, min: TensorOrNumber): Tensor {
    return rounding.clamp(this, min);
  }
  /** `clampMin`, stored here. */
  clampMin_(this: Tensor, min: TensorOrNumber): Tensor {
    return rounding.clamp_(this, min);
  }
  /** This, or `max` where it is above. */
  clampMax(this: Tensor, max: TensorOrNumber): Tensor {
    return rounding.clamp(this, null, max);
  }
  /** `clampMax`, stored here. */
  clampMax_(this: Tensor, max: TensorOrNumber): Tensor {
    return rounding.clamp_(this, null, max);
  }
  /** NaN and the infinities replaced by numbers. */
  nanToNum(this: Tensor, options: rounding.NanToNumOptions = {}): Tensor {
    return rounding.nanToNum(this, options);
  }
  /** `nanToNum`, stored here. */
  nanToNum_(this: Tensor, options: rounding.NanToNumOptions = {}): Tensor {
    return rounding.nanToNum_(this, options);
  }

  // ——— Comparisons and logic ———

  /** Whether this = other. */
  eq(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.eq(this, other);
  }
  /** `eq`, stored here. */
  eq_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.eq.inPlace(this, other);
  }
  /** Whether this ≠ other. */
  ne(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.ne(this, other);
  }
  /** `ne`, stored here. */
  ne_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.ne.inPlace(this, other);
  }
  /** Whether this < other. */
  lt(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.lt(this, other);
  }
  /** `lt`, stored here. */
  lt_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.lt.inPlace(this, other);
  }
  /** Whether this ≤ other. */
  le(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.le(this, other);
  }
  /** `le`, stored here. */
  le_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.le.inPlace(this, other);
  }
  /** Whether this > other. */
  gt(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.gt(this, other);
  }
  /** `gt`, stored here. */
  gt_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.gt.inPlace(this, other);
  }
  /** Whether this ≥ other. */
  ge(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.ge(this, other);
  }
  /** `ge`, stored here. */
  ge_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.ge.inPlace(this, other);
  }
  /** Whether both are true. */
  logicalAnd(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.logicalAnd(this, other);
  }
  /** `logicalAnd`, stored here. */
  logicalAnd_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.logicalAnd.inPlace(this, other);
  }
  /** Whether one or both are true. */
  logicalOr(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.logicalOr(this, other);
  }
  /** `logicalOr`, stored here. */
  logicalOr_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.logicalOr.inPlace(this, other);
  }
  /** Whether exactly one is true. */
  logicalXor(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.logicalXor(this, other);
  }
  /** `logicalXor`, stored here. */
  logicalXor_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.logicalXor.inPlace(this, other);
  }
  /** Whether each element is zero. */
  logicalNot(this: Tensor): Tensor {
    return comparison.logicalNot(this);
  }
  /** `logicalNot`, stored here. */
  logicalNot_(this: Tensor): Tensor {
    return comparison.logicalNot.inPlace(this);
  }
  /** Bits set in both. */
  bitwiseAnd(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseAnd(this, other);
  }
  /** `bitwiseAnd`, stored here. */
  bitwiseAnd_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseAnd.inPlace(this, other);
  }
  /** Bits set in either. */
  bitwiseOr(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseOr(this, other);
  }
  /** `bitwiseOr`, stored here. */
  bitwiseOr_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseOr.inPlace(this, other);
  }
  /** Bits set in exactly one. */
  bitwiseXor(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseXor(this, other);
  }
  /** `bitwiseXor`, stored here. */
  bitwiseXor_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseXor.inPlace(this, other);
  }
  /** Bits moved left. */
  bitwiseLeftShift(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseLeftShift(this, other);
  }
  /** `bitwiseLeftShift`, stored here. */
  bitwiseLeftShift_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseLeftShift.inPlace(this, other);
  }
  /** Bits moved right. */
  bitwiseRightShift(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseRightShift(this, other);
  }
  /** `bitwiseRightShift`, stored here. */
  bitwiseRightShift_(this: Tensor, other: TensorOrNumber): Tensor {
    return comparison.bitwiseRightShift.inPlace(this, other);
  }
  /** All bits flipped. */
  bitwiseNot(this: Tensor): Tensor {
    return comparison.bitwiseNot(this);
  }
  /** `bitwiseNot`, stored here. */
  bitwiseNot_(this: Tensor): Tensor {
    return comparison.bitwiseNot.inPlace(this);
  }
  /** Whether each element is NaN. */
  isnan(this: Tensor): Tensor {
    return comparison.isnan(this);
  }
  /** Whether each element is infinite. */
  isinf(this: Tensor): Tensor {
    return comparison.isinf(this);
  }
  /** Whether each element is finite. */
  isfinite(this: Tensor): Tensor {
    return comparison.isfinite(this);
  }
  /** Whether each sign is minus. */
  signbit(this: Tensor): Tensor {
    return rounding.signbit(this);
  }
  /** Whether this and `other` are equal within a tolerance. */
  isclose(this: Tensor, other: Tensor, options: comparison.CloseOptions = {}): Tensor {
    return comparison.isclose(this, other, options);
  }
  /** Whether the element is ∞. */
  isposinf(this: Tensor): Tensor {
    return comparison.isposinf(this);
  }
  /** Whether the element is -∞. */
  isneginf(this: Tensor): Tensor {
    return comparison.isneginf(this);
  }
  /** Whether this has the shape and the elements of another tensor. */
  equal(this: Tensor, other: Tensor): Promise<boolean> {
    return equal(this, other);
  }
  /** The same at once. Throws a DeviceError on devices that cannot. */
  equalSync(this: Tensor, other: Tensor): boolean {
    return equalSync(this, other);
  }
  /** Whether this is close to another tensor everywhere. */
  allclose(this: Tensor, other: Tensor, options: comparison.CloseOptions = {}): Promise<boolean> {
    return allclose(this, other, options);
  }
  /** The same at once. Throws a DeviceError on devices that cannot. */
  allcloseSync(this: Tensor, other: Tensor, options: comparison.CloseOptions = {}): boolean {
    return allcloseSync(this, other, options);
  }
  /** This where the condition holds, `other` where it does not. */
  where(this: Tensor, condition: Tensor, other: TensorOrNumber): Tensor {
    return comparison.choose(condition, this, other);
  }
}
