/**
 * Powers in double precision.
 */

import { type Pointwise, pointwise, type TensorOrNumber } from "@akari/tensor";

/**
 * `xʸ` computed in float64, whatever the dtypes; needs a device that has it.
 *
 * https://pytorch.org/docs/stable/generated/torch.float_power.html
 */
export const floatPower: Pointwise<[TensorOrNumber, TensorOrNumber]> = /* @__PURE__ */ pointwise<
  [TensorOrNumber, TensorOrNumber]
>("floatPower", (x, y) => x.cast("float64").pow(y.cast("float64")));
