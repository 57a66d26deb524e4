/**
 * Basic dense linear algebra. Decompositions run on the host in float64, one matrix at a time, if the device can be
 * read synchronously, and otherwise on the device. Their gradients are composed of matrix products and solves, so they
 * can be differentiated again. `@akari/linalg` has the other decompositions.
 */

import { checkChoice, checkInteger } from "../argument.ts";
import type { Backend } from "../backend.ts";
import { expectFloating, expectOneType } from "../dtype.ts";
import { encode, numbersOf } from "../encode.ts";
import { ArgumentError } from "../errors.ts";
import { namedTuple } from "../named-tuple.ts";
import { apply, applyAll, type Op, rules } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { scope } from "../scope.ts";
import { settings } from "../settings.ts";
import { broadcastShapes, dimension, expectRank, sameShape, shapeError, shapeOf, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs, add, mul, neg } from "./arithmetic.ts";
import { choose, lt } from "./comparison.ts";
import { copyInto, writeInto } from "./copy.ts";
import { choleskyOnDevice, determinantsOnDevice, solveOnDevice } from "./elimination.ts";
import { expand } from "./expand.ts";
import { amax, amin } from "./extremes.ts";
import { elements, exchangeRows, factor, type Matrix, matrixAt, solveTriangle, workspace } from "./factorization.ts";
import { filled, fromHost } from "./fill.ts";
import { checkProductTypes, matmul } from "./matmul.ts";
import { mT } from "./permute.ts";
import { roll } from "./repeat.ts";
import { squeeze, unsqueeze } from "./reshape.ts";
import { diagonal } from "./slice.ts";
import { norm } from "./statistics.ts";
import { sum } from "./sum.ts";
import { diagEmbed, tril, triu } from "./triangle.ts";

function expectSquare(operation: string, a: Tensor): number {
  const n = shapeOf(operation, a).at(-1);
  if (n === undefined || n !== a.shape.at(-2)) {
    throw shapeError(operation, "a square matrix or a batch of them", a);
  }
  expectFloating(operation, a);
  return n;
}

/** Computes matrix `k` of each output from one matrix of each input. */
type Each = (
  device: Backend,
  sources: readonly [Matrix, Matrix],
  results: readonly [Float64Array, Float64Array, Float64Array],
  k: number,
) => void;

/**
 * Computes the outputs on the host, in float64 and one matrix at a time, or with `onDevice` if the device cannot be
 * read synchronously.
 */
function store(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  each: Each,
  onDevice: (...inputs: Tensor[]) => readonly Tensor[],
): void {
  const { device, shape } = inputs[0] as Tensor; // safe: there is one
  const matrices = sizeOf(shape.slice(0, -2));
  const empty = sizeOf(shape) === 0;
  if (!device.readSync && !empty) {
    scope(() => {
      onDevice(...inputs.map((x) => x.detach())).forEach((x, i) => {
        copyInto(outputs[i] as Tensor, x, device);
      });
    });
    return;
  }
  const results = outputs.map((x) => new Float64Array(x.numel()));
  scope(() => {
    const numbers = inputs.map((x) => (empty ? [] : numbersOf(x.dataSync(), x.dtype)));
    const space = workspace(inputs[0] as Tensor, ...numbers);
    for (let k = 0; k < matrices; k++) {
      let start = 0;
      const sources = inputs.map((x) => {
        const [rows, columns] = x.shape.slice(-2) as [number, number];
        start += x.numel();
        return matrixAt(space, start - x.numel() + k * rows * columns, rows, columns);
      });
      // safe: an operation reads no more of both than it has
      each(space.device, sources as never, results as never, k);
    }
  });
  outputs.forEach((to, i) => {
    writeInto(to, encode(results[i] as Float64Array, to.dtype));
  });
}

interface Solving {
  /** The operation that errors name. */
  readonly operation: string;
  /** Whether a triangular matrix, which needs no elimination, is upper triangular. Default: it is not triangular. */
  readonly upper?: boolean;
}

/** [A, B] → A⁻¹ B, for each matrix of a batch */
const solving: Op<Solving> = {
  name: "solve",
  infer: ([, b]) => [b],
  run: ([left, right], { operation, upper }, [to]) => {
    const each: Each = (device, [a, b], [x], k) => {
      const pivots = upper === undefined && factor(device, a);
      if (diagonalOf(device, a).includes(0)) throw new ArgumentError(`${operation}: the matrix is singular`);
      if (pivots) {
        exchangeRows(device, b, pivots);
        solveTriangle(device, a, b, false, true);
      }
      const [numbers, from] = elements(device, a);
      for (let i = from; i < from + a.shape[0] ** 2; i++) numbers[i] = -(numbers[i] as number);
      solveTriangle(device, a, b, upper ?? true);
      const [solution, at] = elements(device, b);
      const size = a.shape[0] * b.shape[1];
      x.set(solution.subarray(at, at + size), k * size);
    };
    store([to], [left, right], each, (x, y) => [solveOnDevice(operation, x as Tensor, y as Tensor)]);
  },
  gradient: {
    reads: (needs) => ({ inputs: [0], outputs: needs[0] ? [0] : [] }),
    compute: ([g], { attrs, needs, input, output }) => {
      if (!g) return [null, null];
      const back = apply(solving, [mT(input(0)), g], flipped(attrs));
      return [needs[0] ? neg(matmul(back, mT(output()))) : null, back];
    },
  },
};

/** Returns the attributes for the transposed matrix. */
function flipped({ operation, upper }: Solving): Solving {
  return upper === undefined ? { operation } : { operation, upper: !upper };
}

/** Options of `solve`. */
export interface SolveOptions {
  /** Whether to solve `A X = B` (true) or `X A = B` (false). Default true. */
  readonly left?: boolean;
}

/**
 * Solves the linear systems `A X = B`, or with `left: false` `X A = B`, for X, with square matrices A.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve.html
 *
 * @param a [..., n, n].
 * @param b vectors [n] or [..., n] with the batch dimensions of `a`, or matrices [..., n, k] whose batch dimensions
 * broadcast. If `left` is false, matrices [..., k, n].
 * @returns the shape of `b`, broadcast over the batch.
 * @throws ArgumentError if a matrix is singular.
 * @throws ShapeError if the shapes do not match, and for vectors if `left` is false.
 * @throws DTypeError for integers, and for different dtypes.
 */
export function solve(a: Tensor, b: Tensor, options?: SolveOptions): Tensor {
  const { left } = settings("solve", options, { left: true });
  return solution({ operation: "solve" }, a, b, left);
}

function solution(attrs: Solving, a: Tensor, b: Tensor, left: boolean): Tensor {
  const { operation, upper } = attrs;
  const n = expectSquare(operation, a);
  checkProductTypes(operation, a, b);
  const vectors =
    b.ndim === 1 || (upper === undefined && b.ndim === a.ndim - 1 && sameShape(b.shape, a.shape.slice(0, -1)));
  if (!left) {
    if (vectors || b.shape.at(-1) !== n)
      throw shapeError(operation, `matrices of ${n} columns as the right-hand sides`, a, b);
    return mT(solution(flipped(attrs), mT(a), mT(b), true));
  }
  const right = vectors ? unsqueeze(b, -1) : b;
  const columns = right.shape.at(-1);
  if (columns === undefined || right.shape.at(-2) !== n)
    throw shapeError(operation, "as many rows in the right-hand sides as in the matrices", a, b);
  const batch = broadcastShapes(operation, [a.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const x = apply(solving, [expand(a, [...batch, n, n]), expand(right, [...batch, n, columns])], attrs);
  return vectors ? squeeze(x, batch.length + 1) : x;
}

function identities(a: Tensor): Tensor {
  return diagEmbed(filled(a, a.shape.slice(0, -1), 1));
}

/**
 * Computes the inverse of each square matrix: [..., n, n] → [..., n, n].
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.inv.html
 *
 * @throws ArgumentError if a matrix is singular.
 * @throws ShapeError unless the matrices are square.
 * @throws DTypeError for integers.
 */
export function inv(a: Tensor): Tensor {
  expectSquare("inv", a);
  return apply(solving, [a, identities(a)], { operation: "inv" });
}

/** Computes `g A⁻ᵀ` for scalars g [...] and matrices A [..., n, n]. */
function timesInverse(g: Tensor, a: Tensor): Tensor {
  return mul(unsqueeze(unsqueeze(g, -1), -1), mT(inv(a)));
}

/** Returns the diagonal of a matrix. */
function diagonalOf(device: Backend, a: Matrix): number[] {
  const [x, at] = elements(device, a);
  const result: number[] = [];
  for (let i = 0; i < a.shape[0]; i++) result.push(x[at + i * (a.shape[0] + 1)] as number);
  return result;
}

/** a → determinant, its sign, and the logarithm of its absolute value, which neither overflows nor underflows */
const determinants: Op = {
  name: "det",
  infer([a]) {
    const spec = { shape: a.shape.slice(0, -2), dtype: a.dtype };
    return [spec, spec, spec];
  },
  run([a], _, outputs) {
    const each: Each = (device, [source], [products, signs, logs], k) => {
      const rows = factor(device, source);
      products[k] = signs[k] = 1;
      diagonalOf(device, source).forEach((pivot, i) => {
        const sign = rows[i] === i ? 1 : -1;
        products[k] = (products[k] as number) * sign * pivot;
        signs[k] = (signs[k] as number) * sign * Math.sign(pivot);
        logs[k] = (logs[k] as number) + Math.log(Math.abs(pivot));
      });
    };
    store(outputs, [a], each, (x) => determinantsOnDevice(x as Tensor));
  },
  gradient: {
    reads: () => ({ inputs: [0], outputs: [0] }),
    compute([g, , gLog], { input, output }) {
      const ofLog = g && mul(g, output(0));
      const scale = ofLog && gLog ? add(ofLog, gLog) : (ofLog ?? gLog);
      return [scale ? timesInverse(scale, input(0)) : null];
    },
  },
};

/**
 * Computes the determinant of each square matrix: [..., n, n] → [...].
 *
 * The gradient needs the inverse, so the backward pass throws for singular matrices.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.det.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws DTypeError for integers.
 */
export function det(a: Tensor): Tensor {
  expectSquare("det", a);
  return applyAll(determinants, [a], undefined)[0] as Tensor; // safe: three outputs
}

/** Result of `slogdet`: `const [sign, log] = slogdet(a)`, or `{ sign, logabsdet }`. */
export type LogDeterminant = readonly [sign: Tensor, logabsdet: Tensor] & {
  /** The sign of each determinant, [...]: 1, -1, or 0 for a singular matrix. It has no gradient. */
  readonly sign: Tensor;
  /** The natural logarithm of the absolute value of each determinant, [...]; -∞ for a singular matrix. */
  readonly logabsdet: Tensor;
};

/**
 * Computes the sign and the logarithm of the absolute value of the determinant of each square matrix.
 *
 * The logarithm is finite even if the determinant overflows or underflows. For a singular matrix the sign is 0 and the
 * logarithm -∞. Only the logarithm has a gradient; the backward pass throws for singular matrices.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.slogdet.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws DTypeError for integers.
 */
export function slogdet(a: Tensor): LogDeterminant {
  expectSquare("slogdet", a);
  return namedTuple(applyAll(determinants, [a], undefined).slice(1), "sign", "logabsdet");
}

/**
 * Computes the natural logarithm of the determinant of each square matrix: NaN for a negative determinant, -∞ for 0.
 *
 * https://pytorch.org/docs/stable/generated/torch.logdet.html
 *
 * @throws ShapeError unless the matrices are square.
 * @throws DTypeError for integers.
 */
export function logdet(a: Tensor): Tensor {
  expectSquare("logdet", a);
  const { sign, logabsdet } = slogdet(a);
  return choose(lt(sign.detach(), 0), Number.NaN, logabsdet);
}

/** Options of `solveTriangular`. */
export interface TriangularOptions {
  /** Whether A is upper triangular (true) or lower triangular (false). */
  readonly upper: boolean;
  /** Whether to assume that the diagonal of A is all ones. Default false. */
  readonly unitriangular?: boolean;
  /** Whether to solve `A X = B` (true) or `X A = B` (false). Default true. */
  readonly left?: boolean;
}

/**
 * Solves the linear systems `A X = B` or `X A = B` for X, with triangular matrices A.
 *
 * The other triangle of A is not read.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html
 *
 * @param a [..., n, n].
 * @param b [..., n, k], or [..., k, n] if `left` is false; batch dimensions broadcast.
 * @returns the shape of `b`, broadcast over the batch.
 * @throws ArgumentError if a matrix is singular.
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError for integers, and for different dtypes.
 */
export function solveTriangular(a: Tensor, b: Tensor, options: TriangularOptions): Tensor {
  const defaults = { upper: undefined, unitriangular: false, left: true };
  const { upper, unitriangular, left } = settings<Partial<TriangularOptions>, typeof defaults>(
    "solveTriangular",
    options,
    defaults,
  );
  checkChoice("solveTriangular", "upper", upper, [true, false]);
  expectSquare("solveTriangular", a);
  const own = (upper ? triu : tril)(a, unitriangular ? (upper ? 1 : -1) : 0);
  const whole = unitriangular ? add(own, identities(a)) : own;
  return solution({ operation: "solveTriangular", upper: upper as boolean }, whole, b, left); // safe: checked
}

/**
 * Solves the linear systems `A X = B` for X, given the Cholesky factors of A.
 *
 * As in PyTorch, the right-hand sides are the first argument.
 *
 * https://pytorch.org/docs/stable/generated/torch.cholesky_solve.html
 *
 * @param b [..., n, k].
 * @param factor [..., n, n]: L of `A = L Lᵀ`, or with `upper` its transpose.
 * @param upper whether the factor is upper triangular. Default false.
 * @returns the shape of `b`, broadcast over the batch.
 * @throws ArgumentError if a factor is singular.
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError for integers, and for different dtypes.
 */
export function choleskySolve(b: Tensor, factor: Tensor, upper = false): Tensor {
  checkChoice("choleskySolve", "upper", upper, [true, false]);
  expectSquare("choleskySolve", factor);
  expectRank("choleskySolve", "right-hand sides of at least 2 dimensions", b, 2, Number.POSITIVE_INFINITY);
  const lower = tril(upper ? mT(factor) : factor);
  const forward: Solving = { operation: "choleskySolve", upper: false };
  return solution(flipped(forward), mT(lower), solution(forward, lower, b, true), true);
}

/**
 * Computes the dot products of vectors along a dimension. The other dimensions broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.vecdot.html
 *
 * @param dim default -1.
 * @throws ShapeError if the shapes do not broadcast.
 * @throws DTypeError for integers, and for different dtypes.
 * @throws IndexError if there is no such dimension.
 */
export function vecdot(a: Tensor, b: Tensor, dim = -1): Tensor {
  expectOneType("vecdot", a, b);
  expectFloating("vecdot", a);
  dimension("vecdot", dim, { shape: broadcastShapes("vecdot", [a.shape, b.shape]) });
  return sum(mul(a, b), dim);
}

const factoring: Op = {
  name: "cholesky",
  infer: ([a]) => [a],
  run: ([a], _, [to]) => {
    const each: Each = (device, [source], [l], k) => {
      // Mirror the lower triangle. Elimination without exchanges gives A = L' D L'ᵀ with unit L', and L = L' √D.
      const n = source.shape[0];
      const [mirrored, from] = elements(device, source);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) mirrored[from + j * n + i] = mirrored[from + i * n + j] as number;
      factor(device, source, false, true);
      const [x, at] = elements(device, source);
      const pivots = diagonalOf(device, source).map(Math.sqrt);
      if (!(Math.min(...pivots) > 0)) throw new ArgumentError("cholesky: the matrix is not positive definite");
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++)
          l[(k * n + i) * n + j] = (pivots[j] as number) * (i === j ? 1 : -(x[at + i * n + j] as number));
    };
    store([to], [a], each, (x) => [choleskyOnDevice(x as Tensor)]);
  },
  // Murray 2016, "Differentiation of the Cholesky decomposition", https://arxiv.org/abs/1602.07527
  gradient: /* @__PURE__ */ rules({
    outputs: [0],
    of: (g, context) => {
      const l = context.output();
      const m = matmul(mT(l), g);
      const back = (x: Tensor) => apply(solving, [mT(l), x], { operation: "cholesky", upper: true });
      return mul(back(mT(back(add(tril(m), mT(tril(m, -1)))))), 0.5);
    },
  }),
};

/** Options of `cholesky`. */
export interface CholeskyOptions {
  /** Whether to return U = Lᵀ, and to read the upper triangle of A. Default false. */
  readonly upper?: boolean;
}

/**
 * Computes the Cholesky decomposition `A = L Lᵀ` of each symmetric positive definite matrix: [..., n, n] → L
 * [..., n, n], lower triangular. With `upper` it is `A = Uᵀ U` → U, upper triangular.
 *
 * Only the lower triangle of A is read, or with `upper` only the upper one.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cholesky.html
 *
 * @throws ArgumentError if a matrix is not positive definite.
 * @throws ShapeError unless the matrices are square.
 * @throws DTypeError for integers.
 */
export function cholesky(a: Tensor, options?: CholeskyOptions): Tensor {
  const { upper } = settings("cholesky", options, { upper: false });
  expectSquare("cholesky", a);
  return upper ? mT(cholesky(mT(a))) : apply(factoring, [a], undefined);
}

/**
 * Computes the sum of the main diagonal of a matrix.
 *
 * There is no such method: `x.trace` is the autograd history of a tensor.
 *
 * https://pytorch.org/docs/stable/generated/torch.trace.html
 *
 * @throws ShapeError unless `x` is a matrix.
 */
export function trace(x: Tensor): Tensor {
  expectRank("trace", "a matrix", x, 2);
  return sum(diagonal(x));
}

/**
 * Raises each square matrix to an integer power by repeated squaring: [..., n, n] → [..., n, n].
 *
 * A negative power is a power of the inverse; power 0 is the identity.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_power.html
 *
 * @throws ArgumentError unless `n` is an integer, and for a negative power of a singular matrix.
 * @throws ShapeError unless the matrices are square.
 * @throws DTypeError for integers.
 */
export function matrixPower(a: Tensor, n: number): Tensor {
  expectSquare("matrixPower", a);
  checkInteger("matrixPower", "n", n, Number.NEGATIVE_INFINITY);
  // The condition is false, so no element of `a` is selected, but autograd records the result as a function of `a`.
  if (n === 0) return choose(fromHost(a, [], "bool", new Uint8Array(1)), a, identities(a));
  if (n < 0) return matrixPower(inv(a), -n);
  if (n === 1) return a;
  const half = matrixPower(a, Math.floor(n / 2));
  const square = matmul(half, half);
  return n % 2 === 1 ? matmul(square, a) : square;
}

const crossed = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("cross", (a1, b2, a2, b1) =>
  a1.mul(b2).sub(a2.mul(b1)),
);

/**
 * Computes the cross products of three-dimensional vectors along a dimension. The other dimensions broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cross.html
 *
 * @param dim a dimension of size 3. Default -1.
 * @throws ShapeError if the ranks differ, or that size is not 3.
 * @throws IndexError if there is no such dimension.
 */
export function cross(a: Tensor, b: Tensor, dim = -1): Tensor {
  const at = dimension("cross", dim, a);
  if (a.ndim !== shapeOf("cross", b).length || a.shape[at] !== 3 || b.shape[at] !== 3) {
    throw shapeError("cross", `3 elements along dimension ${dim} of both`, a, b);
  }
  const turned = (x: Tensor, by: number) => roll(x, by, at);
  return crossed(turned(a, 2), turned(b, 1), turned(a, 1), turned(b, 2));
}

/** Options of `vectorNorm` and `matrixNorm`. */
export interface NormOptions {
  /** Whether to keep the reduced dimensions with size one. Default false. */
  readonly keepdim?: boolean;
}

/**
 * Computes the norm of vectors along one or more dimensions, or of all elements: `(Σ |x|ᵖ)^(1/p)`.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
 *
 * @param ord the order p, which may be 0, Infinity or -Infinity. Default 2.
 * @param dim default null: all dimensions.
 * @throws DTypeError for integers.
 */
export function vectorNorm(
  x: Tensor,
  ord = 2,
  dim: number | readonly number[] | null = null,
  options?: NormOptions,
): Tensor {
  return norm(x, ord, dim, options);
}

/**
 * Order of a matrix norm: `"fro"` for the Frobenius norm, 1 or -1 for the largest or smallest column sum of absolute
 * values, Infinity or -Infinity for the largest or smallest row sum.
 */
export type MatrixNormOrder = "fro" | number;

/**
 * Computes the norm of each matrix in the last two dimensions.
 *
 * Norms that need singular values are in `@akari/linalg`.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
 *
 * @param ord default `"fro"`.
 * @throws ArgumentError for an order other than `"fro"`, 1, -1, Infinity and -Infinity.
 * @throws ShapeError for fewer than two dimensions.
 * @throws DTypeError for integers.
 */
export function matrixNorm(a: Tensor, ord: MatrixNormOrder = "fro", options?: NormOptions): Tensor {
  const { keepdim } = settings("matrixNorm", options, { keepdim: false });
  expectRank("matrixNorm", "at least 2 dimensions", a, 2, Number.POSITIVE_INFINITY);
  expectFloating("matrixNorm", a);
  if (ord === "fro") return norm(a, 2, [-2, -1], { keepdim });
  if (![1, Number.POSITIVE_INFINITY].includes(Math.abs(ord))) {
    throw new ArgumentError(
      `matrixNorm: there is no order ${String(ord)}; there are "fro", 1, -1, Infinity and -Infinity`,
    );
  }
  const along = Math.abs(ord) === 1 ? -2 : -1;
  const sums = sum(abs(a), along, { keepdim: true });
  return (ord > 0 ? amax : amin)(sums, [-2, -1], { keepdim });
}
