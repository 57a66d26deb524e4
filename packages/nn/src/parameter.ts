/**
 * `Parameter`: a tensor that a module owns and an optimizer updates.
 */

import { requiresGrad } from "@akari/autograd";
import { expectTensor, settings, Tensor } from "@akari/tensor";

/**
 * Tensor that a `Module` registers as a parameter when it is assigned to one of its properties. It is a leaf that
 * requires a gradient by default, and it shares memory with the tensor it is created from.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
 *
 * @example
 * class Scale extends Module {
 *   factor = new Parameter(ones([1]));
 *   forward(x: Tensor): Tensor {
 *     return x.mul(this.factor);
 *   }
 * }
 */
export class Parameter extends Tensor {
  /** @param options.requiresGrad Whether the parameter requires a gradient. Default true. */
  constructor(data: Tensor, options?: { readonly requiresGrad?: boolean }) {
    expectTensor("Parameter", data);
    super(data.storage, data.dtype, data);
    if (settings("Parameter", options, { requiresGrad: true }).requiresGrad) requiresGrad(this);
  }
}
