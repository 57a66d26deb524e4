/** Norms, those of singular values among them. */

import {
  type MatrixNormOrder as ElementwiseOrder,
  matrixNorm as elementwise,
  type NormOptions,
  settings,
  shapeError,
  type Tensor,
  vectorNorm,
} from "@akari/tensor";
import { svdvals } from "./svd.ts";

/**
 * Which norm of a matrix: Frobenius's, the sum of the singular values (`"nuc"`), the largest (2) or smallest (-2) of
 * them, or what `@akari/tensor` knows.
 */
export type MatrixOrder = ElementwiseOrder | "nuc";

/** Options of `matrixNorm`. */
export interface MatrixNormOptions extends NormOptions {
  /** The dimensions of the rows and of the columns. Default: the last two. */
  readonly dim?: readonly [number, number];
}

/**
 * The norm of each matrix.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
 *
 * @throws ArgumentError for an order other than `"fro"`, `"nuc"`, 1, -1, 2, -2, Infinity and -Infinity.
 * @throws DeviceError with `"nuc"`, 2 and -2 on a device that cannot be read at once; `await a.prefetch()` there first.
 * @example
 * matrixNorm(tensor([[3, 0], [0, 4]]), "nuc"); // 7
 */
export function matrixNorm(a: Tensor, ord: MatrixOrder = "fro", options: MatrixNormOptions = {}): Tensor {
  const { dim, keepdim } = settings("matrixNorm", options, { dim: [-2, -1] as const, keepdim: false });
  if (a.ndim < 2) throw shapeError("matrixNorm", "at least 2 dimensions", a);
  const moved = a.movedim(dim, [-2, -1]);
  const keep = (x: Tensor) => (keepdim ? x.unsqueeze(-1).unsqueeze(-1).movedim([-2, -1], dim) : x);
  if (ord !== "nuc" && ord !== 2 && ord !== -2) return keep(elementwise(moved, ord));
  const s = svdvals(moved);
  return keep(ord === "nuc" ? s.sum(-1) : ord === 2 ? s.amax(-1) : s.amin(-1));
}

/** Options of `norm`. */
export interface LinalgNormOptions extends NormOptions {
  /** One dimension for norms of vectors, two for norms of matrices. Default: all. */
  readonly dim?: number | readonly number[] | null;
}

/**
 * The norm of vectors where there is one dimension or no order, and of matrices where there are two dimensions and an
 * order.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.norm.html
 *
 * @throws ShapeError for an order without `dim` of a tensor with more than two dimensions.
 */
export function norm(x: Tensor, ord: MatrixOrder | null = null, options: LinalgNormOptions = {}): Tensor {
  const { dim, keepdim } = settings("norm", options, { dim: null, keepdim: false });
  const dims = typeof dim === "number" ? [dim] : dim;
  if (ord === null) return vectorNorm(x, 2, dims, { keepdim });
  const count = dims?.length ?? x.ndim;
  if (count !== 1 && count !== 2)
    throw shapeError("norm", "with an order one or two dimensions, or `dim` to say which", x);
  // safe: there are two
  if (count === 2) return matrixNorm(x, ord, { dim: (dims ?? [0, 1]) as readonly [number, number], keepdim });
  return vectorNorm(x, ord as number, dims, { keepdim }); // safe: what is no number is refused there
}
