/**
 * Blocked triangular factorization on the host, in float64. A block of columns is factored at a time, and its product
 * is subtracted from the trailing submatrix. The product is nearly all of the work; a large one is computed on the
 * device. Submatrices are passed as the memory from their first element on, with the stride of their rows. (Golub and
 * Van Loan 2013, "Matrix Computations", section 3.2.11.)
 */

import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { fromHost } from "./fill.ts";
import { matmul } from "./matmul.ts";

/** Number of columns of a block. */
const width = 48;

/** Subtracts `factor` times the `n` elements of `b` from index `of` on from the elements of `a` from index `at` on. */
function subtract(a: Float64Array, at: number, b: Float64Array, of: number, n: number, factor = 1): void {
  for (let j = 0; j < n; j++) a[at + j] = (a[at + j] as number) - factor * (b[of + j] as number);
}

/**
 * Computes `c -= a b` for a [m, k] and b [k, n]; the rows of `a` have the stride `aStep`, those of `b` and `c` the
 * stride `step`. A large product is computed on the device of `like`.
 */
function subtractProduct(
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

/** The row permutation of `eliminate`. */
export interface Exchanged {
  /** For each row of the result, its index in the original matrix. */
  readonly order: readonly number[];
  /** The sign of the permutation. */
  readonly sign: number;
}

/**
 * Factors a matrix on the host in place, as `P A = L U`: U is stored on and above the diagonal, L below it, without its
 * unit diagonal.
 *
 * @param like a tensor on the device that computes large products.
 * @param a the matrix in row-major order; it is overwritten.
 * @param exchange whether to exchange rows (partial pivoting). Default true.
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
    subtractProduct(like, rest, factors, beside, columns, columns, rows - last, last - first, columns - last);
  }
  return { order, sign };
}

/**
 * Overwrites X with `L⁻¹ X` by blocked forward substitution, where L is a lower triangular n × n matrix with row stride
 * `lStep`, and X has `columns` columns and row stride `step`.
 *
 * @param divide whether to use L's diagonal, instead of taking it as ones. Default false.
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
    subtractProduct(
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
