/**
 * The creation functions of `@akari/tensor` with the option `requiresGrad`, which needs `@akari/autograd`.
 */

import { requiresGrad } from "@akari/autograd";
import type { Tensor } from "@akari/tensor";
import * as make from "@akari/tensor";

/** The option that every creation function of this package accepts in addition to its own. */
export interface GradOption {
  /** Whether the tensor is a leaf that accumulates a gradient. Default false. */
  readonly requiresGrad?: boolean;
}

/** Separates `requiresGrad` from the options, creates the tensor, and applies it. */
function marked<O extends GradOption>(
  options: O | undefined,
  create: (rest: Omit<O, "requiresGrad">) => Tensor,
): Tensor {
  // Anything but a plain object is passed on unchanged so that `create` rejects it; spreading would make it empty.
  if (make.describeValue(options) !== "an object") return create(options as O);
  const { requiresGrad: on = false, ...rest } = options as O; // safe: an object
  const x = create(rest);
  return on ? requiresGrad(x) : x;
}

/**
 * Creates a tensor from nested arrays, a typed array, a number or another tensor.
 *
 * https://pytorch.org/docs/stable/generated/torch.tensor.html
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
 */
export function tensor(data: make.TensorData, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.tensor(data, rest));
}

/** Creates a tensor filled with 0. https://pytorch.org/docs/stable/generated/torch.zeros.html */
export function zeros(shape: make.Shape, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.zeros(shape, rest));
}

/** Creates a tensor filled with 1. https://pytorch.org/docs/stable/generated/torch.ones.html */
export function ones(shape: make.Shape, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.ones(shape, rest));
}

/** Creates a tensor filled with `value`. https://pytorch.org/docs/stable/generated/torch.full.html */
export function full(shape: make.Shape, value: number | boolean, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.full(shape, value, rest));
}

/** Creates an uninitialized tensor. https://pytorch.org/docs/stable/generated/torch.empty.html */
export function empty(shape: make.Shape, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.empty(shape, rest));
}

/**
 * Creates a tensor of samples from the uniform distribution on
 * [0, 1). https://pytorch.org/docs/stable/generated/torch.rand.html
 */
export function rand(shape: make.Shape, options?: make.RandomOptions & GradOption): Tensor {
  return marked(options, (rest) => make.rand(shape, rest));
}

/**
 * Creates a tensor of samples from the standard normal distribution.
 * https://pytorch.org/docs/stable/generated/torch.randn.html
 */
export function randn(shape: make.Shape, options?: make.RandomOptions & GradOption): Tensor {
  return marked(options, (rest) => make.randn(shape, rest));
}
