/** The logarithm of the multivariate gamma function, which normalizes the Wishart distribution. */

import { arange, checkInteger, expectTensor, isFloating, lgamma, type Tensor } from "@akari/tensor";

/**
 * Computes the logarithm of the multivariate gamma function of dimension p, `p(p-1)/4 ln π + Σ ln Γ(x - i/2)` over i
 * from 0 to p - 1, for x > (p - 1)/2.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.multigammaln
 *
 * @param p the dimension.
 * @throws ArgumentError unless p is a positive integer.
 */
export function multigammaln(x: Tensor, p: number): Tensor {
  expectTensor("multigammaln", x);
  checkInteger("multigammaln", "p", p, 1);
  const dtype = isFloating(x.dtype) ? x.dtype : "float32";
  const halves = arange(0, p / 2, 0.5, { dtype, device: x.device });
  return lgamma(x.unsqueeze(-1).sub(halves))
    .sum(-1)
    .add((p * (p - 1) * Math.log(Math.PI)) / 4);
}
