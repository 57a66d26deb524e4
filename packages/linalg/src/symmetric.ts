/**
 * The eigendecomposition of one symmetric matrix on the host. Householder reflections reduce it to tridiagonal form,
 * and implicit QR sweeps with Wilkinson shifts make the off-diagonal elements vanish. (Golub and Van Loan 2013, "Matrix
 * Computations", section 8.3.)
 */

import { ArgumentError, type Tensor } from "@akari/tensor";
import { Deferred } from "./deferred.ts";
import { Reflections } from "./householder.ts";
import {
  add,
  copy,
  elements,
  inner,
  type Matrix,
  mirror,
  part,
  Space,
  scale,
  scaleDown,
  sortRows,
  turned,
} from "./matrices.ts";
import { patience, Rotated, rotationOf } from "./rotation.ts";

/** Result of `diagonalize`: `A = Vᵀ diag(values) V` for each matrix of a batch. */
export interface Diagonalized {
  /** Eigenvalues in ascending order. */
  readonly values: Float64Array;
  /** V, the eigenvectors as rows, for one matrix after the other; no rows if they were not requested. */
  readonly rows: Matrix;
}

/**
 * Computes the eigenvalues of symmetric matrices [..., n, n] and, if requested, the eigenvectors. To be called in a scope.
 *
 * @param upper whether to read the upper triangle instead of the lower one.
 * @throws ArgumentError for NaN and infinities, and when the iteration does not converge.
 */
export function diagonalize(operation: string, a: Tensor, upper: boolean, vectors: boolean): Diagonalized {
  const [n, space] = [a.size(-1), new Space(a)];
  const [values, height] = [new Float64Array(a.numel() / n || 0), vectors ? n : 0];
  const [source, rows] = [space.read(a), space.matrix(vectors ? values.length : 0, n)];
  const [matrix, reflections] = [new Deferred(space, n, n), new Reflections(space, n, n, height, 1)];
  const [rotated, basis, spare] = [new Rotated(space, height, n), space.matrix(height, n), space.matrix(1, n)];
  for (let k = 0; k * n < values.length; k++) {
    matrix.matrix = part(source, k * n, 0, n);
    rotated.matrix = part(rows, k * height, 0, height);
    mirror(upper ? turned(matrix.matrix) : matrix.matrix);
    const factor = scaleDown(operation, matrix.matrix);
    const [diagonal, beside] = tridiagonalize(matrix, reflections, spare);
    if (vectors) reflections.product(basis, n - 1);
    copy(rotated.matrix, turned(basis));
    iterate(operation, diagonal, beside, rotated);
    sortRows(diagonal, rotated.matrix);
    values.set(
      diagonal.map((x) => factor * x),
      k * n,
    );
  }
  return { values, rows };
}

/** Reduces the off-diagonal to zero, block by block from the bottom, and rotates the vectors. */
function iterate(operation: string, diagonal: Float64Array, beside: Float64Array, rotated: Rotated): void {
  const size = diagonal.reduce((most, x, i) => Math.max(most, Math.abs(x), Math.abs(beside[i] ?? 0)), 0);
  // An element is zero within rounding error of the adjacent ones. Where these are rounding errors themselves, as of
  // repeated or tiny eigenvalues, the iteration may stagnate; then the largest element counts.
  const negligible = (i: number, stagnant: boolean): boolean => {
    const around = stagnant ? size : Math.abs(diagonal[i] as number) + Math.abs(diagonal[i + 1] as number);
    if (Math.abs(beside[i] as number) > Number.EPSILON * around) return false;
    beside[i] = 0;
    return true;
  };
  for (let last = diagonal.length - 1, steps = 0; last > 0; ) {
    let first = last;
    while (first > 0 && !negligible(first - 1, steps > patience)) first--;
    if (first === last) {
      last--;
      steps = 0;
    } else if (steps++ < 60) step(diagonal, beside, first, last, rotated);
    else throw new ArgumentError(`${operation}: the iteration does not converge`);
  }
  rotated.finish();
}

/** Returns the diagonal and the off-diagonal. */
function tridiagonalize(
  matrix: Deferred,
  reflections: Reflections,
  spare: Matrix,
): readonly [diagonal: Float64Array, beside: Float64Array] {
  const n = spare.shape[1];
  const [diagonal, beside] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  for (let k = 0; k < n; k++) {
    const row = part(reflections.vectors, k, k, 1);
    matrix.copyRow(k, row);
    const [z, start] = elements(row);
    diagonal[k] = z[start] as number;
    if (k === n - 1) break;
    const [tau, beta] = reflections.set(k);
    beside[k] = beta;
    if (tau === 0) continue;
    // A ← H A H = A - v wᵀ - w vᵀ
    const [v, w] = [part(row, 0, 1), part(spare, 0, k + 1)];
    matrix.multiply(v, w, true); // a symmetric matrix is multiplied faster by rows
    scale(w, -tau);
    add(...elements(w), n - k - 1, ...elements(v), (-tau / 2) * inner(v, w));
    matrix.add(v, w);
    matrix.add(w, v);
  }
  return [diagonal, beside];
}

/**
 * One QR sweep of rotations over the block from `first` to `last`. The shift creates a bulge at the top, which is
 * chased to the bottom.
 */
function step(d: Float64Array, e: Float64Array, first: number, last: number, rotated: Rotated): void {
  const half = ((d[last - 1] as number) - (d[last] as number)) / 2;
  const corner = e[last - 1] as number;
  const shift = (d[last] as number) - corner ** 2 / (half + Math.sign(half || 1) * Math.sqrt(half ** 2 + corner ** 2));
  let x = (d[first] as number) - shift;
  let bulge = e[first] as number;
  rotated.sweep(first, last);
  for (let k = first; k < last; k++) {
    const [c, s, r] = rotationOf(x, bulge);
    if (k > first) e[k - 1] = r;
    const [above, between, below] = [d[k] as number, e[k] as number, d[k + 1] as number];
    d[k] = c * c * above + 2 * c * s * between + s * s * below;
    d[k + 1] = s * s * above - 2 * c * s * between + c * c * below;
    e[k] = c * s * (below - above) + (c * c - s * s) * between;
    x = e[k] as number;
    if (k + 1 < last) {
      bulge = s * (e[k + 1] as number);
      e[k + 1] = c * (e[k + 1] as number);
    }
    rotated.add(k, c, s);
  }
}
