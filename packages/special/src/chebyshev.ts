/**
 * Chebyshev series: functions on [-1, 1] as `Σ cₖ Tₖ(t)`. The coefficients are computed from float64 values of the
 * function when it is first used. A formula uses as many of them as its dtype resolves, so float32 costs less.
 */

import { constant, type Expr } from "@akari/tensor";
import { sumOf } from "./quadrature.ts";

/** The coefficients of a function on [-1, 1], computed on the first call. */
export type Series = () => readonly number[];

/** Fits a series to the values of a function at the zeros of the Chebyshev polynomial of degree `count`. */
export function fit(f: (t: number) => number, count: number): Series {
  let found: readonly number[] | null = null;
  return () => {
    if (found === null) {
      const angles = Array.from({ length: count }, (_, j) => (Math.PI * (j + 0.5)) / count);
      const values = angles.map((angle) => f(Math.cos(angle)));
      found = angles.map((_, k) => {
        const sum = sumOf(values.map((value, j) => value * Math.cos(k * (angles[j] as number))));
        return (sum * (k === 0 ? 1 : 2)) / count;
      });
    }
    return found;
  };
}

/** Evaluates a series at `t` in [-1, 1] by Clenshaw's recurrence. */
export function chebyshev(t: Expr, series: Series): Expr {
  const all = series();
  const least = Math.max(...all.map(Math.abs)) * (t.dtype === "float64" ? 2 ** -55 : 2 ** -27);
  const used = all.slice(0, all.findLastIndex((c) => Math.abs(c) > least) + 1);
  const twice = t.mul(2);
  let [value, before]: [Expr, Expr] = [constant(0, t.dtype), constant(0, t.dtype)];
  for (const c of used.slice(1).reverse()) [value, before] = [twice.mul(value).sub(before).add(c), value];
  return t
    .mul(value)
    .sub(before)
    .add(used[0] ?? 0);
}

/** Evaluates a polynomial, lowest power first, by Horner's rule. */
export function polynomial(x: Expr, coefficients: readonly number[]): Expr {
  return coefficients.reduceRight((value, c) => value.mul(x).add(c), constant(0, x.dtype));
}
