/**
 * The singular value decomposition of one matrix on the host. Householder reflections from both sides reduce it to
 * upper bidiagonal form, and implicitly shifted QR sweeps of Givens rotations make the superdiagonal vanish. (Golub and
 * Reinsch 1970, "Singular value decomposition and least squares solutions"; Golub and Van Loan 2013, "Matrix
 * Computations", section 8.6.)
 */

import { ArgumentError, sizeOf, type Tensor } from "@akari/tensor";
import { Deferred } from "./deferred.ts";
import { Reflections } from "./householder.ts";
import { copy, type Matrix, mirror, part, Space, scale, scaleDown, sortRows, turned } from "./matrices.ts";
import { patience, Rotated, rotationOf } from "./rotation.ts";

/** Result of `decompose`: `A = Uᵀ diag(s) V` for each matrix of a batch. */
export interface Decomposed {
  /** Singular values in descending order. */
  readonly s: Float64Array;
  /** U, the left singular vectors as rows, for one matrix after the other. */
  readonly u: Matrix;
  /** V, the right singular vectors as rows. */
  readonly v: Matrix;
  /** Where U and V are, and further matrices can be. */
  readonly space: Space;
}

/** Which singular vectors to compute: none, one per singular value, or complete orthogonal bases. */
export type Vectors = "none" | "reduced" | "full";

/**
 * Computes the singular values and vectors of matrices [..., m, n]. To be called in a scope.
 *
 * @param symmetric whether to read the lower triangles only, of symmetric matrices. Default false.
 * @throws ArgumentError for NaN and infinities, and when the iteration does not converge.
 */
export function decompose(
  operation: string,
  a: Tensor,
  vectors: Vectors,
  symmetric = false,
  space: Space = new Space(a),
): Decomposed {
  const [sizes, count] = [a.size(-2, -1), sizeOf(a.shape.slice(0, -2))];
  const [n, m] = [Math.min(...sizes), Math.max(...sizes)];
  const [width, height] = vectors === "none" ? [0, 0] : [vectors === "full" ? m : n, n];
  const s = new Float64Array(count * n);
  const source = space.read(a);
  const [uRows, vRows] = [space.matrix(count * width, m), space.matrix(count * height, n)];
  const matrix = new Deferred(space, m, n);
  // A matrix with more columns than rows is transposed, which exchanges U and V.
  const wide = sizes[1] > sizes[0];
  const across = space.matrix(wide ? m : 0, n);
  const left = new Reflections(space, n, m, width, 0);
  const right = new Reflections(space, Math.max(0, n - 1), n, height, 1);
  const [u, v] = [new Rotated(space, width, m), new Rotated(space, height, n)];
  const [uBasis, vBasis] = [space.matrix(m, width), space.matrix(n, height)];
  const spare = [space.matrix(1, m), space.matrix(1, n)] as const;
  for (let k = 0; k < count; k++) {
    const own = part(source, k * sizes[0], 0, sizes[0]);
    matrix.matrix = wide ? across : own;
    [u.matrix, v.matrix] = [part(uRows, k * width, 0, width), part(vRows, k * height, 0, height)];
    if (wide) copy(across, turned(own));
    if (symmetric) mirror(own);
    const factor = scaleDown(operation, matrix.matrix);
    const [d, e] = bidiagonalize(matrix, left, right, spare);
    if (vectors !== "none") {
      left.product(uBasis);
      right.product(vBasis);
    }
    copy(u.matrix, turned(uBasis));
    copy(v.matrix, turned(vBasis));
    iterate(operation, d, e, u, v);
    for (let i = 0; i < n; i++) {
      if ((d[i] as number) < 0) scale(part(v.matrix, i, 0, Math.min(1, height)), -1);
      d[i] = -Math.abs(d[i] as number);
    }
    sortRows(d, u.matrix, v.matrix);
    for (let i = 0; i < n; i++) s[k * n + i] = Math.abs(factor * (d[i] as number));
  }
  return wide ? { s, u: vRows, v: uRows, space } : { s, u: uRows, v: vRows, space };
}

/** Reduces a matrix to its diagonal and superdiagonal. */
function bidiagonalize(
  matrix: Deferred,
  left: Reflections,
  right: Reflections,
  [image, rowImage]: readonly [Matrix, Matrix],
): readonly [diagonal: Float64Array, above: Float64Array] {
  const n = matrix.matrix.shape[1];
  const [diagonal, above] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  for (let k = 0; k < n; k++) {
    const column = part(left.vectors, k, k, 1);
    matrix.copyRow(k, column, true);
    const [tau, beta] = left.set(k);
    diagonal[k] = beta;
    if (k === n - 1) break;
    // A ← H A = A - v (τ Aᵀ v)ᵀ
    const y = part(rowImage, 0, k + 1);
    matrix.multiply(column, y);
    scale(y, -tau);
    matrix.add(column, y);
    const row = part(right.vectors, k, k + 1, 1);
    matrix.copyRow(k, row);
    const [rightTau, rightBeta] = right.set(k);
    above[k] = rightBeta;
    // A ← A H = A - (τ A v) vᵀ
    const x = part(image, 0, k + 1);
    matrix.multiply(row, x, true);
    scale(x, -rightTau);
    matrix.add(x, row);
  }
  return [diagonal, above];
}

/** Reduces the superdiagonal `e` to zero, block by block from the bottom, and rotates the singular vectors. */
function iterate(operation: string, d: Float64Array, e: Float64Array, u: Rotated, v: Rotated): void {
  const n = d.length;
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(d[i] as number), Math.abs(e[i] ?? 0));
  const vanishing = Number.EPSILON * size;
  // As for symmetric matrices, the largest element counts where the iteration stagnates.
  const negligible = (i: number, stagnant: boolean): boolean => {
    const around = stagnant ? size : Math.abs(d[i] as number) + Math.abs(d[i + 1] as number);
    if (Math.abs(e[i] as number) > Number.EPSILON * Math.max(around, Number.EPSILON * size)) return false;
    e[i] = 0;
    return true;
  };
  for (let last = n - 1, steps = 0; last > 0; ) {
    let first = last;
    while (first > 0 && !negligible(first - 1, steps > patience)) first--;
    if (first === last) {
      last--;
      steps = 0;
      continue;
    }
    if (steps++ > 75) throw new ArgumentError(`${operation}: the iteration does not converge`);
    let zero = last;
    while (zero >= first && Math.abs(d[zero] as number) > vanishing * Number.EPSILON) zero--;
    if (zero < first) step(d, e, first, last, u, v);
    else if (zero < last) clearRow(d, e, zero, last, u);
    else clearColumn(d, e, first, last, v);
  }
  u.finish();
  v.finish();
}

/** One QR sweep of rotations from both sides, with the Wilkinson shift of `BᵀB`. */
function step(d: Float64Array, e: Float64Array, first: number, last: number, u: Rotated, v: Rotated): void {
  const [before, end, corner] = [d[last - 1] as number, d[last] as number, e[last - 1] as number];
  const farther = last - 1 > first ? (e[last - 2] as number) : 0;
  const [t, between] = [end ** 2 + corner ** 2, before * corner];
  const half = (before ** 2 + farther ** 2 - t) / 2;
  const root = half + Math.sign(half || 1) * Math.sqrt(half ** 2 + between ** 2);
  let y = (d[first] as number) ** 2 - (root === 0 ? t : t - between ** 2 / root);
  let z = (d[first] as number) * (e[first] as number);
  u.sweep(first, last);
  v.sweep(first, last);
  for (let k = first; k < last; k++) {
    const [c, s, r] = rotationOf(y, z);
    if (k > first) e[k - 1] = r;
    y = c * (d[k] as number) + s * (e[k] as number);
    e[k] = c * (e[k] as number) - s * (d[k] as number);
    z = s * (d[k + 1] as number);
    d[k + 1] = c * (d[k + 1] as number);
    v.add(k, c, s);
    const [cosine, sine, length] = rotationOf(y, z);
    d[k] = length;
    y = cosine * (e[k] as number) + sine * (d[k + 1] as number);
    d[k + 1] = cosine * (d[k + 1] as number) - sine * (e[k] as number);
    e[k] = y;
    if (k + 1 < last) {
      z = sine * (e[k + 1] as number);
      e[k + 1] = cosine * (e[k + 1] as number);
    }
    u.add(k, cosine, sine);
  }
}

/** If a diagonal element is zero, rotates away the superdiagonal element of its row. */
function clearRow(d: Float64Array, e: Float64Array, zero: number, last: number, u: Rotated): void {
  d[zero] = 0;
  let rest = e[zero] as number;
  e[zero] = 0;
  for (let k = zero + 1; k <= last && rest !== 0; k++) {
    const [c, s, r] = rotationOf(d[k] as number, rest);
    d[k] = r;
    u.rotate(k, zero, c, s);
    if (k === last) break;
    rest = -s * (e[k] as number);
    e[k] = c * (e[k] as number);
  }
}

/** If the last diagonal element is zero, rotates away the superdiagonal element of its column. */
function clearColumn(d: Float64Array, e: Float64Array, first: number, last: number, v: Rotated): void {
  d[last] = 0;
  let rest = e[last - 1] as number;
  e[last - 1] = 0;
  for (let k = last - 1; k >= first && rest !== 0; k--) {
    const [c, s, r] = rotationOf(d[k] as number, rest);
    d[k] = r;
    v.rotate(k, last, c, s);
    if (k === first) break;
    rest = -s * (e[k - 1] as number);
    e[k - 1] = c * (e[k - 1] as number);
  }
}
