/** Products of Householder reflections, and of such products with matrices. */

import {
  expectOneType,
  eye,
  settings,
  shapeError,
  shapeOf,
  solveTriangular,
  type Tensor,
  tril,
  triu,
} from "@akari/tensor";
import { expectMatrix } from "./matrices.ts";

/**
 * Multiplies matrices C [..., m, n] by a product of reflections: `H₁ H₂ … Hₖ C`, or with `transposed` by its transpose.
 * The product is one expression, `I - V T Vᵀ` with `T = (I + D U)⁻¹ D`, where D has the factors on its diagonal and U is
 * the part of `Vᵀ V` above the diagonal. (Puglisi 1992, "Modification of the Householder method based on the compact WY
 * representation".)
 */
function reflect(a: Tensor, tau: Tensor, c: Tensor, transposed: boolean): Tensor {
  const k = tau.size(-1);
  const options = { dtype: a.dtype, device: a.device };
  const v = tril(a.narrow(-1, 0, k), -1).add(eye(a.size(-2), k, options));
  const d = tau.unsqueeze(-1);
  const triangle = triu(v.mT.matmul(v), 1).mul(d).add(eye(k, options));
  const image = v.mT.matmul(c);
  const solved = transposed
    ? solveTriangular(triangle.mT, image, { upper: false, unitriangular: true }).mul(d)
    : solveTriangular(triangle, image.mul(d), { upper: true, unitriangular: true });
  return c.sub(v.matmul(solved));
}

/**
 * Computes the first n columns of a product of Householder reflections `H₁ H₂ … Hₖ`, `H = I - τ v vᵀ`. The vectors v
 * are stored below the diagonal of A [..., m, n], without their leading ones; tau [..., k] holds the factors. This is
 * the form in which `geqrf` returns the Q of a QR decomposition.
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
  return reflect(a, tau, eye(m, n, { dtype: a.dtype, device: a.device }).expand(...a.shape), false);
}

/** Options of `ormqr`. */
export interface OrmqrOptions {
  /** Whether to compute `Q C` rather than `C Q`. Default true. */
  readonly left?: boolean;
  /** Whether to multiply by the transpose of Q. Default false. */
  readonly transpose?: boolean;
}

/**
 * Multiplies C [..., m, n] by the square matrix Q of a QR decomposition from `geqrf`, without computing Q.
 *
 * https://pytorch.org/docs/stable/generated/torch.ormqr.html
 *
 * @param a the first result of `geqrf`, with as many rows as C or, with `left: false`, as C has columns.
 * @param tau the second result of `geqrf`.
 * @throws ShapeError when the shapes do not match.
 * @throws DTypeError when the dtypes differ.
 * @example
 * const [a, tau] = geqrf(tensor([[3, 1], [4, 2]]));
 * ormqr(a, tau, tensor([[3], [4]]), { transpose: true }); // [[-5], [0]]
 */
export function ormqr(a: Tensor, tau: Tensor, c: Tensor, options?: OrmqrOptions): Tensor {
  const { left, transpose } = settings("ormqr", options, { left: true, transpose: false });
  const [m, n] = expectMatrix("ormqr", a);
  expectMatrix("ormqr", c);
  const k = shapeOf("ormqr", tau).at(-1) ?? -1;
  if (k < 0 || k > Math.min(m, n) || tau.ndim !== a.ndim - 1 || c.size(left ? -2 : -1) !== m)
    throw shapeError("ormqr", `a [..., m, n], tau [..., min(m, n)] and c [..., ${left ? "m, k" : "k, m"}]`, a, tau, c);
  expectOneType("ormqr", a, tau);
  expectOneType("ormqr", a, c);
  return left ? reflect(a, tau, c, transpose) : reflect(a, tau, c.mT, !transpose).mT;
}
