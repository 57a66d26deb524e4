/**
 * `Tensor`'s methods for products of vectors and matrices. Each method calls the function of the same name in `ops/`,
 * where its full documentation is.
 */

import { type AddProductOptions, addbmm, addmm, addmv, addr, baddbmm } from "../ops/linear.ts";
import { bmm, dot, inner, matmul, mm, mv, outer } from "../ops/matmul.ts";
import type { Tensor } from "../tensor.ts";
import { type Implementations, inPlaceCopies } from "./implementations.ts";

/** Products of vectors and matrices. */
export interface LinearMethods {
  /** Computes the matrix product with another tensor; vectors are promoted and batch dimensions broadcast. */
  matmul(other: Tensor): Tensor;
  /** Computes the product of two matrices: [m, k] × [k, n] → [m, n]. */
  mm(other: Tensor): Tensor;
  /** Computes the batched product of matrices: [B, m, k] × [B, k, n] → [B, m, n]. */
  bmm(other: Tensor): Tensor;
  /** Computes the product of this matrix with a vector: [m, k] × [k] → [m]. */
  mv(vector: Tensor): Tensor;
  /** Computes the dot product of two vectors. */
  dot(other: Tensor): Tensor;
  /** Computes the outer product of two vectors: [m], [n] → [m, n]. */
  outer(other: Tensor): Tensor;
  /** Computes dot products along the last dimensions: [...A, k], [...B, k] → [...A, ...B]. */
  inner(other: Tensor): Tensor;
  /** Computes `beta · this + alpha · (a · b)` for matrices `a` and `b`. */
  addmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** Computes `beta · this + alpha · (a · vector)` for a matrix `a`. */
  addmv(a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor;
  /** Computes `beta · this + alpha · (a · b)` for batches of matrices. */
  baddbmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** In-place version of `addmm`. */
  addmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** In-place version of `addmv`. */
  addmv_(a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor;
  /** In-place version of `baddbmm`. */
  baddbmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** Computes `beta · this + alpha · (a ⊗ b)` for vectors `a` and `b`. */
  addr(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** In-place version of `addr`. */
  addr_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** Computes `beta · this + alpha · Σ (a · b)`, summed over a batch of matrices. */
  addbmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** In-place version of `addbmm`. */
  addbmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
}

/** The implementations of `LinearMethods`. */
export const linearMethods: Implementations<LinearMethods> = {
  matmul,
  mm,
  bmm,
  mv,
  dot,
  outer,
  inner,
  addmm,
  addmv,
  baddbmm,
  addr,
  addbmm,
  ...inPlaceCopies({ addmm, addmv, baddbmm, addr, addbmm }),
};
