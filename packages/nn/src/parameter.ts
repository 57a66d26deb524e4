/**
 * A parameter is a tensor that a module owns and an optimizer changes.
 */

import { requiresGrad } from "@akari/autograd";
import { settings, Tensor } from "@akari/tensor";

/**
 * A tensor that a `Module` counts among its parameters when it is assigned to one of its properties. It is a leaf that
 * requires a gradient unless told otherwise, and shares the memory of the tensor it is made from.
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
  /** @param options.requiresGrad Whether it collects a gradient. Default true. */
  constructor(data: Tensor, options?: { readonly requiresGrad?: boolean }) {
    super(data.storage, data.dtype, data);
    if (settings("Parameter", options, { requiresGrad: true }).requiresGrad) requiresGrad(this);
  }

  /** Whether the parameter learns. Set it to false to freeze the parameter, and to true to let it learn again. */
  override get requiresGrad(): boolean {
    return super.requiresGrad;
  }

  override set requiresGrad(on: boolean) {
    requiresGrad(this, on);
  }

  /**
   * Sets whether the parameter learns. Returns the parameter.
   * https://pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
   */
  requiresGrad_(on = true): this {
    return requiresGrad(this, on);
  }
}
