/**
 * Gradient clipping.
 */

import { noGrad } from "@akari/autograd";
import { checkPositive, expectBetween, settings, stack, type Tensor, where, zeros } from "@akari/tensor";

/** Options of `clipGradNorm_`. */
export interface ClipNormOptions {
  /** Which norm: a positive number, or Infinity for the largest absolute value. Default 2. */
  readonly normType?: number;
  /**
   * Throw when the norm is NaN or infinite; nothing is changed then. Needs a device that can be read at once. Default
   * false.
   */
  readonly errorIfNonfinite?: boolean;
}

function gradientsOf(parameters: Tensor | Iterable<Tensor>): Tensor[] {
  const list = Symbol.iterator in parameters ? [...parameters] : [parameters];
  return list.flatMap(({ grad }) => (grad === null ? [] : [grad]));
}

/**
 * Scales all gradients down together so that the norm of all of them, taken as one vector, is at most `maxNorm`.
 * Returns the norm before.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 */
export function clipGradNorm_(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options?: ClipNormOptions,
): Tensor {
  const { normType, errorIfNonfinite } = settings("clipGradNorm_", options, { normType: 2, errorIfNonfinite: false });
  checkPositive("clipGradNorm_", "normType", normType);
  const gradients = gradientsOf(parameters);
  const [first] = gradients;
  if (first === undefined) return zeros([]);
  return noGrad(() => {
    const norms = stack(gradients.map((g) => g.norm(normType)));
    const total = normType === Number.POSITIVE_INFINITY ? norms.max() : norms.norm(normType);
    let factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp(null, 1);
    if (errorIfNonfinite) {
      // The largest finite number of the dtype: a device that computes in float32 would take a larger one for infinity.
      const most = total.dtype === "float64" ? Number.MAX_VALUE : 2 ** 128 - 2 ** 104;
      expectBetween(total, -most, most, "clipGradNorm_: the norm of the gradients is {}", { error: "AutogradError" });
      // Where the error comes later, the gradients stay as they are until then.
      factor = where(total.isfinite(), factor, 1);
    }
    for (const g of gradients) g.mul_(factor);
    return total;
  });
}

/**
 * Cuts every element of the gradients off at ±`clipValue`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  noGrad(() => {
    for (const g of gradientsOf(parameters)) g.clamp_(-clipValue, clipValue);
  });
}
