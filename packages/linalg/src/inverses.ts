/**
 * Inverses and solutions by other ways in: from factors, of tensors with more than two dimensions, and with a report in
 * place of an error.
 */

import {
  checkInteger,
  cholesky,
  choleskySolve,
  eliminate,
  eye,
  fromTypedArray,
  inv,
  numbersOf,
  settings,
  shapeError,
  sizeOf,
  solve,
  solveTriangular,
  type Tensor,
  where,
} from "@akari/tensor";
import { expectSquare, named } from "./matrices.ts";

/**
 * The inverse of `L Lᵀ`, L being what `cholesky` gives.
 * https://pytorch.org/docs/stable/generated/torch.cholesky_inverse.html
 */
export function choleskyInverse(factor: Tensor, upper = false): Tensor {
  const n = expectSquare("choleskyInverse", factor);
  return choleskySolve(eye(n, { dtype: factor.dtype, device: factor.device }), factor, upper);
}

/** Options of `triangularSolve`. */
export interface TriangularSolveOptions {
  /** Whether the upper triangle is meant, rather than the lower. Default true. */
  readonly upper?: boolean;
  /** Whether the matrix is transposed. Default false. */
  readonly transpose?: boolean;
  /** Whether the diagonal counts as ones. Default false. */
  readonly unitriangular?: boolean;
}

/** What `triangularSolve` gives: `const [x] = triangularSolve(b, a)`. */
export type TriangularSolution = readonly [solution: Tensor, clonedCoefficient: Tensor] & {
  /** X with `A X = B`. */
  readonly solution: Tensor;
  /** A copy of A. */
  readonly clonedCoefficient: Tensor;
};

/**
 * `solveTriangular` under its old name, with its arguments the other way round.
 *
 * https://pytorch.org/docs/stable/generated/torch.triangular_solve.html
 */
export function triangularSolve(b: Tensor, a: Tensor, options: TriangularSolveOptions = {}): TriangularSolution {
  const { upper, transpose, unitriangular } = settings("triangularSolve", options, {
    upper: true,
    transpose: false,
    unitriangular: false,
  });
  const x = solveTriangular(transpose ? a.mT : a, b, { upper: upper !== transpose, unitriangular });
  return named([x, a.clone()], "solution", "clonedCoefficient");
}

/**
 * The inverse of the linear map that `tensordot` with A makes of tensors: `tensordot(tensorinv(a, ind), a, ind)`
 * changes nothing. The first `ind` sizes of A have the same product as the others, which come first in the result.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.tensorinv.html
 *
 * @throws ShapeError when the products differ. @throws ArgumentError when the map has no inverse.
 */
export function tensorinv(a: Tensor, ind = 2): Tensor {
  checkInteger("tensorinv", "ind", ind, 1);
  const [left, right] = [a.shape.slice(0, ind), a.shape.slice(ind)];
  const n = sizeOf(left);
  if (n !== sizeOf(right))
    throw shapeError("tensorinv", `sizes of which the first ${ind} have the same product as the rest`, a);
  return inv(a.reshape([n, n])).reshape([...right, ...left]);
}

/**
 * The X with `tensordot(a, x, x.ndim) = b`. The first sizes of A are those of B, and the rest, whose product is the
 * same, those of X.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.tensorsolve.html
 *
 * @param dims dimensions of A that are moved to its end first.
 * @throws ShapeError when the sizes do not fit. @throws ArgumentError when there is no solution, or more than one.
 */
export function tensorsolve(a: Tensor, b: Tensor, dims: readonly number[] = []): Tensor {
  const moved =
    dims.length === 0
      ? a
      : a.movedim(
          dims,
          dims.map((_, i) => i - dims.length),
        );
  const shape = moved.shape.slice(b.ndim);
  const n = b.numel();
  if (sizeOf(shape) !== n || moved.numel() !== n * n)
    throw shapeError("tensorsolve", "sizes of A that begin with those of B and end with as many elements", a, b);
  return solve(moved.reshape([n, n]), b.flatten()).reshape(shape);
}

/** For each matrix the first column, counted from 1, at which elimination finds no number to divide by, or 0. */
function reported(a: Tensor, definite: boolean): Tensor {
  const n = a.size(-1);
  const batch = a.shape.slice(0, -2);
  const result = new Int32Array(sizeOf(batch));
  const values = Float64Array.from(numbersOf(a.detach().dataSync(), a.dtype));
  for (let k = 0; k < result.length; k++) {
    const matrix = values.subarray(k * n * n, (k + 1) * n * n);
    if (definite)
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j] as number;
    eliminate(a, matrix, n, !definite);
    for (let i = n - 1; i >= 0; i--) {
      const pivot = matrix[i * (n + 1)] as number;
      if (definite ? !(pivot > 0) : pivot === 0) result[k] = i + 1;
    }
  }
  return fromTypedArray(result, batch, { device: a.device });
}

/** The matrices, unit matrices standing for those that something was reported of. */
function sound(a: Tensor, info: Tensor): Tensor {
  return where(info.eq(0).unsqueeze(-1).unsqueeze(-1), a, eye(a.size(-1), { dtype: a.dtype, device: a.device }));
}

/** What `choleskyEx` gives: `const [l, info] = choleskyEx(a)`, or `{ L, info }`. */
export type CholeskyEx = readonly [L: Tensor, info: Tensor] & {
  /** The factors; unit matrices where there is none. */
  readonly L: Tensor;
  /**
   * For each matrix 0, or how many of its first rows and columns make a matrix that is not positive definite; int32.
   */
  readonly info: Tensor;
};

/**
 * `cholesky`, with a report in place of an error: of a batch, those factors that there are.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cholesky_ex.html
 *
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 */
export function choleskyEx(a: Tensor): CholeskyEx {
  expectSquare("choleskyEx", a);
  const info = reported(a, true);
  return named([cholesky(sound(a, info)), info], "L", "info");
}

/** What `invEx` gives: `const [inverse, info] = invEx(a)`, or by the names. */
export type InvEx = readonly [inverse: Tensor, info: Tensor] & {
  /** The inverses; unit matrices where there is none. */
  readonly inverse: Tensor;
  /** For each matrix 0, or the number, counted from 1, of the pivot that is zero; int32. */
  readonly info: Tensor;
};

/**
 * `inv`, with a report in place of an error: of a batch, those inverses that there are.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.inv_ex.html
 *
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 */
export function invEx(a: Tensor): InvEx {
  expectSquare("invEx", a);
  const info = reported(a, false);
  return named([inv(sound(a, info)), info], "inverse", "info");
}

/** What `solveEx` gives: `const [x, info] = solveEx(a, b)`, or by the names. */
export type SolveEx = readonly [result: Tensor, info: Tensor] & {
  /** The solutions; the right sides where there is none. */
  readonly result: Tensor;
  /** For each matrix 0, or the number, counted from 1, of the pivot that is zero; int32. */
  readonly info: Tensor;
};

/**
 * `solve`, with a report in place of an error: of a batch, those solutions that there are.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve_ex.html
 *
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 */
export function solveEx(a: Tensor, b: Tensor): SolveEx {
  expectSquare("solveEx", a);
  const info = reported(a, false);
  return named([solve(sound(a, info), b), info], "result", "info");
}
