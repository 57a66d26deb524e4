/** The orthogonal matrix given by a product of Householder reflections. */

import { eye, shapeError, shapeOf, type Tensor, tril } from "@akari/tensor";
import { expectMatrix } from "./matrices.ts";

/**
 * Computes the first n columns of a product of Householder reflections `H₁ H₂ … Hₖ`, `H = I - τ v vᵀ`. The vectors v
 * are stored below the diagonal of A [..., m, n], without their leading ones; tau [..., k] holds the factors. This is
 * the form in which LAPACK returns the Q of a QR decomposition.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.householder_product.html
 *
 * @throws ShapeError unless m ≥ n ≥ k.
 */
export function householderProduct(a: Tensor, tau: Tensor): Tensor {
  const [m, n] = expectMatrix("householderProduct", a);
  const k = shapeOf("householderProduct", tau).at(-1) ?? -1;
  if (m < n || k < 0 || k > n || tau.ndim !== a.ndim - 1)
    throw shapeError("householderProduct", "a [..., m, n] and tau [..., k] with m ≥ n ≥ k", a, tau);
  const options = { dtype: a.dtype, device: a.device };
  const vectors = tril(a, -1).add(eye(m, n, options));
  let q = eye(m, n, options).expand(...a.shape);
  for (let i = k - 1; i >= 0; i--) {
    const v = vectors.narrow(-1, i, 1);
    q = q.sub(v.mul(tau.narrow(-1, i, 1).unsqueeze(-1)).matmul(v.mT.matmul(q)));
  }
  return q;
}
