/**
 * The singular value decomposition of one matrix on the host. Householder reflections from both sides reduce it to
 * upper bidiagonal form, and implicitly shifted QR sweeps of Givens rotations make the superdiagonal vanish. (Golub and
 * Reinsch 1970, "Singular value decomposition and least squares solutions"; Golub and Van Loan 2013, "Matrix
 * Computations", section 8.6.)
 */

import { ArgumentError } from "@akari/tensor";
import { orthogonal, reflect, reflection } from "./householder.ts";
import { type Columns, scaleDown, transposed } from "./matrices.ts";
import { rotate, rotationOf } from "./rotation.ts";

/** Result of `decompose`: `A = U diag(s) Vᵀ`. */
export interface Decomposed {
  /** Singular values in descending order. */
  readonly s: Float64Array;
  /** Left singular vectors, as columns. */
  readonly u: Columns;
  /** Right singular vectors, as columns. */
  readonly v: Columns;
}

/** Which singular vectors to compute: none, one per singular value, or complete orthogonal bases. */
export type Vectors = "none" | "reduced" | "full";

/**
 * Computes the singular values and vectors of a matrix with `rows` rows. Overwrites `a`.
 *
 * @throws ArgumentError for NaN and infinities, and when the iteration does not converge.
 */
export function decompose(operation: string, a: Columns, rows: number, vectors: Vectors): Decomposed {
  if (a.length > rows) {
    const { s, u, v } = decompose(operation, transposed(a, rows), a.length, vectors);
    return { s, u: v, v: u };
  }
  const n = a.length;
  const scale = scaleDown(operation, a);
  const { diagonal: d, above: e, leftTaus, rightVectors, rightTaus } = bidiagonalize(a, rows);
  const u = vectors === "none" ? [] : orthogonal(a, leftTaus, rows, vectors === "full" ? rows : n);
  const v = vectors === "none" ? [] : orthogonal(rightVectors, rightTaus, n, n, 1);
  iterate(operation, d, e, u, v);
  for (let k = 0; k < n; k++) {
    if ((d[k] as number) < 0 && vectors !== "none") v[k] = (v[k] as Float64Array).map((x) => -x);
    d[k] = Math.abs(d[k] as number) * scale;
  }
  const order = Array.from(d.keys()).sort((i, j) => (d[j] as number) - (d[i] as number));
  const sorted = (columns: Columns) => columns.map((column, k) => columns[order[k] ?? k] ?? column);
  return { s: Float64Array.from(order, (i) => d[i] as number), u: sorted(u), v: sorted(v) };
}

/**
 * Reduces `a` to its diagonal and superdiagonal. The left reflections are stored in the columns of `a`, the right ones
 * in separate vectors.
 */
function bidiagonalize(
  a: Columns,
  rows: number,
): Record<"diagonal" | "above" | "leftTaus" | "rightTaus", Float64Array> & { readonly rightVectors: Columns } {
  const n = a.length;
  const [diagonal, leftTaus] = [new Float64Array(n), new Float64Array(n)];
  const [above, rightTaus] = [new Float64Array(Math.max(0, n - 1)), new Float64Array(Math.max(0, n - 1))];
  const rightVectors: Columns = [];
  for (let k = 0; k < n; k++) {
    const column = a[k] as Float64Array;
    const tau = reflection(column, k);
    [leftTaus[k], diagonal[k]] = [tau, column[k] as number];
    for (let j = k + 1; j < n; j++) reflect(a[j] as Float64Array, column, k, tau);
    if (k === n - 1) break;
    const row = Float64Array.from(a, (other, j) => (j > k ? (other[k] as number) : 0));
    const rightTau = reflection(row, k + 1);
    [rightTaus[k], above[k]] = [rightTau, row[k + 1] as number];
    row[k + 1] = 1;
    rightVectors.push(row);
    // A ← A H = A - τ (A v) vᵀ
    const image = new Float64Array(rows);
    for (let j = k + 1; j < n; j++) {
      const [other, factor] = [a[j] as Float64Array, row[j] as number];
      for (let i = k + 1; i < rows; i++) image[i] = (image[i] as number) + (other[i] as number) * factor;
    }
    for (let j = k + 1; j < n; j++) {
      const [other, factor] = [a[j] as Float64Array, rightTau * (row[j] as number)];
      for (let i = k + 1; i < rows; i++) other[i] = (other[i] as number) - (image[i] as number) * factor;
    }
  }
  return { diagonal, above, leftTaus, rightTaus, rightVectors };
}

/**
 * Reduces the superdiagonal `e` to zero, block by block from the bottom, and applies the rotations to the columns of
 * `u` and `v`.
 */
function iterate(operation: string, d: Float64Array, e: Float64Array, u: Columns, v: Columns): void {
  const n = d.length;
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(d[i] as number), Math.abs(e[i] ?? 0));
  const vanishing = Number.EPSILON * size;
  const negligible = (i: number): boolean => {
    const around = Math.abs(d[i] as number) + Math.abs(d[i + 1] as number);
    if (Math.abs(e[i] as number) > Number.EPSILON * Math.max(around, Number.EPSILON * size)) return false;
    e[i] = 0;
    return true;
  };
  for (let last = n - 1, steps = 0; last > 0; ) {
    let first = last;
    while (first > 0 && !negligible(first - 1)) first--;
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
}

/** One QR sweep of rotations from both sides, with the Wilkinson shift of `BᵀB`. */
function step(d: Float64Array, e: Float64Array, first: number, last: number, u: Columns, v: Columns): void {
  const [before, end, corner] = [d[last - 1] as number, d[last] as number, e[last - 1] as number];
  const farther = last - 1 > first ? (e[last - 2] as number) : 0;
  const [t, between] = [end ** 2 + corner ** 2, before * corner];
  const half = (before ** 2 + farther ** 2 - t) / 2;
  const root = half + Math.sign(half || 1) * Math.sqrt(half ** 2 + between ** 2);
  let y = (d[first] as number) ** 2 - (root === 0 ? t : t - between ** 2 / root);
  let z = (d[first] as number) * (e[first] as number);
  for (let k = first; k < last; k++) {
    const [c, s, r] = rotationOf(y, z);
    if (k > first) e[k - 1] = r;
    y = c * (d[k] as number) + s * (e[k] as number);
    e[k] = c * (e[k] as number) - s * (d[k] as number);
    z = s * (d[k + 1] as number);
    d[k + 1] = c * (d[k + 1] as number);
    rotate(v[k], v[k + 1], c, s);
    const [cosine, sine, length] = rotationOf(y, z);
    d[k] = length;
    y = cosine * (e[k] as number) + sine * (d[k + 1] as number);
    d[k + 1] = cosine * (d[k + 1] as number) - sine * (e[k] as number);
    e[k] = y;
    if (k + 1 < last) {
      z = sine * (e[k + 1] as number);
      e[k + 1] = cosine * (e[k + 1] as number);
    }
    rotate(u[k], u[k + 1], cosine, sine);
  }
}

/** If a diagonal element is zero, rotates away the superdiagonal element of its row. */
function clearRow(d: Float64Array, e: Float64Array, zero: number, last: number, u: Columns): void {
  d[zero] = 0;
  let rest = e[zero] as number;
  e[zero] = 0;
  for (let k = zero + 1; k <= last && rest !== 0; k++) {
    const [c, s, r] = rotationOf(d[k] as number, rest);
    d[k] = r;
    rotate(u[k], u[zero], c, s);
    if (k === last) break;
    rest = -s * (e[k] as number);
    e[k] = c * (e[k] as number);
  }
}

/** If the last diagonal element is zero, rotates away the superdiagonal element of its column. */
function clearColumn(d: Float64Array, e: Float64Array, first: number, last: number, v: Columns): void {
  d[last] = 0;
  let rest = e[last - 1] as number;
  e[last - 1] = 0;
  for (let k = last - 1; k >= first && rest !== 0; k--) {
    const [c, s, r] = rotationOf(d[k] as number, rest);
    d[k] = r;
    rotate(v[k], v[last], c, s);
    if (k === first) break;
    rest = -s * (e[k - 1] as number);
    e[k - 1] = c * (e[k - 1] as number);
  }
}
