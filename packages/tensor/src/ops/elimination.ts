/**
 * Gauss-Jordan elimination and Cholesky decomposition composed of tensor operations, with a few kernels per column.
 * They serve devices that cannot be read synchronously, where the host cannot factor the matrices. All matrices of a
 * batch are processed together. No value is read back: the pivot row is an index computed on the device.
 */

import { pointwise } from "../pointwise.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs, mul, sign } from "./arithmetic.ts";
import { expectBetween } from "./check.ts";
import { cast } from "./copy.ts";
import { expand } from "./expand.ts";
import { argmax } from "./extremes.ts";
import { counting, filled } from "./fill.ts";
import { gatherUnchecked } from "./gather.ts";
import { cat, stack } from "./join.ts";
import { log } from "./power.ts";
import { prod } from "./product.ts";
import { unsqueeze } from "./reshape.ts";
import { narrow, select } from "./slice.ts";
import { sum } from "./sum.ts";
import { tril } from "./triangle.ts";

const eligible = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("pivot", (value, free) =>
  free.eq(0).where(-1, value.abs()),
);
const taken = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>(
  "pivot",
  (free, row, place) => row.eq(place).where(0, free),
  {
    apart: [1, 2],
  },
);
const factorOf = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "eliminate",
  (value, pivot, row, place) => pivot.eq(0).where(0, row.eq(place).where(pivot.sub(1), value).div(pivot)),
  { apart: [2, 3] },
);
const parity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("det", (a, b, i, j) =>
  a.gt(b).and(i.lt(j)).where(-1, 1),
);
const reduced = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("eliminate", (x, factor, row) =>
  x.sub(factor.mul(row)),
);
const rooted = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("cholesky", (x, pivot) => x.div(pivot.sqrt()));

/** Pivots below this magnitude count as zero: about the smallest normal float32. */
const least = 1.2e-38;

/** Result of eliminating square matrices. */
interface Eliminated {
  /** The columns to the right of the matrices, [..., n, k], after the same row operations. */
  readonly right: Tensor;
  /**
   * The pivot of each column, [..., n]. It is 0 if the column is 0 in all remaining rows; nothing is then eliminated.
   */
  readonly pivots: Tensor;
  /** The row of each pivot, [..., n], int32. */
  readonly places: Tensor;
}

/**
 * Reduces augmented matrices [..., n, n + k] to identity matrices, up to the order of the rows. The pivot of each
 * column is the largest element in magnitude among the rows that have not been pivots yet. Rows are only reordered at
 * the end.
 */
function eliminate(matrices: Tensor, n: number): Eliminated {
  const batch: Shape = matrices.shape.slice(0, -2);
  const width = matrices.shape.at(-1) as number; // safe: matrices have two dimensions
  const picked = (index: Tensor, columns: number): Tensor =>
    expand(unsqueeze(index, -1), [...batch, index.shape.at(-1) as number, columns]);
  const rows = counting(matrices, n);
  let rest = matrices;
  let free = filled(matrices, [...batch, n], 1);
  const [pivots, places]: [Tensor[], Tensor[]] = [[], []];
  for (let column = 0; column < n; column++) {
    const values = select(rest, -1, column);
    const place = argmax(eligible(values, free), -1, { keepdim: true });
    const pivot = gatherUnchecked(values, values.ndim - 1, place);
    const factors = factorOf(values, pivot, rows, place);
    rest = reduced(rest, unsqueeze(factors, -1), gatherUnchecked(rest, rest.ndim - 2, picked(place, width)));
    free = taken(free, rows, place);
    pivots.push(pivot);
    places.push(place);
  }
  const order = cat(places, -1);
  const right = gatherUnchecked(narrow(rest, -1, n, width - n), rest.ndim - 2, picked(order, width - n));
  return { right, pivots: cat(pivots, -1), places: order };
}

/** Computes `A⁻¹ B` from A [..., n, n] and B [..., n, k]. */
export function solveOnDevice(operation: string, a: Tensor, b: Tensor): Tensor {
  const n = a.shape.at(-1) as number; // safe: a matrix
  const { right, pivots } = eliminate(cat([a, b], -1), n);
  const message = `${operation}: the matrix is singular (a pivot is {})`;
  expectBetween(abs(pivots), least, Number.POSITIVE_INFINITY, message, { nan: true });
  return right;
}

/**
 * Computes the determinants [...] of matrices [..., n, n], their signs, and the logarithms of their absolute values.
 */
export function determinantsOnDevice(a: Tensor): readonly Tensor[] {
  const n = a.shape.at(-1) as number; // safe: a matrix
  const { pivots, places } = eliminate(a, n);
  const index = counting(places, n);
  const pairs = parity(unsqueeze(places, -1), unsqueeze(places, -2), unsqueeze(index, -1), index);
  // The sign of the permutation of the pivot rows.
  const exchanged = cast(prod(prod(pairs, -1), -1), a.dtype);
  const signed = (x: Tensor) => mul(prod(x, -1), exchanged);
  return [signed(pivots), signed(sign(pivots)), sum(log(abs(pivots)), -1)];
}

/** Computes the lower triangular factors L of `A = L Lᵀ`, [..., n, n]. */
export function choleskyOnDevice(a: Tensor): Tensor {
  const n = a.shape.at(-1) as number; // safe: a matrix
  const columns: Tensor[] = [];
  const pivots: Tensor[] = [];
  let rest = a;
  // What is left above the diagonal has no effect below it.
  for (let column = 0; column < n; column++) {
    const values = select(rest, -1, column);
    const pivot = narrow(values, -1, column, 1);
    const scaled = rooted(values, pivot);
    pivots.push(pivot);
    columns.push(scaled);
    rest = reduced(rest, unsqueeze(scaled, -1), unsqueeze(scaled, -2));
  }
  expectBetween(
    stack(pivots),
    least,
    Number.POSITIVE_INFINITY,
    "cholesky: the matrix is not positive definite (a pivot is {})",
  );
  return tril(stack(columns, -1));
}
