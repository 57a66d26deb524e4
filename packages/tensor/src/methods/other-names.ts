/** PyTorch's aliases of methods: further names for the same functions. */

import type { Tensor } from "../tensor.ts";

/** Aliases of methods. */
export interface OtherNames {
  /** Alias of `abs`. */
  absolute: Tensor["abs"];
  /** Alias of `abs_`. */
  absolute_: Tensor["abs_"];
  /** Alias of `acos`. */
  arccos: Tensor["acos"];
  /** Alias of `acos_`. */
  arccos_: Tensor["acos_"];
  /** Alias of `acosh`. */
  arccosh: Tensor["acosh"];
  /** Alias of `acosh_`. */
  arccosh_: Tensor["acosh_"];
  /** Alias of `asin`. */
  arcsin: Tensor["asin"];
  /** Alias of `asin_`. */
  arcsin_: Tensor["asin_"];
  /** Alias of `asinh`. */
  arcsinh: Tensor["asinh"];
  /** Alias of `asinh_`. */
  arcsinh_: Tensor["asinh_"];
  /** Alias of `atan`. */
  arctan: Tensor["atan"];
  /** Alias of `atan_`. */
  arctan_: Tensor["atan_"];
  /** Alias of `atan2`. */
  arctan2: Tensor["atan2"];
  /** Alias of `atan2_`. */
  arctan2_: Tensor["atan2_"];
  /** Alias of `atanh`. */
  arctanh: Tensor["atanh"];
  /** Alias of `atanh_`. */
  arctanh_: Tensor["atanh_"];
  /** Alias of `nonzero`. */
  argwhere: Tensor["nonzero"];
  /** Alias of `clamp`. */
  clip: Tensor["clamp"];
  /** Alias of `clamp_`. */
  clip_: Tensor["clamp_"];
  /** Alias of `div`. */
  divide: Tensor["div"];
  /** Alias of `div_`. */
  divide_: Tensor["div_"];
  /** Alias of `trunc`. */
  fix: Tensor["trunc"];
  /** Alias of `trunc_`. */
  fix_: Tensor["trunc_"];
  /** Alias of `gt`. */
  greater: Tensor["gt"];
  /** Alias of `gt_`. */
  greater_: Tensor["gt_"];
  /** Alias of `ge`. */
  greaterEqual: Tensor["ge"];
  /** Alias of `ge_`. */
  greaterEqual_: Tensor["ge_"];
  /** Alias of `lt`. */
  less: Tensor["lt"];
  /** Alias of `lt_`. */
  less_: Tensor["lt_"];
  /** Alias of `le`. */
  lessEqual: Tensor["le"];
  /** Alias of `le_`. */
  lessEqual_: Tensor["le_"];
  /** Alias of `movedim`. */
  moveaxis: Tensor["movedim"];
  /** Alias of `mul`. */
  multiply: Tensor["mul"];
  /** Alias of `mul_`. */
  multiply_: Tensor["mul_"];
  /** Alias of `dim`. */
  ndimension: Tensor["dim"];
  /** Alias of `neg`. */
  negative: Tensor["neg"];
  /** Alias of `neg_`. */
  negative_: Tensor["neg_"];
  /** Alias of `numel`. */
  nelement: Tensor["numel"];
  /** Alias of `ne`. */
  notEqual: Tensor["ne"];
  /** Alias of `ne_`. */
  notEqual_: Tensor["ne_"];
  /** Alias of `sign`. */
  sgn: Tensor["sign"];
  /** Alias of `sign_`. */
  sgn_: Tensor["sign_"];
  /** Alias of `sub`. */
  subtract: Tensor["sub"];
  /** Alias of `sub_`. */
  subtract_: Tensor["sub_"];
  /** Alias of `swapaxes`. */
  swapdims: Tensor["swapaxes"];
  /** Alias of `dot`. */
  vdot: Tensor["dot"];
}

/**
 * PyTorch's aliases and the methods they stand for. In-place variants (`name_`) are aliased as well, where they exist.
 */
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
