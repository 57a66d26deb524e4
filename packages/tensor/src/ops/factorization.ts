/**
 * Triangular factorizations and triangular systems on the host, in float64. Matrices are halved until they are small,
 * so nearly all of the work is products of submatrices, which the device computes in place. (Gustavson 1997, "Recursion
 * leads to automatic variable blocking for dense linear-algebra algorithms".) Kernels add a product to a matrix, so
 * factors that are to be subtracted are stored with the opposite sign. Matrices are views of a device's memory.
 */

import type { Backend } from "../backend.ts";
import { cpu } from "../backends/cpu/index.ts";
import type { View } from "../kernel.ts";
import type { Tensor } from "../tensor.ts";

/** A matrix in float64, whose columns are adjacent. */
export interface Matrix extends View {
  readonly shape: readonly [rows: number, columns: number];
  readonly strides: readonly [row: number, column: number];
}

/** Rows of a triangle that are solved for on the host at a time. */
const block = 32;

/** Copies numbers to the device of `like`, or to the CPU if the host cannot access that device's memory. */
export function workspace(like: Tensor, ...numbers: readonly ArrayLike<number>[]): Tensor {
  const size = numbers.reduce((sum, { length }) => sum + length, 0);
  const result = like.allocate([size], "float64", like.device.elements ? like.device : cpu());
  let [x, at] = elements(result.device, result);
  for (const part of numbers) {
    x.set(part, at);
    at += part.length;
  }
  return result;
}

/** Returns the elements of a device's memory, and the index of the first one of a view. */
export function elements(device: Backend, view: View): readonly [Float64Array, number] {
  // Safe: the device is that of a workspace, and the view's elements are float64.
  return (device as Required<Backend>).elements(view) as readonly [Float64Array, number];
}

/** Returns the matrix in row-major order from element `offset` of a workspace on. */
export function matrixAt({ buffer, dtype }: Tensor, offset: number, rows: number, columns: number): Matrix {
  return { buffer, dtype, shape: [rows, columns], strides: [columns, 1], offset };
}

/** Returns the part from row `i` and column `j` on. By default, it extends to the last row and column. */
function part(a: Matrix, i: number, j: number, rows = a.shape[0] - i, columns = a.shape[1] - j): Matrix {
  const { buffer, dtype, strides, offset } = a;
  return { buffer, dtype, shape: [rows, columns], strides, offset: offset + i * strides[0] + j * strides[1] };
}

/** Computes `c += a b`. */
function addProduct(device: Backend, c: Matrix, a: Matrix, b: Matrix): void {
  device.run({ kind: "matmul", a, b, to: c, accumulate: true, bias: null });
}

/** Adds `factor` times the `n` elements from index `from` on to the elements from index `to` on. */
function add(x: Float64Array, to: number, n: number, from: number, factor: number): void {
  for (let j = 0; j < n; j++) x[to + j] = (x[to + j] as number) + factor * (x[from + j] as number);
}

/** Divides the `n` elements from index `at` on. */
function divide(x: Float64Array, at: number, n: number, divisor: number): void {
  for (let i = at; i < at + n; i++) x[i] = (x[i] as number) / divisor;
}

/**
 * Overwrites X with `A⁻¹ X` for a triangular matrix A, given `-A`. The other triangle is not read.
 *
 * @param unit whether to take the diagonal of A as ones. Default false.
 */
export function solveTriangle(device: Backend, a: Matrix, x: Matrix, upper: boolean, unit = false): void {
  const n = a.shape[0];
  const [step, columns] = [x.strides[0], x.shape[1]];
  for (let done = 0; done < n; done += block) {
    const size = Math.min(block, n - done);
    const top = upper ? n - done - size : done;
    const [[numbers, to], [, from]] = [elements(device, part(x, top, 0)), elements(device, part(a, top, top))];
    for (let solved = 0; solved < size; solved++) {
      const i = upper ? size - 1 - solved : solved;
      const [first, at, row] = [upper ? i + 1 : 0, to + i * step, from + i * a.strides[0]];
      for (let j = first; j < first + solved; j++) add(numbers, at, columns, to + j * step, numbers[row + j] as number);
      if (!unit) divide(numbers, at, columns, -(numbers[row + i] as number));
    }
    const [other, rest] = [upper ? 0 : top + size, n - done - size];
    if (rest > 0) addProduct(device, part(x, other, 0, rest), part(a, other, top, rest, size), part(x, top, 0, size));
  }
}

/** Exchanges row k with row `pivots[k]`, for each k in turn. */
export function exchangeRows(device: Backend, a: Matrix, pivots: readonly number[]): void {
  const [x, at] = elements(device, a);
  const [step, n] = [a.strides[0], a.shape[1]];
  for (const [k, row] of pivots.entries()) swap(x, at + k * step, at + row * step, n);
}

/** Exchanges the `n` elements from index `one` on with those from index `other` on. */
function swap(x: Float64Array, one: number, other: number, n: number): void {
  for (let j = 0; one !== other && j < n; j++) {
    const value = x[one + j] as number;
    x[one + j] = x[other + j] as number;
    x[other + j] = value;
  }
}

/**
 * Factors a matrix in place, as `P A = L U`: U is stored on and above the diagonal, `-L` below it, without the
 * diagonal.
 *
 * @param exchange whether to exchange rows (partial pivoting). Default true.
 * @param symmetric whether A is symmetric. Rows are not exchanged then, and half of the work is saved. Default false.
 * @returns for each column of L, the row that its diagonal element was exchanged with.
 */
export function factor(device: Backend, a: Matrix, exchange = true, symmetric = false): readonly number[] {
  const [m, n] = a.shape;
  if (m > 0 && n > 16) {
    const h = Math.min(m, Math.ceil(n / 32) * 16);
    const [beside, below, rest] = [part(a, 0, h, h), part(a, h, 0, m - h, h), part(a, h, h)];
    const pivots = factor(device, part(a, 0, 0, symmetric ? h : m, h), exchange, symmetric);
    exchangeRows(device, part(a, 0, h), pivots);
    solveTriangle(device, part(a, 0, 0, h, h), beside, false, true);
    if (symmetric) divideTransposed(device, below, beside, a);
    addProduct(device, rest, below, beside);
    const others = factor(device, rest, exchange, symmetric);
    exchangeRows(device, below, others);
    return pivots.concat(others.map((row) => row + h));
  }
  const [x, at] = elements(device, a);
  const step = a.strides[0];
  const end = at + m * step;
  const pivots: number[] = [];
  for (let k = 0; k < Math.min(m, n); k++) {
    const diagonal = at + k * (step + 1);
    let pivot = diagonal;
    for (let i = diagonal + step; exchange && i < end; i += step)
      if (Math.abs(x[i] as number) > Math.abs(x[pivot] as number)) pivot = i;
    pivots.push(k + (pivot - diagonal) / step);
    swap(x, diagonal - k, pivot - k, n);
    const value = x[diagonal] as number;
    for (let i = diagonal + step; value !== 0 && i < end; i += step) {
      x[i] = (x[i] as number) / -value;
      add(x, i + 1, n - k - 1, diagonal + 1, x[i] as number);
    }
  }
  return pivots;
}

/** Overwrites `-L` with the transpose of U, divided by the diagonal of A: the columns of L that belong to U's rows. */
function divideTransposed(device: Backend, l: Matrix, u: Matrix, a: Matrix): void {
  const [[x, to], [, from], [, at]] = [elements(device, l), elements(device, u), elements(device, a)];
  const step = a.strides[0];
  for (let i = 0; i < l.shape[0]; i++)
    for (let j = 0; j < l.shape[1]; j++)
      x[to + i * step + j] = (x[from + j * step + i] as number) / -(x[at + j * (step + 1)] as number);
}
