/**
 * Variants of inverses and linear solvers: from a Cholesky factor, for tensors with more than two dimensions, and with
 * an `info` result instead of an error.
 */

import {
  type CholeskyOptions,
  checkChoice,
  checkInteger,
  cholesky,
  choleskySolve,
  expectTensor,
  eye,
  fromTypedArray,
  inv,
  itemsOf,
  namedTuple,
  settings,
  shapeError,
  shapeOf,
  sizeOf,
  solve,
  solveTriangular,
  type Tensor,
  where,
} from "@akari/tensor";
import { eliminate, expectSquare, valuesOf } from "./matrices.ts";

/**
 * Computes the inverse of `L Lᵀ` from the factor L of `cholesky`, or of `Uᵀ U` if `upper`: [..., n, n] → [..., n, n].
 * https://pytorch.org/docs/stable/generated/torch.cholesky_inverse.html
 *
 * @throws ShapeError unless the matrices are square.
 */
export function choleskyInverse(factor: Tensor, upper = false): Tensor {
  checkChoice("choleskyInverse", "upper", upper, [true, false]);
  const n = expectSquare("choleskyInverse", factor);
  return choleskySolve(eye(n, { dtype: factor.dtype, device: factor.device }), factor, upper);
}

/** Options of `triangularSolve`. */
export interface TriangularSolveOptions {
  /** Whether A is upper rather than lower triangular. Default true. */
  readonly upper?: boolean;
  /** Whether to solve with the transpose of A. Default false. */
  readonly transpose?: boolean;
  /** Whether to assume ones on the diagonal. Default false. */
  readonly unitriangular?: boolean;
}

/** Result of `triangularSolve`: `const [x] = triangularSolve(b, a)`. */
export type TriangularSolution = readonly [solution: Tensor, clonedCoefficient: Tensor] & {
  /** X with `A X = B`. */
  readonly solution: Tensor;
  /** A copy of A. */
  readonly clonedCoefficient: Tensor;
};

/**
 * Solves `A X = B` with a triangular matrix A. This is the older form of `solveTriangular`, with the arguments in the
 * opposite order.
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
  return namedTuple([x, a.clone()], "solution", "clonedCoefficient");
}

/**
 * Computes the inverse of A as a linear map under `tensordot`: `tensordot(tensorinv(a, ind), a, ind)` is the identity
 * map. The product of the first `ind` sizes of A must equal that of the remaining sizes, which come first in the
 * result.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.tensorinv.html
 *
 * @param ind how many leading dimensions of A form the rows of the map. Default 2.
 * @throws ShapeError when the products differ.
 * @throws ArgumentError when the map is singular.
 */
export function tensorinv(a: Tensor, ind = 2): Tensor {
  checkInteger("tensorinv", "ind", ind, 1);
  const shape = shapeOf("tensorinv", a);
  const [left, right] = [shape.slice(0, ind), shape.slice(ind)];
  const n = sizeOf(left);
  if (n !== sizeOf(right))
    throw shapeError("tensorinv", `the first ${ind} sizes to have the same product as the rest`, a);
  return inv(a.reshape([n, n])).reshape([...right, ...left]);
}

/**
 * Solves `tensordot(a, x, x.ndim) = b` for X. The shape of A is that of B followed by that of X, both with the same
 * number of elements.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.tensorsolve.html
 *
 * @param dims dimensions of A to move to its end first. Default: none.
 * @throws ShapeError when the shapes do not match.
 * @throws ArgumentError when A is singular.
 */
export function tensorsolve(a: Tensor, b: Tensor, dims: readonly number[] = []): Tensor {
  expectTensor("tensorsolve", a);
  expectTensor("tensorsolve", b);
  const list = itemsOf("tensorsolve", dims);
  const moved = a.movedim(
    list,
    list.map((_, i) => i - list.length),
  );
  const shape = moved.shape.slice(b.ndim);
  const n = b.numel();
  if (sizeOf(shape) !== n || moved.numel() !== n * n)
    throw shapeError("tensorsolve", "A's shape to be B's followed by sizes of the same product", a, b);
  return solve(moved.reshape([n, n]), b.flatten()).reshape(shape);
}

/**
 * For each matrix, the 1-based index of the first pivot that is zero, or not positive if `definite`; 0 if there is
 * none.
 */
function failedPivots(a: Tensor, definite: boolean): Tensor {
  const n = a.size(-1);
  const batch = a.shape.slice(0, -2);
  const result = new Int32Array(sizeOf(batch));
  const values = valuesOf(a.detach());
  if (definite)
    for (let row = 0; row < result.length * n; row++)
      for (let j = 0; j < row % n; j++) values[(row - (row % n) + j) * n + (row % n)] = values[row * n + j] as number;
  eliminate(a, values, !definite);
  for (let k = 0; k < result.length; k++)
    for (let i = n - 1; i >= 0; i--) {
      const pivot = values[k * n * n + i * (n + 1)] as number;
      if (definite ? !(pivot > 0) : pivot === 0) result[k] = i + 1;
    }
  return fromTypedArray(result, batch, { device: a.device });
}

/** Replaces the matrices with a failed pivot by unit matrices. */
function replaceFailed(a: Tensor, info: Tensor): Tensor {
  return where(info.eq(0).unsqueeze(-1).unsqueeze(-1), a, eye(a.size(-1), { dtype: a.dtype, device: a.device }));
}

/** Result of `choleskyEx`: `const [l, info] = choleskyEx(a)`, or `{ L, info }`. */
export type CholeskyEx = readonly [L: Tensor, info: Tensor] & {
  /** Cholesky factors; unit matrices for the matrices that are not positive definite. */
  readonly L: Tensor;
  /** For each matrix 0, or the order of its first leading principal minor that is not positive; int32. */
  readonly info: Tensor;
};

/**
 * Computes the Cholesky factors of a batch, as `cholesky` does, and reports failures in `info` instead of throwing an
 * error.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cholesky_ex.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function choleskyEx(a: Tensor, options: CholeskyOptions = {}): CholeskyEx {
  const { upper } = settings("choleskyEx", options, { upper: false });
  expectSquare("choleskyEx", a);
  const info = failedPivots(upper ? a.mT : a, true);
  return namedTuple([cholesky(replaceFailed(a, info), { upper }), info], "L", "info");
}

/** Result of `invEx`: `const [inverse, info] = invEx(a)`, or `{ inverse, info }`. */
export type InvEx = readonly [inverse: Tensor, info: Tensor] & {
  /** Inverses; unit matrices for singular matrices. */
  readonly inverse: Tensor;
  /** For each matrix 0, or the 1-based index of the first zero pivot; int32. */
  readonly info: Tensor;
};

/**
 * Computes the inverses of a batch and reports singular matrices in `info` instead of throwing an error.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.inv_ex.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function invEx(a: Tensor): InvEx {
  expectSquare("invEx", a);
  const info = failedPivots(a, false);
  return namedTuple([inv(replaceFailed(a, info)), info], "inverse", "info");
}

/** Result of `solveEx`: `const [x, info] = solveEx(a, b)`, or `{ result, info }`. */
export type SolveEx = readonly [result: Tensor, info: Tensor] & {
  /** Solutions; the right-hand sides for singular matrices. */
  readonly result: Tensor;
  /** For each matrix 0, or the 1-based index of the first zero pivot; int32. */
  readonly info: Tensor;
};

/**
 * Solves `A X = B` for a batch and reports singular matrices in `info` instead of throwing an error.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve_ex.html
 *
 * @throws ShapeError unless the matrices are square and match B.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function solveEx(a: Tensor, b: Tensor): SolveEx {
  expectSquare("solveEx", a);
  const info = failedPivots(a, false);
  return namedTuple([solve(replaceFailed(a, info), b), info], "result", "info");
}
