/** The gamma function and related functions, compared with known values and recurrences. */

import { describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import { ArgumentError, type DType, digamma, lgamma, polygamma, type Tensor, tensor } from "../../src/index.ts";

const device = reference();
const of = (data: number[], dtype: DType = "float64"): Tensor => tensor(data, { dtype, device });
const values = (x: Tensor): number[] => Array.from(x.dataSync());
const infinity = Number.POSITIVE_INFINITY;

describe("lgamma", () => {
  it("is the logarithm of factorials", () => {
    let factorial = 1;
    const arguments_: number[] = [];
    const logarithms: number[] = [];
    for (let n = 1; n < 20; n++) {
      arguments_.push(n);
      logarithms.push(Math.log(factorial));
      factorial *= n;
    }
    values(lgamma(of(arguments_))).forEach((value, i) => {
      expect(value).toBeCloseTo(logarithms[i] as number, 12);
    });
    values(lgamma(of(arguments_, "float32"))).forEach((value, i) => {
      expect(Math.abs(value - (logarithms[i] as number))).toBeLessThan(1e-6 * Math.max(1, logarithms[i] as number));
    });
  });

  it("uses the reflection formula for negative arguments, and is infinite at the poles", () => {
    // Γ(-1/2) = -2√π
    expect(values(lgamma(of([-0.5])))[0]).toBeCloseTo(Math.log(2 * Math.sqrt(Math.PI)), 13);
    expect(values(lgamma(of([0, -3, infinity, -infinity, Number.NaN])))).toEqual([
      infinity,
      infinity,
      infinity,
      infinity,
      Number.NaN,
    ]);
  });
});

describe("digamma and polygamma", () => {
  it("match known values", () => {
    expect(values(digamma(of([1])))[0]).toBeCloseTo(-0.5772156649015329, 14);
    expect(values(digamma(of([0.5])))[0]).toBeCloseTo(-0.5772156649015329 - 2 * Math.LN2, 14);
    expect(values(polygamma(1, of([1])))[0]).toBeCloseTo(Math.PI ** 2 / 6, 14);
    expect(values(digamma(of([0, -0, -2])))).toEqual([-infinity, infinity, Number.NaN]);
  });

  it.each([0, 1, 2, 3])("satisfy the recurrence of order %i", (n) => {
    let factorial = 1;
    for (let k = 2; k <= n; k++) factorial *= k;
    const points = [0.1, 0.6, 2.3, 17];
    const x = of(points);
    values(polygamma(n, x.add(1)).sub(polygamma(n, x))).forEach((step, i) => {
      const want = ((-1) ** n * factorial) / (points[i] as number) ** (n + 1);
      expect(Math.abs(step / want - 1)).toBeLessThan(n < 2 ? 1e-12 : 1e-9);
    });
  });

  it("reject a negative order", () => {
    expect(() => polygamma(-1, of([1]))).toThrow(ArgumentError);
  });
});
