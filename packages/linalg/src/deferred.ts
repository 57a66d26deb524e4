/**
 * A matrix to which products of two vectors are added. Reductions to tridiagonal, bidiagonal and Hessenberg form
 * multiply the matrix by a vector in each step and then add two such products. Those of a large matrix are collected and
 * added as a product of two matrices, which takes a fraction of the time. (Dongarra, Hammarling and Sorensen 1989,
 * "Block reduction of matrices to condensed forms for eigenvalue computations".)
 */

import { add, copy, elements, type Matrix, multiply, part, type Space, turned } from "./matrices.ts";

/** The matrix `A + Lᵀ R`. */
export class Deferred {
  /** A. */
  matrix: Matrix;
  private readonly left: Matrix;
  private readonly right: Matrix;
  private readonly image: Matrix;
  private count = 0;

  constructor(space: Space, rows: number, columns: number) {
    const capacity = Math.min(rows, columns) < 64 ? 0 : 64;
    [this.left, this.right] = [space.matrix(capacity, rows), space.matrix(capacity, columns)];
    this.matrix = this.image = space.matrix(1, capacity);
  }

  /** A, L and R, or those of the transpose. */
  private parts(transposed: boolean): readonly [a: Matrix, left: Matrix, right: Matrix] {
    const { matrix, left, right } = this;
    return transposed ? [turned(matrix), right, left] : [matrix, left, right];
  }

  /** Copies the last elements of row `i`, or with `transposed` of column `i`, to the row `to`. */
  copyRow(i: number, to: Matrix, transposed = false): void {
    const { count } = this;
    const [a, left, right] = this.parts(transposed);
    const j = a.shape[1] - to.shape[1];
    copy(to, part(a, i, j, 1));
    if (count > 0) multiply(to, turned(part(left, 0, i, count, 1)), part(right, 0, j, count));
  }

  /**
   * Computes the product `to` of the row `v` and the last rows and columns, as many as `v` and `to` have elements; or with
   * `transposed` that with the transpose.
   */
  multiply(v: Matrix, to: Matrix, transposed = false): void {
    const { count } = this;
    const [a, left, right] = this.parts(transposed);
    const [i, j] = [a.shape[0] - v.shape[1], a.shape[1] - to.shape[1]];
    multiply(to, v, part(a, i, j), false);
    if (count === 0) return;
    const image = part(this.image, 0, 0, 1, count);
    multiply(image, v, turned(part(left, 0, i, count)), false);
    multiply(to, image, part(right, 0, j, count));
  }

  /** Adds `leftᵀ right` to the last rows and columns, as many as these rows have elements. */
  add(left: Matrix, right: Matrix): void {
    const { matrix, count } = this;
    const capacity = this.left.shape[0];
    const [rows, columns] = matrix.shape;
    const [m, n] = [left.shape[1], right.shape[1]];
    const [i, j] = [rows - m, columns - n];
    if (capacity > 0) {
      copy(part(this.left, count, i, 1), left);
      copy(part(this.right, count, j, 1), right);
      this.count = (count + 1) % capacity;
      if (this.count === 0) multiply(part(matrix, i, j), turned(part(this.left, 0, i)), part(this.right, 0, j));
      return;
    }
    const [[x, at], [y, from], [z, start]] = [elements(matrix), elements(left), elements(right)];
    for (let k = 0; k < m; k++) add(x, at + (i + k) * columns + j, n, z, start, y[from + k] as number);
  }
}
