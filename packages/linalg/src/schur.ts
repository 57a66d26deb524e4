/**
 * The real Schur decomposition of general square matrices on the host. Householder reflections reduce a matrix to
 * Hessenberg form. Implicit double-shift QR sweeps, which stay real, then reduce the subdiagonal to zero except for
 * 2 × 2 blocks, each a pair of complex eigenvalues. Back substitution yields the eigenvectors. (Francis 1961, "The QR
 * Transformation"; Golub and Van Loan 2013, "Matrix Computations", section 7.5.)
 */

import { ArgumentError, scope, sizeOf, type Tensor } from "@akari/tensor";
import { Deferred } from "./deferred.ts";
import { Reflections, reflection } from "./householder.ts";
import {
  add,
  copy,
  elements,
  inner,
  type Matrix,
  multiply,
  part,
  Space,
  scale,
  scaleDown,
  turned,
} from "./matrices.ts";
import { patience, rotate } from "./rotation.ts";

/** A vector of complex numbers `re[i] + i im[i]`. */
interface ComplexVector {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** A matrix of n columns, whose rows are `step` apart. */
interface Rows {
  readonly values: Float64Array;
  readonly n: number;
  readonly step: number;
}

/** Result of `eigen`, with the real and the imaginary part of each number one after the other. */
export interface Eigen {
  /** Eigenvalues. Of a conjugate pair, the one with the positive imaginary part comes first. */
  readonly values: Float64Array;
  /** Eigenvectors of length 1 whose largest element is real, as columns; empty if they were not requested. */
  readonly vectors: Float64Array;
}

/** The element in row i and column j. */
const at = ({ values, step }: Rows, i: number, j: number): number => values[i * step + j] as number;

/**
 * Computes the eigenvalues of square matrices [..., n, n] and, if requested, their eigenvectors.
 *
 * @throws ArgumentError for NaN and infinities, and when the iteration does not converge.
 */
export function eigen(operation: string, a: Tensor, vectors: boolean): Eigen {
  const [n, batch] = [a.size(-1), sizeOf(a.shape.slice(0, -2))];
  const [values, columns] = [new Float64Array(2 * batch * n), new Float64Array(vectors ? 2 * batch * n * n : 0)];
  scope(() => {
    const space = new Space(a);
    const source = space.read(a);
    const size = vectors ? n : 0;
    const matrix = new Deferred(space, n, n);
    const reflections = new Reflections(space, n, n, size, 1);
    const spare = [space.matrix(1, n), space.matrix(1, n)] as const;
    const [basis, q] = [space.matrix(size, n), space.matrix(size, n)];
    const pair = (): Pair => [space.matrix(size, n), space.matrix(size, n)];
    const [solutions, found] = [pair(), pair()];
    // Rows at a distance of a power of two would compete for the same lines of the processor's cache.
    const step = n | 1;
    const t = { values: new Float64Array(n * step), n, step };
    for (let k = 0; k < batch; k++) {
      matrix.matrix = part(source, k * n, 0, n);
      const factor = scaleDown(operation, matrix.matrix);
      reduce(matrix, reflections, spare);
      const [x, start] = elements(matrix.matrix);
      for (let i = 0; i < n; i++) t.values.set(x.subarray(start + i * n, start + (i + 1) * n), i * step);
      if (vectors) {
        reflections.product(basis, n - 1);
        copy(q, turned(basis));
      }
      const [numbers, first] = elements(q);
      iterate(operation, t, numbers.subarray(first, first + size * n));
      const eigenvalues = valuesIn(t);
      for (let i = 0; i < n; i++) {
        values[2 * (k * n + i)] = factor * (eigenvalues.re[i] as number);
        values[2 * (k * n + i) + 1] = factor * (eigenvalues.im[i] as number);
      }
      if (!vectors) continue;
      const vectorsOf = (matrices: Pair, j: number) => {
        const [[x, re], [y, im]] = [elements(part(matrices[0], j, 0)), elements(part(matrices[1], j, 0))];
        return { re: x.subarray(re, re + n), im: y.subarray(im, im + n) };
      };
      for (const solution of solutions) scale(solution, 0);
      substitute(t, eigenvalues, (j) => vectorsOf(solutions, j));
      for (const [i, solution] of solutions.entries()) multiply(found[i] as Matrix, solution, q, false);
      for (let j = 0; j < n; j++) {
        // The second eigenvector of a pair is the conjugate of the first one.
        const second = (eigenvalues.im[j] as number) < 0;
        const vector = vectorsOf(found, second ? j - 1 : j);
        if (!second) normalize(vector);
        for (let i = 0; i < n; i++) {
          const index = 2 * ((k * n + i) * n + j);
          columns[index] = vector.re[i] as number;
          columns[index + 1] = second ? -(vector.im[i] as number) : (vector.im[i] as number);
        }
      }
    }
  });
  return { values, vectors: columns };
}

/** The real and the imaginary part of a matrix. */
type Pair = readonly [re: Matrix, im: Matrix];

/** Reduces a matrix to upper Hessenberg form. */
function reduce(matrix: Deferred, reflections: Reflections, [column, image]: readonly [Matrix, Matrix]): void {
  const n = column.shape[1];
  for (let k = 0; k < n; k++) {
    matrix.copyRow(k, column, true);
    const row = part(reflections.vectors, k, 0, 1);
    copy(row, column);
    const [tau, beta] = k < n - 1 ? reflections.set(k) : [0, 0];
    const [v, below] = [part(row, 0, k + 1), part(column, 0, k + 1)];
    scale(below, 0);
    const [x, at] = elements(below);
    if (k < n - 1) x[at] = beta;
    copy(part(matrix.matrix, 0, k, n, 1), turned(column));
    if (tau === 0) continue;
    // A ← H A H = A + v yᵀ + x vᵀ with y = -τ Aᵀ v and x = -τ (A v + (yᵀ v) v)
    matrix.multiply(v, below);
    scale(below, -tau);
    matrix.multiply(v, image, true);
    add(...elements(image), n, ...elements(row), inner(v, below));
    scale(image, -tau);
    matrix.add(row, below);
    matrix.add(image, v);
  }
}

/** Returns the eigenvalues, given by the elements and 2 × 2 blocks on the diagonal. */
function valuesIn(t: Rows): ComplexVector {
  const { n } = t;
  const values = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    values.re[k] = at(t, k, k);
    // The two eigenvalues of a block share their real part, the mean of its diagonal, and have opposite imaginary
    // parts.
    const paired = k + 1 < n && at(t, k + 1, k) !== 0;
    if (!paired) continue;
    const [p, product] = [(at(t, k, k) - at(t, k + 1, k + 1)) / 2, at(t, k, k + 1) * at(t, k + 1, k)];
    const imaginary = Math.sqrt(Math.max(0, -(p * p + product)));
    values.re[k] = values.re[k + 1] = at(t, k + 1, k + 1) + p;
    values.im[k] = imaginary;
    values.im[++k] = -imaginary;
  }
  return values;
}

/**
 * Reduces the subdiagonal to zero except for 2 × 2 blocks, from the bottom up.
 *
 * @param q the transpose of Q, or no elements.
 */
function iterate(operation: string, a: Rows, q: Float64Array): void {
  const { values, n } = a;
  let size = 0;
  for (const x of values) size = Math.max(size, Math.abs(x));
  for (let last = n - 1, steps = 0; last > 0; ) {
    let first = last;
    for (; first > 0; first--) {
      // Where the iteration stagnates, the largest element counts, and more with each sweep.
      const local = Math.abs(at(a, first - 1, first - 1)) + Math.abs(at(a, first, first));
      const around = steps > patience ? (steps - patience) * size : local || size;
      if (Math.abs(at(a, first, first - 1)) > Number.EPSILON * around) continue;
      values[first * a.step + first - 1] = 0;
      break;
    }
    if (last - first > 1) {
      if (steps++ > 120) throw new ArgumentError(`${operation}: the iteration does not converge`);
      sweep(a, q, first, last, steps % 10 === 0);
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
function sweep(a: Rows, q: Float64Array, first: number, last: number, exceptional: boolean): void {
  const { values, n, step } = a;
  const h = (i: number, j: number) => at(a, i, j);
  let [x, y, product] = [h(last, last), h(last - 1, last - 1), h(last - 1, last) * h(last, last - 1)];
  if (exceptional) {
    const apart = Math.abs(h(last, last - 1)) + Math.abs(h(last - 1, last - 2));
    [x, y, product] = [0.75 * apart, 0.75 * apart, -0.4375 * apart * apart];
  }
  // Only differences from the first element, so that shifts near it do not cancel.
  const [corner, below] = [h(first, first), h(first + 1, first)];
  [x, y] = [x - corner, y - corner];
  const bulge = Float64Array.of(
    x * y - product + h(first, first + 1) * below,
    below * (h(first + 1, first + 1) - corner - x - y),
    below * h(first + 2, first + 1),
  );
  // Without vectors, only the active block is needed.
  const [begin, end] = q.length > 0 ? [0, n] : [first, last + 1];
  for (let k = first; k < last; k++) {
    const rows = Math.min(3, last - k + 1);
    const [tau, beta] = reflection(bulge, 0, rows);
    // The last reflection has two rows; its third coefficient is 0 and applies to the second row.
    const [second, third, beyond] = [bulge[1] as number, rows > 2 ? (bulge[2] as number) : 0, rows - 1];
    if (k > first) {
      values[k * step + k - 1] = beta;
      values[(k + 1) * step + k - 1] = values[(k + beyond) * step + k - 1] = 0;
    }
    turn(values, k * step + k, step, beyond * step, 1, end - k, second, third, tau);
    turn(values, begin * step + k, 1, beyond, step, Math.min(last, k + 3) + 1 - begin, second, third, tau);
    if (q.length > 0) turn(q, k * n, n, beyond * n, 1, n, second, third, tau);
    for (let i = 0; i < 3; i++) bulge[i] = k + 1 + i <= last ? h(k + 1 + i, k) : 0;
  }
}

/**
 * Applies a reflection to `count` triples of elements, at a distance of `step`. The second and the third element of a
 * triple follow the first one at the distances `apart` and `beyond`.
 */
function turn(
  x: Float64Array,
  start: number,
  apart: number,
  beyond: number,
  step: number,
  count: number,
  second: number,
  third: number,
  tau: number,
): void {
  for (let i = 0, p = start; i < count; i++, p += step) {
    const image = tau * ((x[p] as number) + second * (x[p + apart] as number) + third * (x[p + beyond] as number));
    x[p] = (x[p] as number) - image;
    x[p + apart] = (x[p + apart] as number) - second * image;
    x[p + beyond] = (x[p + beyond] as number) - third * image;
  }
}

/** Reduces a 2 × 2 block with real eigenvalues to triangular form. */
function split(a: Rows, q: Float64Array, k: number): void {
  const { values, n, step } = a;
  const [lower, p] = [at(a, k + 1, k), (at(a, k, k) - at(a, k + 1, k + 1)) / 2];
  const inner = p * p + at(a, k, k + 1) * lower;
  if (inner < 0) return;
  const z = p + Math.sign(p || 1) * Math.sqrt(inner);
  const length = Math.hypot(z, lower);
  const [c, s] = [z / length, lower / length];
  const below = (k + 1) * step + k;
  rotate(values, below - step, below, n - k, c, s);
  rotate(values, k, k + 1, n, c, s, step);
  if (q.length > 0) rotate(q, k * n, (k + 1) * n, n, c, s);
  values[below] = 0;
}

/** Computes `(a + i b) / (c + i d)`. */
function quotient(a: number, b: number, c: number, d: number): readonly [number, number] {
  const scale = Math.max(Math.abs(c), Math.abs(d));
  const [p, r] = [c / scale, d / scale];
  const size = (p * p + r * r) * scale;
  return [(a * p + b * r) / size, (b * p - a * r) / size];
}

/**
 * Computes the eigenvectors of a quasi-triangular matrix by back substitution, scaled so that their largest element is
 * about 1, and stores each in the vector of zeros for its column.
 */
function substitute(t: Rows, { re, im }: ComplexVector, solution: (column: number) => ComplexVector): void {
  const { values, n } = t;
  let size = 0;
  for (const x of values) size = Math.max(size, Math.abs(x));
  const least = Number.EPSILON * size || 1;
  const columns = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i > 0 ? i - 1 : 0; j < n; j++) columns[j * n + i] = at(t, i, j);
  // Substitutes element j of the solution: subtracts its contribution from the first `rows` right-hand sides.
  // The solution for a repeated eigenvalue may exceed the range of float64, so it is scaled before.
  const spread = (y: ComplexVector, j: number, rows: number) => {
    const reach = Math.max(Math.abs(y.re[j] as number), Math.abs(y.im[j] as number));
    if (reach > 1e100)
      for (let i = 0; i < n; i++) {
        y.re[i] = (y.re[i] as number) / reach;
        y.im[i] = (y.im[i] as number) / reach;
      }
    add(y.re, 0, rows, columns, j * n, -(y.re[j] as number));
    if (y.im[j] !== 0) add(y.im, 0, rows, columns, j * n, -(y.im[j] as number));
  };
  for (let k = 0; k < n; k++) {
    const [lr, li] = [re[k] as number, im[k] as number];
    if (li < 0) continue;
    const y = solution(k);
    const last = li === 0 ? k : k + 1;
    y.re[last] = 1;
    if (li !== 0) {
      const below = at(t, last, k);
      y.re[k] = -(at(t, last, last) - lr) / below;
      y.im[k] = li / below;
    }
    for (let j = last; j >= k; j--) spread(y, j, k);
    for (let i = k - 1; i >= 0; i--) {
      const [x, z] = [y.re[i] as number, y.im[i] as number];
      let [c, d] = [at(t, i, i) - lr, -li];
      const left = i === 0 ? 0 : at(t, i, i - 1);
      if (left === 0) {
        if (Math.abs(c) + Math.abs(d) < least) [c, d] = [least, 0];
        [y.re[i], y.im[i]] = quotient(x, z, c, d);
        spread(y, i, i);
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
      for (let j = i; j >= top; j--) spread(y, j, top);
      i--;
    }
    let largest = 0;
    for (let i = 0; i <= last; i++)
      largest = Math.max(largest, Math.abs(y.re[i] as number), Math.abs(y.im[i] as number));
    for (let i = 0; i <= last; i++) {
      y.re[i] = (y.re[i] as number) / largest;
      y.im[i] = (y.im[i] as number) / largest;
    }
  }
}

/** Scales a vector to length 1, with a phase that makes its largest element real. */
function normalize({ re, im }: ComplexVector): void {
  let [length, largest, most] = [0, 0, 0];
  for (let i = 0; i < re.length; i++) {
    const size = (re[i] as number) ** 2 + (im[i] as number) ** 2;
    length += size;
    if (size > most) [largest, most] = [i, size];
  }
  const real = im.every((x) => x === 0);
  const norm = Math.sqrt(length);
  const [c, s] = real
    ? [1 / norm, 0]
    : [(re[largest] as number) / Math.sqrt(most) / norm, -(im[largest] as number) / Math.sqrt(most) / norm];
  for (let i = 0; i < re.length; i++) {
    const [x, z] = [re[i] as number, im[i] as number];
    re[i] = c * x - s * z;
    im[i] = c * z + s * x;
  }
  if (!real) im[largest] = 0;
}
