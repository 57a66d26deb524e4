/** Vandermonde matrices. */

import { atleast1d, cat, checkInteger, cumprod, expectTensor, onesLike, type Tensor } from "@akari/tensor";

/**
 * Builds Vandermonde matrices with increasing powers: for each element of vectors [..., k], its powers 0 to `n - 1`,
 * [..., k, n]. (`vander` of `@akari/tensor` has decreasing powers, and accepts one vector.)
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.vander.html
 *
 * @param n number of columns. Default: k.
 * @throws ArgumentError unless `n` is a positive integer.
 * @example
 * vander(tensor([2, 3]), 3); // [[1, 2, 4], [1, 3, 9]]
 */
export function vander(x: Tensor, n?: number): Tensor {
  expectTensor("vander", x);
  const vectors = atleast1d(x);
  const count = n ?? vectors.size(-1);
  checkInteger("vander", "n", count, 1);
  const column = vectors.unsqueeze(-1);
  return cumprod(cat([onesLike(column), column.expand(...vectors.shape, count - 1)], -1), -1);
}
