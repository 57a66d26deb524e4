/**
 * Householder reflections `H = I - τ v vᵀ`, which reduce a matrix to a simpler form without losing accuracy. Signs are
 * chosen as in LAPACK, so that results have LAPACK's signs. Many reflections at once are applied to a large matrix as
 * products with matrices. (Householder 1958; Schreiber and Van Loan 1989, "A storage-efficient WY representation for
 * products of Householder transformations"; Anderson et al. 1999, "LAPACK Users' Guide".)
 */

import { add, copy, elements, type Matrix, multiply, part, type Space, scale, turned } from "./matrices.ts";

/**
 * Computes the reflection that maps the `n` elements from index `at` on to a multiple of the first unit vector.
 * Overwrites them with v, whose first element is 1. Returns τ and the multiple.
 */
export function reflection(x: Float64Array, at: number, n: number): readonly [tau: number, beta: number] {
  const alpha = x[at] as number;
  let rest = 0;
  for (let i = at + 1; i < at + n; i++) rest += (x[i] as number) ** 2;
  let norm = Math.sqrt(alpha * alpha + rest);
  // The squares of numbers beyond 1e154 overflow, and those below 1e-154 underflow.
  if (!(norm > 1e-140 && norm < 1e154)) {
    rest = 0;
    for (let i = at + 1; i < at + n; i++) rest = Math.hypot(rest, x[i] as number);
    norm = Math.hypot(alpha, rest);
  }
  x[at] = 1;
  if (rest === 0) return [0, alpha];
  const beta = -Math.sign(alpha || 1) * norm;
  for (let i = at + 1; i < at + n; i++) x[i] = (x[i] as number) / (alpha - beta);
  return [(beta - alpha) / beta, beta];
}

/** A sequence of reflections H₁, H₂, …, the first of which leave the first elements of a vector as they are. */
export class Reflections {
  /** The vectors v, as rows; that of reflection k starts at column `k + below`. */
  readonly vectors: Matrix;
  private readonly below: number;
  /** Reflections that are applied at a time. */
  private readonly block: number;
  /** The factors τ. */
  readonly taus: Float64Array;
  /** Space for products: two matrices with as many columns as reflections are applied to, and two squares. */
  private readonly products: readonly [Matrix, Matrix, Matrix, Matrix];

  /**
   * Allocates reflections of vectors with `n` elements, for matrices with up to `columns` columns.
   *
   * @param below the elements that the first reflection leaves as they are.
   */
  constructor(space: Space, count: number, n: number, columns: number, below: number) {
    const size = space.small ? 1 : Math.min(32, count);
    this.block = size;
    this.vectors = space.matrix(count, n);
    const of = (width: number) => space.matrix(size, width);
    this.products = [of(columns), of(columns), of(size), of(size)];
    this.below = below;
    this.taus = new Float64Array(count);
  }

  /** Makes a reflection from a vector that was stored in row k, and returns τ and the multiple it is mapped to. */
  set(k: number): readonly [tau: number, beta: number] {
    const [x, at] = elements(part(this.vectors, k, 0));
    const [start, n] = [k + this.below, this.vectors.shape[1]];
    for (let i = at; i < at + start; i++) x[i] = 0;
    const pair = reflection(x, at + start, n - start);
    this.taus[k] = pair[0];
    return pair;
  }

  /**
   * Multiplies the last rows of a matrix by reflections `first` to `last - 1`, at most a block: C ← H₁ H₂ … C, or with
   * `transposed` the transposed product. C has as many rows as the first reflection has elements. With the vectors as
   * the rows of V, `H₁ H₂ … = I + Vᵀ N V`, where N is an upper triangle.
   */
  private apply(c: Matrix, first: number, last: number, transposed: boolean): void {
    const { taus, vectors, products } = this;
    const [size, columns] = [last - first, c.shape[1]];
    if (columns === 0) return;
    const v = part(vectors, first, vectors.shape[1] - c.shape[0], size);
    const image = part(products[0], 0, 0, size, columns);
    multiply(image, v, c, false);
    if (size === 1) {
      scale(image, -(taus[first] as number));
      multiply(c, turned(v), image);
      return;
    }
    const product = part(products[1], 0, 0, size, columns);
    const [gram, n] = [part(products[2], 0, 0, size, size), part(products[3], 0, 0, size, size)];
    multiply(gram, v, turned(v), false);
    const [[x, at], [y, from], step] = [elements(n), elements(gram), n.strides[0]];
    for (let k = 0; k < size; k++)
      for (let i = 0; i < size; i++) {
        let sum = i === k ? 1 : 0;
        for (let p = i; p < k; p++) sum += (x[at + i * step + p] as number) * (y[from + p * step + k] as number);
        x[at + i * step + k] = -(taus[first + k] as number) * sum;
      }
    multiply(product, transposed ? turned(n) : n, image, false);
    multiply(c, turned(v), product);
  }

  /** Overwrites Q with the first columns of the product of the first `count` reflections. */
  product(q: Matrix, count: number = this.taus.length): void {
    const { block } = this;
    const [x, at] = elements(q);
    const [rows, columns] = q.shape;
    x.fill(0, at, at + rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) x[at + i * (columns + 1)] = 1;
    for (let first = Math.floor((count - 1) / block) * block; first >= 0; first -= block) {
      // The columns before are those of the unit matrix.
      const start = first + this.below;
      this.apply(part(q, start, start), first, Math.min(first + block, count), false);
    }
  }

  /**
   * Reduces a matrix to upper triangular form. The product of the reflections is Q of `A = Q R`; the other triangle is
   * not used.
   */
  triangularize(a: Matrix): void {
    const { block, vectors } = this;
    const [rows, columns] = a.shape;
    const count = Math.min(rows, columns);
    for (let first = 0; first < count; first += block) {
      const last = Math.min(first + block, count);
      const panel = turned(part(a, first, first, rows - first, last - first));
      // Columns are reduced as rows, whose elements are adjacent.
      copy(part(vectors, first, first, last - first), panel);
      const [[x, at], [y, start]] = [elements(a), elements(vectors)];
      for (let k = first; k < last; k++) {
        const v = start + k * rows;
        for (let i = first; i < k; i++) x[at + i * columns + k] = y[v + i] as number;
        const [tau, beta] = this.set(k);
        x[at + k * columns + k] = beta;
        for (let row = v + rows; row < start + last * rows; row += rows) {
          let image = 0;
          for (let i = k; i < rows; i++) image += (y[v + i] as number) * (y[row + i] as number);
          add(y, row + k, rows - k, y, v + k, -tau * image);
        }
      }
      this.apply(part(a, first, last), first, last, true);
    }
  }
}
