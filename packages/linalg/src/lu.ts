/**
 * The LU decomposition: a triangle of ones and factors, times a triangle of what elimination leaves, the rows being
 * exchanged so that no factor is above 1.
 */

import {
  ArgumentError,
  applyAll,
  arange,
  eliminate,
  expectOneType,
  eye,
  fromTypedArray,
  numbersOf,
  type Op,
  settings,
  shapeError,
  solveTriangular,
  type Tensor,
  tril,
  triu,
} from "@akari/tensor";
import { expectMatrix, named, write } from "./matrices.ts";

/** Options of `lu` and `luFactor`. */
export interface LuOptions {
  /**
   * Whether rows are exchanged. Without, elimination fails at a zero on the diagonal, and small numbers there cost
   * accuracy. Default true.
   */
  readonly pivot?: boolean;
}

/** What `lu` gives: `const [p, l, u] = lu(a)`, or `{ P, L, U }`. */
export type LU = readonly [P: Tensor, L: Tensor, U: Tensor] & {
  readonly P: Tensor;
  readonly L: Tensor;
  readonly U: Tensor;
};

/** What `luFactor` gives: `const [factors, pivots] = luFactor(a)`, or `{ LU, pivots }`. */
export type LuFactors = readonly [LU: Tensor, pivots: Tensor] & {
  /** U, and below its diagonal L without its ones, [..., m, n]. */
  readonly LU: Tensor;
  /** With which row each one was exchanged, counted from 1: [..., min(m, n)], int32. */
  readonly pivots: Tensor;
};

/** a → LU, pivots, and the row of A that each row of LU is, counted from 0 */
const factorization: Op<{ readonly operation: string; readonly pivot: boolean }> = {
  name: "luFactor",
  infer([a], { operation }) {
    const [m, n] = expectMatrix(operation, a);
    const batch = a.shape.slice(0, -2);
    return [a, { shape: [...batch, Math.min(m, n)], dtype: "int32" }, { shape: [...batch, m], dtype: "int32" }];
  },
  run([a], { operation, pivot }, [factors, pivots, order]) {
    const [m, n] = a.size(-2, -1);
    const values = new Float64Array(a.numel());
    if (values.length > 0) values.set(numbersOf(a.dataSync(), a.dtype));
    const [steps, rows] = [new Float64Array(pivots.numel()), new Float64Array(order.numel())];
    const k = Math.min(m, n);
    for (let i = 0; i * m < rows.length; i++) {
      const exchanged =
        n === 0
          ? Array.from({ length: m }, (_, row) => row)
          : eliminate(a, values.subarray(i * m * n, (i + 1) * m * n), n, pivot).order;
      for (let j = 0; j < k; j++)
        if (operation === "luFactor" && values[i * m * n + j * (n + 1)] === 0)
          throw new ArgumentError(
            `luFactor: a pivot is zero (number ${j} of matrix ${i}), so luSolve would have to divide by it; lu decomposes singular matrices, too`,
          );
      rows.set(exchanged, i * m);
      steps.set(exchangesOf(exchanged, k), i * k);
    }
    write(factors, values);
    write(pivots, steps);
    write(order, rows);
  },
  // With Φ = tril(Lᵀ gL, -1) + triu(gU Uᵀ): P L⁻ᵀ Φ U⁻ᵀ; what lies beyond the square is a solution with L or U and adds
  // to its gradient.
  gradient: {
    reads: () => ({ outputs: [0, 2] }),
    compute([g], { output }) {
      if (!g) return [null];
      const [lu, p] = [output(0), permutation(output(2), output(0))];
      const [m, n] = lu.size(-2, -1);
      const k = Math.min(m, n);
      const square = lu.narrow(-2, 0, k).narrow(-1, 0, k);
      const underL = (x: Tensor) => solveTriangular(square.mT, x, { upper: true, unitriangular: true });
      const [low, right] = [lu.narrow(-2, k, m - k), lu.narrow(-1, k, n - k)];
      const [gLow, gRight] = [g.narrow(-2, k, m - k), g.narrow(-1, k, n - k)];
      const gSquare = g.narrow(-2, 0, k).narrow(-1, 0, k);
      const unit = tril(square, -1).add(eye(k, { dtype: lu.dtype, device: lu.device }));
      const inner = tril(
        unit.mT.matmul(tril(gSquare, -1)).sub(gRight.narrow(-2, 0, k).matmul(right.narrow(-2, 0, k).mT)),
        -1,
      ).add(
        triu(
          triu(gSquare)
            .matmul(triu(square).mT)
            .sub(low.narrow(-1, 0, k).mT.matmul(gLow.narrow(-1, 0, k))),
        ),
      );
      const underU = (x: Tensor) => solveTriangular(square, x.mT, { upper: true }).mT;
      const top = underL(underU(inner));
      if (m > n) return [p.matmul(joined(top, underU(gLow), -2))];
      return [p.matmul(m < n ? joined(top, underL(gRight), -1) : top)];
    },
  },
};

/** Two matrices below or beside each other. */
function joined(a: Tensor, b: Tensor, dim: -1 | -2): Tensor {
  const [before, after] = [a.size(dim), b.size(dim)];
  const around = (x: Tensor, low: number, high: number) => x.pad(dim === -1 ? [low, high] : [0, 0, low, high]);
  return around(a, 0, after).add(around(b, before, 0));
}

/** The exchanges, counted from 1, that lead to an order of rows. */
function exchangesOf(order: readonly number[], count: number): number[] {
  const rows = order.map((_, i) => i);
  const places = [...rows];
  return Array.from({ length: count }, (_, k) => {
    const [row, wanted] = [rows[k] as number, order[k] as number];
    const place = places[wanted] as number;
    [rows[k], rows[place], places[row], places[wanted]] = [wanted, row, place, k];
    return place + 1;
  });
}

/** The matrices P [..., m, m] with `A = P L U` for orders of rows [..., m]. */
function permutation(order: Tensor, { dtype, device }: Tensor): Tensor {
  const rows = arange(order.size(-1), { dtype: "int32", device });
  return order.unsqueeze(-2).eq(rows.unsqueeze(-1)).to(dtype);
}

function factorsOf(operation: string, a: Tensor, options: LuOptions): readonly [Tensor, Tensor, Tensor] {
  const { pivot } = settings(operation, options, { pivot: true });
  return applyAll(factorization, [a], { operation, pivot }) as readonly [Tensor, Tensor, Tensor]; // safe: three outputs
}

/** L and U of what both are written in. */
function triangles(lu: Tensor): readonly [Tensor, Tensor] {
  const [m, n] = lu.size(-2, -1);
  const k = Math.min(m, n);
  const left = tril(lu.narrow(-1, 0, k), -1);
  return [left.add(eye(m, k, { dtype: lu.dtype, device: lu.device })), triu(lu.narrow(-2, 0, k))];
}

/**
 * `A = P L U` for each matrix [m, n]: P [m, m] exchanges rows, L [m, k] is a lower triangle with ones on its diagonal,
 * U [k, n] an upper triangle, k being the smaller of m and n. The gradient needs the first k rows and columns of P⁻¹ A
 * to be invertible.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lu.html
 *
 * @param options.pivot whether rows are exchanged. Default true.
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 * @example
 * lu(tensor([[1, 2], [2, 2]])).U; // [[2, 2], [0, 1]]
 */
export function lu(a: Tensor, options: LuOptions = {}): LU {
  const [factors, , order] = factorsOf("lu", a, options);
  return named([permutation(order, a), ...triangles(factors)], "P", "L", "U");
}

/**
 * The LU decomposition as `luSolve` takes it: both triangles in one matrix, and which rows were exchanged.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lu_factor.html
 *
 * @param options.pivot whether rows are exchanged. Default true.
 * @throws ArgumentError for singular matrices.
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 */
export function luFactor(a: Tensor, options: LuOptions = {}): LuFactors {
  const [factors, pivots] = factorsOf("luFactor", a, options);
  return named([factors, pivots], "LU", "pivots");
}

/** The order of rows to which exchanges lead. Not an operation of its own: it has no gradient, and is not worth one. */
function orderOf(pivots: Tensor, rows: number): Tensor {
  const steps = numbersOf(pivots.dataSync(), pivots.dtype);
  const k = pivots.size(-1);
  const batch = pivots.shape.slice(0, -1);
  const count = batch.reduce((product, size) => product * size, 1);
  const result = new Int32Array(count * rows);
  for (let i = 0; i < count; i++) {
    const order = result.subarray(i * rows, (i + 1) * rows);
    for (let row = 0; row < rows; row++) order[row] = row;
    for (let step = 0; step < k; step++) {
      const other = (steps[i * k + step] as number) - 1;
      [order[step], order[other]] = [order[other] as number, order[step] as number];
    }
  }
  return fromTypedArray(result, [...batch, rows], { device: pivots.device });
}

function expectFactors(operation: string, factors: Tensor, pivots: Tensor): void {
  const [m, n] = expectMatrix(operation, factors);
  if (pivots.ndim !== factors.ndim - 1 || pivots.size(-1) !== Math.min(m, n))
    throw shapeError(
      operation,
      "as many pivots as the factors have rows or columns, whichever are fewer",
      factors,
      pivots,
    );
}

/**
 * P, L and U of what `luFactor` gives.
 *
 * https://pytorch.org/docs/stable/generated/torch.lu_unpack.html
 *
 * @throws DeviceError on a device that cannot be read at once; `await pivots.prefetch()` there first.
 */
export function luUnpack(factors: Tensor, pivots: Tensor): LU {
  expectFactors("luUnpack", factors, pivots);
  return named([permutation(orderOf(pivots, factors.size(-2)), factors), ...triangles(factors)], "P", "L", "U");
}

/** Options of `luSolve`. */
export interface LuSolveOptions {
  /** Whether to solve `A X = B`, rather than `X A = B`. Default true. */
  readonly left?: boolean;
  /** Whether A is transposed. Default false. */
  readonly adjoint?: boolean;
}

/**
 * The solution X of `A X = B` for the matrices [..., n, n] that `luFactor` has decomposed; B is [..., n, k], and
 * batches broadcast. Many right sides, one after the other, cost one decomposition.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lu_solve.html
 *
 * @throws ArgumentError when a matrix is singular. @throws ShapeError when sizes do not fit.
 * @throws DeviceError on a device that cannot be read at once; `await pivots.prefetch()` there first.
 * @example
 * const [factors, pivots] = luFactor(tensor([[1, 2], [2, 2]]));
 * luSolve(factors, pivots, tensor([[3], [4]])); // [[1], [1]]
 */
export function luSolve(factors: Tensor, pivots: Tensor, b: Tensor, options: LuSolveOptions = {}): Tensor {
  const { left, adjoint } = settings("luSolve", options, { left: true, adjoint: false });
  expectFactors("luSolve", factors, pivots);
  const [rows, n] = factors.size(-2, -1);
  if (rows !== n) throw shapeError("luSolve", "square matrices", factors);
  expectOneType("luSolve", factors, b);
  if (b.ndim < 2 || b.size(left ? -2 : -1) !== n)
    throw shapeError("luSolve", "right sides that fit the matrices", factors, b);
  const x = left ? b : b.mT;
  const p = permutation(orderOf(pivots, n), factors);
  const transposed = left === adjoint;
  const solution = transposed
    ? p.matmul(
        solveTriangular(factors.mT, solveTriangular(factors.mT, x, { upper: false }), {
          upper: true,
          unitriangular: true,
        }),
      )
    : solveTriangular(factors, solveTriangular(factors, p.mT.matmul(x), { upper: false, unitriangular: true }), {
        upper: true,
      });
  return left ? solution : solution.mT;
}
