/**
 * Eigenvalues and eigenvectors of a matrix that need not be symmetric. Reflections leave a triangle and the diagonal
 * below it; steps of the QR algorithm with two shifts at a time, which stay among real numbers, make that one vanish
 * but for blocks of two, each a pair of complex eigenvalues; and the vectors follow by substitution. (Francis 1961,
 * "The QR Transformation"; Golub and Van Loan 2013, "Matrix Computations", section 7.5.)
 */

import { ArgumentError } from "@akari/tensor";
import { orthogonal, reflect, reflection } from "./householder.ts";
import type { Columns } from "./matrices.ts";
import { rotate } from "./rotation.ts";

/** Complex numbers, of which the i-th is `re[i] + i im[i]`. */
interface ComplexVector {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** What `eigen` gives. */
export interface Eigen {
  /** The eigenvalues; of a pair, that with a positive imaginary part comes first. */
  readonly values: ComplexVector;
  /** The eigenvectors, of length 1, each with its largest element real; none unless they were asked for. */
  readonly vectors: readonly ComplexVector[];
}

/** An element in row i and column j. */
const at = (a: Columns, i: number, j: number): number => (a[j] as Float64Array)[i] as number;

/** The eigenvalues of a square matrix and, where they are asked for, its eigenvectors. Overwrites `a`. */
export function eigen(operation: string, a: Columns, vectors: boolean): Eigen {
  const n = a.length;
  const q = hessenberg(a, vectors);
  iterate(operation, a, q);
  const values = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    values.re[k] = at(a, k, k);
    // Both of a block have the same diagonal's mean, and differ in the sign of the imaginary part.
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

/**
 * Makes zeros below the diagonal that is below the main one. Returns the orthogonal matrix that did it, if it is asked
 * for.
 */
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

/** Leaves blocks of one and of two, from the bottom up. */
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
      if (steps++ > 60) throw new ArgumentError(`${operation}: the iteration does not end`);
      step(a, q, first, last, steps % 10 === 0);
      continue;
    }
    if (first < last) split(a, q, first);
    last = first - 1;
    steps = 0;
  }
}

/**
 * One sweep of reflections of three rows and columns, begun by both eigenvalues of the last block; now and then by
 * others, lest it go round in circles.
 */
function step(a: Columns, q: Columns, first: number, last: number, other: boolean): void {
  const h = (i: number, j: number) => at(a, i, j);
  let [sum, product] = [
    h(last - 1, last - 1) + h(last, last),
    h(last - 1, last - 1) * h(last, last) - h(last - 1, last) * h(last, last - 1),
  ];
  if (other) {
    const apart = Math.abs(h(last, last - 1)) + Math.abs(h(last - 1, last - 2));
    [sum, product] = [1.5 * apart, apart * apart];
  }
  let bulge = Float64Array.of(
    h(first, first) ** 2 + h(first, first + 1) * h(first + 1, first) - sum * h(first, first) + product,
    h(first + 1, first) * (h(first, first) + h(first + 1, first + 1) - sum),
    h(first + 1, first) * h(first + 2, first + 1),
  );
  // Without vectors nothing but the block itself is of interest.
  const [begin, end] = q.length > 0 ? [0, a.length] : [first, last + 1];
  for (let k = first; k < last; k++) {
    const tau = reflection(bulge, 0);
    const second = bulge[1] as number;
    // At the end there are but two; the second then counts once more, times 0.
    const [third, place] = bulge.length > 2 ? [bulge[2] as number, k + 2] : [0, k + 1];
    for (let j = Math.max(first, k - 1); j < end; j++) {
      const column = a[j] as Float64Array;
      const image =
        tau * ((column[k] as number) + second * (column[k + 1] as number) + third * (column[place] as number));
      column[k] = (column[k] as number) - image;
      column[k + 1] = (column[k + 1] as number) - second * image;
      column[place] = (column[place] as number) - third * image;
    }
    turn(a, k, place, second, third, tau, begin, Math.min(last, k + 3) + 1);
    if (q.length > 0) turn(q, k, place, second, third, tau, 0, q.length);
    if (k > first) (a[k - 1] as Float64Array).fill(0, k + 1, place + 1);
    bulge = (a[k] as Float64Array).slice(k + 1, Math.min(k + 4, last + 1));
  }
}

/** The reflection from the right: of three columns, in some of their rows. */
function turn(
  a: Columns,
  k: number,
  place: number,
  second: number,
  third: number,
  tau: number,
  begin: number,
  end: number,
): void {
  const [x, y, z] = [a[k], a[k + 1], a[place]] as [Float64Array, Float64Array, Float64Array]; // safe: they are there
  for (let i = begin; i < end; i++) {
    const image = tau * ((x[i] as number) + second * (y[i] as number) + third * (z[i] as number));
    x[i] = (x[i] as number) - image;
    y[i] = (y[i] as number) - second * image;
    z[i] = (z[i] as number) - third * image;
  }
}

/** Turns a block of two with real eigenvalues into a triangle. */
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

/** `(a + i b) / (c + i d)` */
function quotient(a: number, b: number, c: number, d: number): readonly [number, number] {
  const scale = Math.max(Math.abs(c), Math.abs(d));
  const [p, r] = [c / scale, d / scale];
  const size = (p * p + r * r) * scale;
  return [(a * p + b * r) / size, (b * p - a * r) / size];
}

/** Takes what an element of y adds to the first `rows` rows to their other side. */
function spread(t: Columns, { re, im }: ComplexVector, j: number, rows: number): void {
  const column = t[j] as Float64Array;
  const [x, z] = [re[j] as number, im[j] as number];
  for (let i = 0; i < rows; i++) re[i] = (re[i] as number) - x * (column[i] as number);
  for (let i = 0; z !== 0 && i < rows; i++) im[i] = (im[i] as number) - z * (column[i] as number);
}

/** The eigenvectors: those of the triangle of blocks by substitution from below, turned back by Q. */
function vectorsOf(t: Columns, q: Columns, { re, im }: ComplexVector): ComplexVector[] {
  const n = t.length;
  let size = 0;
  for (const column of t) for (const x of column) size = Math.max(size, Math.abs(x));
  const least = Number.EPSILON * size || 1;
  const found: ComplexVector[] = [];
  for (let k = 0; k < n; k++) {
    const [lr, li] = [re[k] as number, im[k] as number];
    if (li < 0) {
      const before = found[k - 1] as ComplexVector; // safe: the other of a pair comes first
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
      // Two rows of a block at once, by Cramer's rule.
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

/** `Q y`, divided by its length, and turned so that its largest element is real. */
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
