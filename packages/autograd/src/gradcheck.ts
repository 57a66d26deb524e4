/**
 * Gradients checked against finite differences.
 */

import type { Tensor } from "@akari/tensor";
import { compareGradients, compareSecondGradients } from "./finite-differences.ts";
import type { Tensors } from "./functional.ts";

/** Options of `gradcheck` and `gradgradcheck`. */
export interface GradcheckOptions {
  /** The step of the finite differences. Default 1e-6. */
  readonly eps?: number;
  /** Absolute tolerance. Default 1e-5. */
  readonly atol?: number;
  /** Relative tolerance. Default 1e-3. */
  readonly rtol?: number;
}

/**
 * Compares the gradients of `fn` with central differences, for every element of every input that requires a gradient
 * and every element of every output. Resolves to true, or throws an AutogradError that says which derivative differs.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.html
 *
 * @param fn may return one tensor or several; it must give the same result each time.
 * @param inputs float64 tensors; those that require a gradient are checked.
 * @throws DTypeError for inputs that are not float64, whose rounding would drown the differences.
 * @example
 * await gradcheck((x) => x.sin(), [requiresGrad(randn([3], { dtype: "float64" }))]);
 */
export async function gradcheck(
  fn: (...inputs: Tensor[]) => Tensors,
  inputs: readonly Tensor[],
  options?: GradcheckOptions,
): Promise<true> {
  return compareGradients(fn, inputs, options);
}

/**
 * Checks second derivatives: `gradcheck` of the gradient of `fn`, in its inputs and in the gradient that comes in.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.gradgradcheck.html
 */
export async function gradgradcheck(
  fn: (...inputs: Tensor[]) => Tensors,
  inputs: readonly Tensor[],
  options?: GradcheckOptions,
): Promise<true> {
  return compareSecondGradients(fn, inputs, options);
}
