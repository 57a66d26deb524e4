/**
 * Givens rotations, which zero a single element by combining two rows. (Givens 1958.) Those of many sweeps over a large
 * matrix are collected, multiplied with each other, and applied as products of matrices. (Lang 1998, "Using level 3 BLAS
 * in rotation-based algorithms".)
 */

import { copy, elements, type Matrix, multiply, part, type Space } from "./matrices.ts";

/** Sweeps that are applied together, and rotations of each that are multiplied with each other. */
const block = 32;

/** Sweeps for one eigenvalue or singular value after which an iteration stagnates. */
export const patience = 20;

/** Returns the cosine and sine of the rotation that maps (a, b) to (r, 0), and r. */
export function rotationOf(a: number, b: number): readonly [cosine: number, sine: number, r: number] {
  if (b === 0) return [1, 0, a];
  const r = Math.sqrt(a * a + b * b);
  return [a / r, b / r, r];
}

/**
 * Rotates the `n` elements from index `at` on with those from `to` on: `x' = c x + s y`, `y' = c y - s x`. Elements are
 * `step` apart.
 */
export function rotate(x: Float64Array, at: number, to: number, n: number, c: number, s: number, step = 1): void {
  for (let i = 0; i < n * step; i += step) {
    const p = x[at + i] as number;
    const q = x[to + i] as number;
    x[at + i] = c * p + s * q;
    x[to + i] = c * q - s * p;
  }
}

/** A matrix whose rows are rotated. Without rows, nothing is computed. */
export class Rotated {
  /** The matrix. Rotations are missing until `finish`. */
  matrix: Matrix;
  private readonly factor: Matrix;
  private readonly product: Matrix;
  /** The cosine and sine of each rotation, and the first and last row of each sweep. */
  private readonly angles: Float64Array;
  private readonly ranges: number[] = [];
  /** The elements of the matrix, during a sweep. */
  private numbers: readonly [Float64Array, number];

  constructor(space: Space, rows: number, columns: number) {
    const size = rows * columns > 4096 ? 2 * block : 0;
    [this.factor, this.product] = [space.matrix(size, size), space.matrix(size, columns)];
    this.matrix = this.product;
    this.angles = new Float64Array(size * rows);
    this.numbers = elements(this.matrix);
  }

  /** Begins a sweep of rotations of adjacent rows between two ones. */
  sweep(first: number, last: number): void {
    if (this.ranges.length === 2 * block) this.finish();
    if (this.factor.shape[0] > 0) this.ranges.push(first, last);
    else this.numbers = elements(this.matrix);
  }

  /** Rotates rows k and k + 1, in the order of a sweep. */
  add(k: number, c: number, s: number): void {
    const [rows, columns] = this.matrix.shape;
    if (this.factor.shape[0] > 0) {
      const at = 2 * ((this.ranges.length / 2 - 1) * rows + k);
      this.angles[at] = c;
      this.angles[at + 1] = s;
    } else if (rows > 0) {
      const at = this.numbers[1] + k * columns;
      rotate(this.numbers[0], at, at + columns, columns, c, s);
    }
  }

  /** Rotates any two rows at once. */
  rotate(k: number, l: number, c: number, s: number): void {
    if (this.ranges.length > 0) this.finish();
    const [rows, columns] = this.matrix.shape;
    const [x, at] = elements(this.matrix);
    if (rows > 0) rotate(x, at + k * columns, at + l * columns, columns, c, s);
  }

  /** Applies the rotations that are missing. */
  finish(): void {
    const { matrix, ranges, angles } = this;
    const rows = matrix.shape[0];
    const count = ranges.length / 2;
    const [begin, end] = [Math.min(...ranges), Math.max(...ranges)];
    // Rotation k of a sweep follows rotation k + 1 of the sweep before, so each sweep stays one row behind that.
    for (let base = begin; base < end + count; base += block) {
      const top = Math.max(begin, base - count + 1);
      const size = Math.min(end, base + block) - top + 1;
      if (size < 2) continue;
      const factor = part(this.factor, 0, 0, size, size);
      const [x, at] = elements(this.factor);
      x.fill(0, at, at + 4 * block * block);
      for (let i = 0; i < size; i++) x[at + i * (2 * block + 1)] = 1;
      for (let sweep = 0; sweep < count; sweep++) {
        const [first, last] = [ranges[2 * sweep] as number, ranges[2 * sweep + 1] as number];
        const left = Math.max(0, base - sweep - top);
        for (let k = Math.max(first, base - sweep); k < Math.min(last, base - sweep + block); k++) {
          // All other elements of both rows are still zero.
          const right = Math.min(size, k - top + sweep + 2);
          const [angle, row] = [2 * (sweep * rows + k), at + (k - top) * 2 * block + left];
          rotate(x, row, row + 2 * block, right - left, angles[angle] as number, angles[angle + 1] as number);
        }
      }
      const [product, rotated] = [part(this.product, 0, 0, size), part(matrix, top, 0, size)];
      multiply(product, factor, rotated, false);
      copy(rotated, product);
    }
    ranges.length = 0;
  }
}
