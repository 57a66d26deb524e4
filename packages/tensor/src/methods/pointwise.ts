/**
 * Arithmetic, limits, comparisons and logic, element by element, as methods of `Tensor`. Each is the function of the
 * same name in `ops/`, which says more. A name that ends in `_` stores the result in the tensor itself and returns
 * that.
 */

import {
  type AlphaOptions,
  add,
  add_,
  addcdiv,
  addcdiv_,
  addcmul,
  addcmul_,
  type DivOptions,
  div,
  div_,
  floorDivide,
  fmod,
  lerp,
  mul,
  remainder,
  sub,
  sub_,
  trueDivide,
  type ValueOptions,
} from "../ops/arithmetic.ts";
import {
  bitwiseAnd,
  bitwiseLeftShift,
  bitwiseNot,
  bitwiseOr,
  bitwiseRightShift,
  bitwiseXor,
  type CloseOptions,
  choose,
  eq,
  ge,
  gt,
  isclose,
  isfinite,
  isinf,
  isnan,
  isneginf,
  isposinf,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  ne,
} from "../ops/comparison.ts";
import { allclose, allcloseSync, equal, equalSync } from "../ops/equality.ts";
import { pow, pow_ } from "../ops/power.ts";
import {
  clamp,
  clamp_,
  fmax,
  fmin,
  type Limit,
  maximum,
  minimum,
  type NanToNumOptions,
  nanToNum,
  nanToNum_,
  signbit,
} from "../ops/rounding.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { type Behind, storing } from "./behind.ts";

/** Arithmetic, limits, comparisons and logic, element by element. */
export interface PointwiseMethods {
  // ——— Arithmetic ———

  /** This plus `alpha` (default 1) times `other`. */
  add(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** `add`, stored here. */
  add_(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** This minus `alpha` (default 1) times `other`. */
  sub(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** `sub`, stored here. */
  sub_(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** This by `other`, exactly or rounded as `roundingMode` says. */
  div(other: TensorOrNumber, options?: DivOptions): Tensor;
  /** `div`, stored here. */
  div_(other: TensorOrNumber, options?: DivOptions): Tensor;
  /** This times `other`. */
  mul(other: TensorOrNumber): Tensor;
  /** `mul`, stored here. */
  mul_(other: TensorOrNumber): Tensor;
  /** This by `other`, exactly. */
  trueDivide(other: TensorOrNumber): Tensor;
  /** `trueDivide`, stored here. */
  trueDivide_(other: TensorOrNumber): Tensor;
  /** This by `other`, rounded down. */
  floorDivide(other: TensorOrNumber): Tensor;
  /** `floorDivide`, stored here. */
  floorDivide_(other: TensorOrNumber): Tensor;
  /** The remainder with the sign of `other`. */
  remainder(other: TensorOrNumber): Tensor;
  /** `remainder`, stored here. */
  remainder_(other: TensorOrNumber): Tensor;
  /** The remainder with this tensor's sign. */
  fmod(other: TensorOrNumber): Tensor;
  /** `fmod`, stored here. */
  fmod_(other: TensorOrNumber): Tensor;
  /** This to the power of `other`. */
  pow(other: TensorOrNumber): Tensor;
  /** `pow`, stored here. */
  pow_(other: TensorOrNumber): Tensor;
  /** This plus `value` (default 1) times `a · b`. */
  addcmul(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** `addcmul`, stored here. */
  addcmul_(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** This plus `value` (default 1) times `a / b`. */
  addcdiv(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** `addcdiv`, stored here. */
  addcdiv_(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** This + weight · (end - this). */
  lerp(end: Tensor, weight: TensorOrNumber): Tensor;
  /** `lerp`, stored here. */
  lerp_(end: Tensor, weight: TensorOrNumber): Tensor;

  // ——— Limits ———

  /** The larger of the two. */
  maximum(other: TensorOrNumber): Tensor;
  /** The smaller of the two. */
  minimum(other: TensorOrNumber): Tensor;
  /** The larger of the two, numbers before NaN. */
  fmax(other: TensorOrNumber): Tensor;
  /** The smaller of the two, numbers before NaN. */
  fmin(other: TensorOrNumber): Tensor;
  /** Cut off at `min` and `max`; null for no limit. */
  clamp(min?: Limit, max?: Limit): Tensor;
  /** `clamp`, stored here. */
  clamp_(min?: Limit, max?: Limit): Tensor;
  /** This, or `min` where it is below. */
  clampMin(min: TensorOrNumber): Tensor;
  /** `clampMin`, stored here. */
  clampMin_(min: TensorOrNumber): Tensor;
  /** This, or `max` where it is above. */
  clampMax(max: TensorOrNumber): Tensor;
  /** `clampMax`, stored here. */
  clampMax_(max: TensorOrNumber): Tensor;
  /** NaN and the infinities replaced by numbers. */
  nanToNum(options?: NanToNumOptions): Tensor;
  /** `nanToNum`, stored here. */
  nanToNum_(options?: NanToNumOptions): Tensor;

  // ——— Comparisons and logic ———

  /** Whether this = other. */
  eq(other: TensorOrNumber): Tensor;
  /** `eq`, stored here. */
  eq_(other: TensorOrNumber): Tensor;
  /** Whether this ≠ other. */
  ne(other: TensorOrNumber): Tensor;
  /** `ne`, stored here. */
  ne_(other: TensorOrNumber): Tensor;
  /** Whether this < other. */
  lt(other: TensorOrNumber): Tensor;
  /** `lt`, stored here. */
  lt_(other: TensorOrNumber): Tensor;
  /** Whether this ≤ other. */
  le(other: TensorOrNumber): Tensor;
  /** `le`, stored here. */
  le_(other: TensorOrNumber): Tensor;
  /** Whether this > other. */
  gt(other: TensorOrNumber): Tensor;
  /** `gt`, stored here. */
  gt_(other: TensorOrNumber): Tensor;
  /** Whether this ≥ other. */
  ge(other: TensorOrNumber): Tensor;
  /** `ge`, stored here. */
  ge_(other: TensorOrNumber): Tensor;
  /** Whether both are true. */
  logicalAnd(other: TensorOrNumber): Tensor;
  /** `logicalAnd`, stored here. */
  logicalAnd_(other: TensorOrNumber): Tensor;
  /** Whether one or both are true. */
  logicalOr(other: TensorOrNumber): Tensor;
  /** `logicalOr`, stored here. */
  logicalOr_(other: TensorOrNumber): Tensor;
  /** Whether exactly one is true. */
  logicalXor(other: TensorOrNumber): Tensor;
  /** `logicalXor`, stored here. */
  logicalXor_(other: TensorOrNumber): Tensor;
  /** Whether each element is zero. */
  logicalNot(): Tensor;
  /** `logicalNot`, stored here. */
  logicalNot_(): Tensor;
  /** Bits set in both. */
  bitwiseAnd(other: TensorOrNumber): Tensor;
  /** `bitwiseAnd`, stored here. */
  bitwiseAnd_(other: TensorOrNumber): Tensor;
  /** Bits set in either. */
  bitwiseOr(other: TensorOrNumber): Tensor;
  /** `bitwiseOr`, stored here. */
  bitwiseOr_(other: TensorOrNumber): Tensor;
  /** Bits set in exactly one. */
  bitwiseXor(other: TensorOrNumber): Tensor;
  /** `bitwiseXor`, stored here. */
  bitwiseXor_(other: TensorOrNumber): Tensor;
  /** Bits moved left. */
  bitwiseLeftShift(other: TensorOrNumber): Tensor;
  /** `bitwiseLeftShift`, stored here. */
  bitwiseLeftShift_(other: TensorOrNumber): Tensor;
  /** Bits moved right. */
  bitwiseRightShift(other: TensorOrNumber): Tensor;
  /** `bitwiseRightShift`, stored here. */
  bitwiseRightShift_(other: TensorOrNumber): Tensor;
  /** All bits flipped. */
  bitwiseNot(): Tensor;
  /** `bitwiseNot`, stored here. */
  bitwiseNot_(): Tensor;
  /** Whether each element is NaN. */
  isnan(): Tensor;
  /** Whether each element is infinite. */
  isinf(): Tensor;
  /** Whether each element is finite. */
  isfinite(): Tensor;
  /** Whether each sign is minus. */
  signbit(): Tensor;
  /** Whether this and `other` are equal within a tolerance. */
  isclose(other: Tensor, options?: CloseOptions): Tensor;
  /** Whether the element is ∞. */
  isposinf(): Tensor;
  /** Whether the element is -∞. */
  isneginf(): Tensor;
  /** Whether this has the shape and the elements of another tensor. */
  equal(other: Tensor): Promise<boolean>;
  /** The same at once. Throws a DeviceError on devices that cannot. */
  equalSync(other: Tensor): boolean;
  /** Whether this is close to another tensor everywhere. */
  allclose(other: Tensor, options?: CloseOptions): Promise<boolean>;
  /** The same at once. Throws a DeviceError on devices that cannot. */
  allcloseSync(other: Tensor, options?: CloseOptions): boolean;
  /** This where the condition holds, `other` where it does not. */
  where(condition: Tensor, other: TensorOrNumber): Tensor;
}

/** The functions behind them. */
export const pointwiseMethods: Behind<PointwiseMethods> = {
  ...storing({
    mul,
    trueDivide,
    floorDivide,
    remainder,
    fmod,
    lerp,
    eq,
    ne,
    lt,
    le,
    gt,
    ge,
    logicalAnd,
    logicalOr,
    logicalXor,
    logicalNot,
    bitwiseAnd,
    bitwiseOr,
    bitwiseXor,
    bitwiseLeftShift,
    bitwiseRightShift,
    bitwiseNot,
  }),
  add,
  add_,
  sub,
  sub_,
  div,
  div_,
  pow,
  pow_,
  addcmul,
  addcmul_,
  addcdiv,
  addcdiv_,
  maximum,
  minimum,
  fmax,
  fmin,
  clamp,
  clamp_,
  clampMin: clamp,
  clampMin_: clamp_,
  nanToNum,
  nanToNum_,
  isnan,
  isinf,
  isfinite,
  signbit,
  isclose,
  isposinf,
  isneginf,
  equal,
  equalSync,
  allclose,
  allcloseSync,
  clampMax: (x, max) => clamp(x, null, max),
  clampMax_: (x, max) => clamp_(x, null, max),
  where: (x, condition, other) => choose(condition, x, other),
};
