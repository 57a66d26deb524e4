/**
 * Householder's reflections `H = I - τ v vᵀ`, the tools that bring a matrix to a simpler form without losing accuracy.
 * A reflection is kept where the zeros that it makes would stand: `v` begins with a 1 that is not written, and the rest
 * of it lies below. Signs are LAPACK's, so that results are, too. (Householder 1958; Anderson et al. 1999, "LAPACK
 * Users' Guide".)
 */

import { type Columns, zeroMatrix } from "./matrices.ts";

/**
 * The reflection that turns `x` from `start` on into a multiple of the first unit vector. Puts that and `v` into `x`,
 * and returns τ.
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

/** Reflects `x` by the reflection that `v` holds from `start` on. */
export function reflect(x: Float64Array, v: Float64Array, start: number, tau: number): void {
  if (tau === 0) return;
  let product = x[start] as number;
  for (let i = start + 1; i < x.length; i++) product += (v[i] as number) * (x[i] as number);
  product *= tau;
  x[start] = (x[start] as number) - product;
  for (let i = start + 1; i < x.length; i++) x[i] = (x[i] as number) - product * (v[i] as number);
}

/** Brings a matrix to an upper triangle, with the reflections that did it below. Returns their τ. */
export function triangularize(a: Columns): Float64Array {
  const rows = a[0]?.length ?? 0;
  return Float64Array.from({ length: Math.min(rows, a.length) }, (_, k) => {
    const column = a[k] as Float64Array;
    const tau = reflection(column, k);
    for (let j = k + 1; j < a.length; j++) reflect(a[j] as Float64Array, column, k, tau);
    return tau;
  });
}

/** The first columns of the product of reflections: that of `vectors[k]` begins at row `k + below`. */
export function orthogonal(vectors: Columns, taus: Float64Array, rows: number, columns: number, below = 0): Columns {
  const q = zeroMatrix(rows, columns);
  for (let j = 0; j < columns; j++) (q[j] as Float64Array)[j] = 1;
  for (let k = taus.length - 1; k >= 0; k--)
    for (let j = k + below; j < columns; j++)
      reflect(q[j] as Float64Array, vectors[k] as Float64Array, k + below, taus[k] as number);
  return q;
}
