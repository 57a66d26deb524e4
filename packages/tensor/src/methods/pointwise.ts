/**
 * `Tensor`'s methods for elementwise arithmetic, limits, comparisons and logic. Each method calls the function of the
 * same name in `ops/`, where its full documentation is. A method whose name ends in `_` stores the result in the tensor
 * itself and returns it.
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
  type Limits,
  maximum,
  minimum,
  type NanToNumOptions,
  nanToNum,
  nanToNum_,
  signbit,
} from "../ops/rounding.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { type Implementations, withInPlace } from "./implementations.ts";

/** Elementwise arithmetic, limits, comparisons and logic. */
export interface PointwiseMethods {
  // ——— Arithmetic ———

  /** Adds `alpha` (default 1) times `other`. */
  add(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** In-place version of `add`. */
  add_(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** Subtracts `alpha` (default 1) times `other`. */
  sub(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** In-place version of `sub`. */
  sub_(other: TensorOrNumber, options?: AlphaOptions): Tensor;
  /** Divides by `other`: exactly by default, or rounded as `roundingMode` says. */
  div(other: TensorOrNumber, options?: DivOptions): Tensor;
  /** In-place version of `div`. */
  div_(other: TensorOrNumber, options?: DivOptions): Tensor;
  /** Multiplies by `other`, elementwise. */
  mul(other: TensorOrNumber): Tensor;
  /** In-place version of `mul`. */
  mul_(other: TensorOrNumber): Tensor;
  /** Divides by `other` exactly; the quotient of integers is a float. */
  trueDivide(other: TensorOrNumber): Tensor;
  /** In-place version of `trueDivide`. */
  trueDivide_(other: TensorOrNumber): Tensor;
  /** Divides by `other` and rounds down. */
  floorDivide(other: TensorOrNumber): Tensor;
  /** In-place version of `floorDivide`. */
  floorDivide_(other: TensorOrNumber): Tensor;
  /** Computes the remainder of a division by `other`, with the sign of `other`. */
  remainder(other: TensorOrNumber): Tensor;
  /** In-place version of `remainder`. */
  remainder_(other: TensorOrNumber): Tensor;
  /** Computes the remainder of a division by `other`, with the sign of this tensor. */
  fmod(other: TensorOrNumber): Tensor;
  /** In-place version of `fmod`. */
  fmod_(other: TensorOrNumber): Tensor;
  /** Raises each element to the power `other`. */
  pow(other: TensorOrNumber): Tensor;
  /** In-place version of `pow`. */
  pow_(other: TensorOrNumber): Tensor;
  /** Adds `value` (default 1) times `a · b`. */
  addcmul(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** In-place version of `addcmul`. */
  addcmul_(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** Adds `value` (default 1) times `a / b`. */
  addcdiv(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** In-place version of `addcdiv`. */
  addcdiv_(a: Tensor, b: Tensor, options?: ValueOptions): Tensor;
  /** Interpolates linearly toward `end`: `this + weight · (end - this)`. */
  lerp(end: Tensor, weight: TensorOrNumber): Tensor;
  /** In-place version of `lerp`. */
  lerp_(end: Tensor, weight: TensorOrNumber): Tensor;

  // ——— Limits ———

  /** Computes the elementwise maximum; NaN if either is NaN. */
  maximum(other: TensorOrNumber): Tensor;
  /** Computes the elementwise minimum; NaN if either is NaN. */
  minimum(other: TensorOrNumber): Tensor;
  /** Computes the elementwise maximum, ignoring NaN unless both are NaN. */
  fmax(other: TensorOrNumber): Tensor;
  /** Computes the elementwise minimum, ignoring NaN unless both are NaN. */
  fmin(other: TensorOrNumber): Tensor;
  /** Clamps each element to [`min`, `max`]; null means no limit. */
  clamp(min?: Limit | Limits, max?: Limit): Tensor;
  /** In-place version of `clamp`. */
  clamp_(min?: Limit | Limits, max?: Limit): Tensor;
  /** Clamps each element from below to `min`. */
  clampMin(min: TensorOrNumber): Tensor;
  /** In-place version of `clampMin`. */
  clampMin_(min: TensorOrNumber): Tensor;
  /** Clamps each element from above to `max`. */
  clampMax(max: TensorOrNumber): Tensor;
  /** In-place version of `clampMax`. */
  clampMax_(max: TensorOrNumber): Tensor;
  /** Replaces NaN by 0 and infinities by the dtype's finite limits, or by the numbers given. */
  nanToNum(options?: NanToNumOptions): Tensor;
  /** In-place version of `nanToNum`. */
  nanToNum_(options?: NanToNumOptions): Tensor;

  // ——— Comparisons and logic ———

  /** Tests whether each element equals `other`. */
  eq(other: TensorOrNumber): Tensor;
  /** In-place version of `eq`. */
  eq_(other: TensorOrNumber): Tensor;
  /** Tests whether each element differs from `other`. */
  ne(other: TensorOrNumber): Tensor;
  /** In-place version of `ne`. */
  ne_(other: TensorOrNumber): Tensor;
  /** Tests whether each element is less than `other`. */
  lt(other: TensorOrNumber): Tensor;
  /** In-place version of `lt`. */
  lt_(other: TensorOrNumber): Tensor;
  /** Tests whether each element is less than or equal to `other`. */
  le(other: TensorOrNumber): Tensor;
  /** In-place version of `le`. */
  le_(other: TensorOrNumber): Tensor;
  /** Tests whether each element is greater than `other`. */
  gt(other: TensorOrNumber): Tensor;
  /** In-place version of `gt`. */
  gt_(other: TensorOrNumber): Tensor;
  /** Tests whether each element is greater than or equal to `other`. */
  ge(other: TensorOrNumber): Tensor;
  /** In-place version of `ge`. */
  ge_(other: TensorOrNumber): Tensor;
  /** Computes the elementwise logical AND; nonzero elements are true. */
  logicalAnd(other: TensorOrNumber): Tensor;
  /** In-place version of `logicalAnd`. */
  logicalAnd_(other: TensorOrNumber): Tensor;
  /** Computes the elementwise logical OR; nonzero elements are true. */
  logicalOr(other: TensorOrNumber): Tensor;
  /** In-place version of `logicalOr`. */
  logicalOr_(other: TensorOrNumber): Tensor;
  /** Computes the elementwise logical XOR; nonzero elements are true. */
  logicalXor(other: TensorOrNumber): Tensor;
  /** In-place version of `logicalXor`. */
  logicalXor_(other: TensorOrNumber): Tensor;
  /** Computes the elementwise logical NOT: true where the element is zero. */
  logicalNot(): Tensor;
  /** In-place version of `logicalNot`. */
  logicalNot_(): Tensor;
  /** Computes the bitwise AND. */
  bitwiseAnd(other: TensorOrNumber): Tensor;
  /** In-place version of `bitwiseAnd`. */
  bitwiseAnd_(other: TensorOrNumber): Tensor;
  /** Computes the bitwise OR. */
  bitwiseOr(other: TensorOrNumber): Tensor;
  /** In-place version of `bitwiseOr`. */
  bitwiseOr_(other: TensorOrNumber): Tensor;
  /** Computes the bitwise XOR. */
  bitwiseXor(other: TensorOrNumber): Tensor;
  /** In-place version of `bitwiseXor`. */
  bitwiseXor_(other: TensorOrNumber): Tensor;
  /** Shifts bits left by `other` places. */
  bitwiseLeftShift(other: TensorOrNumber): Tensor;
  /** In-place version of `bitwiseLeftShift`. */
  bitwiseLeftShift_(other: TensorOrNumber): Tensor;
  /** Shifts bits right by `other` places, keeping the sign. */
  bitwiseRightShift(other: TensorOrNumber): Tensor;
  /** In-place version of `bitwiseRightShift`. */
  bitwiseRightShift_(other: TensorOrNumber): Tensor;
  /** Computes the bitwise NOT. */
  bitwiseNot(): Tensor;
  /** In-place version of `bitwiseNot`. */
  bitwiseNot_(): Tensor;
  /** Tests whether each element is NaN. */
  isnan(): Tensor;
  /** Tests whether each element is infinite, of either sign. */
  isinf(): Tensor;
  /** Tests whether each element is finite. */
  isfinite(): Tensor;
  /** Tests whether the sign of each element is negative, including -0. */
  signbit(): Tensor;
  /** Tests whether each element is close to `other`: `|this - other| ≤ atol + rtol · |other|`. */
  isclose(other: Tensor, options?: CloseOptions): Tensor;
  /** Tests whether each element is ∞. */
  isposinf(): Tensor;
  /** Tests whether each element is -∞. */
  isneginf(): Tensor;
  /** Tests whether another tensor has the same shape and the same elements. */
  equal(other: Tensor): Promise<boolean>;
  /** Synchronous version of `equal`. Throws a DeviceError on devices that cannot be read synchronously. */
  equalSync(other: Tensor): boolean;
  /** Tests whether every element is close to the one of another tensor, as `isclose` defines it. */
  allclose(other: Tensor, options?: CloseOptions): Promise<boolean>;
  /** Synchronous version of `allclose`. Throws a DeviceError on devices that cannot be read synchronously. */
  allcloseSync(other: Tensor, options?: CloseOptions): boolean;
  /** Selects this tensor's elements where `condition` is true and those of `other` elsewhere. */
  where(condition: Tensor, other: TensorOrNumber): Tensor;
}

/** The implementations of `PointwiseMethods`. */
export const pointwiseMethods: Implementations<PointwiseMethods> = {
  ...withInPlace({
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
