/** Maps gradient clipping from PyTorch's names and arguments to Akari's. */

import { requiresGrad } from "@akari/autograd";
import { clipGradNorm_, clipGradValue_ } from "@akari/nn";
import { type Tensor, zerosLike } from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";

/** Creates a parameter for each gradient. Gradients are copied, because clipping changes them in place. */
function parameters(given: Arguments): Tensor[] {
  return given.list("grads").map((gradient) => {
    const parameter = requiresGrad(zerosLike(gradient));
    parameter.grad = gradient.clone();
    return parameter;
  });
}

const gradients = (list: readonly Tensor[]): (Tensor | null)[] => list.map((parameter) => parameter.grad);

/** Each entry returns the total norm, if there is one, followed by the clipped gradients. */
export const clip: Readonly<Record<string, Call>> = {
  "nn.utils.clip_grad_norm_": (given) => {
    const list = parameters(given);
    const total = clipGradNorm_(list, given.number("max_norm"), given.options("norm_type", "error_if_nonfinite"));
    return [total, ...gradients(list)];
  },
  "nn.utils.clip_grad_value_": (given) => {
    const list = parameters(given);
    clipGradValue_(list, given.number("clip_value"));
    return gradients(list);
  },
};
