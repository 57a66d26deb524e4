/**
 * Matrices on the host, where decompositions run, in memory that the host shares with a device. Loops over small
 * matrices run on the host, and products of larger ones on the device. Matrices are in float64 for every dtype, so that a
 * float32 result is rounded only once.
 */

import {
  ArgumentError,
  type Backend,
  copyInto,
  elements,
  expectFloating,
  factor,
  fromTypedArray,
  type Matrix,
  matrixAt,
  numbersOf,
  scope,
  shapeError,
  shapeOf,
  sizeOf,
  type Tensor,
  workspace,
} from "@akari/tensor";

/** Allocates matrices that the host and a device share. They are freed at the end of the scope. */
export class Space {
  /** The device that multiplies the matrices. */
  readonly device: Backend;
  private tensor: Tensor;
  private used = 0;

  /** @param like a tensor on the device, if the host can access that device's memory. */
  constructor(like: Tensor) {
    this.tensor = workspace(like, new Float64Array(chunk));
    this.device = this.tensor.device;
  }

  /** Returns a matrix of zeros in row-major order. */
  matrix(rows: number, columns: number): Matrix {
    const size = rows * columns;
    if (this.used + size > this.tensor.numel()) {
      this.tensor = workspace(this.tensor, new Float64Array(Math.max(size, chunk)));
      this.used = 0;
    }
    this.used += size;
    return matrixAt(this.tensor, this.used - size, rows, columns);
  }
}

/** Elements that are allocated together. */
const chunk = 2048;

/** Returns a tensor with these elements in memory that the host and a device share. */
export function shaped(like: Tensor, values: Float64Array, shape: readonly number[]): Tensor {
  return workspace(like, values).reshape(shape);
}

/** Overwrites a contiguous matrix with matrix `k` of a batch, or with its transpose. */
export function load(device: Backend, to: Matrix, values: Float64Array, k: number, transposed = false): void {
  const [[x, at], [rows, columns], size] = [elements(device, to), to.shape, sizeOf(to.shape)];
  if (!transposed) x.set(values.subarray(k * size, (k + 1) * size), at);
  else
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) x[at + i * columns + j] = values[k * size + j * rows + i] as number;
}

/** Overwrites rows of matrices that are contiguous with zeros. */
export function clear(device: Backend, ...matrices: readonly Matrix[]): void {
  for (const matrix of matrices) {
    const [x, at] = elements(device, matrix);
    const end = at + sizeOf(matrix.shape);
    for (let i = at; i < end; i++) x[i] = 0;
  }
}

/** Multiplies a row by a number. */
export function scale(device: Backend, row: Matrix, factor: number): void {
  const [x, at] = elements(device, row);
  for (let i = at; i < at + row.shape[1]; i++) x[i] = factor * (x[i] as number);
}

/** Stores a contiguous matrix as matrix `k` of a batch. */
export function unload(device: Backend, from: Matrix, values: Float64Array, k: number): void {
  const [[x, at], size] = [elements(device, from), sizeOf(from.shape)];
  values.set(x.subarray(at, at + size), k * size);
}

/** Copies a matrix to a contiguous one. */
export function copy(device: Backend, to: Matrix, from: Matrix): void {
  const [[x, start], [y, at]] = [elements(device, from), elements(device, to)];
  const [[rows, columns], [row, column]] = [from.shape, from.strides];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) y[at + i * columns + j] = x[start + i * row + j * column] as number;
}

/**
 * Stores rows of a contiguous matrix in the given order as matrix `k` of a batch, or as its columns.
 */
export function unloadRows(
  device: Backend,
  from: Matrix,
  order: readonly number[],
  values: Float64Array,
  k: number,
  asColumns: boolean,
): void {
  const [[x, at], [rows, n]] = [elements(device, from), from.shape];
  for (let i = 0; i < rows; i++) {
    const start = at + (order[i] ?? i) * n;
    const [first, step] = asColumns ? [k * rows * n + i, rows] : [(k * rows + i) * n, 1];
    for (let j = 0; j < n; j++) values[first + j * step] = x[start + j] as number;
  }
}

/** Mirrors the lower (`"L"`) or the upper (`"U"`) triangle of each square matrix with `n` rows. */
export function mirror(values: Float64Array, n: number, triangle: "L" | "U"): void {
  for (let at = 0; at < values.length; at += n * n)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const [lower, upper] = [at + i * n + j, at + j * n + i];
        if (triangle === "L") values[upper] = values[lower] as number;
        else values[lower] = values[upper] as number;
      }
}

/** Returns the transpose, a view. */
export function turned({ buffer, dtype, shape, strides, offset }: Matrix): Matrix {
  return { buffer, dtype, shape: [shape[1], shape[0]], strides: [strides[1], strides[0]], offset };
}

/** Adds `factor` times the elements of `y` from index `from` on to the `n` elements of `x` from index `to` on. */
export function add(x: Float64Array, to: number, n: number, y: Float64Array, from: number, factor: number): void {
  for (let j = 0; j < n; j++) x[to + j] = (x[to + j] as number) + factor * (y[from + j] as number);
}

/** Most multiplications of a product for which loops on the host are faster than a call of the device. */
const small = 600;

/** Computes `c += a b`. The columns of `c` are adjacent. */
export function addProduct(device: Backend, c: Matrix, a: Matrix, b: Matrix): void {
  const [m, k] = a.shape;
  const n = b.shape[1];
  if (m * k * n > small) {
    device.run({ kind: "matmul", a, b, to: c, accumulate: true, bias: null });
    return;
  }
  const [x, to] = elements(device, c);
  const [y, left] = elements(device, a);
  const [z, right] = elements(device, b);
  const [row, step] = a.strides;
  const [inner, outer] = b.strides;
  for (let i = 0; i < m; i++) {
    const start = to + i * c.strides[0];
    const from = left + i * row;
    for (let p = 0; p < k && outer === 1; p++) add(x, start, n, z, right + p * inner, y[from + p * step] as number);
    for (let j = 0; j < n && outer !== 1; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += (y[from + p * step] as number) * (z[right + p * inner + j * outer] as number);
      x[start + j] = (x[start + j] as number) + sum;
    }
  }
}

/**
 * Returns the numbers of rows and columns of a floating-point matrix or batch.
 *
 * @throws ShapeError for fewer than two dimensions.
 * @throws DTypeError for integers and bools.
 */
export function expectMatrix(operation: string, a: Tensor): [rows: number, columns: number] {
  const [rows, columns] = shapeOf(operation, a).slice(-2);
  if (rows === undefined || columns === undefined) throw shapeError(operation, "a matrix or a batch of them", a);
  expectFloating(operation, a);
  return [rows, columns];
}

/**
 * Returns the number of rows of a square floating-point matrix or batch.
 *
 * @throws the errors of `expectMatrix`, and a ShapeError for other shapes.
 */
export function expectSquare(operation: string, a: Tensor): number {
  const [rows, columns] = expectMatrix(operation, a);
  if (rows !== columns) throw shapeError(operation, "square matrices", a);
  return rows;
}

/** Returns the elements of a tensor in row-major order, in float64. Throws as `readMatrices` does. */
export function valuesOf(a: Tensor): Float64Array {
  const values = new Float64Array(a.numel());
  if (values.length > 0) values.set(numbersOf(a.dataSync(), a.dtype));
  return values;
}

/**
 * Factors matrices on the host, as `P A = L U`: U is stored on and above the diagonal, L below it, without its unit
 * diagonal.
 *
 * @param a [..., m, n].
 * @param exchange whether to exchange rows (partial pivoting).
 * @returns the factors in row-major order; and for each of the first min(m, n) rows of each matrix, the 0-based row that
 * it was exchanged with.
 */
export function eliminate(a: Tensor, values: Float64Array, exchange: boolean): number[] {
  return scope(() => {
    const [m, n] = a.size(-2, -1);
    const space = workspace(a, values);
    const pivots = Array.from({ length: sizeOf(a.shape.slice(0, -2)) }, (_, k) =>
      factor(space.device, matrixAt(space, k * m * n, m, n), exchange),
    );
    const [numbers, at] = elements(space.device, space);
    // The factors that are subtracted have the opposite sign.
    for (let i = 0; i < values.length; i++) {
      const value = numbers[at + i] as number;
      values[i] = i % n < Math.floor(i / n) % m ? 0 - value : value;
    }
    return pivots.flat();
  });
}

/** Writes numbers in row-major order to an output. */
export function write(to: Tensor, values: Float64Array): void {
  const data = to.dtype === "float64" ? values : new Float32Array(values.length);
  data.set(values);
  const from = fromTypedArray(data, to.shape, { device: to.device });
  copyInto(to, from, to.device);
  from.dispose();
}

/**
 * Divides a matrix by a power of two near its largest element, so that squares of elements stay in the range of
 * float64. Returns that power.
 *
 * @throws ArgumentError for NaN and infinities, with which iterations do not converge.
 */
export function scaleDown(operation: string, a: Float64Array): number {
  let largest = 0;
  for (const x of a) largest = Number.isFinite(x) ? Math.max(largest, Math.abs(x)) : Number.NaN;
  if (Number.isNaN(largest)) throw new ArgumentError(`${operation}: a matrix contains NaN or infinities`);
  if (largest === 0) return 1;
  const scale = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) / scale;
  return scale;
}

/** Combines several results into an array to destructure, with the parts also available under PyTorch's names. */
export function named<const Names extends readonly string[]>(
  tensors: readonly Tensor[],
  ...names: Names
): { readonly [I in keyof Names]: Tensor } & { readonly [Name in Names[number]]: Tensor } {
  const parts = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
  // Safe: every name is assigned its tensor.
  return Object.assign([...tensors], parts) as unknown as ReturnType<typeof named<Names>>;
}
