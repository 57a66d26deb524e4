/**
 * Matrices on the host, where decompositions run. Large ones are in memory that the host shares with a device, which
 * multiplies them. Matrices are in float64 for every dtype, so that a float32 result is rounded only once.
 */

import {
  ArgumentError,
  type Backend,
  copyInto,
  expectFloating,
  factor,
  fromTypedArray,
  type Matrix as MatrixView,
  matrixAt,
  numbersOf,
  scope,
  shapeError,
  shapeOf,
  elements as sharedElements,
  sizeOf,
  type Tensor,
  workspace,
} from "@akari/tensor";

/** A matrix in float64, whose columns are adjacent, or with a view of which rows are. */
export interface Matrix extends MatrixView {
  /** The device whose memory holds the matrix, or null on the host. */
  readonly device: Backend | null;
}

/** Most elements of a matrix that is small. */
const small = 1024;

/** Allocates matrices: on the host for small ones, otherwise in memory that the host and a device share. */
export class Space {
  /** Whether matrices are on the host. */
  readonly small: boolean;
  private readonly like: Tensor;
  /** Memory for several matrices. */
  private memory: Matrix;
  private used = 0;

  /**
   * Allocates matrices that are freed at the end of the scope.
   *
   * @param like a tensor on the device, if the host can access that device's memory.
   * @param largest elements of the largest matrix. Default: those of each matrix of `like` [..., m, n].
   */
  constructor(like: Tensor, largest: number = sizeOf(like.size(-2, -1))) {
    this.small = largest <= small;
    this.like = like;
    this.memory = this.of(new Float64Array(this.small ? 512 : 2048));
  }

  private of(values: Float64Array): Matrix {
    if (this.small) return onHost(values, 1, values.length);
    const tensor = workspace(this.like, values);
    return { ...matrixAt(tensor, 0, 1, values.length), device: tensor.device };
  }

  /** Returns a matrix of zeros in row-major order. */
  matrix(rows: number, columns: number): Matrix {
    const size = rows * columns;
    const capacity = this.memory.shape[1];
    if (this.used + size > capacity) {
      const memory = this.of(new Float64Array(Math.max(size, capacity)));
      if (size > capacity / 2) return shaped(memory, rows, columns);
      this.memory = memory;
      this.used = 0;
    }
    this.used += size;
    return shaped(this.memory, rows, columns, this.used - size);
  }

  /** Returns a copy of the matrices of a batch, one below the other. Throws as `valuesOf` does. */
  read(a: Tensor): Matrix {
    const [m, n] = a.size(-2, -1);
    return shaped(this.of(valuesOf(a)), sizeOf(a.shape.slice(0, -2)) * m, n);
  }
}

/** Returns a matrix in row-major order in the memory of another one. */
function shaped(a: Matrix, rows: number, columns: number, offset = 0): Matrix {
  const { device, buffer, dtype } = a;
  return { device, buffer, dtype, shape: [rows, columns], strides: [columns, 1], offset };
}

/** Returns the part from row `i` and column `j` on. By default, it extends to the last row and column. */
export function part(
  a: Matrix,
  i: number,
  j: number,
  rows: number = a.shape[0] - i,
  columns: number = a.shape[1] - j,
): Matrix {
  const { device, buffer, dtype, strides, offset } = a;
  return { device, buffer, dtype, shape: [rows, columns], strides, offset: offset + i * strides[0] + j * strides[1] };
}

/** Returns a matrix in row-major order on the host. */
function onHost(values: Float64Array, rows: number, columns: number): Matrix {
  // Safe: only the functions of this file access the memory of a matrix, and no device gets one on the host.
  const buffer = values as unknown as Matrix["buffer"];
  return { device: null, buffer, dtype: "float64", shape: [rows, columns], strides: [columns, 1], offset: 0 };
}

/** Returns the memory that holds a matrix, and the index of its first element. Valid until the next allocation. */
export function elements(a: Matrix): readonly [Float64Array, number] {
  // Safe: that is what `onHost` stores.
  return a.device ? sharedElements(a.device, a) : [a.buffer as unknown as Float64Array, a.offset];
}

/** Replaces the upper triangle of a square matrix by the transpose of the lower one. */
export function mirror(a: Matrix): void {
  const [x, at] = elements(a);
  const [row, column] = a.strides;
  for (let i = 0; i < a.shape[0]; i++)
    for (let j = 0; j < i; j++) x[at + j * row + i * column] = x[at + i * row + j * column] as number;
}

/** Copies the elements of a matrix to another one. */
export function copy(to: Matrix, from: Matrix): void {
  const [y, start] = elements(to);
  const [x, at] = elements(from);
  const [[rows, columns], [row, column], [step, apart]] = [from.shape, from.strides, to.strides];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) y[start + i * step + j * apart] = x[at + i * row + j * column] as number;
}

/** Multiplies the elements of a contiguous matrix by a number. */
export function scale(a: Matrix, factor: number): void {
  const [x, at] = elements(a);
  const end = at + sizeOf(a.shape);
  for (let i = at; i < end; i++) x[i] = factor * (x[i] as number);
}

/** Computes the inner product of two rows. */
export function inner(a: Matrix, b: Matrix): number {
  const [[x, i], [y, j]] = [elements(a), elements(b)];
  let sum = 0;
  for (let k = 0; k < a.shape[1]; k++) sum += (x[i + k] as number) * (y[j + k] as number);
  return sum;
}

/** Sorts numbers in ascending order, and the rows of contiguous matrices with them. Matrices may have no rows. */
export function sortRows(values: Float64Array, ...matrices: readonly Matrix[]): void {
  for (let k = 0; k < values.length; k++) {
    let least = k;
    for (let i = k; i < values.length; i++) if ((values[i] as number) < (values[least] as number)) least = i;
    if (least === k) continue;
    [values[k], values[least]] = [values[least] as number, values[k] as number];
    for (const a of matrices) {
      if (a.shape[0] === 0) continue;
      const [x, at] = elements(a);
      const [n, from, to] = [a.shape[1], at + k * a.shape[1], at + least * a.shape[1]];
      for (let j = 0; j < n; j++) [x[from + j], x[to + j]] = [x[to + j] as number, x[from + j] as number];
    }
  }
}

/** Returns the transpose, a view. */
export function turned({ device, buffer, dtype, shape, strides, offset }: Matrix): Matrix {
  return { device, buffer, dtype, shape: [shape[1], shape[0]], strides: [strides[1], strides[0]], offset };
}

/** Adds `factor` times the elements of `y` from index `from` on to the `n` elements of `x` from index `to` on. */
export function add(x: Float64Array, to: number, n: number, y: Float64Array, from: number, factor: number): void {
  for (let j = 0; j < n; j++) x[to + j] = (x[to + j] as number) + factor * (y[from + j] as number);
}

/** Most multiplications of a product in shared memory for which loops are faster than a call of the device. */
const few = 600;

/** Computes `c += a b`, or without `accumulate` `c = a b`. The columns of `c` are adjacent. */
export function multiply(c: Matrix, a: Matrix, b: Matrix, accumulate = true): void {
  const [m, k] = a.shape;
  const n = b.shape[1];
  if (c.device && m * k * n > few) {
    c.device.run({ kind: "matmul", a, b, to: c, accumulate, bias: null });
    return;
  }
  const [x, to] = elements(c);
  const [y, left] = elements(a);
  const [z, right] = elements(b);
  const [row, step] = a.strides;
  const [inner, outer] = b.strides;
  for (let i = 0; i < m; i++) {
    const start = to + i * c.strides[0];
    const from = left + i * row;
    for (let j = 0; j < n && !accumulate; j++) x[start + j] = 0;
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
    const [numbers, at] = sharedElements(space.device, space);
    // The factors that are subtracted have the opposite sign.
    for (let i = 0; i < values.length; i++) {
      const value = numbers[at + i] as number;
      values[i] = i % n < Math.floor(i / n) % m ? 0 - value : value;
    }
    return pivots.flat();
  });
}

/**
 * Writes the first rows of each of the matrices that are one below the other to an output, or with `transposed` the first
 * columns of their transposes.
 */
export function writeMatrices(to: Tensor, a: Matrix, transposed = false): void {
  const [[m, n], count] = [to.size(-2, -1), sizeOf(to.shape.slice(0, -2))];
  const [values, rows, width] = [new Float64Array(to.numel()), a.shape[0] / count, transposed ? n : m];
  for (let k = 0; k < count; k++) {
    const from = part(a, k * rows, 0, width);
    copy(part(onHost(values, count * m, n), k * m, 0, m), transposed ? turned(from) : from);
  }
  write(to, values);
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
export function scaleDown(operation: string, a: Matrix): number {
  const [x, at] = elements(a);
  let largest = 0;
  for (let i = at; i < at + sizeOf(a.shape); i++) {
    const size = Math.abs(x[i] as number);
    if (!(size < Number.POSITIVE_INFINITY))
      throw new ArgumentError(`${operation}: a matrix contains NaN or infinities`);
    if (size > largest) largest = size;
  }
  if (largest === 0) return 1;
  const power = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  scale(a, 1 / power);
  return power;
}
