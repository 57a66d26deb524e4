/** Functions of PyTorch's `torch` namespace: PyTorch's results, and errors. */

import { type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  floatPower,
  frexp,
  gcd,
  gradient,
  histogram,
  histogramdd,
  lcm,
  ldexp,
  logaddexp2,
  multigammaln,
  nextafter,
} from "../src/index.ts";

const integers = (values: readonly number[]): Tensor => tensor(values, { dtype: "int32" });

describe("gcd and lcm", () => {
  it("accept negative integers, 0, and the slowest pair", () => {
    expect(
      gcd(integers([12, -18, 0, 7, 1836311903, 0]), integers([18, 24, 5, 0, 1134903170, 0])).toArraySync(),
    ).toEqual([6, 6, 5, 7, 1, 0]);
    expect(lcm(integers([4, -6, 0, 21]), integers([6, 4, 3, -6])).toArraySync()).toEqual([12, 12, 0, 42]);
    expect(gcd(tensor([200, 91], { dtype: "uint8" }), 14).toArraySync()).toEqual([2, 7]);
  });

  it("reject floats", () => {
    expect(() => gcd(tensor([1.5]), 2)).toThrow("gcd: expected integers, got float32");
    expect(() => lcm(tensor([true]), tensor([false]))).toThrow("lcm: expected integers, got bool");
  });
});

describe.each([
  ["float32", 2 ** -23, 2 ** -149, (2 - 2 ** -23) * 2 ** 127],
  ["float64", 2 ** -52, 2 ** -1074, Number.MAX_VALUE],
] as const)("parts of %s numbers", (dtype, epsilon, least, most) => {
  const values = [1, -0.75, 3e-30, least, most, 0, Number.POSITIVE_INFINITY, Number.NaN];

  it("frexp inverts ldexp", () => {
    const x = tensor(values, { dtype });
    const { mantissa, exponent } = frexp(x);
    expect(exponent.dtype).toBe("int32");
    const [sizes, powers] = [mantissa.toArraySync() as number[], exponent.toArraySync() as number[]];
    for (const [i, value] of (x.toArraySync() as number[]).entries()) {
      const size = Math.abs(sizes[i] as number);
      if (value !== 0 && Number.isFinite(value)) expect(size >= 0.5 && size < 1, `mantissa of ${value}`).toBe(true);
      // In two steps, since 2 to the largest exponent is not finite.
      const half = Math.trunc((powers[i] as number) / 2);
      expect((sizes[i] as number) * 2 ** half * 2 ** ((powers[i] as number) - half)).toBe(value);
    }
    expect(ldexp(tensor([0.75, -1], { dtype }), integers([3, -2])).toArraySync()).toEqual([6, -0.25]);
    for (const n of [2, -1, integers([2])]) expect(ldexp(integers([3]), n).dtype).toBe("float32");
    expect(() => frexp(integers([1]))).toThrow("frexp");
  });

  it("nextafter returns the neighbor, also across 0, powers of two and the largest number", () => {
    const next = (x: number, to: number): unknown =>
      nextafter(tensor([x], { dtype }), tensor([to], { dtype })).toArraySync();
    expect(next(1, 2)).toEqual([1 + epsilon]);
    expect(next(1, 0)).toEqual([1 - epsilon / 2]);
    expect(next(-1, 0)).toEqual([-1 + epsilon / 2]);
    expect(next(0, -1)).toEqual([-least]);
    expect(next(least, 0)).toEqual([0]);
    expect(next(most, Number.POSITIVE_INFINITY)).toEqual([Number.POSITIVE_INFINITY]);
    expect(next(Number.NEGATIVE_INFINITY, 0)).toEqual([-most]);
    expect(next(3, 3)).toEqual([3]);
    expect(next(Number.NaN, 3)).toEqual([Number.NaN]);
  });
});

describe("powers and logarithms", () => {
  it("floatPower computes in float64", () => {
    const power = floatPower(integers([3, 10]), 20);
    expect(power.dtype).toBe("float64");
    expect(power.toArraySync()).toEqual([3 ** 20, 1e20]);
  });

  it("logaddexp2 does not overflow", () => {
    expect(logaddexp2(tensor([1000, 3, Number.NEGATIVE_INFINITY]), tensor([1000, 3, 2])).toArraySync()).toEqual([
      1001, 4, 2,
    ]);
  });

  it("multigammaln rejects invalid dimensions", () => {
    expect(() => multigammaln(tensor([2]), 0)).toThrow("multigammaln: p must be");
    expect(() => multigammaln(tensor([2]), 1.5)).toThrow("multigammaln: p must be");
  });
});

describe("gradient", () => {
  it("accepts coordinates and several dimensions, and uses parabolas at the ends", () => {
    const [slope] = gradient(tensor([4, 1, 1, 16]), { spacing: [tensor([-2, -1, 1, 4])] });
    expect(slope?.toArraySync()).toEqual([-3, -2, 2, 5]);
    const both = gradient(
      tensor(
        [
          [1, 2, 4, 8],
          [10, 20, 40, 80],
        ],
        { dtype: "int32" },
      ),
      { spacing: 2 },
    );
    expect(both.map((x) => x.toArraySync())).toEqual([
      [
        [4.5, 9, 18, 36],
        [4.5, 9, 18, 36],
      ],
      [
        [0.5, 0.75, 1.5, 2],
        [5, 7.5, 15, 20],
      ],
    ]);
    const [square] = gradient(tensor([0, 1, 4, 9]), { edgeOrder: 2 });
    expect(square?.toArraySync()).toEqual([0, 2, 4, 6]);
  });

  it("rejects too few samples, and spacings that do not match", () => {
    const square = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(() => gradient(square, { dim: [1, 1] })).toThrow("gradient: dimension 1 appears twice");
    expect(() => gradient(square, { dim: 2 })).toThrow("gradient: dimension 2 is out of range");
    expect(() => gradient(square, { spacing: [1, null as never] })).toThrow(
      "gradient: expected numbers and tensors as spacing, got null",
    );
    expect(() => gradient(tensor([1]))).toThrow("gradient: expected more than 1 samples along dimension 0, got 1");
    expect(() => gradient(tensor([1, 2]), { spacing: [1, 2] })).toThrow(
      "gradient: expected a spacing for each of 1 dimensions, got 2",
    );
    expect(() => gradient(tensor([1, 2]), { spacing: [tensor([1])] })).toThrow("gradient: expected 2 coordinates");
  });
});

describe("histogram", () => {
  it("accepts a number of bins, a range, edges and weights, and returns densities", () => {
    const x = tensor([1, 2, 1, 5]);
    expect(histogram(x, 4).hist.toArraySync()).toEqual([2, 1, 0, 1]);
    expect(histogram(x, 2, { range: [0, 2] }).hist.toArraySync()).toEqual([0, 3]);
    expect(histogram(x, tensor([0, 1, 5]), { weight: tensor([1, 2, 3, 4]) }).hist.toArraySync()).toEqual([0, 10]);
    expect(histogram(x, 2, { range: [0, 4], density: true }).hist.toArraySync()).toEqual(
      [1 / 3, 1 / 6].map(Math.fround),
    );
    expect(histogram(tensor([3, 3]), 2).binEdges.toArraySync()).toEqual([2.5, 3, 3.5]);
    const { hist, binEdges } = histogramdd(
      tensor([
        [0, 1],
        [1, 2],
        [3, 3],
      ]),
      [2, 3],
    );
    expect(hist.toArraySync()).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(binEdges.map((edges) => edges.numel())).toEqual([3, 4]);
  });

  it("rejects invalid arguments", () => {
    const x = tensor([1, 2]);
    expect(() => histogram(integers([1]), 2)).toThrow("histogram");
    expect(() => histogram(x, 0)).toThrow("histogram: bins must be a positive integer");
    expect(() => histogram(x, 2, { range: [1] })).toThrow("histogram: range must be two numbers");
    expect(() => histogram(x, 2, { range: [2, 1] })).toThrow("histogram: min must not be above max");
    expect(() => histogram(tensor([1, Number.NaN]), 2)).toThrow("give the range");
    expect(() => histogram(x, 2, { weight: tensor([1]) })).toThrow("histogram: expected a weight for each of 2 points");
    expect(() => histogramdd(tensor([[1, 2]]), [2])).toThrow(
      "histogramdd: expected bins for each of 2 dimensions, got 1",
    );
  });
});
