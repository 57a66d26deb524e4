/**
 * Conversions by the names of dtypes, and PyTorch's other names for methods, which are the same functions.
 */

import { bytesOf, isFloating } from "../dtype.ts";
import { cast } from "../ops/copy.ts";
import type { Tensor } from "../tensor.ts";
import { LinearMethods } from "./linear.ts";

/** PyTorch's other names, and ours. Those that end in `_` as well, where there are any. */
const others = {
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
} as const;

/** Conversions, and other names. */
export abstract class ConversionMethods extends LinearMethods {
  static {
    const methods = this.prototype as unknown as Record<string, unknown>; // safe: only read and written by name
    for (const [other, own] of Object.entries(others)) {
      methods[other] = methods[own];
      if (`${own}_` in methods) methods[`${other}_`] = methods[`${own}_`];
    }
  }

  /** The values as float32. */
  float(this: Tensor): Tensor {
    return cast(this, "float32");
  }
  /** The values as float64. */
  double(this: Tensor): Tensor {
    return cast(this, "float64");
  }
  /** The values as float16. */
  half(this: Tensor): Tensor {
    return cast(this, "float16");
  }
  /** The values as int32. */
  int(this: Tensor): Tensor {
    return cast(this, "int32");
  }
  /** The values as int32, the widest integers there are: PyTorch's `long`. */
  long(this: Tensor): Tensor {
    return cast(this, "int32");
  }
  /** The values as uint8. */
  byte(this: Tensor): Tensor {
    return cast(this, "uint8");
  }
  /** Whether the elements are not zero. */
  bool(this: Tensor): Tensor {
    return cast(this, "bool");
  }
  /** The values in the dtype of another tensor, on its device. */
  typeAs(this: Tensor, other: Tensor): Tensor {
    return cast(this, other.dtype).to(other.device);
  }
  /** Whether the dtype is one of floating-point numbers. */
  isFloatingPoint(this: Tensor): boolean {
    return isFloating(this.dtype);
  }
  /** The bytes of an element. */
  elementSize(this: Tensor): number {
    return bytesOf(this.dtype);
  }

  // ——— Other names ———

  /** `abs`. */
  declare absolute: Tensor["abs"];
  /** `abs_`. */
  declare absolute_: Tensor["abs_"];
  /** `acos`. */
  declare arccos: Tensor["acos"];
  /** `acos_`. */
  declare arccos_: Tensor["acos_"];
  /** `acosh`. */
  declare arccosh: Tensor["acosh"];
  /** `acosh_`. */
  declare arccosh_: Tensor["acosh_"];
  /** `asin`. */
  declare arcsin: Tensor["asin"];
  /** `asin_`. */
  declare arcsin_: Tensor["asin_"];
  /** `asinh`. */
  declare arcsinh: Tensor["asinh"];
  /** `asinh_`. */
  declare arcsinh_: Tensor["asinh_"];
  /** `atan`. */
  declare arctan: Tensor["atan"];
  /** `atan_`. */
  declare arctan_: Tensor["atan_"];
  /** `atan2`. */
  declare arctan2: Tensor["atan2"];
  /** `atan2_`. */
  declare arctan2_: Tensor["atan2_"];
  /** `atanh`. */
  declare arctanh: Tensor["atanh"];
  /** `atanh_`. */
  declare arctanh_: Tensor["atanh_"];
  /** `nonzero`. */
  declare argwhere: Tensor["nonzero"];
  /** `clamp`. */
  declare clip: Tensor["clamp"];
  /** `clamp_`. */
  declare clip_: Tensor["clamp_"];
  /** `div`. */
  declare divide: Tensor["div"];
  /** `div_`. */
  declare divide_: Tensor["div_"];
  /** `trunc`. */
  declare fix: Tensor["trunc"];
  /** `trunc_`. */
  declare fix_: Tensor["trunc_"];
  /** `gt`. */
  declare greater: Tensor["gt"];
  /** `gt_`. */
  declare greater_: Tensor["gt_"];
  /** `ge`. */
  declare greaterEqual: Tensor["ge"];
  /** `ge_`. */
  declare greaterEqual_: Tensor["ge_"];
  /** `lt`. */
  declare less: Tensor["lt"];
  /** `lt_`. */
  declare less_: Tensor["lt_"];
  /** `le`. */
  declare lessEqual: Tensor["le"];
  /** `le_`. */
  declare lessEqual_: Tensor["le_"];
  /** `movedim`. */
  declare moveaxis: Tensor["movedim"];
  /** `mul`. */
  declare multiply: Tensor["mul"];
  /** `mul_`. */
  declare multiply_: Tensor["mul_"];
  /** `dim`. */
  declare ndimension: Tensor["dim"];
  /** `neg`. */
  declare negative: Tensor["neg"];
  /** `neg_`. */
  declare negative_: Tensor["neg_"];
  /** `numel`. */
  declare nelement: Tensor["numel"];
  /** `ne`. */
  declare notEqual: Tensor["ne"];
  /** `ne_`. */
  declare notEqual_: Tensor["ne_"];
  /** `sign`. */
  declare sgn: Tensor["sign"];
  /** `sign_`. */
  declare sgn_: Tensor["sign_"];
  /** `sub`. */
  declare subtract: Tensor["sub"];
  /** `sub_`. */
  declare subtract_: Tensor["sub_"];
  /** `swapaxes`. */
  declare swapdims: Tensor["swapaxes"];
  /** `dot`. */
  declare vdot: Tensor["dot"];
}
