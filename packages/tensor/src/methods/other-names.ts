/**
 * PyTorch's other names for methods, which are the same functions.
 */

import type { Tensor } from "../tensor.ts";

/** The other names of methods. */
export interface OtherNames {
  /** `abs`. */
  absolute: Tensor["abs"];
  /** `abs_`. */
  absolute_: Tensor["abs_"];
  /** `acos`. */
  arccos: Tensor["acos"];
  /** `acos_`. */
  arccos_: Tensor["acos_"];
  /** `acosh`. */
  arccosh: Tensor["acosh"];
  /** `acosh_`. */
  arccosh_: Tensor["acosh_"];
  /** `asin`. */
  arcsin: Tensor["asin"];
  /** `asin_`. */
  arcsin_: Tensor["asin_"];
  /** `asinh`. */
  arcsinh: Tensor["asinh"];
  /** `asinh_`. */
  arcsinh_: Tensor["asinh_"];
  /** `atan`. */
  arctan: Tensor["atan"];
  /** `atan_`. */
  arctan_: Tensor["atan_"];
  /** `atan2`. */
  arctan2: Tensor["atan2"];
  /** `atan2_`. */
  arctan2_: Tensor["atan2_"];
  /** `atanh`. */
  arctanh: Tensor["atanh"];
  /** `atanh_`. */
  arctanh_: Tensor["atanh_"];
  /** `nonzero`. */
  argwhere: Tensor["nonzero"];
  /** `clamp`. */
  clip: Tensor["clamp"];
  /** `clamp_`. */
  clip_: Tensor["clamp_"];
  /** `div`. */
  divide: Tensor["div"];
  /** `div_`. */
  divide_: Tensor["div_"];
  /** `trunc`. */
  fix: Tensor["trunc"];
  /** `trunc_`. */
  fix_: Tensor["trunc_"];
  /** `gt`. */
  greater: Tensor["gt"];
  /** `gt_`. */
  greater_: Tensor["gt_"];
  /** `ge`. */
  greaterEqual: Tensor["ge"];
  /** `ge_`. */
  greaterEqual_: Tensor["ge_"];
  /** `lt`. */
  less: Tensor["lt"];
  /** `lt_`. */
  less_: Tensor["lt_"];
  /** `le`. */
  lessEqual: Tensor["le"];
  /** `le_`. */
  lessEqual_: Tensor["le_"];
  /** `movedim`. */
  moveaxis: Tensor["movedim"];
  /** `mul`. */
  multiply: Tensor["mul"];
  /** `mul_`. */
  multiply_: Tensor["mul_"];
  /** `dim`. */
  ndimension: Tensor["dim"];
  /** `neg`. */
  negative: Tensor["neg"];
  /** `neg_`. */
  negative_: Tensor["neg_"];
  /** `numel`. */
  nelement: Tensor["numel"];
  /** `ne`. */
  notEqual: Tensor["ne"];
  /** `ne_`. */
  notEqual_: Tensor["ne_"];
  /** `sign`. */
  sgn: Tensor["sign"];
  /** `sign_`. */
  sgn_: Tensor["sign_"];
  /** `sub`. */
  subtract: Tensor["sub"];
  /** `sub_`. */
  subtract_: Tensor["sub_"];
  /** `swapaxes`. */
  swapdims: Tensor["swapaxes"];
  /** `dot`. */
  vdot: Tensor["dot"];
}

/** PyTorch's other names, and ours. Those that end in `_` as well, where there are any. */
export const otherNames: Readonly<Record<Exclude<keyof OtherNames, `${string}_`>, string>> = {
  absolute: "abs",
  arccos: "acos",
  arccosh: "acosh",
  arcsin: "asin",
  arcsinh: "asinh",
  arctan: "atan",
  arctan2: "atan2",
  arctanh: "atanh",
  argwhere: "nonzero",
  clip: "clamp",
  divide: "div",
  fix: "trunc",
  greater: "gt",
  greaterEqual: "ge",
  less: "lt",
  lessEqual: "le",
  moveaxis: "movedim",
  multiply: "mul",
  ndimension: "dim",
  negative: "neg",
  nelement: "numel",
  notEqual: "ne",
  sgn: "sign",
  subtract: "sub",
  swapdims: "swapaxes",
  vdot: "dot",
};
