/**
 * A little dense linear algebra: what small matrices need. The decompositions run on the host in float64, matrix by matrix, where the device can be read
 * at once, and otherwise on the device; their gradients are made of matrix products and can be differentiated again.
 */

import { expectTensor } from "../argument.ts";
import { expectFloating } from "../dtype.ts";
import { encode, numbersOf } from "../encode.ts";
import { ArgumentError } from "../errors.ts";
import { apply, applyAll, type Op, rules } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { scope } from "../scope.ts";
import { settings } from "../settings.ts";
import { broadcastShapes, dimension, type Shape, sameShape, shapeError, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs, add, mul, neg } from "./arithmetic.ts";
import { choose, lt } from "./comparison.ts";
import { copyInto } from "./copy.ts";
import { choleskyOnDevice, determinantsOnDevice, logDeterminantsOnDevice, solveOnDevice } from "./elimination.ts";
import { expand } from "./expand.ts";
import { amax, amin } from "./extremes.ts";
import { fromHost } from "./fill.ts";
import { selectUnchecked } from "./gather.ts";
import { checkProductTypes, matmul } from "./matmul.ts";
import { mT } from "./permute.ts";
import { squeeze, unsqueeze } from "./reshape.ts";
import { diagonal } from "./slice.ts";
import { norm } from "./statistics.ts";
import { sum } from "./sum.ts";
import { tril, triu } from "./triangle.ts";

function expectSquare(operation: string, a: Tensor): number {
  expectTensor(operation, a);
  const n = a.shape[a.ndim - 1];
  if (a.ndim < 2 || n === undefined || n !== a.shape[a.ndim - 2]) {
    throw shapeError(operation, "a square matrix or a batch of them", a);
  }
  expectFloating(operation, a.dtype);
  return n;
}

/** Runs over the matrices of a batch on the host and stores what `each` writes, or where that cannot be, stores what `onDevice` computes. */
function store(
  to: Tensor,
  inputs: readonly Tensor[],
  matrices: number,
  each: (sources: readonly Float64Array[], result: Float64Array) => void,
  onDevice: (...inputs: Tensor[]) => Tensor,
): void {
  if (to.device.readSync === undefined) {
    scope(() => copyInto(to, onDevice(...inputs.map((x) => x.detach())), to.device));
    return;
  }
  const sources = inputs.map((x) => Float64Array.from(numbersOf(x.dataSync(), x.dtype)));
  const result = new Float64Array(to.numel());
  for (let k = 0; k < matrices; k++) {
    const part = (all: Float64Array) => all.subarray((k * all.length) / matrices, ((k + 1) * all.length) / matrices);
    each(sources.map(part), part(result));
  }
  const data = encode(result, to.dtype);
  if (data.length > 0)
    to.device.write(to.buffer, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), to.offset * data.BYTES_PER_ELEMENT);
}

/** A matrix brought to triangles with its rows exchanged: `a` is overwritten; gives the order of the rows and the sign of that order, 0 when singular. */
function eliminate(a: Float64Array, n: number): { readonly rows: number[]; readonly sign: number } {
  const rows = Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k] as number) > Math.abs(a[pivot * n + k] as number)) pivot = i;
    if (a[pivot * n + k] === 0) return { rows, sign: 0 };
    if (pivot !== k) {
      sign = -sign;
      [rows[k], rows[pivot]] = [rows[pivot] as number, rows[k] as number];
      for (let j = 0; j < n; j++) [a[k * n + j], a[pivot * n + j]] = [a[pivot * n + j] as number, a[k * n + j] as number];
    }
    for (let i = k + 1; i < n; i++) {
      const factor = (a[i * n + k] as number) / (a[k * n + k] as number);
      a[i * n + k] = factor;
      for (let j = k + 1; j < n; j++) a[i * n + j] = (a[i * n + j] as number) - factor * (a[k * n + j] as number);
    }
  }
  return { rows, sign };
}

/** `result = a⁻¹ b` for b of `columns` columns. */
function solveInto(operation: string, a: Float64Array, b: Float64Array, n: number, columns: number, result: Float64Array): void {
  const lower = a.slice();
  const { rows, sign } = eliminate(lower, n);
  if (sign === 0) throw new ArgumentError(`${operation}: the matrix is singular`);
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      let value = b[(rows[i] as number) * columns + c] as number;
      for (let j = 0; j < i; j++) value -= (lower[i * n + j] as number) * (result[j * columns + c] as number);
      result[i * columns + c] = value;
    }
    for (let i = n - 1; i >= 0; i--) {
      let value = result[i * columns + c] as number;
      for (let j = i + 1; j < n; j++) value -= (lower[i * n + j] as number) * (result[j * columns + c] as number);
      result[i * columns + c] = value / (lower[i * n + i] as number);
    }
  }
}

/** [A, B] → A⁻¹ B, batch by batch */
const solving: Op = {
  name: "solve",
  infer: ([, b]) => [b],
  run: ([left, right], _, [to]) => {
    const n = left.shape[left.ndim - 1] as number;
    const columns = right.shape[right.ndim - 1] as number;
    const each = ([x, y]: readonly Float64Array[], result: Float64Array): void => {
      solveInto("solve", x as Float64Array, y as Float64Array, n, columns, result);
    };
    store(to, [left, right], sizeOf(left.shape.slice(0, -2)), each, (x, y) => solveOnDevice("solve", x, y));
  },
  gradient: {
    reads: (needs) => ({ inputs: [0], outputs: needs[0] ? [0] : [] }),
    compute: ([g], context) => {
      if (!g) return [null, null];
      const back = apply(solving, [mT(context.input(0)), g], undefined);
      return [context.needs[0] ? neg(matmul(back, mT(context.output()))) : null, back];
    },
  },
};

/**
 * The solution X of `A X = B` for square matrices: B is a vector [n], a matrix [n, k], or a batch of either; batches broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve.html
 *
 * @throws ArgumentError when a matrix is singular.
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  const n = expectSquare("solve", a);
  checkProductTypes("solve", a, b);
  const vectors = b.ndim === 1 || (b.ndim === a.ndim - 1 && sameShape(b.shape, a.shape.slice(0, -1)));
  const right = vectors ? unsqueeze(b, -1) : b;
  const columns = right.shape[right.ndim - 1];
  if (columns === undefined || right.shape[right.ndim - 2] !== n)
    throw shapeError("solve", "as many rows in the right sides as in the matrices", a, b);
  const batch = broadcastShapes("solve", [a.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const x = apply(solving, [expand(a, [...batch, n, n]), expand(right, [...batch, n, columns])], undefined);
  return vectors ? squeeze(x, batch.length + 1) : x;
}

function identities(like: Tensor, shape: Shape): Tensor {
  const n = shape[shape.length - 1] as number;
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i += n * n) for (let k = 0; k < n; k++) data[i + k * n + k] = 1;
  return fromHost(like, shape, like.dtype, encode(data, like.dtype));
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
  return apply(solving, [a, identities(a, a.shape)], undefined);
}

const scaledBy = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("mul", (g, det, x) => g.mul(det).mul(x));

const determinant: Op = {
  name: "det",
  infer: ([a]) => [{ shape: a.shape.slice(0, -2), dtype: a.dtype }],
  run: ([a], _, [to]) => {
    const n = a.shape.at(-1) as number;
    const each = ([source]: readonly Float64Array[], result: Float64Array): void => {
      const lower = (source as Float64Array).slice();
      let { sign: product } = eliminate(lower, n);
      for (let i = 0; i < n; i++) product *= lower[i * n + i] as number;
      result[0] = product;
    };
    store(to, [a], to.numel(), each, determinantsOnDevice);
  },
  gradient: /* @__PURE__ */ rules({
    inputs: [0],
    outputs: [0],
    of: (g, context) => {
      const widened = (x: Tensor) => unsqueeze(unsqueeze(x, -1), -1);
      return scaledBy(widened(g), widened(context.output()), mT(inv(context.input(0))));
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

/** a → sign and logarithm of the determinant. Matrices of some size have determinants that no float holds, so they are not computed first. */
const logDeterminant: Op = {
  name: "slogdet",
  infer: ([a]) => {
    const spec = { shape: a.shape.slice(0, -2), dtype: a.dtype };
    return [spec, spec];
  },
  run: ([a], _, [sign, logabsdet]) => {
    const [matrix, count] = [a, sign.numel()];
    const n = matrix.shape.at(-1) as number;
    const each =
      (log: boolean) =>
      ([source]: readonly Float64Array[], result: Float64Array) => {
        const lower = (source as Float64Array).slice();
        const { sign: order } = eliminate(lower, n);
        let [direction, size] = [order, order === 0 ? Number.NEGATIVE_INFINITY : 0];
        for (let i = 0; i < n && order !== 0; i++) {
          const pivot = lower[i * n + i] as number;
          direction *= Math.sign(pivot);
          size += Math.log(Math.abs(pivot));
        }
        result[0] = log ? size : direction;
      };
    store(sign, [matrix], count, each(false), (x) => logDeterminantsOnDevice(x as Tensor).sign);
    store(logabsdet, [matrix], count, each(true), (x) => logDeterminantsOnDevice(x as Tensor).logabsdet);
  },
  gradient: {
    reads: () => ({ inputs: [0] }),
    compute: ([, g], context) => [g ? mul(unsqueeze(unsqueeze(g, -1), -1), mT(inv(context.input(0)))) : null],
  },
};

/**
 * The sign of the determinant of each square matrix, and the logarithm of its size, which is finite also where the determinant itself is too large or too
 * small for a float; 0 and -∞ for singular matrices. The gradient is that of the logarithm; it throws for singular matrices.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.slogdet.html
 */
export function slogdet(a: Tensor): LogDeterminant {
  expectSquare("slogdet", a);
  const [sign, logabsdet] = applyAll(logDeterminant, [a], undefined) as readonly [Tensor, Tensor]; // safe: two outputs
  return { sign, logabsdet };
}

/** The logarithm of the determinant of each square matrix; NaN where that is negative. https://pytorch.org/docs/stable/generated/torch.logdet.html */
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
 * The solution X of `A X = B` for triangular matrices [..., n, n]; B is [..., n, k]. What stands in the other triangle is not looked at.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html
 *
 * @throws ArgumentError when a matrix is singular.
 */
export function solveTriangular(a: Tensor, b: Tensor, options: TriangularOptions): Tensor {
  const defaults = { upper: undefined, unitriangular: false, left: true };
  const { upper, unitriangular, left } = settings<Partial<TriangularOptions>, typeof defaults>("solveTriangular", options, defaults);
  expectSquare("solveTriangular", a);
  const own = (upper ? triu : tril)(a, unitriangular ? (upper ? 1 : -1) : 0);
  const whole = unitriangular ? add(own, identities(a, a.shape)) : own;
  return left ? solve(whole, b) : mT(solve(mT(whole), mT(b)));
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

/** Scalar products of vectors along a dimension; the others broadcast. https://pytorch.org/docs/stable/generated/torch.linalg.vecdot.html */
export function vecdot(a: Tensor, b: Tensor, dim = -1): Tensor {
  return sum(mul(a, b), dim);
}

const halfDiagonal = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("halfDiagonal", (x, eye) => x.mul(eye.mul(-0.5).add(1)));
const symmetric = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("symmetric", (x, y) => x.add(y).mul(0.5));

const factoring: Op = {
  name: "cholesky",
  infer: ([a]) => [a],
  run: ([a], _, [to]) => {
    const n = a.shape.at(-1) as number;
    const each = ([source]: readonly Float64Array[], l: Float64Array): void => {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let value = (source as Float64Array)[i * n + j] as number;
          for (let k = 0; k < j; k++) value -= (l[i * n + k] as number) * (l[j * n + k] as number);
          if (i === j && !(value > 0)) throw new ArgumentError("cholesky: the matrix is not positive definite");
          l[i * n + j] = i === j ? Math.sqrt(value) : value / (l[j * n + j] as number);
        }
      }
    };
    store(to, [a], sizeOf(a.shape.slice(0, -2)), each, choleskyOnDevice);
  },
  // Murray 2016, "Differentiation of the Cholesky decomposition", https://arxiv.org/abs/1602.07527
  gradient: /* @__PURE__ */ rules({
    outputs: [0],
    of: (g, context) => {
      const l = context.output();
      const inner = halfDiagonal(tril(matmul(mT(l), g)), identities(l, l.shape));
      const inverse = inv(l);
      const s = matmul(matmul(mT(inverse), inner), inverse);
      return symmetric(s, mT(s));
    },
  }),
};

/**
 * The lower triangle L with `L Lᵀ = A` of each symmetric positive definite matrix. Only the lower triangle of A is read.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.cholesky.html
 *
 * @throws ArgumentError when a matrix is not positive definite.
 */
export function cholesky(a: Tensor): Tensor {
  expectSquare("cholesky", a);
  return apply(factoring, [a], undefined);
}

/** The sum of a matrix's diagonal. https://pytorch.org/docs/stable/generated/torch.trace.html (a function only: `x.trace` is the tensor's history) */
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
  if (n === 0) return choose(fromHost(a, [], "bool", new Uint8Array(1)), a, identities(a, a.shape));
  if (n < 0) return matrixPower(inv(a), -n);
  if (n === 1) return a;
  const half = matrixPower(a, Math.floor(n / 2));
  const square = matmul(half, half);
  return n % 2 === 1 ? matmul(square, a) : square;
}

const crossed = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("cross", (a1, b2, a2, b1) => a1.mul(b2).sub(a2.mul(b1)));

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
  const turned = (x: Tensor, order: readonly number[]) => selectUnchecked(x, at, fromHost(x, [3], "int32", Int32Array.from(order)));
  return crossed(turned(a, [1, 2, 0]), turned(b, [2, 0, 1]), turned(a, [2, 0, 1]), turned(b, [1, 2, 0]));
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
export function vectorNorm(x: Tensor, ord = 2, dim: number | readonly number[] | null = null, options?: NormOptions): Tensor {
  return norm(x, ord, dim, options);
}

/** Which norm of a matrix: Frobenius's, the largest (1) or smallest (-1) sum of a column, the largest (∞) or smallest (-∞) sum of a row. */
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
  if (Math.abs(ord) !== 1 && Math.abs(ord) !== Number.POSITIVE_INFINITY) {
    throw new ArgumentError(`matrixNorm: there is no order ${String(ord)}; there are "fro", 1, -1, Infinity and -Infinity`);
  }
  const along = Math.abs(ord) === 1 ? -2 : -1;
  const sums = sum(abs(a), along, { keepdim: true });
  return (ord > 0 ? amax : amin)(sums, [-2, -1], { keepdim });
}
