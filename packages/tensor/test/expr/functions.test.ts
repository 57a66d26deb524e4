/** The special functions, compared with values of 17 digits that were computed with 50-digit arithmetic. */

import { describe, expect, it } from "vitest";
import { erf, erfc, pow, roundHalfEven } from "../../src/expr/functions.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** x, erf(x), erfc(x) */
const table: readonly (readonly [number, number, number])[] = [
  [1e-10, 1.1283791670955126e-10, 0.999999999887162],
  [0.1, 0.1124629160182849, 0.887537083981715],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [0.9, 0.7969082124228322, 0.20309178757716786],
  [0.999, 0.8422852702064969, 0.15771472979350307],
  [1.0, 0.8427007929497149, 0.15729920705028513],
  [1.0064145037904382, 0.8453464582470389, 0.1546535417529611],
  [1.3, 0.9340079449406524, 0.06599205505934755],
  [1.75, 0.9866716712191824, 0.013328328780817557],
  [2.0, 0.9953222650189527, 0.004677734981047266],
  [2.7, 0.9998656672600594, 0.0001343327399405242],
  [3.5, 0.9999992569016276, 7.430983723414128e-7],
  [5.0, 0.9999999999984626, 1.537459794428035e-12],
  [8.0, 1.0, 1.1224297172982926e-29],
  [-0.3, -0.3286267594591274, 1.3286267594591274],
  [-1.2, -0.9103139782296353, 1.9103139782296354],
  [-2.5, -0.999593047982555, 1.999593047982555],
];

describe("special functions", () => {
  it.each(table)("erf and erfc are accurate at %s", (x, plain, complement) => {
    expect(Math.abs(erf(x) - plain)).toBeLessThanOrEqual(1e-15 * Math.abs(plain));
    expect(Math.abs(erfc(x) - complement)).toBeLessThanOrEqual(2e-15 * complement);
  });
  it("have the correct limits", () => {
    expect([erf(inf), erf(-inf), erf(nan), erf(0)]).toEqual([1, -1, nan, 0]);
    expect([erfc(inf), erfc(-inf), erfc(nan), erfc(0)]).toEqual([0, 2, nan, 1]);
  });
  it("preserve signs of zero and round halves to even", () => {
    expect([0.5, -0.5, 1.5, 2.5, -2.5, -0, 2 ** 52 + 1, inf].map(roundHalfEven)).toEqual([
      0,
      -0,
      2,
      2,
      -2,
      -0,
      2 ** 52 + 1,
      inf,
    ]);
  });
  it("return the same powers as C", () => {
    expect([pow(1, nan), pow(-1, inf), pow(-1, -inf), pow(nan, 0), pow(2, nan)]).toEqual([1, 1, 1, 1, nan]);
  });
});
