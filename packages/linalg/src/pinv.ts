/** Functions of the singular values of a matrix: its pseudoinverse, rank and condition number. */

import {
  ArgumentError,
  amax,
  apply,
  checkNumber,
  expectTensor,
  finfo,
  maximum,
  numbersOf,
  type Op,
  scope,
  settings,
  shapeError,
  sizeOf,
  type Tensor,
  where,
} from "@akari/tensor";
import { type Decomposed, decompose } from "./bidiagonal.ts";
import { eigvalsh } from "./eigh.ts";
import { invEx } from "./inverses.ts";
import { expectMatrix, expectSquare, type Matrix, multiply, part, scale, turned, writeMatrices } from "./matrices.ts";
import { type MatrixOrder, matrixNorm } from "./norms.ts";
import { svdvals } from "./svd.ts";

/**
 * Tolerances for singular values: those of at most max(`atol`, `rtol` · largest singular value) are treated as zero. A
 * tensor holds a tolerance for each matrix, and its shape broadcasts to that of the batch.
 */
export interface ToleranceOptions {
  /** Absolute tolerance. Default 0. */
  readonly atol?: number | Tensor;
  /** Relative tolerance. Default: max(m, n) times the machine epsilon of the dtype, or 0 if `atol` is positive. */
  readonly rtol?: number | Tensor;
}

/** Options of `pinv` and `matrixRank`. */
export interface HermitianOptions extends ToleranceOptions {
  /** Whether the matrices are symmetric. Only their lower triangles are read then. Default false. */
  readonly hermitian?: boolean;
}

/** The options with their defaults. */
interface Tolerances extends Required<Omit<HermitianOptions, "rtol">> {
  /** Null beside a tensor `atol`: `usual` where that is 0, and 0 elsewhere. */
  readonly rtol: number | Tensor | null;
  readonly usual: number;
}

/** Returns both tolerances with PyTorch's defaults, and whether the matrices are symmetric. */
export function tolerances(operation: string, a: Tensor, options: HermitianOptions): Tolerances {
  const { atol, rtol: given, hermitian } = settings(operation, options, { atol: 0, rtol: undefined, hermitian: false });
  const [m, n] = expectMatrix(operation, a);
  if (hermitian) expectSquare(operation, a);
  const usual = Math.max(m, n) * finfo(a.dtype).eps;
  for (const [name, value] of Object.entries({ atol, rtol: given ?? usual }))
    if (typeof value === "object") expectTensor(operation, value);
    else checkNumber(operation, name, value);
  const rtol = given ?? (typeof atol !== "number" ? null : atol > 0 ? 0 : usual);
  return { atol, rtol, usual, hermitian };
}

/**
 * Writes V S⁺ Uᵀ, or its product with matrices, to an output, where singular values within the tolerances count as zero.
 * Overwrites V. Returns the ranks.
 *
 * @param right matrices with as many rows as A. Default: none.
 */
export function applyInverse(
  to: Tensor,
  { s, u, v, space }: Decomposed,
  cutoffs: (matrix: number) => readonly [atol: number, rtol: number],
  right?: Matrix,
): number[] {
  const [k, n, width] = [s.length && s.length / sizeOf(to.shape.slice(0, -2)), ...to.size(-2, -1)];
  const [results, image] = [space.matrix(to.numel() / width || 0, width), space.matrix(right ? k : 0, width)];
  const ranks: number[] = [];
  for (let first = 0, i = 0; first < s.length; first += k, i++) {
    const [atol, rtol] = cutoffs(i);
    const least = Math.max(atol, rtol * (s[first] as number));
    const [left, own] = [part(v, first, 0, k), part(u, first, 0, k)];
    let rank = 0;
    for (let j = 0; j < k; j++) {
      const value = s[first + j] as number;
      scale(part(left, j, 0, 1), value > least ? 1 / value : 0);
      if (value > least) rank++;
    }
    if (right) multiply(image, own, part(right, i * own.shape[1], 0, own.shape[1]), false);
    multiply(part(results, i * n, 0, n), turned(left), right ? image : own);
    ranks.push(rank);
  }
  writeMatrices(to, results);
  return ranks;
}

/** Attributes of the pseudoinverse: both tolerances, one for all matrices or one for each. */
interface Cutoffs {
  readonly atol: ArrayLike<number>;
  readonly rtol: ArrayLike<number>;
  readonly hermitian: boolean;
}

/** a → V S⁺ Uᵀ */
const pseudoinverse: Op<Cutoffs> = {
  name: "pinv",
  infer: ([a]) => {
    const [m, n] = expectMatrix("pinv", a);
    return [{ shape: [...a.shape.slice(0, -2), n, m], dtype: a.dtype }];
  },
  run([a], { atol, rtol, hermitian }, [to]) {
    scope(() => {
      const cutoffs = (i: number) => [atol[i % atol.length], rtol[i % rtol.length]] as [number, number];
      applyInverse(to, decompose("pinv", a, "reduced", hermitian), cutoffs);
    });
  },
  // Formula by Golub and Pereyra 1973, "The differentiation of pseudo-inverses and nonlinear least squares problems
  // whose variables separate".
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
 * Computes the Moore-Penrose pseudoinverse [n, m] of each matrix [m, n]. It is the inverse of an invertible matrix, and
 * solves least-squares problems by a product, though `lstsq` is often more accurate. The gradient treats the rank as
 * constant.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.pinv.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws ShapeError unless matrices that `hermitian` declares symmetric are square.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * pinv(tensor([[2, 0], [0, 0]])); // [[0.5, 0], [0, 0]]
 */
export function pinv(a: Tensor, options: HermitianOptions = {}): Tensor {
  const { atol: least, rtol, usual, hermitian } = tolerances("pinv", a, options);
  const each = (x: number | Tensor) =>
    typeof x === "number" ? [x] : numbersOf(x.expand(a.shape.slice(0, -2)).dataSync(), x.dtype);
  const atol = each(least);
  const share = rtol === null ? Array.from(atol, (value) => (value > 0 ? 0 : usual)) : each(rtol);
  return apply(pseudoinverse, [a], { atol, rtol: share, hermitian });
}

/**
 * Computes the rank of each matrix, int32: the number of singular values above the tolerance.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_rank.html
 *
 * @throws ArgumentError for NaN and infinities.
 * @throws ShapeError unless matrices that `hermitian` declares symmetric are square.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 * @example
 * matrixRank(tensor([[1, 2], [2, 4]])); // 1
 */
export function matrixRank(a: Tensor, options: HermitianOptions = {}): Tensor {
  const { atol, rtol, usual, hermitian } = tolerances("matrixRank", a, options);
  const s = hermitian ? eigvalsh(a.detach()).abs() : svdvals(a.detach());
  if (s.numel() === 0) return s.sum(-1).int();
  return s
    .gt(maximum(amax(s, -1).mul(rtol ?? (atol as Tensor).le(0).to(s.dtype).mul(usual)), atol).unsqueeze(-1)) // safe: null only beside a tensor
    .sum(-1)
    .int();
}

/**
 * Computes the condition number of each matrix, which bounds how much a relative error of the right-hand side of a
 * linear system can grow in its solution: [..., m, n] → [...]. For p = 2 it is the largest singular value divided by
 * the smallest, for p = -2 the reciprocal of that; A may have any shape. For other norms it is ‖A‖ · ‖A⁻¹‖ of square
 * matrices, and ∞ for singular ones.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cond.html
 *
 * @param p the norm: `"fro"`, `"nuc"`, 1, -1, 2, -2, Infinity or -Infinity. Default 2.
 * @throws ArgumentError for another p.
 * @throws ShapeError for empty matrices, and for a p other than 2 and -2 unless the matrices are square.
 * @throws DeviceError on a device without synchronous reads; call `await a.prefetch()` first.
 */
export function cond(a: Tensor, p: MatrixOrder = 2): Tensor {
  const [m, n] = expectMatrix("cond", a);
  if (m * n === 0) throw shapeError("cond", "matrices of at least one row and column", a);
  if (p !== "fro" && p !== "nuc" && ![1, 2, Number.POSITIVE_INFINITY].includes(Math.abs(p)))
    throw new ArgumentError(`cond: p must be "fro", "nuc", 1, -1, 2, -2, Infinity or -Infinity, got ${String(p)}`);
  if (p === 2 || p === -2) {
    const s = svdvals(a);
    const [largest, smallest] = [s.select(-1, 0), s.select(-1, -1)];
    return p === 2 ? largest.div(smallest) : smallest.div(largest);
  }
  expectSquare("cond", a);
  const [inverse, info] = invEx(a);
  return where(info.eq(0), matrixNorm(a, p).mul(matrixNorm(inverse, p)), Number.POSITIVE_INFINITY);
}
