/**
 * Products of vectors and matrices, as methods of `Tensor`. Each is the function of the same name in `ops/`, which says
 * more.
 */

import { type AddProductOptions, addbmm, addmm, addmv, addr, baddbmm } from "../ops/linear.ts";
import { bmm, dot, inner, matmul, mm, mv, outer } from "../ops/matmul.ts";
import type { Tensor } from "../tensor.ts";
import { type Behind, copied } from "./behind.ts";

/** Products of vectors and matrices. */
export interface LinearMethods {
  /** The product with another tensor: of vectors, matrices or batches of matrices. */
  matmul(other: Tensor): Tensor;
  /** The product of two matrices. */
  mm(other: Tensor): Tensor;
  /** Products of two batches of matrices. */
  bmm(other: Tensor): Tensor;
  /** The product of this matrix with a vector. */
  mv(vector: Tensor): Tensor;
  /** The scalar product of two vectors. */
  dot(other: Tensor): Tensor;
  /** All products of an element of this vector with one of the other. */
  outer(other: Tensor): Tensor;
  /** Scalar products along the last dimensions. */
  inner(other: Tensor): Tensor;
  /** `beta · this + alpha · (a · b)` for matrices. */
  addmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** `beta · this + alpha · (a · vector)`. */
  addmv(a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor;
  /** `beta · this + alpha · (a · b)` for batches of matrices. */
  baddbmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** `addmm` in place. */
  addmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** `addmv` in place. */
  addmv_(a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor;
  /** `baddbmm` in place. */
  baddbmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** `beta · this + alpha · (a ⊗ b)` for vectors. */
  addr(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** `addr` in place. */
  addr_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** `beta · this + alpha · Σ (a · b)` over a batch of matrices. */
  addbmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
  /** `addbmm` in place. */
  addbmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
}

/** The functions behind them. */
export const linearMethods: Behind<LinearMethods> = {
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
  ...copied({ addmm, addmv, baddbmm, addr, addbmm }),
};
