/**
 * Householder reflections `H = I - τ v vᵀ`, which reduce a matrix to a simpler form without losing accuracy. The vector
 * v of a reflection is stored in the elements that the reflection makes zero; its leading 1 is implicit. Signs are
 * chosen as in LAPACK, so that results have LAPACK's signs. (Householder 1958; Anderson et al. 1999, "LAPACK Users'
 * Guide".)
 */

import { type Columns, zeroMatrix } from "./matrices.ts";

/**
 * Computes the reflection that maps `x` from `start` on to a multiple of the first unit vector. Overwrites `x` with
 * that multiple and `v`, and returns τ.
 */
export function reflection(x: Float64Array, start: number): number {
  const alpha = x[start] as number;
  let rest = 0;
  for (let i = start + 1; i < x.length; i++) rest += (x[i] as number) ** 2;
  if (rest === 0) return 0;
  const beta = -Math.sign(alpha || 1) * Math.sqrt(alpha * alpha + rest);
  for (let i = start + 1; i < x.length; i++) x[i] = (x[i] as number) / (alpha - beta);
  x[start] = beta;
  return (beta - alpha) / beta;
}

/** Applies to `x` the reflection that is stored in `v` from `start` on. */
export function reflect(x: Float64Array, v: Float64Array, start: number, tau: number): void {
  if (tau === 0) return;
  let product = x[start] as number;
  for (let i = start + 1; i < x.length; i++) product += (v[i] as number) * (x[i] as number);
  product *= tau;
  x[start] = (x[start] as number) - product;
  for (let i = start + 1; i < x.length; i++) x[i] = (x[i] as number) - product * (v[i] as number);
}

/** Reduces a matrix to upper triangular form. The reflections are stored below the diagonal; returns their τ. */
export function triangularize(a: Columns): Float64Array {
  const rows = a[0]?.length ?? 0;
  return Float64Array.from({ length: Math.min(rows, a.length) }, (_, k) => {
    const column = a[k] as Float64Array;
    const tau = reflection(column, k);
    for (let j = k + 1; j < a.length; j++) reflect(a[j] as Float64Array, column, k, tau);
    return tau;
  });
}

/**
 * Computes the first columns of the product of reflections. The vector of reflection k starts at row `k + below` of
 * `vectors[k]`.
 */
export function orthogonal(vectors: Columns, taus: Float64Array, rows: number, columns: number, below = 0): Columns {
  const q = zeroMatrix(rows, columns);
  for (let j = 0; j < columns; j++) (q[j] as Float64Array)[j] = 1;
  for (let k = taus.length - 1; k >= 0; k--)
    for (let j = k + below; j < columns; j++)
      reflect(q[j] as Float64Array, vectors[k] as Float64Array, k + below, taus[k] as number);
  return q;
}
