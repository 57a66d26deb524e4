/** Matrix and vector norms, including those defined by singular values. */

import {
  type MatrixNormOrder as ElementwiseOrder,
  matrixNorm as elementwise,
  expectRank,
  isOptions,
  type NormOptions,
  settings,
  shapeError,
  shapeOf,
  type Tensor,
  vectorNorm,
} from "@akari/tensor";
import { svdvals } from "./svd.ts";

/**
 * Order of a matrix norm: `"nuc"` (sum of the singular values), 2 or -2 (largest or smallest singular value), or an
 * order that `@akari/tensor` supports: `"fro"` (Frobenius), 1, -1, Infinity, -Infinity.
 */
export type MatrixOrder = ElementwiseOrder | "nuc";

/** Options of `matrixNorm`. */
export interface MatrixNormOptions extends NormOptions {
  /** Dimensions of the rows and of the columns. Default: the last two. */
  readonly dim?: readonly [number, number];
}

/**
 * Computes the norm of each matrix, over the last two dimensions or those in `dim`: [..., m, n] → [...].
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
 *
 * @param ord the order. Default `"fro"`. May be left out before options.
 * @throws ShapeError for fewer than two dimensions.
 * @throws ArgumentError for an order other than `"fro"`, `"nuc"`, 1, -1, 2, -2, Infinity and -Infinity.
 * @throws DeviceError with `"nuc"`, 2 and -2 on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * matrixNorm(tensor([[3, 0], [0, 4]]), "nuc"); // 7
 */
export function matrixNorm(
  a: Tensor,
  ord: MatrixOrder | MatrixNormOptions = "fro",
  options: MatrixNormOptions = {},
): Tensor {
  if (isOptions(ord)) return matrixNorm(a, "fro", ord);
  const { dim, keepdim } = settings("matrixNorm", options, { dim: [-2, -1] as const, keepdim: false });
  expectRank("matrixNorm", "at least 2 dimensions", a, 2, Number.POSITIVE_INFINITY);
  const moved = a.movedim(dim, [-2, -1]);
  const keep = (x: Tensor) => (keepdim ? x.unsqueeze(-1).unsqueeze(-1).movedim([-2, -1], dim) : x);
  if (ord !== "nuc" && ord !== 2 && ord !== -2) return keep(elementwise(moved, ord));
  const s = svdvals(moved);
  return keep(ord === "nuc" ? s.sum(-1) : ord === 2 ? s.amax(-1) : s.amin(-1));
}

/** Options of `norm`. */
export interface LinalgNormOptions extends NormOptions {
  /** One dimension for vector norms, two for matrix norms. Default: all dimensions. */
  readonly dim?: number | readonly number[] | null;
}

/**
 * Computes a vector or matrix norm: without an order, the 2-norm over all dimensions or those in `dim`; with an order,
 * the vector norm over one dimension or the matrix norm over two. The order may be left out before options.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.norm.html
 *
 * @throws ShapeError for an order with more than two dimensions.
 * @throws ArgumentError for an unknown order.
 */
export function norm(
  x: Tensor,
  ord: MatrixOrder | LinalgNormOptions | null = null,
  options: LinalgNormOptions = {},
): Tensor {
  if (isOptions(ord)) return norm(x, null, ord);
  const { dim, keepdim } = settings("norm", options, { dim: null, keepdim: false });
  const dims = typeof dim === "number" ? [dim] : dim;
  if (ord === null) return vectorNorm(x, 2, dims, { keepdim });
  const count = dims?.length ?? shapeOf("norm", x).length;
  if (count !== 1 && count !== 2)
    throw shapeError("norm", "one or two dimensions with an order (select them with dim)", x);
  // safe: there are two
  if (count === 2) return matrixNorm(x, ord, { dim: (dims ?? [0, 1]) as readonly [number, number], keepdim });
  return vectorNorm(x, ord as number, dims, { keepdim }); // safe: vectorNorm rejects other types
}
