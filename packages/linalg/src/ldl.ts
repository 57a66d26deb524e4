/**
 * The LDL decomposition of symmetric matrices, which need not be definite: a unit lower triangle, a block-diagonal matrix
 * with blocks of one or two rows, and the triangle's transpose. Pivots are chosen, and everything is stored, as in
 * LAPACK. (Bunch and Kaufman 1977, "Some stable methods for calculating inertia and solving symmetric linear systems".)
 */

import {
  ArgumentError,
  AutogradError,
  applyAll,
  broadcastShapes,
  expectOneType,
  expectTensor,
  namedTuple,
  numbersOf,
  type Op,
  shapeError,
  type Tensor,
} from "@akari/tensor";
import { add, expectSquare, valuesOf, write } from "./matrices.ts";

/** Result of `ldlFactor`: `const [factors, pivots] = ldlFactor(a)`, or `{ LD, pivots }`. */
export type LdlFactors = readonly [LD: Tensor, pivots: Tensor] & {
  /** D on the diagonal and, for blocks of two rows, directly below it; L below that, [..., n, n]. */
  readonly LD: Tensor;
  /**
   * 1-based index of the row that each row was exchanged with, [..., n], int32. Both rows of a block of two have the
   * same, negative number, for the second of them.
   */
  readonly pivots: Tensor;
};

/** Result of `ldlFactorEx`: `const [factors, pivots, info] = ldlFactorEx(a)`, or `{ LD, pivots, info }`. */
export type LdlFactorsEx = readonly [...LdlFactors, info: Tensor] & {
  readonly LD: Tensor;
  readonly pivots: Tensor;
  /** For each matrix 0, or the 1-based index of the first zero block of D; int32. */
  readonly info: Tensor;
};

/** Exchanges `n` elements, `step` apart. */
function exchange(x: Float64Array, i: number, j: number, n: number, step: number): void {
  for (let k = 0; i !== j && k < n * step; k += step) [x[i + k], x[j + k]] = [x[j + k] as number, x[i + k] as number];
}

/** Solves for two unknowns: `[[a, b], [b, c]] (y, z) = (u, v)`, in the order of operations of LAPACK. */
function solveBlock(a: number, b: number, c: number, u: number, v: number): readonly [y: number, z: number] {
  const determinant = (a / b) * (c / b) - 1;
  return [((c / b) * (u / b) - v / b) / determinant, ((a / b) * (v / b) - u / b) / determinant];
}

/** Decomposes a symmetric matrix in place, both triangles of which are stored. Returns the 1-based index of a zero block, or 0. */
function decompose(x: Float64Array, n: number, pivots: Float64Array): number {
  /** The place of the largest element of a row from column `first` on, except on the diagonal, and its size. */
  const largest = (row: number, first: number): readonly [at: number, size: number] => {
    let [at, size] = [row, 0];
    for (let j = first; j < n; j++) {
      const value = Math.abs(x[row * n + j] as number);
      if (j !== row && value > size) [at, size] = [j, value];
    }
    return [at, size];
  };
  const ratio = (1 + Math.sqrt(17)) / 8;
  let failed = 0;
  for (let k = 0, size = 1; k < n; k += size) {
    const own = Math.abs(x[k * (n + 1)] as number);
    const [other, most] = largest(k, k);
    let pivot = k;
    size = 1;
    if (own === 0 && most === 0) failed ||= k + 1;
    else if (own < ratio * most) {
      const across = largest(other, k)[1];
      if (own < ratio * most * (most / across)) {
        pivot = other;
        if (Math.abs(x[other * (n + 1)] as number) < ratio * across) size = 2;
      }
    }
    const last = k + size - 1;
    pivots.fill(size === 2 ? -1 - pivot : 1 + pivot, k, k + size);
    exchange(x, last * n + k, pivot * n + k, n - k, 1);
    exchange(x, k * n + last, k * n + pivot, n - k, n);
    const [a, b, c] = [x[k * (n + 1)], x[last * n + k], x[last * (n + 1)]] as [number, number, number]; // safe: within
    for (let i = (last + 1) * n; i < n * n && own + most !== 0; i += n) {
      const [u, v] = [x[i + k], x[i + last]] as [number, number]; // safe: within
      const [y, z] = size === 2 ? solveBlock(a, b, c, u, v) : [u / a, 0];
      add(x, i + last + 1, n - last - 1, x, k * n + last + 1, -y);
      if (size === 2) add(x, i + last + 1, n - last - 1, x, last * n + last + 1, -z);
      x[i + last] = z;
      x[i + k] = y;
    }
  }
  for (let i = 0; i < n; i++) x.fill(0, i * n + i + 1, (i + 1) * n);
  return failed;
}

/** Overwrites the right-hand sides [n, columns] with the solutions. */
function solveFactored(x: Float64Array, n: number, pivots: ArrayLike<number>, b: Float64Array, columns: number): void {
  const [row, at] = [(i: number) => i * columns, (i: number, j: number) => x[i * n + j] as number];
  const starts: number[] = [];
  for (let k = 0; k < n; k += (pivots[k] as number) < 0 ? 2 : 1) starts.push(k);
  const exchanged = (last: number) => exchange(b, row(last), row(Math.abs(pivots[last] as number) - 1), columns, 1);
  for (const k of starts) {
    const last = (pivots[k] as number) < 0 ? k + 1 : k;
    exchanged(last);
    for (let i = last + 1; i < n; i++) for (let j = k; j <= last; j++) add(b, row(i), columns, b, row(j), -at(i, j));
    for (let j = row(k); j < row(k + 1); j++) {
      const [u, v] = [b[j], b[j + columns]] as [number, number]; // safe: used within
      if (last === k) b[j] = u / at(k, k);
      else [b[j], b[j + columns]] = solveBlock(at(k, k), at(last, k), at(last, last), u, v);
    }
  }
  for (const k of starts.toReversed()) {
    const last = (pivots[k] as number) < 0 ? k + 1 : k;
    for (let j = k; j <= last; j++) for (let i = last + 1; i < n; i++) add(b, row(j), columns, b, row(i), -at(i, j));
    exchanged(last);
  }
}

function withoutGradient(operation: string, use: string): never {
  throw new AutogradError(`${operation}: there is no gradient; use ${use}`);
}

/** a → LD, pivots, and the 1-based index of a zero block, or 0 */
const factorization: Op<string> = {
  name: "ldlFactor",
  infer([a], operation) {
    const n = expectSquare(operation, a);
    const batch = a.shape.slice(0, -2);
    return [a, { shape: [...batch, n], dtype: "int32" }, { shape: batch, dtype: "int32" }];
  },
  run([a], operation, [factors, pivots, info]) {
    const n = a.size(-1);
    const [values, steps, failed] = [valuesOf(a), new Float64Array(pivots.numel()), new Float64Array(info.numel())];
    failed.forEach((_, k) => {
      const matrix = values.subarray(k * n * n, (k + 1) * n * n);
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j] as number;
      failed[k] = decompose(matrix, n, steps.subarray(k * n, (k + 1) * n));
      if (operation === "ldlFactor" && failed[k] !== 0)
        throw new ArgumentError(`ldlFactor: matrix ${k} is singular, and ldlSolve divides by zero; use ldlFactorEx`);
    });
    write(factors, values);
    write(pivots, steps);
    write(info, failed);
  },
  gradient: { reads: () => ({}), compute: () => withoutGradient("ldlFactor", "solve or eigh") },
};

/**
 * Computes the LDL decomposition of symmetric matrices [..., n, n], which need not be definite: `A = L D Lᵀ` with rows
 * and columns exchanged, in the compact form that `ldlSolve` accepts. Only the lower triangle of A is read. There is no
 * gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.ldl_factor.html
 *
 * @throws ArgumentError for singular matrices.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function ldlFactor(a: Tensor): LdlFactors {
  const [factors, pivots] = applyAll(factorization, [a], "ldlFactor") as readonly [Tensor, Tensor, Tensor]; // safe: three outputs
  return namedTuple([factors, pivots], "LD", "pivots");
}

/**
 * Computes the compact LDL decomposition, as `ldlFactor` does, and reports singular matrices in `info` instead of throwing
 * an error.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.ldl_factor_ex.html
 *
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function ldlFactorEx(a: Tensor): LdlFactorsEx {
  const results = applyAll(factorization, [a], "ldlFactorEx");
  return namedTuple(results as readonly [Tensor, Tensor, Tensor], "LD", "pivots", "info"); // safe: three outputs
}

/** LD, pivots, B → X */
const solution: Op = {
  name: "ldlSolve",
  infer: ([, , b]) => [b],
  run([factors, pivots, b], _, [to]) {
    const [n, columns] = b.size(-2, -1);
    const [x, values] = [valuesOf(factors), valuesOf(b)];
    const steps = Float64Array.from(numbersOf(pivots.dataSync(), pivots.dtype));
    for (let k = 0; k * n < steps.length; k++)
      solveFactored(
        x.subarray(k * n * n),
        n,
        steps.subarray(k * n, (k + 1) * n),
        values.subarray(k * n * columns, (k + 1) * n * columns),
        columns,
      );
    write(to, values);
  },
  // A is symmetric, so the gradient of B is the solution for that of X.
  gradient: {
    reads: () => ({ inputs: [0, 1] }),
    compute([g], { needs, input }) {
      if (needs[0]) withoutGradient("ldlSolve", "solve");
      return [null, null, g ? ldlSolve(input(0), input(1), g) : null];
    },
  },
};

/**
 * Solves `A X = B` for symmetric matrices A [..., n, n] decomposed by `ldlFactor`: B and X are [..., n, k]. Batch
 * dimensions broadcast. Only B has a gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.ldl_solve.html
 *
 * @throws ShapeError when the shapes do not match.
 * @throws DTypeError when the dtypes differ, or the pivots are not integers.
 * @throws DeviceError on a device without synchronous reads; call `prefetch()` of all three tensors first.
 * @example
 * const [factors, pivots] = ldlFactor(tensor([[1, 2], [2, 1]]));
 * ldlSolve(factors, pivots, tensor([[4], [5]])); // [[2], [1]]
 */
export function ldlSolve(factors: Tensor, pivots: Tensor, b: Tensor): Tensor {
  const n = expectSquare("ldlSolve", factors);
  expectTensor("ldlSolve", pivots);
  expectOneType("ldlSolve", factors, b);
  if (pivots.ndim !== factors.ndim - 1 || pivots.size(-1) !== n || b.ndim < 2 || b.size(-2) !== n)
    throw shapeError("ldlSolve", "factors [..., n, n], pivots [..., n] and b [..., n, k]", factors, pivots, b);
  const batch = broadcastShapes("ldlSolve", [
    factors.shape.slice(0, -2),
    pivots.shape.slice(0, -1),
    b.shape.slice(0, -2),
  ]);
  return applyAll(
    solution,
    [factors.expand(...batch, n, n), pivots.expand(...batch, n), b.expand(...batch, n, b.size(-1))],
    undefined,
  )[0] as Tensor; // safe: one output
}
