/**
 * A little dense linear algebra: what small matrices need. The decompositions run on the host in float64, matrix by
 * matrix, where the device can be read at once, and otherwise on the device; their gradients are made of matrix
 * products and can be differentiated again.
 */

import { expectTensor } from "../argument.ts";
import { expectFloating } from "../dtype.ts";
import { encode, numbersOf } from "../encode.ts";
import { ArgumentError } from "../errors.ts";
import { apply, applyAll, type Op, rules } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { scope } from "../scope.ts";
import { settings } from "../settings.ts";
import { broadcastShapes, dimension, sameShape, shapeError, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs, add, mul, neg } from "./arithmetic.ts";
import { choose, lt } from "./comparison.ts";
import { copyInto } from "./copy.ts";
import { choleskyOnDevice, determinantsOnDevice, logDeterminantsOnDevice, solveOnDevice } from "./elimination.ts";
import { expand } from "./expand.ts";
import { amax, amin } from "./extremes.ts";
import { eliminate, solveLower } from "./factorization.ts";
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
  expectTensor(operation, a);
  const n = a.shape.at(-1);
  if (n === undefined || n !== a.shape.at(-2)) {
    throw shapeError(operation, "a square matrix or a batch of them", a);
  }
  expectFloating(operation, a.dtype);
  return n;
}

/** As many as an operation has outputs and inputs. */
type Arrays = readonly [Float64Array, Float64Array, Float64Array];

/**
 * Computes the outputs on the host, in float64 and matrix by matrix, or where nothing can be read at once, on the
 * device.
 */
function store(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  each: (resultsAndSources: Arrays) => void,
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
  const sources = inputs.map((x) => new Float64Array(empty ? [] : numbersOf(x.dataSync(), x.dtype)));
  const results = outputs.map((x) => new Float64Array(x.numel()));
  for (let k = 0; k < matrices; k++) {
    const part = (all: Float64Array) => all.subarray((k * all.length) / matrices, ((k + 1) * all.length) / matrices);
    // safe: an operation takes as many as it has
    each([...results, ...sources].map(part) as readonly Float64Array[] as Arrays);
  }
  outputs.forEach((to, i) => {
    const data = encode(results[i] as Float64Array, to.dtype);
    if (data.length > 0) device.write(to.buffer, new Uint8Array(data.buffer), to.offset * data.BYTES_PER_ELEMENT);
  });
}

/** [A, B] → A⁻¹ B, batch by batch; rows of a triangle are not exchanged. */
const solving: Op<"triangle" | undefined> = {
  name: "solve",
  infer: ([, b]) => [b],
  run: ([left, right], triangle, [to]) => {
    const n = left.shape.at(-1) as number;
    const columns = right.shape.at(-1) as number;
    const each = ([x, a, b]: Arrays): void => {
      const { order } = eliminate(to, a, n, !triangle);
      for (let i = 0; i < n; i++) {
        if (a[i * (n + 1)] === 0) throw new ArgumentError("solve: the matrix is singular");
        const from = (order[i] as number) * columns;
        x.set(b.subarray(from, from + columns), i * columns);
      }
      solveLower(to, a, n, x, columns, n, columns);
      // The upper triangle is a lower one, seen from its other end.
      for (const y of [a, x]) y.reverse();
      solveLower(to, a, n, x, columns, n, columns, true);
      x.reverse();
    };
    store([to], [left, right], each, (x, y) => [solveOnDevice("solve", x as Tensor, y as Tensor)]);
  },
  gradient: {
    reads: (needs) => ({ inputs: [0], outputs: needs[0] ? [0] : [] }),
    compute: ([g], { attrs, needs, input, output }) => {
      if (!g) return [null, null];
      const back = apply(solving, [mT(input(0)), g], attrs);
      return [needs[0] ? neg(matmul(back, mT(output()))) : null, back];
    },
  },
};

/**
 * The solution X of `A X = B` for square matrices: B is a vector [n], a matrix [n, k], or a batch of either; batches
 * broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve.html
 *
 * @throws ArgumentError when a matrix is singular.
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  return solution(a, b);
}

function solution(a: Tensor, b: Tensor, triangle?: "triangle"): Tensor {
  const n = expectSquare("solve", a);
  checkProductTypes("solve", a, b);
  const vectors = b.ndim === 1 || (!triangle && b.ndim === a.ndim - 1 && sameShape(b.shape, a.shape.slice(0, -1)));
  const right = vectors ? unsqueeze(b, -1) : b;
  const columns = right.shape.at(-1);
  if (columns === undefined || right.shape.at(-2) !== n)
    throw shapeError("solve", "as many rows in the right sides as in the matrices", a, b);
  const batch = broadcastShapes("solve", [a.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const x = apply(solving, [expand(a, [...batch, n, n]), expand(right, [...batch, n, columns])], triangle);
  return vectors ? squeeze(x, batch.length + 1) : x;
}

function identities(a: Tensor): Tensor {
  return diagEmbed(filled(a, a.shape.slice(0, -1), 1));
}

/**
 * The inverse of each square matrix.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.inv.html
 *
 * @throws ArgumentError when a matrix is singular.
 */
export function inv(a: Tensor): Tensor {
  expectSquare("inv", a);
  return apply(solving, [a, identities(a)], undefined);
}

/** `g A⁻ᵀ` for a number and a matrix. */
function timesInverse(g: Tensor, a: Tensor): Tensor {
  return mul(unsqueeze(unsqueeze(g, -1), -1), mT(inv(a)));
}

const determinant: Op = {
  name: "det",
  infer: ([a]) => [{ shape: a.shape.slice(0, -2), dtype: a.dtype }],
  run: ([a], _, [to]) => {
    const n = a.shape.at(-1) as number;
    const each = ([result, source]: Arrays): void => {
      let { sign: product } = eliminate(to, source, n);
      for (let i = 0; i < n; i++) product *= source[i * (n + 1)] as number;
      result[0] = product;
    };
    store([to], [a], each, (x) => [determinantsOnDevice(x as Tensor)]);
  },
  gradient: /* @__PURE__ */ rules({
    inputs: [0],
    outputs: [0],
    of: (g, context) => {
      return timesInverse(mul(g, context.output()), context.input(0));
    },
  }),
};

/**
 * The determinant of each square matrix. Its gradient needs the inverse, so it throws for singular matrices.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.det.html
 */
export function det(a: Tensor): Tensor {
  expectSquare("det", a);
  return apply(determinant, [a], undefined);
}

/** What `slogdet` gives. */
export interface LogDeterminant {
  /** 1, -1, or 0 for a singular matrix, one for each matrix. It has no gradient. */
  readonly sign: Tensor;
  /** The logarithm of the determinant's absolute value, one for each matrix; -∞ for a singular one. */
  readonly logabsdet: Tensor;
}

/**
 * a → sign and logarithm of the determinant. Matrices of some size have determinants that no float holds, so they are
 * not computed first.
 */
const logDeterminant: Op = {
  name: "slogdet",
  infer: ([a]) => {
    const spec = { shape: a.shape.slice(0, -2), dtype: a.dtype };
    return [spec, spec];
  },
  run: ([a], _, outputs) => {
    const n = a.shape.at(-1) as number;
    const each = ([signs, logs, source]: Arrays): void => {
      let { sign } = eliminate(a, source, n);
      let log = 0;
      for (let i = 0; i < n; i++) {
        const pivot = source[i * (n + 1)] as number;
        sign *= Math.sign(pivot);
        log += Math.log(Math.abs(pivot));
      }
      signs[0] = sign;
      logs[0] = log;
    };
    store(outputs, [a], each, (x) => logDeterminantsOnDevice(x as Tensor));
  },
  gradient: {
    reads: () => ({ inputs: [0] }),
    compute: ([, g], context) => [g ? timesInverse(g, context.input(0)) : null],
  },
};

/**
 * The sign of the determinant of each square matrix, and the logarithm of its size, which is finite also where the
 * determinant itself is too large or too small for a float; 0 and -∞ for singular matrices. The gradient is that of the
 * logarithm; it throws for singular matrices.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.slogdet.html
 */
export function slogdet(a: Tensor): LogDeterminant {
  expectSquare("slogdet", a);
  const [sign, logabsdet] = applyAll(logDeterminant, [a], undefined) as readonly [Tensor, Tensor]; // safe: two outputs
  return { sign, logabsdet };
}

/**
 * The logarithm of the determinant of each square matrix; NaN where that is negative.
 * https://pytorch.org/docs/stable/generated/torch.logdet.html
 */
export function logdet(a: Tensor): Tensor {
  expectSquare("logdet", a);
  const { sign, logabsdet } = slogdet(a);
  return choose(lt(sign.detach(), 0), Number.NaN, logabsdet);
}

/** Options of `solveTriangular`. */
export interface TriangularOptions {
  /** Whether the upper triangle is meant, rather than the lower. */
  readonly upper: boolean;
  /** Whether the diagonal counts as ones. Default false. */
  readonly unitriangular?: boolean;
  /** Whether to solve `A X = B`, rather than `X A = B`. Default true. */
  readonly left?: boolean;
}

/**
 * The solution X of `A X = B` for triangular matrices [..., n, n]; B is [..., n, k]. What stands in the other triangle
 * is not looked at.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html
 *
 * @throws ArgumentError when a matrix is singular.
 */
export function solveTriangular(a: Tensor, b: Tensor, options: TriangularOptions): Tensor {
  const defaults = { upper: undefined, unitriangular: false, left: true };
  const { upper, unitriangular, left } = settings<Partial<TriangularOptions>, typeof defaults>(
    "solveTriangular",
    options,
    defaults,
  );
  expectSquare("solveTriangular", a);
  const own = (upper ? triu : tril)(a, unitriangular ? (upper ? 1 : -1) : 0);
  const whole = unitriangular ? add(own, identities(a)) : own;
  return left ? solution(whole, b, "triangle") : mT(solution(mT(whole), mT(b), "triangle"));
}

/**
 * The solution X of `L Lᵀ X = B`, L being what `cholesky` gives.
 *
 * https://pytorch.org/docs/stable/generated/torch.cholesky_solve.html (the right sides come first, as there)
 *
 * @param upper whether the factor is the upper triangle instead. Default false.
 */
export function choleskySolve(b: Tensor, factor: Tensor, upper = false): Tensor {
  const lower = upper ? mT(factor) : factor;
  return solveTriangular(mT(lower), solveTriangular(lower, b, { upper: false }), { upper: true });
}

/**
 * Scalar products of vectors along a dimension; the others broadcast.
 * https://pytorch.org/docs/stable/generated/torch.linalg.vecdot.html
 */
export function vecdot(a: Tensor, b: Tensor, dim = -1): Tensor {
  return sum(mul(a, b), dim);
}

const factoring: Op = {
  name: "cholesky",
  infer: ([a]) => [a],
  run: ([a], _, [to]) => {
    const n = a.shape.at(-1) as number;
    const each = ([l, source]: Arrays): void => {
      // The lower triangle is mirrored first; then A = L' D L'ᵀ, and L = L' √D.
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) source[j * n + i] = source[i * n + j] as number;
      eliminate(to, source, n, false);
      for (let j = 0; j < n; j++) {
        const pivot = Math.sqrt(source[j * (n + 1)] as number);
        if (!(pivot > 0)) throw new ArgumentError("cholesky: the matrix is not positive definite");
        l[j * (n + 1)] = pivot;
        for (let i = j + 1; i < n; i++) l[i * n + j] = (source[i * n + j] as number) * pivot;
      }
    };
    store([to], [a], each, (x) => [choleskyOnDevice(x as Tensor)]);
  },
  // Murray 2016, "Differentiation of the Cholesky decomposition", https://arxiv.org/abs/1602.07527
  gradient: /* @__PURE__ */ rules({
    outputs: [0],
    of: (g, context) => {
      const l = context.output();
      const m = matmul(mT(l), g);
      const back = (x: Tensor) => apply(solving, [mT(l), x], "triangle");
      return mul(back(mT(back(add(tril(m), mT(tril(m, -1)))))), 0.5);
    },
  }),
};

/**
 * The lower triangle L with `L Lᵀ = A` of each symmetric positive definite matrix. Only the lower triangle of A is
 * read.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cholesky.html
 *
 * @throws ArgumentError when a matrix is not positive definite.
 */
export function cholesky(a: Tensor): Tensor {
  expectSquare("cholesky", a);
  return apply(factoring, [a], undefined);
}

/**
 * The sum of a matrix's diagonal. https://pytorch.org/docs/stable/generated/torch.trace.html (a function only:
 * `x.trace` is the tensor's history)
 */
export function trace(x: Tensor): Tensor {
  if (x.ndim !== 2) throw shapeError("trace", "a matrix", x);
  return sum(diagonal(x));
}

/**
 * The n-th power of each square matrix, by repeated squaring; a negative power is one of the inverse.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_power.html
 */
export function matrixPower(a: Tensor, n: number): Tensor {
  expectSquare("matrixPower", a);
  if (!Number.isInteger(n)) throw new ArgumentError(`matrixPower: the power must be an integer, got ${n}`);
  // Not one element of `a` is taken, but the result has its history.
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
 * The cross product of vectors of three elements along a dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cross.html
 */
export function cross(a: Tensor, b: Tensor, dim = -1): Tensor {
  const at = dimension("cross", dim, a.ndim);
  if (a.ndim !== b.ndim || a.shape[at] !== 3 || b.shape[at] !== 3) {
    throw shapeError("cross", `3 elements along dimension ${dim} of both`, a, b);
  }
  const turned = (x: Tensor, by: number) => roll(x, by, at);
  return crossed(turned(a, 2), turned(b, 1), turned(a, 1), turned(b, 2));
}

/** Options of the norms. */
export interface NormOptions {
  /** Whether the dimensions stay, with size one. Default false. */
  readonly keepdim?: boolean;
}

/**
 * The length of vectors, `(Σ |x|ᵖ)^(1/p)`; of the whole tensor without a dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
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
 * Which norm of a matrix: Frobenius's, the largest (1) or smallest (-1) sum of a column, the largest (∞) or smallest
 * (-∞) sum of a row.
 */
export type MatrixNormOrder = "fro" | number;

/**
 * The norm of each matrix in the last two dimensions. Norms that need singular values are not there.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
 *
 * @throws ArgumentError for an order other than `"fro"`, 1, -1, Infinity and -Infinity.
 */
export function matrixNorm(a: Tensor, ord: MatrixNormOrder = "fro", options?: NormOptions): Tensor {
  const { keepdim } = settings("matrixNorm", options, { keepdim: false });
  if (a.ndim < 2) throw shapeError("matrixNorm", "at least 2 dimensions", a);
  expectFloating("matrixNorm", a.dtype);
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
