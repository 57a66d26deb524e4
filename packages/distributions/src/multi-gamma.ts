/** The multivariate gamma function, which normalizes densities of random matrices. */

import { arange, lgamma, type Tensor } from "@akari/tensor";

/** Returns `x - j / 2` for j from 0 to `dims - 1` along a new last dimension. */
function halves(x: Tensor, dims: number): Tensor {
  return x.unsqueeze(-1).sub(arange(dims, { dtype: x.dtype, device: x.device }).mul(0.5));
}

/** Computes `ln Γ_d(x) = d (d - 1) / 4 ln π + Σⱼ ln Γ(x - j / 2)`. */
export function logMultiGamma(x: Tensor, dims: number): Tensor {
  return lgamma(halves(x, dims))
    .sum(-1)
    .add((dims * (dims - 1) * Math.log(Math.PI)) / 4);
}

/** Computes the derivative of `logMultiGamma`. */
export function multiDigamma(x: Tensor, dims: number): Tensor {
  return halves(x, dims).digamma().sum(-1);
}
