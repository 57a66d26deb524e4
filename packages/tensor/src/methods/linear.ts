/**
 * Products of vectors and matrices, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import { type AddProductOptions, addbmm, addmm, addmv, addr, baddbmm } from "../ops/linear.ts";
import { bmm, dot, inner, matmul, mm, mv, outer } from "../ops/matmul.ts";
import type { Tensor } from "../tensor.ts";
import { IndexingMethods } from "./indexing.ts";

/** Products of vectors and matrices. */
export abstract class LinearMethods extends IndexingMethods {
  /** The product with another tensor: of vectors, matrices or batches of matrices. */
  matmul(this: Tensor, other: Tensor): Tensor {
    return matmul(this, other);
  }
  /** The product of two matrices. */
  mm(this: Tensor, other: Tensor): Tensor {
    return mm(this, other);
  }
  /** Products of two batches of matrices. */
  bmm(this: Tensor, other: Tensor): Tensor {
    return bmm(this, other);
  }
  /** The product of this matrix with a vector. */
  mv(this: Tensor, vector: Tensor): Tensor {
    return mv(this, vector);
  }
  /** The scalar product of two vectors. */
  dot(this: Tensor, other: Tensor): Tensor {
    return dot(this, other);
  }
  /** All products of an element of this vector with one of the other. */
  outer(this: Tensor, other: Tensor): Tensor {
    return outer(this, other);
  }
  /** Scalar products along the last dimensions. */
  inner(this: Tensor, other: Tensor): Tensor {
    return inner(this, other);
  }
  /** `beta · this + alpha · (a · b)` for matrices. */
  addmm(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return addmm(this, a, b, options);
  }
  /** `beta · this + alpha · (a · vector)`. */
  addmv(this: Tensor, a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor {
    return addmv(this, a, vector, options);
  }
  /** `beta · this + alpha · (a · b)` for batches of matrices. */
  baddbmm(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return baddbmm(this, a, b, options);
  }
  /** `addmm` in place. */
  addmm_(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return this.copy_(addmm(this, a, b, options));
  }
  /** `addmv` in place. */
  addmv_(this: Tensor, a: Tensor, vector: Tensor, options?: AddProductOptions): Tensor {
    return this.copy_(addmv(this, a, vector, options));
  }
  /** `baddbmm` in place. */
  baddbmm_(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return this.copy_(baddbmm(this, a, b, options));
  }
  /** `beta · this + alpha · (a ⊗ b)` for vectors. */
  addr(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return addr(this, a, b, options);
  }
  /** `addr` in place. */
  addr_(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return this.copy_(addr(this, a, b, options));
  }
  /** `beta · this + alpha · Σ (a · b)` over a batch of matrices. */
  addbmm(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return addbmm(this, a, b, options);
  }
  /** `addbmm` in place. */
  addbmm_(this: Tensor, a: Tensor, b: Tensor, options?: AddProductOptions): Tensor {
    return this.copy_(addbmm(this, a, b, options));
  }
}
