/**
 * A matrix to which products of two vectors are added. Reductions to tridiagonal, bidiagonal and Hessenberg form
 * multiply the matrix by a vector in each step and then add two such products. Those of a large matrix are collected and
 * added as a product of two matrices, which takes a fraction of the time. (Dongarra, Hammarling and Sorensen 1989,
 * "Block reduction of matrices to condensed forms for eigenvalue computations".)
 */

import { type Backend, elements, type Matrix, part } from "@akari/tensor";
import { addProduct, clear, type Space, turned } from "./matrices.ts";

/** The matrix `A + Lᵀ R`. */
export class Deferred {
  /** A. */
  readonly matrix: Matrix;
  /** The device that multiplies. */
  readonly device: Backend;
  private readonly left: Matrix;
  private readonly right: Matrix;
  private readonly image: Matrix;
  private count = 0;

  /** Allocates a matrix of zeros. */
  constructor(space: Space, rows: number, columns: number) {
    const capacity = Math.min(rows, columns) < 64 ? 0 : 64;
    this.device = space.device;
    this.matrix = space.matrix(rows, columns);
    this.left = space.matrix(capacity, rows);
    this.right = space.matrix(capacity, columns);
    this.image = space.matrix(1, capacity);
  }

  /** A, L and R, or those of the transpose. */
  private parts(transposed: boolean): readonly [a: Matrix, left: Matrix, right: Matrix] {
    const { matrix, left, right } = this;
    return transposed ? [turned(matrix), right, left] : [matrix, left, right];
  }

  /** Copies the last elements of row `i`, or with `transposed` of column `i`, to the row `to`. */
  copyRow(i: number, to: Matrix, transposed = false): void {
    const { device, count } = this;
    const [a, left, right] = this.parts(transposed);
    const [n, step] = [to.shape[1], a.strides[1]];
    const first = a.shape[1] - n;
    const [[x, from], [y, start]] = [elements(device, a), elements(device, to)];
    for (let j = 0; j < n; j++) y[start + j] = x[from + i * a.strides[0] + (first + j) * step] as number;
    if (count > 0) addProduct(device, to, turned(part(left, 0, i, count, 1)), part(right, 0, first, count));
  }

  /**
   * Computes the product `to` of the row `v` and the last rows and columns, as many as `v` and `to` have elements; or with
   * `transposed` that with the transpose.
   */
  multiply(v: Matrix, to: Matrix, transposed = false): void {
    const { device, count } = this;
    const [a, left, right] = this.parts(transposed);
    const [i, j] = [a.shape[0] - v.shape[1], a.shape[1] - to.shape[1]];
    clear(device, to);
    addProduct(device, to, v, part(a, i, j));
    if (count === 0) return;
    clear(device, this.image);
    const image = part(this.image, 0, 0, 1, count);
    addProduct(device, image, v, turned(part(left, 0, i, count)));
    addProduct(device, to, image, part(right, 0, j, count));
  }

  /** Adds `leftᵀ right` to the last rows and columns, as many as these rows have elements. */
  add(left: Matrix, right: Matrix): void {
    const { device, matrix, count } = this;
    const [i, j] = [matrix.shape[0] - left.shape[1], matrix.shape[1] - right.shape[1]];
    if (this.left.shape[0] === 0) {
      addProduct(device, part(matrix, i, j), turned(left), right);
      return;
    }
    for (const [from, to] of [
      [left, this.left],
      [right, this.right],
    ] as const) {
      const [[x, start], [y, at]] = [elements(device, from), elements(device, to)];
      const [size, n] = [to.shape[1], from.shape[1]];
      y.fill(0, at + count * size, at + (count + 1) * size - n);
      y.set(x.subarray(start, start + n), at + (count + 1) * size - n);
    }
    this.count++;
    if (this.count < this.left.shape[0]) return;
    addProduct(device, part(matrix, i, j), turned(part(this.left, 0, i)), part(this.right, 0, j));
    this.count = 0;
  }
}
