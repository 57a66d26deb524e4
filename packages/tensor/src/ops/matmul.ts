/**
 * Products of vectors and matrices. Each is one kernel call on matrices or batches of matrices. Transposed and
 * broadcast operands are views, so no operand is copied first. The gradients are matrix products as well.
 */

import { expectOneType } from "../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import type { View } from "../kernel.ts";
import { apply, type Op, rules } from "../op.ts";
import { broadcastView } from "../pointwise.ts";
import {
  broadcastShapes,
  expectRank,
  reshapeStrides,
  type Shape,
  shapeError,
  shapeOf,
  showShape,
  sizeOf,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { mT } from "./permute.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";

/** Throws a DTypeError for operands of different dtypes and for bools. */
export function checkProductTypes(operation: string, a: Tensor, b: Tensor): void {
  expectOneType(operation, a, b);
  if (a.dtype === "bool")
    throw new DTypeError(`${operation}: bool tensors cannot be multiplied as matrices; convert them with .to("int32")`);
}

/** A view of a batch of matrices, broadcast to the batch dimensions of the product. */
function batched(x: Tensor, batch: Shape): View {
  const shape = [...batch, ...x.shape.slice(-2)];
  return broadcastView("matmul", x, shape);
}

/** [...B, m, k] × [...B, k, n] → [...B, m, n], with broadcast batch dimensions. The inner sizes must be equal. */
const product: Op = {
  name: "matmul",
  infer: ([a, b]) => {
    checkProductTypes("matmul", a, b);
    const batch = broadcastShapes("matmul", [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
    return [{ shape: [...batch, a.shape[a.ndim - 2] as number, b.shape[b.ndim - 1] as number], dtype: a.dtype }];
  },
  run: ([a, b], _, [to]) => {
    const batch = to.shape.slice(0, -2);
    to.device.run({
      kind: "matmul",
      a: batched(a, batch),
      b: batched(b, batch),
      to,
      accumulate: false,
      bias: null,
    });
  },
  gradient: /* @__PURE__ */ rules(
    { inputs: [1], of: (g, context) => matmul(g, mT(context.input(1))) },
    { inputs: [0], of: (g, context) => matmul(mT(context.input(0)), g) },
  ),
};

/**
 * Computes the matrix product of two tensors: the dot product of two vectors, the product of two matrices, or a batch
 * of matrix products over the last two dimensions. Leading dimensions are broadcast; a vector on the left counts as a
 * row, on the right as a column.
 *
 *     [m, k] × [k, n] → [m, n]        [...B, m, k] × [...B, k, n] → [...B, m, n]
 *
 * https://pytorch.org/docs/stable/generated/torch.matmul.html
 *
 * @throws ShapeError when the inner sizes differ, the leading dimensions do not broadcast, or an operand is a scalar.
 * @throws DTypeError when the dtypes differ, and for bools.
 * @example
 * matmul(ones([2, 3]), ones([3, 4])); // [2, 4], all 3
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (shapeOf("matmul", a).length === 0 || shapeOf("matmul", b).length === 0) {
    throw shapeError("matmul", "at least one dimension of both (mul takes scalars)", a, b);
  }
  const [k, l] = [a.shape[a.ndim - 1] as number, b.shape[Math.max(b.ndim - 2, 0)] as number];
  if (k !== l) {
    throw new ShapeError(
      `matmul: cannot multiply ${showShape(a.shape)} by ${showShape(b.shape)}: inner sizes ${k} and ${l} differ`,
    );
  }
  if (a.ndim === 1 || b.ndim === 1) {
    const full = matmul(a.ndim === 1 ? unsqueeze(a, 0) : a, b.ndim === 1 ? unsqueeze(b, 1) : b);
    const row = a.ndim === 1 ? squeeze(full, full.ndim - 2) : full;
    return b.ndim === 1 ? squeeze(row, row.ndim - 1) : row;
  }
  if (b.ndim === 2 && a.ndim > 2) {
    // One tall matrix instead of a batch is faster in the kernel, and the gradient of `b` becomes a single product.
    const rows = [sizeOf(a.shape.slice(0, -1)), k];
    if (reshapeStrides(a.shape, a.strides, rows) !== null) {
      return reshape(apply(product, [reshape(a, rows), b], undefined), [...a.shape.slice(0, -1), b.shape[1] as number]);
    }
  }
  return apply(product, [a, b], undefined);
}

/**
 * Computes the product of two matrices: [m, k] × [k, n] → [m, n].
 * https://pytorch.org/docs/stable/generated/torch.mm.html
 *
 * @throws ShapeError unless both are matrices with equal inner sizes.
 * @throws DTypeError when the dtypes differ, and for bools.
 */
export function mm(a: Tensor, b: Tensor): Tensor {
  expectRank("mm", "two matrices", a, 2);
  expectRank("mm", "two matrices", b, 2);
  return matmul(a, b);
}

/**
 * Computes the products of two batches of matrices, pair by pair: [B, m, k] × [B, k, n] → [B, m, n].
 * https://pytorch.org/docs/stable/generated/torch.bmm.html
 *
 * @throws ShapeError unless both have three dimensions, equal batch sizes and equal inner sizes.
 * @throws DTypeError when the dtypes differ, and for bools.
 */
export function bmm(a: Tensor, b: Tensor): Tensor {
  expectRank("bmm", "two batches of matrices", a, 3);
  expectRank("bmm", "two batches of matrices", b, 3);
  if (a.shape[0] !== b.shape[0]) {
    throw shapeError("bmm", "equal batch sizes (matmul broadcasts)", a, b);
  }
  return matmul(a, b);
}

/**
 * Computes the product of a matrix and a vector: [m, k] × [k] → [m].
 * https://pytorch.org/docs/stable/generated/torch.mv.html
 *
 * @throws ShapeError unless these are a matrix and a vector with equal inner sizes.
 * @throws DTypeError when the dtypes differ, and for bools.
 */
export function mv(a: Tensor, vector: Tensor): Tensor {
  expectRank("mv", "a matrix", a, 2);
  expectRank("mv", "a vector", vector, 1);
  return matmul(a, vector);
}

/**
 * Computes the dot product of two vectors: [n] · [n] → []. https://pytorch.org/docs/stable/generated/torch.dot.html
 *
 * @throws ShapeError unless both are vectors of the same length.
 * @throws DTypeError when the dtypes differ, and for bools.
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  expectRank("dot", "two vectors", a, 1);
  expectRank("dot", "two vectors", b, 1);
  return matmul(a, b);
}

/**
 * Computes the outer product of two vectors: [m], [n] → [m, n].
 * https://pytorch.org/docs/stable/generated/torch.outer.html
 *
 * @throws ShapeError unless both are vectors.
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  expectRank("outer", "two vectors", a, 1);
  expectRank("outer", "two vectors", b, 1);
  return mul(unsqueeze(a, 1), unsqueeze(b, 0));
}

/**
 * Computes dot products along the last dimensions: [...A, k], [...B, k] → [...A, ...B]. With a scalar, multiplies by
 * it. https://pytorch.org/docs/stable/generated/torch.inner.html
 *
 * @throws ShapeError when the last sizes differ.
 */
export function inner(a: Tensor, b: Tensor): Tensor {
  if (shapeOf("inner", a).length === 0 || shapeOf("inner", b).length === 0) return mul(a, b);
  const [k, l] = [a.shape[a.ndim - 1] as number, b.shape[b.ndim - 1] as number];
  if (k !== l) throw shapeError("inner", "equal last sizes", a, b);
  const rows = (x: Tensor) => reshape(x, [sizeOf(x.shape.slice(0, -1)), k]);
  return reshape(apply(product, [rows(a), mT(rows(b))], undefined), [...a.shape.slice(0, -1), ...b.shape.slice(0, -1)]);
}

/**
 * Computes the product of several matrices, evaluated from left to right.
 * https://pytorch.org/docs/stable/generated/torch.chain_matmul.html
 *
 * @throws ShapeError unless all are matrices with matching inner sizes.
 */
export function chainMatmul(...matrices: readonly [Tensor, ...Tensor[]]): Tensor {
  return matrices.reduce((a, b) => mm(a, b));
}

/**
 * Computes the product of several matrices, evaluated from left to right. The first may be a vector, which counts as a
 * row, and the last one too, which counts as a column. They are passed in an array or one by one.
 *
 * https://pytorch.org/docs/stable/generated/torch.linalg.multi_dot.html
 *
 * @throws ArgumentError for fewer than two tensors.
 * @throws ShapeError when the inner sizes differ.
 */
export function multiDot(matrices: readonly Tensor[]): Tensor;
export function multiDot(...matrices: readonly [Tensor, ...Tensor[]]): Tensor;
export function multiDot(...given: readonly unknown[]): Tensor {
  const matrices = Array.isArray(given[0]) ? given[0] : given;
  const [first, ...rest] = matrices as [Tensor, ...Tensor[]]; // safe: others are rejected below
  const last = rest.at(-1);
  if (last === undefined) throw new ArgumentError("multiDot: expected at least two tensors, got one");
  const between = rest.slice(0, -1);
  const start = shapeOf("multiDot", first).length === 1 ? reshape(first, [1, -1]) : first;
  const product = chainMatmul(
    start,
    ...between,
    shapeOf("multiDot", last).length === 1 ? reshape(last, [-1, 1]) : last,
  );
  return reshape(product, [
    ...(first.ndim === 1 ? [] : [product.shape[0] as number]),
    ...(last.ndim === 1 ? [] : [product.shape[1] as number]),
  ]);
}
