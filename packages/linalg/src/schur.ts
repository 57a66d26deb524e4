/**
 * The real Schur decomposition of a general square matrix on the host. Householder reflections reduce it to Hessenberg
 * form. Implicit double-shift QR sweeps, which stay real, then reduce the subdiagonal to zero except for 2 × 2 blocks,
 * each a pair of complex eigenvalues. Back substitution yields the eigenvectors. (Francis 1961, "The QR
 * Transformation"; Golub and Van Loan 2013, "Matrix Computations", section 7.5.)
 */

import { ArgumentError } from "@akari/tensor";
import { orthogonal, reflect, reflection } from "./householder.ts";
import type { Columns } from "./matrices.ts";
import { rotate } from "./rotation.ts";

/** A vector of complex numbers `re[i] + i im[i]`. */
interface ComplexVector {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Result of `eigen`. */
export interface Eigen {
  /** Eigenvalues. Of a conjugate pair, the one with the positive imaginary part comes first. */
  readonly values: ComplexVector;
  /** Eigenvectors of length 1 whose largest element is real; empty if they were not requested. */
  readonly vectors: readonly ComplexVector[];
}

/** The element in row i and column j. */
const at = (a: Columns, i: number, j: number): number => (a[j] as Float64Array)[i] as number;

/**
 * Computes the eigenvalues of a square matrix and, if requested, its eigenvectors. Overwrites `a`.
 *
 * @throws ArgumentError when the iteration does not converge.
 */
export function eigen(operation: string, a: Columns, vectors: boolean): Eigen {
  const n = a.length;
  const q = hessenberg(a, vectors);
  iterate(operation, a, q);
  const values = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    values.re[k] = at(a, k, k);
    // The two eigenvalues of a block share their real part, the mean of its diagonal, and have opposite imaginary
    // parts.
    const paired = k + 1 < n && at(a, k + 1, k) !== 0;
    if (!paired) continue;
    const [p, product] = [(at(a, k, k) - at(a, k + 1, k + 1)) / 2, at(a, k, k + 1) * at(a, k + 1, k)];
    const imaginary = Math.sqrt(Math.max(0, -(p * p + product)));
    values.re[k] = values.re[k + 1] = at(a, k + 1, k + 1) + p;
    values.im[k] = imaginary;
    values.im[++k] = -imaginary;
  }
  return { values, vectors: vectors ? vectorsOf(a, q, values) : [] };
}

/** Reduces `a` to upper Hessenberg form. Returns the orthogonal transformation if vectors are requested. */
function hessenberg(a: Columns, vectors: boolean): Columns {
  const n = a.length;
  const taus = new Float64Array(Math.max(0, n - 1));
  for (let k = 0; k < n - 1; k++) {
    const v = a[k] as Float64Array;
    const tau = reflection(v, k + 1);
    taus[k] = tau;
    for (let j = k + 1; j < n; j++) reflect(a[j] as Float64Array, v, k + 1, tau);
    const image = new Float64Array(n);
    const factor = (j: number) => (j === k + 1 ? 1 : (v[j] as number));
    for (let j = k + 1; j < n; j++) add(image, a[j] as Float64Array, factor(j));
    for (let j = k + 1; j < n; j++) add(a[j] as Float64Array, image, -tau * factor(j));
  }
  const q = vectors ? orthogonal(a, taus, n, n, 1) : [];
  for (const [j, column] of a.entries()) column.fill(0, j + 2);
  return q;
}

function add(x: Float64Array, y: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + factor * (y[i] as number);
}

/** Reduces the subdiagonal to zero except for 2 × 2 blocks, from the bottom up. */
function iterate(operation: string, a: Columns, q: Columns): void {
  let size = 0;
  for (const column of a) for (const x of column) size = Math.max(size, Math.abs(x));
  for (let last = a.length - 1, steps = 0; last > 0; ) {
    let first = last;
    for (; first > 0; first--) {
      const around = Math.abs(at(a, first - 1, first - 1)) + Math.abs(at(a, first, first)) || size;
      if (Math.abs(at(a, first, first - 1)) > Number.EPSILON * around) continue;
      (a[first - 1] as Float64Array)[first] = 0;
      break;
    }
    if (last - first > 1) {
      if (steps++ > 60) throw new ArgumentError(`${operation}: the iteration does not converge`);
      step(a, q, first, last, steps % 10 === 0);
      continue;
    }
    if (first < last) split(a, q, first);
    last = first - 1;
    steps = 0;
  }
}

/**
 * One double-shift QR sweep of 3 × 3 reflections. The shifts are the eigenvalues of the trailing 2 × 2 block; with
 * `exceptional`, other ones that break cycles.
 */
function step(a: Columns, q: Columns, first: number, last: number, exceptional: boolean): void {
  const h = (i: number, j: number) => at(a, i, j);
  let [sum, product] = [
    h(last - 1, last - 1) + h(last, last),
    h(last - 1, last - 1) * h(last, last) - h(last - 1, last) * h(last, last - 1),
  ];
  if (exceptional) {
    const apart = Math.abs(h(last, last - 1)) + Math.abs(h(last - 1, last - 2));
    [sum, product] = [1.5 * apart, apart * apart];
  }
  let bulge = Float64Array.of(
    h(first, first) ** 2 + h(first, first + 1) * h(first + 1, first) - sum * h(first, first) + product,
    h(first + 1, first) * (h(first, first) + h(first + 1, first + 1) - sum),
    h(first + 1, first) * h(first + 2, first + 1),
  );
  // Without vectors, only the active block is needed.
  const [begin, end] = q.length > 0 ? [0, a.length] : [first, last + 1];
  for (let k = first; k < last; k++) {
    const tau = reflection(bulge, 0);
    const second = bulge[1] as number;
    // The last reflection has two rows; its third coefficient is 0 and applies to the second row.
    const [third, thirdIndex] = bulge.length > 2 ? [bulge[2] as number, k + 2] : [0, k + 1];
    for (let j = Math.max(first, k - 1); j < end; j++) {
      const column = a[j] as Float64Array;
      const image =
        tau * ((column[k] as number) + second * (column[k + 1] as number) + third * (column[thirdIndex] as number));
      column[k] = (column[k] as number) - image;
      column[k + 1] = (column[k + 1] as number) - second * image;
      column[thirdIndex] = (column[thirdIndex] as number) - third * image;
    }
    turn(a, k, thirdIndex, second, third, tau, begin, Math.min(last, k + 3) + 1);
    if (q.length > 0) turn(q, k, thirdIndex, second, third, tau, 0, q.length);
    if (k > first) (a[k - 1] as Float64Array).fill(0, k + 1, thirdIndex + 1);
    bulge = (a[k] as Float64Array).slice(k + 1, Math.min(k + 4, last + 1));
  }
}

/** Applies the reflection from the right: to three columns, in rows `begin` to `end`. */
function turn(
  a: Columns,
  k: number,
  thirdIndex: number,
  second: number,
  third: number,
  tau: number,
  begin: number,
  end: number,
): void {
  // Safe: all three columns are within the matrix.
  const [x, y, z] = [a[k], a[k + 1], a[thirdIndex]] as [Float64Array, Float64Array, Float64Array];
  for (let i = begin; i < end; i++) {
    const image = tau * ((x[i] as number) + second * (y[i] as number) + third * (z[i] as number));
    x[i] = (x[i] as number) - image;
    y[i] = (y[i] as number) - second * image;
    z[i] = (z[i] as number) - third * image;
  }
}

/** Reduces a 2 × 2 block with real eigenvalues to triangular form. */
function split(a: Columns, q: Columns, k: number): void {
  const [lower, p] = [at(a, k + 1, k), (at(a, k, k) - at(a, k + 1, k + 1)) / 2];
  const inner = p * p + at(a, k, k + 1) * lower;
  if (inner < 0) return;
  const z = p + Math.sign(p || 1) * Math.sqrt(inner);
  const length = Math.hypot(z, lower);
  const [c, s] = [z / length, lower / length];
  for (let j = k; j < a.length; j++) {
    const column = a[j] as Float64Array;
    const [x, y] = [column[k] as number, column[k + 1] as number];
    column[k] = c * x + s * y;
    column[k + 1] = c * y - s * x;
  }
  rotate(a[k], a[k + 1], c, s);
  rotate(q[k], q[k + 1], c, s);
  (a[k] as Float64Array)[k + 1] = 0;
}

/** Computes `(a + i b) / (c + i d)`. */
function quotient(a: number, b: number, c: number, d: number): readonly [number, number] {
  const scale = Math.max(Math.abs(c), Math.abs(d));
  const [p, r] = [c / scale, d / scale];
  const size = (p * p + r * r) * scale;
  return [(a * p + b * r) / size, (b * p - a * r) / size];
}

/** Substitutes element j of the solution: subtracts its contribution from the first `rows` right-hand sides. */
function spread(t: Columns, { re, im }: ComplexVector, j: number, rows: number): void {
  const column = t[j] as Float64Array;
  const [x, z] = [re[j] as number, im[j] as number];
  for (let i = 0; i < rows; i++) re[i] = (re[i] as number) - x * (column[i] as number);
  for (let i = 0; z !== 0 && i < rows; i++) im[i] = (im[i] as number) - z * (column[i] as number);
}

/** Computes the eigenvectors: those of the quasi-triangular matrix by back substitution, multiplied by Q. */
function vectorsOf(t: Columns, q: Columns, { re, im }: ComplexVector): ComplexVector[] {
  const n = t.length;
  let size = 0;
  for (const column of t) for (const x of column) size = Math.max(size, Math.abs(x));
  const least = Number.EPSILON * size || 1;
  const found: ComplexVector[] = [];
  for (let k = 0; k < n; k++) {
    const [lr, li] = [re[k] as number, im[k] as number];
    if (li < 0) {
      const before = found[k - 1] as ComplexVector; // safe: the first of the pair precedes
      found.push({ re: before.re.slice(), im: before.im.map((x) => -x) });
      continue;
    }
    const y = { re: new Float64Array(n), im: new Float64Array(n) };
    const last = li === 0 ? k : k + 1;
    y.re[last] = 1;
    if (li !== 0) {
      const below = at(t, last, k);
      y.re[k] = -(at(t, last, last) - lr) / below;
      y.im[k] = li / below;
    }
    for (let j = last; j >= k; j--) spread(t, y, j, k);
    for (let i = k - 1; i >= 0; i--) {
      const [x, z] = [y.re[i] as number, y.im[i] as number];
      let [c, d] = [at(t, i, i) - lr, -li];
      const left = i === 0 ? 0 : at(t, i, i - 1);
      if (left === 0) {
        if (Math.abs(c) + Math.abs(d) < least) [c, d] = [least, 0];
        [y.re[i], y.im[i]] = quotient(x, z, c, d);
        spread(t, y, i, i);
        continue;
      }
      // Solves for both rows of a block by Cramer's rule.
      const top = i - 1;
      const [u, w] = [y.re[top] as number, y.im[top] as number];
      const [e, f, above] = [at(t, top, top) - lr, -li, at(t, top, i)];
      let [dr, di] = [e * c - f * d - above * left, e * d + f * c];
      if (Math.abs(dr) + Math.abs(di) < least * least) [dr, di] = [least * least, 0];
      [y.re[i], y.im[i]] = quotient(e * x - f * z - left * u, e * z + f * x - left * w, dr, di);
      [y.re[top], y.im[top]] = quotient(c * u - d * w - above * x, c * w + d * u - above * z, dr, di);
      for (let j = i; j >= top; j--) spread(t, y, j, top);
      i--;
    }
    found.push(normalized(q, y));
  }
  return found;
}

/** Returns `Q y` scaled to length 1, with a phase that makes its largest element real. */
function normalized(q: Columns, y: ComplexVector): ComplexVector {
  const n = q.length;
  const scale = y.re.reduce((most, x, i) => Math.max(most, Math.abs(x), Math.abs(y.im[i] as number)), 0);
  const v = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let j = 0; j < n; j++) {
    add(v.re, q[j] as Float64Array, (y.re[j] as number) / scale);
    add(v.im, q[j] as Float64Array, (y.im[j] as number) / scale);
  }
  let [length, largest, most] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const size = (v.re[i] as number) ** 2 + (v.im[i] as number) ** 2;
    length += size;
    if (size > most) [largest, most] = [i, size];
  }
  const real = v.im.every((x) => x === 0);
  const norm = Math.sqrt(length);
  const [c, s] = real
    ? [1 / norm, 0]
    : [(v.re[largest] as number) / Math.sqrt(most) / norm, -(v.im[largest] as number) / Math.sqrt(most) / norm];
  for (let i = 0; i < n; i++) {
    const [x, z] = [v.re[i] as number, v.im[i] as number];
    v.re[i] = c * x - s * z;
    v.im[i] = c * z + s * x;
  }
  if (!real) v.im[largest] = 0;
  return v;
}
