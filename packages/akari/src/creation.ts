/**
 * The creation functions of `@akari/tensor` with the option `requiresGrad`, which needs `@akari/autograd`.
 */

import { requiresGrad } from "@akari/autograd";
import type { Tensor } from "@akari/tensor";
import * as make from "@akari/tensor";

/** What every creation function here takes besides its own options. */
export interface GradOption {
  /** Whether the tensor is a leaf that collects a gradient. Default false. */
  readonly requiresGrad?: boolean;
}

/** Splits `requiresGrad` off the options, makes the tensor, and marks it. */
function marked<O extends GradOption>(
  options: O | undefined,
  create: (rest: Omit<O, "requiresGrad">) => Tensor,
): Tensor {
  // What is no object goes on as it is, to be refused: spread, it would be an empty one.
  if (typeof options !== "object" || options === null || options instanceof make.Tensor)
    return create(options as unknown as O);
  const { requiresGrad: on = false, ...rest } = options;
  const x = create(rest);
  return on ? requiresGrad(x) : x;
}

/**
 * A tensor from nested arrays, a typed array, a number or another tensor.
 *
 * https://pytorch.org/docs/stable/generated/torch.tensor.html
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
 */
export function tensor(data: make.TensorData, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.tensor(data, rest));
}

/** A tensor of zeros. https://pytorch.org/docs/stable/generated/torch.zeros.html */
export function zeros(shape: make.Shape, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.zeros(shape, rest));
}

/** A tensor of ones. https://pytorch.org/docs/stable/generated/torch.ones.html */
export function ones(shape: make.Shape, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.ones(shape, rest));
}

/** A tensor with one value everywhere. https://pytorch.org/docs/stable/generated/torch.full.html */
export function full(shape: make.Shape, value: number | boolean, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.full(shape, value, rest));
}

/** A tensor whose contents are unspecified. https://pytorch.org/docs/stable/generated/torch.empty.html */
export function empty(shape: make.Shape, options?: make.TensorOptions & GradOption): Tensor {
  return marked(options, (rest) => make.empty(shape, rest));
}

/** Draws from the uniform distribution on [0, 1). https://pytorch.org/docs/stable/generated/torch.rand.html */
export function rand(shape: make.Shape, options?: make.RandomOptions & GradOption): Tensor {
  return marked(options, (rest) => make.rand(shape, rest));
}

/** Draws from the standard normal distribution. https://pytorch.org/docs/stable/generated/torch.randn.html */
export function randn(shape: make.Shape, options?: make.RandomOptions & GradOption): Tensor {
  return marked(options, (rest) => make.randn(shape, rest));
}
