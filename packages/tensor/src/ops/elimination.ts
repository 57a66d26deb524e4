/**
 * Elimination made of tensor operations, a few kernels for each column: for devices that cannot be read at once, where the host cannot work matrix by
 * matrix. All matrices of a batch go together, and no value is looked at: rows are exchanged by an index that the device computes.
 */

import { pointwise } from "../pointwise.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs, sign } from "./arithmetic.ts";
import { expectBetween } from "./check.ts";
import { expand } from "./expand.ts";
import { argmax } from "./extremes.ts";
import { filled, fromHost } from "./fill.ts";
import { gatherUnchecked } from "./gather.ts";
import { cat, stack } from "./join.ts";
import { pad } from "./pad.ts";
import { log } from "./power.ts";
import { unsqueeze } from "./reshape.ts";
import { narrow, select } from "./slice.ts";
import { sum } from "./sum.ts";

const exchanged = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("exchange", (row, pivot, column) =>
  row.eq(column).where(pivot, row.eq(pivot).where(column, row)),
);
const above = /* @__PURE__ */ pointwise<[Tensor, number]>("pivot", (place, column) => place.add(column));
const multiplied = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>("det", (det, pivot, row, column) =>
  det.mul(row.eq(column).where(pivot, pivot.neg())),
);
const factorOf = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>("eliminate", (value, pivot, row, column) =>
  row.eq(column).where(pivot.sub(1), value).div(pivot),
);
const reduced = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("eliminate", (x, factor, row) => x.sub(factor.mul(row)));
const rooted = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("cholesky", (x, pivot) => x.div(pivot.sqrt()));

/** The least pivot that is told from zero. */
const least = 1.2e-38;

function counting(like: Tensor, n: number): Tensor {
  return fromHost(
    like,
    [n],
    "int32",
    Int32Array.from({ length: n }, (_, i) => i),
  );
}

/** Square matrices [..., n, n] and what stands to the right of them, brought to the unit matrix, with the determinants [...] that fall off, and their signs. */
function eliminate(
  matrices: Tensor,
  n: number,
): { readonly rest: Tensor; readonly determinants: Tensor; readonly signs: Tensor; readonly pivots: Tensor[] } {
  const batch: Shape = matrices.shape.slice(0, -2);
  const width = matrices.shape.at(-1) as number; // safe: matrices have two dimensions
  const rows = counting(matrices, n);
  let rest = matrices;
  let determinants = filled(matrices, batch, 1);
  let signs = determinants;
  const pivots: Tensor[] = [];
  for (let column = 0; column < n; column++) {
    const below = select(narrow(rest, -2, column, n - column), -1, column);
    const place = above(argmax(abs(below), -1), column);
    const order = exchanged(rows, unsqueeze(place, -1), column);
    rest = gatherUnchecked(rest, rest.ndim - 2, expand(unsqueeze(order, -1), [...batch, n, width]));
    const row = narrow(rest, -2, column, 1);
    const pivot = select(select(row, -1, column), -1, 0);
    pivots.push(pivot);
    determinants = multiplied(determinants, pivot, place, column);
    signs = multiplied(signs, sign(pivot), place, column);
    const factors = factorOf(select(rest, -1, column), unsqueeze(pivot, -1), rows, column);
    rest = reduced(rest, unsqueeze(factors, -1), row);
  }
  return { rest, determinants, signs, pivots };
}

/** `A⁻¹ B` of [..., n, n] and [..., n, k]. */
export function solveOnDevice(operation: string, a: Tensor, b: Tensor): Tensor {
  const n = a.shape.at(-1) as number; // safe: a matrix
  const { rest, pivots } = eliminate(cat([a, b], -1), n);
  if (pivots.length > 0)
    expectBetween(abs(stack(pivots)), least, Number.POSITIVE_INFINITY, `${operation}: the matrix is singular (a pivot is {})`);
  return narrow(rest, -1, n, b.shape.at(-1) as number);
}

/** The determinants [...] of [..., n, n]. */
export function determinantsOnDevice(a: Tensor): Tensor {
  return eliminate(a, a.shape.at(-1) as number).determinants; // safe: a matrix
}

/** The signs [...] of the determinants of [..., n, n], and the logarithms of their sizes. */
export function logDeterminantsOnDevice(a: Tensor): { readonly sign: Tensor; readonly logabsdet: Tensor } {
  const { pivots, signs } = eliminate(a, a.shape.at(-1) as number); // safe: a matrix
  const sizes = pivots.length === 0 ? filled(a, [1, ...a.shape.slice(0, -2)], 1) : abs(stack(pivots));
  return { sign: signs, logabsdet: sum(log(sizes), 0) };
}

/** The lower triangles L of `A = L Lᵀ`, [..., n, n]. */
export function choleskyOnDevice(a: Tensor): Tensor {
  const n = a.shape.at(-1) as number; // safe: a matrix
  if (n === 0 || sizeOf(a.shape) === 0) return a;
  const columns: Tensor[] = [];
  const pivots: Tensor[] = [];
  let rest = a;
  for (let column = 0; column < n; column++) {
    const first = select(rest, -1, 0);
    const pivot = narrow(first, -1, 0, 1);
    pivots.push(pivot);
    const scaled = rooted(first, pivot);
    columns.push(pad(scaled, [column, 0]));
    if (column === n - 1) break;
    const under = narrow(scaled, -1, 1, n - column - 1);
    const inner = narrow(narrow(rest, -2, 1, n - column - 1), -1, 1, n - column - 1);
    rest = reduced(inner, unsqueeze(under, -1), unsqueeze(under, -2));
  }
  expectBetween(stack(pivots), least, Number.POSITIVE_INFINITY, "cholesky: the matrix is not positive definite (a pivot is {})");
  return stack(columns, -1);
}
