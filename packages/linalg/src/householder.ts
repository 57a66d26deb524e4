/**
 * Householder reflections `H = I - τ v vᵀ`, which reduce a matrix to a simpler form without losing accuracy. Signs are
 * chosen as in LAPACK, so that results have LAPACK's signs. Many reflections at once are applied to a large matrix as
 * products with matrices. (Householder 1958; Schreiber and Van Loan 1989, "A storage-efficient WY representation for
 * products of Householder transformations"; Anderson et al. 1999, "LAPACK Users' Guide".)
 */

import { type Backend, elements, type Matrix, part } from "@akari/tensor";
import { add, addProduct, clear, type Space, turned } from "./matrices.ts";

/** Reflections that are applied at a time. */
const block = 32;

/** Most elements of a matrix to which reflections are applied one by one, on the host. */
const small = 1500;

/**
 * Computes the reflection that maps the `n` elements from index `at` on to a multiple of the first unit vector.
 * Overwrites them with v, whose first element is 1. Returns τ and the multiple.
 */
export function reflection(x: Float64Array, at: number, n: number): readonly [tau: number, beta: number] {
  const alpha = x[at] as number;
  let rest = 0;
  for (let i = at + 1; i < at + n; i++) rest += (x[i] as number) ** 2;
  x[at] = 1;
  if (rest === 0) return [0, alpha];
  const beta = -Math.sign(alpha || 1) * Math.sqrt(alpha * alpha + rest);
  for (let i = at + 1; i < at + n; i++) x[i] = (x[i] as number) / (alpha - beta);
  return [(beta - alpha) / beta, beta];
}

/** A sequence of reflections H₁, H₂, …, the first of which leave the first elements of a vector as they are. */
export class Reflections {
  /** The vectors v, as rows; that of reflection k starts at column `k + below`. */
  readonly vectors: Matrix;
  private readonly device: Backend;
  private readonly below: number;
  private readonly taus: Float64Array;
  private readonly gram: Matrix;
  private readonly inner: Matrix;
  private readonly images: readonly Matrix[];

  /**
   * Allocates reflections of vectors with `n` elements, for matrices with up to `columns` columns.
   *
   * @param below the elements that the first reflection leaves as they are.
   */
  constructor(space: Space, count: number, n: number, columns: number, below: number) {
    const size = Math.min(block, count);
    this.device = space.device;
    this.vectors = space.matrix(count, n);
    this.gram = space.matrix(size, size);
    this.inner = space.matrix(size, size);
    this.images = [space.matrix(size, columns), space.matrix(size, columns)];
    this.below = below;
    this.taus = new Float64Array(count);
  }

  /** Makes a reflection from a vector that was stored in row k, and returns τ and the multiple it is mapped to. */
  set(k: number): readonly [tau: number, beta: number] {
    const [x, at] = elements(this.device, this.vectors);
    const length = this.vectors.shape[1];
    const [row, start] = [at + k * length, k + this.below];
    for (let i = row; i < row + start; i++) x[i] = 0;
    const pair = reflection(x, row + start, length - start);
    this.taus[k] = pair[0];
    return pair;
  }

  /**
   * Multiplies the last rows of a matrix by reflections `first` to `last - 1`, at most a block: C ← H₁ H₂ … C, or with
   * `transposed` the transposed product. C has as many rows as the first reflection has elements.
   */
  apply(c: Matrix, first: number, last: number, transposed: boolean): void {
    const [rows, columns] = c.shape;
    if (rows * columns > small) {
      this.applyTogether(c, first, last, transposed);
      return;
    }
    const [[x, top], [y, vector], step] = [elements(this.device, c), elements(this.device, this.vectors), c.strides[0]];
    const length = this.vectors.shape[1];
    const [z, image] = elements(this.device, this.images[0] as Matrix);
    for (let count = 0; count < last - first; count++) {
      const k = transposed ? first + count : last - 1 - count;
      const tau = this.taus[k] as number;
      const [start, v] = [k - first, vector + k * length + length - rows];
      if (tau === 0) continue;
      for (let j = 0; j < columns; j++) z[image + j] = x[top + start * step + j] as number;
      for (let i = start + 1; i < rows; i++) add(z, image, columns, x, top + i * step, y[v + i] as number);
      for (let i = start; i < rows; i++) add(x, top + i * step, columns, z, image, -tau * (y[v + i] as number));
    }
  }

  /** With the vectors as the rows of V, `H₁ H₂ … = I + Vᵀ N V`, where N is an upper triangle. */
  private applyTogether(c: Matrix, first: number, last: number, transposed: boolean): void {
    const { device, taus } = this;
    const [size, step] = [last - first, this.inner.shape[1]];
    const v = part(this.vectors, first, this.vectors.shape[1] - c.shape[0], size);
    const square = (x: Matrix) => part(x, 0, 0, size, size);
    const [gram, inner] = [square(this.gram), square(this.inner)];
    clear(device, this.gram, this.inner, ...this.images);
    addProduct(device, gram, v, turned(v));
    const [[products, from], [n, to]] = [elements(device, gram), elements(device, inner)];
    for (let k = 0; k < size; k++) {
      const tau = taus[first + k] as number;
      n[to + k * (step + 1)] = -tau;
      for (let i = 0; i < k; i++) {
        let sum = 0;
        for (let p = i; p < k; p++) sum += (n[to + i * step + p] as number) * (products[from + p * step + k] as number);
        n[to + i * step + k] = -tau * sum;
      }
    }
    const [image, product] = this.images.map((x) => part(x, 0, 0, size, c.shape[1])) as [Matrix, Matrix];
    addProduct(device, image, v, c);
    addProduct(device, product, transposed ? turned(inner) : inner, image);
    addProduct(device, c, turned(v), product);
  }

  /** Overwrites Q with the first columns of the product of the first `count` reflections. */
  product(q: Matrix, count: number = this.taus.length): void {
    const [x, at] = elements(this.device, q);
    const [rows, columns] = q.shape;
    x.fill(0, at, at + rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) x[at + i * (columns + 1)] = 1;
    for (let first = Math.floor((count - 1) / block) * block; first >= 0; first -= block) {
      // The columns before are those of the unit matrix.
      const start = first + this.below;
      this.apply(part(q, start, start), first, Math.min(first + block, count), false);
    }
  }
  /** Reduces a matrix to upper triangular form. The product of the reflections is Q of `A = Q R`. */
  triangularize(a: Matrix): void {
    const { device, vectors } = this;
    const [rows, columns] = a.shape;
    const count = Math.min(rows, columns);
    for (let first = 0; first < count; first += block) {
      const last = Math.min(first + block, count);
      const [[x, at], [y, start]] = [elements(device, a), elements(device, vectors)];
      // Columns are reduced as rows, whose elements are adjacent.
      for (let i = first; i < rows; i++)
        for (let k = first; k < last; k++) y[start + k * rows + i] = x[at + i * columns + k] as number;
      for (let k = first; k < last; k++) {
        const row = start + k * rows;
        for (let i = first; i < k; i++) x[at + i * columns + k] = y[row + i] as number;
        const [tau, beta] = this.set(k);
        for (let i = k; i < rows; i++) x[at + i * columns + k] = i === k ? beta : 0;
        if (tau !== 0 && k + 1 < last) this.reflectRows(k, last, tau);
      }
      this.apply(part(a, first, last), first, last, true);
    }
  }

  /** Applies reflection k to the rows from there to `last - 1`, which are not yet reflections. */
  private reflectRows(k: number, last: number, tau: number): void {
    const { device, vectors, gram } = this;
    const length = vectors.shape[1];
    const [y, start] = elements(device, vectors);
    if ((last - k - 1) * (length - k) <= small) {
      const v = start + k * length;
      for (let row = v + length; row < start + last * length; row += length) {
        let image = y[row + k] as number;
        for (let i = k + 1; i < length; i++) image += (y[v + i] as number) * (y[row + i] as number);
        add(y, row + k, length - k, y, v + k, -tau * image);
      }
      return;
    }
    const [v, rows, image] = [
      part(vectors, k, k, 1),
      part(vectors, k + 1, k, last - k - 1),
      part(gram, 0, 0, last - k - 1, 1),
    ];
    clear(device, gram);
    addProduct(device, image, rows, turned(v));
    const [[x, at], step] = [elements(device, image), gram.shape[1]];
    for (let i = 0; i < image.shape[0]; i++) x[at + i * step] = -tau * (x[at + i * step] as number);
    addProduct(device, rows, image, v);
  }
}
