/** Powers in double precision. */

import { type Pointwise, pointwise, type TensorOrNumber } from "@akari/tensor";

/**
 * Power `xʸ` computed in float64 for inputs of any dtype. Requires a device with float64.
 *
 * https://pytorch.org/docs/stable/generated/torch.float_power.html
 */
export const floatPower: Pointwise<[TensorOrNumber, TensorOrNumber]> = /* @__PURE__ */ pointwise<
  [TensorOrNumber, TensorOrNumber]
>("floatPower", (x, y) => x.cast("float64").pow(y.cast("float64")));
