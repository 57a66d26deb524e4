/**
 * The LU decomposition with partial pivoting: a unit lower triangle times an upper triangle, with rows exchanged so
 * that no element of the lower triangle exceeds 1 in absolute value.
 */

import {
  ArgumentError,
  applyAll,
  arange,
  cat,
  expectOneType,
  expectTensor,
  eye,
  fromTypedArray,
  namedTuple,
  numbersOf,
  type Op,
  settings,
  shapeError,
  sizeOf,
  solveTriangular,
  type Tensor,
  tril,
  triu,
} from "@akari/tensor";
import { eliminate, expectMatrix, valuesOf, write } from "./matrices.ts";

/** Options of `lu` and `luFactor`. */
export interface LuOptions {
  /**
   * Whether to exchange rows. Without pivoting, a zero pivot may be an error, and small pivots cost accuracy. Default
   * true.
   */
  readonly pivot?: boolean;
}

/** Result of `lu`: `const [p, l, u] = lu(a)`, or `{ P, L, U }`. */
export type LU = readonly [P: Tensor, L: Tensor, U: Tensor] & {
  /** Permutation matrix, [..., m, m]. */
  readonly P: Tensor;
  /** Lower triangle with ones on the diagonal, [..., m, min(m, n)]. */
  readonly L: Tensor;
  /** Upper triangle, [..., min(m, n), n]. */
  readonly U: Tensor;
};

/** Result of `luFactor`: `const [factors, pivots] = luFactor(a)`, or `{ LU, pivots }`. */
export type LuFactors = readonly [LU: Tensor, pivots: Tensor] & {
  /** U on and above the diagonal, L without its ones below it, [..., m, n]. */
  readonly LU: Tensor;
  /** 1-based index of the row that each row was exchanged with, [..., min(m, n)], int32. */
  readonly pivots: Tensor;
};

/** Result of `luFactorEx`: `const [factors, pivots, info] = luFactorEx(a)`, or `{ LU, pivots, info }`. */
export type LuFactorsEx = readonly [...LuFactors, info: Tensor] & {
  readonly LU: Tensor;
  readonly pivots: Tensor;
  /** For each matrix 0, or the 1-based index of the first zero pivot; int32. */
  readonly info: Tensor;
};

/** a → LU, pivots, for each row of LU the 0-based row of A it comes from, and the 1-based index of a zero pivot, or 0 */
const factorization: Op<{ readonly operation: string; readonly pivot: boolean }> = {
  name: "luFactor",
  infer([a], { operation }) {
    const [m, n] = expectMatrix(operation, a);
    const batch = a.shape.slice(0, -2);
    const int = (...sizes: number[]) => ({ shape: [...batch, ...sizes], dtype: "int32" }) as const;
    return [a, int(Math.min(m, n)), int(m), int()];
  },
  run([a], { operation, pivot }, outputs) {
    const [factors, pivots, order, info] = outputs as readonly Tensor[] as readonly [Tensor, Tensor, Tensor, Tensor]; // safe: four outputs
    const [m, n] = a.size(-2, -1);
    const values = valuesOf(a);
    const steps = eliminate(a, values, pivot);
    const k = Math.min(m, n);
    const failed = new Float64Array(info.numel());
    for (let i = 0; i * k < steps.length; i++)
      for (let j = 0; j < k; j++) {
        const diagonal = i * m * n + j * (n + 1);
        if (values[diagonal] !== 0) continue;
        failed[i] ||= j + 1;
        if (operation === "luFactor")
          throw new ArgumentError(
            `luFactor: pivot ${j} of matrix ${i} is zero, and luSolve divides by it; use lu for singular matrices`,
          );
        for (let below = diagonal + n; !pivot && below < (i + 1) * m * n; below += n)
          if (values[below] !== 0)
            throw new ArgumentError(`${operation}: pivot ${j} of matrix ${i} is zero; use { pivot: true }`);
      }
    write(factors, values);
    write(
      pivots,
      Float64Array.from(steps, (row) => row + 1),
    );
    write(order, Float64Array.from(ordersOf(steps, sizeOf(a.shape.slice(0, -2)), m)));
    write(info, failed);
  },
  // With Φ = tril(Lᵀ gL, -1) + triu(gU Uᵀ), the gradient is P L⁻ᵀ Φ U⁻ᵀ. For rectangular matrices, the part beyond the
  // leading square is a triangular solution, and adds to the gradient of the square.
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
      if (m > n) return [p.matmul(cat([top, underU(gLow)], -2))];
      return [p.matmul(m < n ? cat([top, underL(gRight)], -1) : top)];
    },
  },
};

/** Returns, for each of `count` matrices, the order of its rows after exchanges with the rows in `steps`, 0-based. */
function ordersOf(steps: readonly number[], count: number, rows: number): Int32Array {
  const result = new Int32Array(count * rows);
  for (let i = 0; i < count; i++) {
    const order = result.subarray(i * rows, (i + 1) * rows);
    for (let row = 0; row < rows; row++) order[row] = row;
    steps.slice((i * steps.length) / count, ((i + 1) * steps.length) / count).forEach((other, step) => {
      [order[step], order[other]] = [order[other] as number, order[step] as number];
    });
  }
  return result;
}

/** Returns the matrices P [..., m, m] with `A = P L U` for row orders [..., m]. */
function permutation(order: Tensor, { dtype, device }: Tensor): Tensor {
  const rows = arange(order.size(-1), { dtype: "int32", device });
  return order.unsqueeze(-2).eq(rows.unsqueeze(-1)).to(dtype);
}

function factorsOf(operation: string, a: Tensor, options: LuOptions): readonly [Tensor, Tensor, Tensor, Tensor] {
  const { pivot } = settings(operation, options, { pivot: true });
  return applyAll(factorization, [a], { operation, pivot }) as never; // safe: four outputs
}

/** Splits the compact form into L and U. */
function triangles(lu: Tensor): readonly [Tensor, Tensor] {
  const [m, n] = lu.size(-2, -1);
  const k = Math.min(m, n);
  const left = tril(lu.narrow(-1, 0, k), -1);
  return [left.add(eye(m, k, { dtype: lu.dtype, device: lu.device })), triu(lu.narrow(-2, 0, k))];
}

/**
 * Computes the LU decomposition of each matrix [m, n] with partial pivoting: `A = P L U`. P [m, m] is a permutation, L
 * [m, k] a lower triangle with ones on its diagonal, and U [k, n] an upper triangle, where k = min(m, n). The gradient
 * requires the leading k × k block of P⁻¹ A to be invertible.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lu.html
 *
 * @param options.pivot whether to exchange rows. Default true.
 * @throws ArgumentError without pivoting, when a pivot is zero and elements below it are not.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * lu(tensor([[1, 2], [2, 2]])).U; // [[2, 2], [0, 1]]
 */
export function lu(a: Tensor, options: LuOptions = {}): LU {
  const [factors, , order] = factorsOf("lu", a, options);
  return namedTuple([permutation(order, a), ...triangles(factors)], "P", "L", "U");
}

/**
 * Computes the LU decomposition in the compact form that `luSolve` accepts: both triangles in one matrix [..., m, n],
 * and the row exchanges.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lu_factor.html
 *
 * @param options.pivot whether to exchange rows. Default true.
 * @throws ArgumentError for singular matrices.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function luFactor(a: Tensor, options: LuOptions = {}): LuFactors {
  const [factors, pivots] = factorsOf("luFactor", a, options);
  return namedTuple([factors, pivots], "LU", "pivots");
}

/**
 * Computes the compact LU decomposition, as `luFactor` does, and reports singular matrices in `info` instead of
 * throwing an error.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lu_factor_ex.html
 *
 * @param options.pivot whether to exchange rows. Default true.
 * @throws ArgumentError without pivoting, when a pivot is zero and elements below it are not.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function luFactorEx(a: Tensor, options: LuOptions = {}): LuFactorsEx {
  const [factors, pivots, , info] = factorsOf("luFactorEx", a, options);
  return namedTuple([factors, pivots, info], "LU", "pivots", "info");
}

/** Returns the row order that exchanges produce. It is integer valued and has no gradient, so it is not an `Op`. */
function orderOf(pivots: Tensor, rows: number): Tensor {
  const steps = Array.from(numbersOf(pivots.dataSync(), pivots.dtype), (row) => row - 1);
  const batch = pivots.shape.slice(0, -1);
  return fromTypedArray(ordersOf(steps, sizeOf(batch), rows), [...batch, rows], { device: pivots.device });
}

function expectFactors(operation: string, factors: Tensor, pivots: Tensor): void {
  const [m, n] = expectMatrix(operation, factors);
  expectTensor(operation, pivots);
  if (pivots.ndim !== factors.ndim - 1 || pivots.size(-1) !== Math.min(m, n))
    throw shapeError(operation, "factors [..., m, n] and pivots [..., min(m, n)]", factors, pivots);
}

/**
 * Unpacks the result of `luFactor` into P, L and U.
 *
 * https://pytorch.org/docs/stable/generated/torch.lu_unpack.html
 *
 * @throws ShapeError when the number of pivots does not match the factors.
 * @throws DeviceError on a device without synchronous reads; call `await pivots.prefetch()` first.
 */
export function luUnpack(factors: Tensor, pivots: Tensor): LU {
  expectFactors("luUnpack", factors, pivots);
  return namedTuple([permutation(orderOf(pivots, factors.size(-2)), factors), ...triangles(factors)], "P", "L", "U");
}

/** Options of `luSolve`. */
export interface LuSolveOptions {
  /** Whether to solve `A X = B` rather than `X A = B`. Default true. */
  readonly left?: boolean;
  /** Whether to solve with the transpose of A. Default false. */
  readonly adjoint?: boolean;
}

/**
 * Solves `A X = B` for matrices A [..., n, n] decomposed by `luFactor`: B and X are [..., n, k], or [..., k, n] with
 * `left: false`. Batch dimensions broadcast. One decomposition serves any number of right-hand sides.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.lu_solve.html
 *
 * @throws ArgumentError when a matrix is singular.
 * @throws ShapeError when the shapes do not match.
 * @throws DTypeError when the dtypes differ.
 * @throws DeviceError on a device without synchronous reads; call `await pivots.prefetch()` first.
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
    throw shapeError("luSolve", `factors [..., n, n] and b [..., ${left ? "n, k" : "k, n"}]`, factors, b);
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
