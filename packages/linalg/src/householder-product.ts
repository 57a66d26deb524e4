/** The orthogonal matrix that Householder's reflections make. */

import { eye, shapeError, type Tensor, tril } from "@akari/tensor";
import { expectMatrix } from "./matrices.ts";

/**
 * The first n columns of the product of reflections `H₁ H₂ … Hₖ`, `H = I - τ v vᵀ`: below the diagonal of A [m, n]
 * stands what follows the leading one of each v, and tau [k] has each τ. So LAPACK leaves the Q of a QR decomposition.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.householder_product.html
 *
 * @throws ShapeError for fewer rows than columns, or more τ than columns.
 */
export function householderProduct(a: Tensor, tau: Tensor): Tensor {
  const [m, n] = expectMatrix("householderProduct", a);
  const k = tau.shape.at(-1) ?? -1;
  if (m < n || k < 0 || k > n || tau.ndim !== a.ndim - 1)
    throw shapeError("householderProduct", "at least as many rows as columns, and at most as many τ", a, tau);
  const options = { dtype: a.dtype, device: a.device };
  const vectors = tril(a, -1).add(eye(m, n, options));
  let q = eye(m, n, options).expand(...a.shape);
  for (let i = k - 1; i >= 0; i--) {
    const v = vectors.narrow(-1, i, 1);
    q = q.sub(v.mul(tau.narrow(-1, i, 1).unsqueeze(-1)).matmul(v.mT.matmul(q)));
  }
  return q;
}
