/**
 * The eigendecomposition of one symmetric matrix on the host. Householder reflections reduce it to tridiagonal form,
 * and implicit QR sweeps with Wilkinson shifts make the off-diagonal elements vanish. (Golub and Van Loan 2013, "Matrix
 * Computations", section 8.3.)
 */

import { ArgumentError } from "@akari/tensor";
import { orthogonal, reflection } from "./householder.ts";
import type { Columns } from "./matrices.ts";
import { rotate, rotationOf } from "./rotation.ts";

/**
 * Computes the eigenvalues in ascending order and, if requested, the eigenvectors as columns. Overwrites `a`.
 *
 * @throws ArgumentError when the iteration does not converge.
 */
export function diagonalize(
  operation: string,
  a: Columns,
  vectors: boolean,
): { readonly values: Float64Array; readonly vectors: Columns } {
  const n = a.length;
  const { diagonal, beside, taus } = tridiagonalize(a);
  const q = vectors ? orthogonal(a, taus, n, n, 1) : [];
  for (let last = n - 1, steps = 0; last > 0; ) {
    let first = last;
    while (first > 0 && !negligible(diagonal, beside, first - 1)) first--;
    if (first === last) {
      last--;
      steps = 0;
    } else if (steps++ < 60) step(diagonal, beside, first, last, q);
    else throw new ArgumentError(`${operation}: the iteration does not converge`);
  }
  const order = Array.from(diagonal.keys()).sort((i, j) => (diagonal[i] as number) - (diagonal[j] as number));
  return {
    values: Float64Array.from(order, (i) => diagonal[i] as number),
    vectors: vectors ? order.map((i) => q[i] as Float64Array) : [],
  };
}

/**
 * Whether off-diagonal element `i` is within rounding error of the adjacent diagonal elements; if so, sets it to zero.
 */
function negligible(diagonal: Float64Array, beside: Float64Array, i: number): boolean {
  const around = Math.abs(diagonal[i] as number) + Math.abs(diagonal[i + 1] as number);
  if (Math.abs(beside[i] as number) > Number.EPSILON * around) return false;
  beside[i] = 0;
  return true;
}

/**
 * Returns the diagonal and the off-diagonal. The reflections are stored in the columns of `a`, starting below the
 * diagonal.
 */
function tridiagonalize(a: Columns): Record<"diagonal" | "beside" | "taus", Float64Array> {
  const n = a.length;
  const beside = new Float64Array(Math.max(0, n - 1));
  const taus = new Float64Array(Math.max(0, n - 1));
  const diagonal = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const v = a[k] as Float64Array;
    diagonal[k] = v[k] as number;
    if (k === n - 1) break;
    const tau = reflection(v, k + 1);
    beside[k] = v[k + 1] as number;
    taus[k] = tau;
    v[k + 1] = 1;
    // A ← H A H = A - v wᵀ - w vᵀ
    const w = new Float64Array(n);
    let overlap = 0;
    for (let j = k + 1; j < n; j++) {
      w[j] = tau * dot(a[j] as Float64Array, v, k + 1);
      overlap += (w[j] as number) * (v[j] as number);
    }
    for (let j = k + 1; j < n; j++) w[j] = (w[j] as number) - (tau / 2) * overlap * (v[j] as number);
    for (let j = k + 1; j < n; j++) {
      const [column, vj, wj] = [a[j] as Float64Array, v[j] as number, w[j] as number];
      for (let i = k + 1; i < n; i++) column[i] = (column[i] as number) - (v[i] as number) * wj - (w[i] as number) * vj;
    }
  }
  return { diagonal, beside, taus };
}

function dot(x: Float64Array, y: Float64Array, start: number): number {
  let sum = 0;
  for (let i = start; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/**
 * One QR sweep of rotations over the block from `first` to `last`. The shift creates a bulge at the top, which is
 * chased to the bottom.
 */
function step(d: Float64Array, e: Float64Array, first: number, last: number, q: Columns): void {
  const half = ((d[last - 1] as number) - (d[last] as number)) / 2;
  const corner = e[last - 1] as number;
  const shift = (d[last] as number) - corner ** 2 / (half + Math.sign(half || 1) * Math.sqrt(half ** 2 + corner ** 2));
  let x = (d[first] as number) - shift;
  let bulge = e[first] as number;
  for (let k = first; k < last; k++) {
    const [c, s, r] = rotationOf(x, bulge);
    if (k > first) e[k - 1] = r;
    const [above, between, below] = [d[k] as number, e[k] as number, d[k + 1] as number];
    d[k] = c * c * above + 2 * c * s * between + s * s * below;
    d[k + 1] = s * s * above - 2 * c * s * between + c * c * below;
    e[k] = c * s * (below - above) + (c * c - s * s) * between;
    x = e[k] as number;
    if (k + 1 < last) {
      bulge = s * (e[k + 1] as number);
      e[k + 1] = c * (e[k + 1] as number);
    }
    rotate(q[k], q[k + 1], c, s);
  }
}
