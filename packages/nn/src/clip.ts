/**
 * Gradient clipping by norm and by value.
 */

import { noGrad } from "@akari/autograd";
import {
  checkNumber,
  checkPositive,
  expectBetween,
  expectTensor,
  gradOf,
  norm,
  settings,
  stack,
  type Tensor,
  where,
  zeros,
} from "@akari/tensor";

/** Options of `clipGradNorm_` and `getTotalNorm`. */
export interface ClipNormOptions {
  /** Order of the norm: a positive number, or Infinity for the largest absolute value. Default 2. */
  readonly normType?: number;
  /**
   * Whether to throw when the norm is NaN or infinite, leaving the gradients unchanged. Default false.
   */
  readonly errorIfNonfinite?: boolean;
}

const defaults = { normType: 2, errorIfNonfinite: false };

function listOf(operation: string, tensors: Tensor | Iterable<Tensor>): Tensor[] {
  const list = Symbol.iterator in Object(tensors) ? [...(tensors as Iterable<Tensor>)] : [tensors as Tensor];
  for (const x of list) expectTensor(operation, x);
  return list;
}

function gradientsOf(operation: string, parameters: Tensor | Iterable<Tensor>): Tensor[] {
  return listOf(operation, parameters).flatMap((parameter) => gradOf(parameter) ?? []);
}

/** Returns the joint norm of tensors. */
function normOf(operation: string, tensors: readonly Tensor[], options: Required<ClipNormOptions>): Tensor {
  const { normType, errorIfNonfinite } = options;
  checkPositive(operation, "normType", normType);
  if (tensors.length === 0) return zeros([]);
  const norms = stack(tensors.map((x) => norm(x, normType)));
  const total = norm(norms, normType);
  if (errorIfNonfinite) {
    // The largest finite number of the dtype. A device that computes in float32 would treat a larger one as infinity.
    const most = total.dtype === "float64" ? Number.MAX_VALUE : 2 ** 128 - 2 ** 104;
    expectBetween(total, -most, most, `${operation}: the norm of the gradients is {}`, { error: "AutogradError" });
  }
  return total;
}

/** Returns what gradients are multiplied with. */
const factorOf = (maxNorm: number, totalNorm: Tensor): Tensor =>
  totalNorm.add(1e-6).reciprocal().mul(maxNorm).clamp(null, 1);

/**
 * Returns the joint norm of tensors, such as gradients, taken over all of them as one vector; 0 if there are none.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.get_total_norm.html
 *
 * @throws AutogradError when the norm is NaN or infinite and `errorIfNonfinite` is true.
 */
export function getTotalNorm(tensors: Tensor | Iterable<Tensor>, options?: ClipNormOptions): Tensor {
  const given = settings("getTotalNorm", options, defaults);
  return noGrad(() => normOf("getTotalNorm", listOf("getTotalNorm", tensors), given));
}

/**
 * Scales gradients in place by `maxNorm / totalNorm` if their joint norm `totalNorm`, known from `getTotalNorm`, is
 * above `maxNorm`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grads_with_norm_.html
 */
export function clipGradsWithNorm_(parameters: Tensor | Iterable<Tensor>, maxNorm: number, totalNorm: Tensor): void {
  checkNumber("clipGradsWithNorm_", "maxNorm", maxNorm);
  expectTensor("clipGradsWithNorm_", totalNorm);
  noGrad(() => {
    const factor = factorOf(maxNorm, totalNorm);
    for (const g of gradientsOf("clipGradsWithNorm_", parameters)) g.mul_(factor);
  });
}

/**
 * Scales gradients in place so that their joint norm, taken over all of them as one vector, is at most `maxNorm`.
 * Returns the norm before scaling.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 *
 * @throws AutogradError when the norm is NaN or infinite and `errorIfNonfinite` is true.
 */
export function clipGradNorm_(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options?: ClipNormOptions,
): Tensor {
  const given = settings("clipGradNorm_", options, defaults);
  checkNumber("clipGradNorm_", "maxNorm", maxNorm);
  return noGrad(() => {
    const gradients = gradientsOf("clipGradNorm_", parameters);
    const total = normOf("clipGradNorm_", gradients, given);
    const factor = factorOf(maxNorm, total);
    // On a device that reports the error later, the gradients stay unchanged until then.
    const safe = given.errorIfNonfinite ? where(total.isfinite(), factor, 1) : factor;
    for (const g of gradients) g.mul_(safe);
    return total;
  });
}

/**
 * Clamps every element of the gradients to [-clipValue, clipValue], in place.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  checkNumber("clipGradValue_", "clipValue", clipValue);
  noGrad(() => {
    for (const g of gradientsOf("clipGradValue_", parameters)) g.clamp_(-clipValue, clipValue);
  });
}
