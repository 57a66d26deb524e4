/**
 * Triangular factors on the host, in float64. Some columns at a time are worked out, and their product is taken away
 * from all that is left: that is nearly all of the work, and where it is much, the device does it. Parts of matrices
 * are given by the memory from their first element on, and by how far it is from one row to the next. (Golub and Van
 * Loan 2013, "Matrix Computations", section 3.2.11.)
 */

import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { fromHost } from "./fill.ts";
import { matmul } from "./matmul.ts";

/** How many columns at a time. */
const width = 48;

/** Takes a multiple of the n elements from `of` on in `b` away from those from `at` on in `a`. */
function subtract(a: Float64Array, at: number, b: Float64Array, of: number, n: number, factor = 1): void {
  for (let j = 0; j < n; j++) a[at + j] = (a[at + j] as number) - factor * (b[of + j] as number);
}

/**
 * `c -= a b` of [m, k] and [k, n], with rows of `c` and `b` lying `step` apart; where that is much, on the device of
 * `like`.
 */
function takeAway(
  like: Tensor,
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  step: number,
  aStep: number,
  m: number,
  k: number,
  n: number,
): void {
  const moved = (x: Float64Array, xStep: number, rows: number, columns: number): Tensor => {
    const part = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) part.set(x.subarray(i * xStep, i * xStep + columns), i * columns);
    return fromHost(like, [rows, columns], "float64", part);
  };
  // Safe: a product of float64.
  const product =
    m * k * n > 1 << 15 &&
    (scope(() => matmul(moved(a, aStep, m, k), moved(b, step, k, n)).dataSync()) as Float64Array);
  for (let i = 0; i < m; i++)
    if (product) subtract(c, i * step, product, i * n, n);
    else for (let p = 0; p < k; p++) subtract(c, i * step, b, p * step, n, a[i * aStep + p]);
}

/** What `eliminate` did to the rows of a matrix. */
export interface Exchanged {
  /** Which row is where now. */
  readonly order: readonly number[];
  /** The sign of that permutation. */
  readonly sign: number;
}

/**
 * Brings a matrix on the host to triangles: the factors below the diagonal, where the ones of its own are not written,
 * and the rest above. The row with the largest element goes up, unless rows are to stay.
 *
 * @param like a tensor on the device that computes large products.
 * @param a the matrix, row by row; it is overwritten.
 */
export function eliminate(like: Tensor, a: Float64Array, columns: number, exchange = true): Exchanged {
  const rows = columns && a.length / columns;
  const order = [...Array(rows).keys()];
  let sign = 1;
  for (let first = 0, end = Math.min(rows, columns); first < end; first += width) {
    const last = Math.min(end, first + width);
    for (let k = first; k < last; k++) {
      const row = k * columns;
      let pivot = k;
      for (let i = k + 1; exchange && i < rows; i++)
        if (Math.abs(a[i * columns + k] as number) > Math.abs(a[pivot * columns + k] as number)) pivot = i;
      if (pivot !== k) {
        sign = -sign;
        [order[k], order[pivot]] = [order[pivot] as number, order[k] as number];
        const upper = a.slice(row, row + columns);
        a.copyWithin(row, pivot * columns, (pivot + 1) * columns).set(upper, pivot * columns);
      }
      const value = a[row + k] as number;
      for (let at = row + k + columns; value !== 0 && at < a.length; at += columns) {
        a[at] = (a[at] as number) / value;
        subtract(a, at + 1, a, row + k + 1, last - k - 1, a[at]);
      }
    }
    const beside = a.subarray(first * columns + last);
    solveLower(like, a.subarray(first * columns + first), columns, beside, columns, last - first, columns - last);
    const [rest, factors] = [a.subarray(last * columns + last), a.subarray(last * columns + first)];
    takeAway(like, rest, factors, beside, columns, columns, rows - last, last - first, columns - last);
  }
  return { order, sign };
}

/**
 * Turns X of `columns` columns, its rows lying `step` apart, into `L⁻¹ X`, L being a lower triangle of n rows; its
 * diagonal counts as ones unless it is to be divided by.
 */
export function solveLower(
  like: Tensor,
  l: Float64Array,
  lStep: number,
  x: Float64Array,
  step: number,
  n: number,
  columns: number,
  divide = false,
): void {
  for (let first = 0; first < n; first += width) {
    const last = Math.min(n, first + width);
    for (let i = first; i < last; i++) {
      const [row, at] = [i * lStep, i * step];
      for (let p = first; p < i; p++) subtract(x, at, x, p * step, columns, l[row + p]);
      for (let j = 0; divide && j < columns; j++) x[at + j] = (x[at + j] as number) / (l[row + i] as number);
    }
    takeAway(
      like,
      x.subarray(last * step),
      l.subarray(last * lStep + first),
      x.subarray(first * step),
      step,
      lStep,
      n - last,
      last - first,
      columns,
    );
  }
}
