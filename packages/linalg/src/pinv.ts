/** What singular values tell of a matrix: its pseudoinverse, its rank, how far it is from a singular one. */

import {
  ArgumentError,
  amax,
  apply,
  checkNumber,
  finfo,
  inv,
  type MatrixNormOrder,
  matrixNorm,
  type Op,
  settings,
  shapeError,
  type Tensor,
} from "@akari/tensor";
import { decompose } from "./bidiagonal.ts";
import { expectMatrix, expectSquare, readMatrices, writeMatrices, zeroMatrix } from "./matrices.ts";
import { svdvals } from "./svd.ts";

/**
 * Which singular values are taken for zero: those that are at most the larger of `atol` and `rtol` times the largest
 * one.
 */
export interface ToleranceOptions {
  /** Default: 0. */
  readonly atol?: number;
  /** Default: max(m, n) times the distance of the dtype's numbers near 1, or 0 where an `atol` above 0 is given. */
  readonly rtol?: number;
}

/** Both tolerances, with PyTorch's defaults. */
export function tolerances(operation: string, a: Tensor, options: ToleranceOptions): Required<ToleranceOptions> {
  const { atol, rtol: given } = settings(operation, options, { atol: 0, rtol: undefined });
  const [m, n] = expectMatrix(operation, a);
  const rtol = given ?? (atol > 0 ? 0 : Math.max(m, n) * finfo(a.dtype).eps);
  for (const [name, value] of Object.entries({ atol, rtol })) checkNumber(operation, name, value);
  return { atol, rtol };
}

/** How many of the singular values, in descending order, are more than zero. */
export function rankOf(s: Float64Array, { atol, rtol }: Required<ToleranceOptions>): number {
  const least = Math.max(atol, rtol * (s[0] ?? 0));
  const end = s.findIndex((value) => !(value > least));
  return end < 0 ? s.length : end;
}

/** a → V S⁺ Uᵀ */
const pseudoinverse: Op<Required<ToleranceOptions>> = {
  name: "pinv",
  infer: ([a]) => {
    const [m, n] = expectMatrix("pinv", a);
    return [{ shape: [...a.shape.slice(0, -2), n, m], dtype: a.dtype }];
  },
  run([a], options, [to]) {
    const [m, n] = a.size(-2, -1);
    const inverses = readMatrices(a).map((matrix) => {
      const { s, u, v } = decompose("pinv", matrix, m, "reduced");
      const inverse = zeroMatrix(n, m);
      for (let k = 0; k < rankOf(s, options); k++) {
        const [left, right] = [u[k] as Float64Array, v[k] as Float64Array];
        inverse.forEach((column, j) => {
          const factor = (left[j] as number) / (s[k] as number);
          for (let i = 0; i < n; i++) column[i] = (column[i] as number) + factor * (right[i] as number);
        });
      }
      return inverse;
    });
    writeMatrices(to, inverses);
  },
  // Golub and Pereyra 1973, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
  // variables separate".
  gradient: {
    reads: () => ({ inputs: [0], outputs: [0] }),
    compute([g], context) {
      if (!g) return [null];
      const [a, h] = [context.input(0), context.output()];
      const [ht, gt] = [h.mT, g.mT];
      const left = gt.matmul(h).matmul(ht);
      const right = ht.matmul(h).matmul(gt);
      const outside = left.sub(a.matmul(h).matmul(left)).add(right.sub(right.matmul(h).matmul(a)));
      return [outside.sub(ht.matmul(g).matmul(ht))];
    },
  },
};

/**
 * The pseudoinverse [n, m] of each matrix [m, n]: the inverse of a matrix that has one, and otherwise what solves least
 * squares problems by a product (for many of which `lstsq` is more accurate). The gradient takes the rank for constant.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.pinv.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 * @example
 * pinv(tensor([[2, 0], [0, 0]])); // [[0.5, 0], [0, 0]]
 */
export function pinv(a: Tensor, options: ToleranceOptions = {}): Tensor {
  return apply(pseudoinverse, [a], tolerances("pinv", a, options));
}

/**
 * The rank of each matrix, int32: how many of its singular values are more than zero.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_rank.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws DeviceError on a device that cannot be read at once; `await a.prefetch()` there first.
 * @example
 * matrixRank(tensor([[1, 2], [2, 4]])); // 1
 */
export function matrixRank(a: Tensor, options: ToleranceOptions = {}): Tensor {
  const { atol, rtol } = tolerances("matrixRank", a, options);
  const s = svdvals(a.detach());
  if (s.numel() === 0) return s.sum(-1).int();
  return s
    .gt(amax(s, -1, { keepdim: true }).mul(rtol).clamp(atol))
    .sum(-1)
    .int();
}

/**
 * The condition number of each matrix: by how much an error in the right side of a linear system may grow in its
 * solution. With p = 2 or -2 the largest singular value over the smallest, or the other way round, for matrices of any
 * shape; with other norms ‖A‖ · ‖A⁻¹‖ for square ones, ∞ where there is no inverse only in exact numbers.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cond.html
 *
 * @throws ArgumentError for another order, and for singular matrices where the inverse is asked for. @throws ShapeError
 * for empty matrices.
 * @throws DeviceError with p = 2 or -2 on a device that cannot be read at once; `await a.prefetch()` there first.
 */
export function cond(a: Tensor, p: 2 | -2 | MatrixNormOrder = 2): Tensor {
  const [m, n] = expectMatrix("cond", a);
  if (m * n === 0) throw shapeError("cond", "matrices of at least one row and column", a);
  if (p !== "fro" && ![1, 2, Number.POSITIVE_INFINITY].includes(Math.abs(p)))
    throw new ArgumentError(
      `cond: there is no order ${String(p)}; there are "fro", 1, -1, 2, -2, Infinity and -Infinity`,
    );
  if (p === 2 || p === -2) {
    const s = svdvals(a);
    const [largest, smallest] = [s.select(-1, 0), s.select(-1, -1)];
    return p === 2 ? largest.div(smallest) : smallest.div(largest);
  }
  expectSquare("cond", a);
  return matrixNorm(a, p).mul(matrixNorm(inv(a), p));
}
