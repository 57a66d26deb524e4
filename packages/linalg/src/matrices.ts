/**
 * Matrices on the host, where decompositions run. They are stored as columns, the order in which reflections and
 * rotations access them, and in float64 for every dtype, so that a float32 result is rounded only once.
 */

import {
  ArgumentError,
  copyInto,
  elements,
  expectFloating,
  factor,
  fromTypedArray,
  matrixAt,
  numbersOf,
  scope,
  shapeError,
  shapeOf,
  sizeOf,
  type Tensor,
  workspace,
} from "@akari/tensor";

/** A matrix as an array of its columns. */
export type Columns = Float64Array[];

/** Creates a matrix of zeros. */
export function zeroMatrix(rows: number, columns: number): Columns {
  return Array.from({ length: columns }, () => new Float64Array(rows));
}

/** Returns the transpose of a matrix with `rows` rows. */
export function transposed(a: Columns, rows: number): Columns {
  return Array.from({ length: rows }, (_, i) => Float64Array.from(a, (column) => column[i] as number));
}

/** Returns the symmetric matrix with the lower (`"L"`) or the upper (`"U"`) triangle of a square one. */
export function mirrored(a: Columns, triangle: "L" | "U"): Columns {
  return a.map((own, j) =>
    Float64Array.from(a, (other, i) => (i > j === (triangle === "L") ? own[i] : other[j]) as number),
  );
}

/** Returns the upper triangle of the first `rows` rows, with zeros below the diagonal. */
export function upperTriangle(a: Columns, rows: number): Columns {
  return a.map((column, j) => {
    const cut = column.slice(0, rows);
    return cut.fill(0, j + 1);
  });
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

/**
 * Reads the matrices of a batch, in row-major order.
 *
 * @throws DeviceError on a device without synchronous reads, unless `prefetch` has read the tensor.
 */
export function readMatrices(a: Tensor): Columns[] {
  const values = numbersOf(a.dataSync(), a.dtype);
  const [rows, columns] = a.size(-2, -1);
  const count = rows * columns === 0 ? sizeOf(a.shape.slice(0, -2)) : values.length / (rows * columns);
  return Array.from({ length: count }, (_, k) =>
    Array.from({ length: columns }, (_, j) =>
      Float64Array.from({ length: rows }, (_, i) => values[(k * rows + i) * columns + j] as number),
    ),
  );
}

/** Writes the matrices of a batch to an output. */
export function writeMatrices(to: Tensor, matrices: readonly Columns[]): void {
  const [rows, columns] = to.size(-2, -1);
  const values = new Float64Array(to.numel());
  matrices.forEach((a, k) => {
    for (let j = 0; j < columns; j++) {
      const column = a[j] as Float64Array;
      for (let i = 0; i < rows; i++) values[(k * rows + i) * columns + j] = column[i] as number;
    }
  });
  write(to, values);
}

/** Writes one vector per matrix of a batch to an output. */
export function writeVectors(to: Tensor, vectors: readonly Float64Array[]): void {
  const values = new Float64Array(to.numel());
  for (const [k, vector] of vectors.entries()) values.set(vector, k * vector.length);
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
export function scaleDown(operation: string, a: Columns): number {
  let largest = 0;
  for (const column of a)
    for (const x of column) largest = Number.isFinite(x) ? Math.max(largest, Math.abs(x)) : Number.NaN;
  if (Number.isNaN(largest)) throw new ArgumentError(`${operation}: a matrix contains NaN or infinities`);
  if (largest === 0) return 1;
  const scale = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  for (const column of a) for (let i = 0; i < column.length; i++) column[i] = (column[i] as number) / scale;
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
