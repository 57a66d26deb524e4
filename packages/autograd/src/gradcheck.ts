/**
 * Numerical checks of gradients against finite differences. A program checks gradients while it is developed, so the
 * implementation is loaded on demand.
 */

import type { Tensor } from "@akari/tensor";
import type { Tensors } from "./functional.ts";

/** Options of `gradcheck` and `gradgradcheck`. */
export interface GradcheckOptions {
  /** Step of the finite differences. Default 1e-6. */
  readonly eps?: number;
  /** Absolute tolerance. Default 1e-5. */
  readonly atol?: number;
  /** Relative tolerance. Default 1e-3. */
  readonly rtol?: number;
}

/**
 * Compares the gradients of `fn` with central finite differences, for every element of every output with respect to
 * every element of every input that requires a gradient. Resolves to true when all agree.
 *
 * A derivative passes when |autograd - numerical| ≤ atol + rtol·|numerical|.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.html
 *
 * @param fn a deterministic function that returns one or more tensors.
 * @param inputs the inputs of `fn`. Those that require a gradient are checked and must be float64.
 * @throws AutogradError for the first derivative that differs, or when no input requires a gradient.
 * @throws DTypeError when a checked input is not float64: rounding would swamp the differences.
 * @example
 * await gradcheck((x) => x.sin(), [requiresGrad(randn([3], { dtype: "float64" }))]);
 */
export async function gradcheck(
  fn: (...inputs: Tensor[]) => Tensors,
  inputs: readonly Tensor[],
  options?: GradcheckOptions,
): Promise<true> {
  const { compareGradients } = await import("./finite-differences.ts");
  return compareGradients(fn, inputs, options);
}

/**
 * Compares the second derivatives of `fn` with finite differences: `gradcheck` of the gradient of `fn`, with respect to
 * its inputs and to the upstream gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.autograd.gradgradcheck.html
 *
 * @throws AutogradError for the first derivative that differs, or when no input requires a gradient.
 * @throws DTypeError when an input that requires a gradient is not float64.
 */
export async function gradgradcheck(
  fn: (...inputs: Tensor[]) => Tensors,
  inputs: readonly Tensor[],
  options?: GradcheckOptions,
): Promise<true> {
  const { compareSecondGradients } = await import("./finite-differences.ts");
  return compareSecondGradients(fn, inputs, options);
}
