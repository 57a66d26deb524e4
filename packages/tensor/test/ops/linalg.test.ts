/** Inverses, solutions, determinants and factorizations, compared with the equations that define them. */

import { beforeAll, describe, expect, it } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import {
  ArgumentError,
  cholesky,
  cpu,
  cross,
  det,
  eye,
  inv,
  manualSeed,
  matmul,
  matrixNorm,
  matrixPower,
  randn,
  ShapeError,
  setDefaultDevice,
  slogdet,
  solve,
  solveTriangular,
  type Tensor,
  tensor,
  trace,
  vectorNorm,
  zeros,
} from "../../src/index.ts";

beforeAll(() => {
  setDefaultDevice(reference());
  manualSeed(5);
});

const double = { dtype: "float64" } as const;

function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return Math.max(...a.sub(b).abs().dataSync());
}

describe("linear algebra", () => {
  it("inv and solve satisfy their equations", () => {
    const a = randn([3, 4, 4], double);
    expect(distance(matmul(a, inv(a)), eye(4, double).expand(3, 4, 4))).toBeLessThan(1e-9);
    const b = randn([3, 4, 2], double);
    expect(distance(matmul(a, solve(a, b)), b)).toBeLessThan(1e-9);
    const c = randn([2, 4], double);
    expect(distance(matmul(solve(a, c, { left: false }), a), c.expand(3, 2, 4))).toBeLessThan(1e-9);
    for (const wrong of [b, randn([3, 4], double), randn([4], double)])
      expect(() => solve(a, wrong, { left: false })).toThrow(
        /solve: expected matrices of 4 columns as the right-hand sides, got shapes/,
      );
    const v = randn([4], double);
    expect(distance(matmul(a.select(0, 0), solve(a.select(0, 0), v)), v)).toBeLessThan(1e-9);
  });

  it.each([49, 70, 131])("supports %d rows, more than one block", (n) => {
    for (const device of [reference(), cpu()]) {
      const a = randn([n, n], { ...double, device });
      const unit = eye(n, { ...double, device });
      expect(distance(matmul(a, inv(a)), unit)).toBeLessThan(1e-9);
      const { sign, logabsdet } = slogdet(a);
      expect(det(a).div(sign.mul(logabsdet.exp())).sub(1).abs().itemSync()).toBeLessThan(1e-9);
      const l = cholesky(matmul(a, a.mT).add(unit));
      expect(distance(matmul(l, l.mT), matmul(a, a.mT).add(unit))).toBeLessThan(1e-9);
      expect(distance(l, l.tril())).toBe(0);
      const b = randn([n, 3], { ...double, device });
      for (const upper of [true, false]) {
        const triangle = (upper ? a.triu() : a.tril()).div(n).add(unit);
        expect(distance(matmul(triangle, solveTriangular(a.div(n).add(unit), b, { upper })), b)).toBeLessThan(1e-9);
      }
    }
  });

  it("solveTriangular treats right-hand sides as matrices, even if their shape could be a batch of vectors", () => {
    const a = randn([2, 2, 2], double);
    const b = eye(2, double);
    expect(distance(matmul(a.tril(), solveTriangular(a, b, { upper: false })), b.expand(2, 2, 2))).toBeLessThan(1e-9);
  });

  it("pivots around zeros, and rejects singular matrices", () => {
    const swap = tensor(
      [
        [0, 1],
        [1, 0],
      ],
      double,
    );
    expect(det(swap).itemSync()).toBe(-1);
    expect(distance(inv(swap), swap)).toBe(0);
    expect(() => inv(zeros([2, 2]))).toThrow("inv: the matrix is singular");
    expect(det(zeros([2, 2])).itemSync()).toBe(0);
    expect(() => inv(zeros([2, 3]))).toThrow(ShapeError);
  });

  it("determinants are multiplicative, and Cholesky factors reproduce the matrix", () => {
    const [a, b] = [randn([3, 3], double), randn([3, 3], double)];
    expect(det(matmul(a, b)).itemSync()).toBeCloseTo(det(a).itemSync() * det(b).itemSync(), 9);
    const positive = matmul(a, a.mT).add(eye(3, double));
    const l = cholesky(positive);
    expect(distance(matmul(l, l.mT), positive)).toBeLessThan(1e-9);
    expect(l.triu(1).abs().sum().itemSync()).toBe(0);
    // Only the triangle of the factor is read.
    expect(distance(cholesky(positive.triu(), { upper: true }), l.mT)).toBeLessThan(1e-12);
    expect(distance(cholesky(positive.tril()), l)).toBe(0);
    expect(() => cholesky(eye(2, double).neg())).toThrow(ArgumentError);
  });

  it("computes powers, traces, norms and cross products", () => {
    const a = randn([3, 3], double);
    expect(distance(matrixPower(a, 5), matmul(matmul(matmul(matmul(a, a), a), a), a))).toBeLessThan(1e-8);
    expect(distance(matrixPower(a, -1), inv(a))).toBe(0);
    expect(distance(matrixPower(a, 0), eye(3, double))).toBe(0);
    expect(trace(eye(3)).itemSync()).toBe(3);
    const m = tensor([
      [1, -2],
      [-3, 4],
    ]);
    expect(matrixNorm(m, 1).itemSync()).toBe(6);
    expect(matrixNorm(m, Number.POSITIVE_INFINITY).itemSync()).toBe(7);
    expect(matrixNorm(m, -1).itemSync()).toBe(4);
    expect(vectorNorm(tensor([3, 4])).itemSync()).toBeCloseTo(5, 6);
    expect(cross(tensor([1, 0, 0]), tensor([0, 1, 0])).toArraySync()).toEqual([0, 0, 1]);
  });
});
