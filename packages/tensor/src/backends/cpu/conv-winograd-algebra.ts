/**
 * Winograd's algorithm in one dimension: four adjacent results of a filter with three taps from six products instead of
 * twelve. Data and filter are polynomials. Both are evaluated at six points, the values are multiplied, and the product
 * is interpolated from its values. For a data row d, a filter g and a row of results y,
 *
 *     y = Aᵀ (G g ⊙ Bᵀ d),   and for the gradients   dg = Gᵀ (A dy ⊙ Bᵀ d)
 *
 * (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks"). The points are 0, ±5/8, ±3/2 and ∞. They
 * are exact in binary and lose the fewest digits of the candidates tried between 1/2 and 2: half as many as the usual
 * 0, ±1, ±2 and ∞.
 */

import { once } from "../../once.ts";
import { type Code, type FunctionBuilder, f32x4, type Local, multiplyAdd, v128 } from "./wasm/index.ts";

/** Results per row, taps per filter row, and elements of a data row that contribute, which is the number of points. */
export const rowResults = 4;
export const rowTaps = 3;
export const points = 6;

const [a, b] = [5 / 8, 3 / 2];
const [a2, b2] = [a * a, b * b];
/** Reciprocals of the product of a point's differences from the other points: for 0, ±a and ±b. */
const [weight0, weightA, weightB] = [1 / (a2 * b2), 1 / (2 * a2 * (a2 - b2)), 1 / (2 * b2 * (b2 - a2))];

/** A linear map from vectors to vectors, lane by lane. */
type Transform = (row: readonly Local<"v128">[]) => readonly Code<"v128">[];

/** The five matrices, as code. */
export interface Algebra {
  /** Bᵀ: evaluates a row of data at the six points. */
  readonly data: Transform;
  /** A: evaluates a row of the results' gradients at the six points. */
  readonly results: Transform;
  /** G: evaluates a row of a filter at the six points. */
  readonly filter: Transform;
  /** Aᵀ: computes results from values at the points. */
  readonly toResults: Transform;
  /** Gᵀ: computes a filter's gradient from values at the points. */
  readonly toFilter: Transform;
}

/** Returns the matrices as code for a function. */
export function algebra(f: FunctionBuilder, relaxed: boolean): Algebra {
  const known = new Map<number, Local<"v128">>();
  const number = (value: number): Local<"v128"> =>
    once(known, value, () => f.let(v128.const([...new Uint8Array(new Float32Array(4).fill(value).buffer)])));
  const fused = multiplyAdd("f32x4", relaxed);
  const madd = (factor: number, x: Code<"v128">, y: Code<"v128">) => fused(number(factor), x, y);
  const times = (factor: number, x: Code<"v128">) => f32x4.mul(number(factor), x);
  const sum = (x: Code<"v128">, y: Code<"v128">) => f.let(f32x4.add(x, y));
  const difference = (x: Code<"v128">, y: Code<"v128">) => f.let(f32x4.sub(x, y));
  /** The values at a point and at its negative, from the even and odd parts. */
  const both = (point: number, even: Code<"v128">, odd: Code<"v128">): Code<"v128">[] => {
    const [e, o] = [f.let(even), f.let(odd)];
    return [madd(point, o, e), madd(-point, o, e)];
  };
  // Safe below: each map receives as many vectors as its matrix has columns.
  return {
    data(row) {
      const [d0, d1, d2, d3, d4, d5] = row as [
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
      ];
      const end = (x: Local<"v128">, y: Local<"v128">, z: Local<"v128">) => madd(a2 * b2, x, madd(-a2 - b2, y, z));
      return [
        end(d0, d2, d4),
        ...both(a, madd(-b2, d2, d4), madd(-b2, d1, d3)),
        ...both(b, madd(-a2, d2, d4), madd(-a2, d1, d3)),
        end(d1, d3, d5),
      ];
    },
    results(row) {
      const [y0, y1, y2, y3] = row as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
      return [y0, ...both(a, madd(a2, y2, y0), madd(a2, y3, y1)), ...both(b, madd(b2, y2, y0), madd(b2, y3, y1)), y3];
    },
    filter(row) {
      const [g0, g1, g2] = row as [Local<"v128">, Local<"v128">, Local<"v128">];
      const pair = (point: number, weight: number) => {
        return both(weight * point, madd(weight * point * point, g2, times(weight, g0)), g1);
      };
      return [times(weight0, g0), ...pair(a, weightA), ...pair(b, weightB), g2];
    },
    toResults(row) {
      const [m0, m1, m2, m3, m4, m5] = row as [
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
      ];
      const [evenA, oddA, evenB, oddB] = [sum(m1, m2), difference(m1, m2), sum(m3, m4), difference(m3, m4)];
      return [
        f32x4.add(m0, f32x4.add(evenA, evenB)),
        madd(b, oddB, times(a, oddA)),
        madd(b2, evenB, times(a2, evenA)),
        madd(b2 * b, oddB, madd(a2 * a, oddA, m5)),
      ];
    },
    toFilter(row) {
      const [m0, m1, m2, m3, m4, m5] = row as [
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
        Local<"v128">,
      ];
      const [evenA, oddA, evenB, oddB] = [sum(m1, m2), difference(m1, m2), sum(m3, m4), difference(m3, m4)];
      return [
        madd(weightB, evenB, madd(weightA, evenA, times(weight0, m0))),
        madd(weightB * b, oddB, times(weightA * a, oddA)),
        madd(weightB * b2, evenB, madd(weightA * a2, evenA, m5)),
      ];
    },
  };
}
