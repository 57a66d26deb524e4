/**
 * Gradient clipping by norm and by value.
 */

import { noGrad } from "@akari/autograd";
import { checkNumber, checkPositive, expectBetween, settings, stack, type Tensor, where, zeros } from "@akari/tensor";

/** Options of `clipGradNorm_`. */
export interface ClipNormOptions {
  /** Order of the norm: a positive number, or Infinity for the largest absolute value. Default 2. */
  readonly normType?: number;
  /**
   * Whether to throw when the norm is NaN or infinite, leaving the gradients unchanged. Default false.
   */
  readonly errorIfNonfinite?: boolean;
}

function gradientsOf(parameters: Tensor | Iterable<Tensor>): Tensor[] {
  const list = Symbol.iterator in parameters ? [...parameters] : [parameters];
  return list.flatMap(({ grad }) => (grad === null ? [] : [grad]));
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
  const { normType, errorIfNonfinite } = settings("clipGradNorm_", options, { normType: 2, errorIfNonfinite: false });
  checkNumber("clipGradNorm_", "maxNorm", maxNorm);
  checkPositive("clipGradNorm_", "normType", normType);
  const gradients = gradientsOf(parameters);
  const [first] = gradients;
  if (first === undefined) return zeros([]);
  return noGrad(() => {
    const norms = stack(gradients.map((g) => g.norm(normType)));
    const total = normType === Number.POSITIVE_INFINITY ? norms.max() : norms.norm(normType);
    let factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp(null, 1);
    if (errorIfNonfinite) {
      // The largest finite number of the dtype. A device that computes in float32 would treat a larger one as infinity.
      const most = total.dtype === "float64" ? Number.MAX_VALUE : 2 ** 128 - 2 ** 104;
      expectBetween(total, -most, most, "clipGradNorm_: the norm of the gradients is {}", { error: "AutogradError" });
      // On a device that reports the error later, the gradients stay unchanged until then.
      factor = where(total.isfinite(), factor, 1);
    }
    for (const g of gradients) g.mul_(factor);
    return total;
  });
}

/**
 * Clamps every element of the gradients to [-clipValue, clipValue], in place.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  noGrad(() => {
    for (const g of gradientsOf(parameters)) g.clamp_(-clipValue, clipValue);
  });
}
