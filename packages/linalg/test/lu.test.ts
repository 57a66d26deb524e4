/** The LU decomposition, and related inverses and solutions. */

import { requiresGrad } from "@akari/autograd";
import { cholesky, cpu, eye, manualSeed, ones, randn, tensor, tril } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import {
  choleskyEx,
  choleskyInverse,
  geqrf,
  householderProduct,
  invEx,
  ldlFactor,
  ldlSolve,
  lu,
  luFactor,
  luFactorEx,
  luSolve,
  luUnpack,
  matrixNorm,
  norm,
  ormqr,
  solveEx,
  tensorinv,
  tensorsolve,
  triangularSolve,
  vander,
} from "../src/index.ts";
import { double, expectClose, expectGradients, shapes, square, tall } from "./matrices.ts";

describe("LU decomposition and inverses", () => {
  const made = (...shape: number[]) => {
    manualSeed(shape.length + (shape.at(-1) ?? 0));
    return requiresGrad(randn(shape, double));
  };

  it.each([...shapes, [2, 70, 50]])("lu reproduces the matrix: %j", (...shape) => {
    const a = made(...shape).detach();
    for (const { P, L, U } of [lu(a), luUnpack(luFactor(a).LU, luFactor(a).pivots)]) {
      expectClose(P.matmul(L).matmul(U), a, 1e-11);
      expectClose(L.tril(), L, 1e-300);
      expectClose(U.triu(), U, 1e-300);
      expect(L.abs().le(1).all().itemSync()).toBe(1);
    }
  });

  it("values match PyTorch", () => {
    const { LU, pivots } = luFactor(tall);
    expect(pivots.toArraySync()).toEqual([3, 2, 4]);
    expectClose(LU.select(-2, 2), tensor([-0.5, -0.24, 1.98], double));
    expectClose(matrixNorm(tall, "nuc"), tensor(10.41594, double), 1e-5);
    expectClose(matrixNorm(tall, -2, { keepdim: true }), tensor([[1.516038]], double), 1e-6);
    expectClose(norm(tall, 2), tensor(5.024408, double), 1e-6);
    expectClose(norm(tall, 3, { dim: 0 }), tensor([4.1817, 3.3024, 2.313], double), 1e-4);
    expectClose(norm(tall, { dim: 0 }), norm(tall, 2, { dim: 0 }), 1e-12);
    expectClose(matrixNorm(tall, { keepdim: true }), norm(tall, { keepdim: true }), 1e-12);
    expect(() => norm(ones([2, 2, 2]), 1)).toThrow(/norm: expected one or two dimensions with an order/);
  });

  for (const device of [cpu(), reference()])
    it(`matrices of several blocks equal the product of their factors on ${device.name}`, () => {
      manualSeed(3);
      for (const shape of [
        [2, 50, 50],
        [90, 40],
        [20, 70],
        [33, 70],
      ]) {
        const a = randn(shape, { ...double, device });
        const [p, l, u] = lu(a);
        expectClose(p.matmul(l).matmul(u), a);
        expect(l.abs().max().itemSync()).toBe(1);
      }
    });

  it("the zero pivot of a matrix of several blocks is reported", () => {
    const a = tril(ones([60, 60], double));
    a.get(45, 45).zero_();
    a.get({ start: 46 }, 45).zero_();
    expect(luFactorEx(a).info.itemSync()).toBe(46);
    expect(() => luFactor(a)).toThrow("luFactor: pivot 45 of matrix 0 is zero");
    expect(() => cholesky(a.mul(-1))).toThrow("not positive definite");
    expect(choleskyEx(a.matmul(a.mT)).info.itemSync()).toBe(46);
  });

  it("singular matrices are decomposed, reported or rejected", () => {
    const some = tensor(
      [
        [
          [1, 2],
          [2, 4],
        ],
        [
          [2, 1],
          [1, 2],
        ],
      ],
      double,
    );
    const { P, L, U } = lu(some);
    expectClose(P.matmul(L).matmul(U), some);
    expect(() => luFactor(some)).toThrow(/luFactor: pivot 1 of matrix 0 is zero/);
    // Without row exchanges, a zero pivot is allowed only above zeros.
    expectClose(
      lu(some, { pivot: false }).U.select(0, 0),
      tensor(
        [
          [1, 2],
          [0, 0],
        ],
        double,
      ),
    );
    expect(() =>
      lu(
        tensor([
          [0, 1],
          [1, 0],
        ]),
        { pivot: false },
      ),
    ).toThrow("lu: pivot 0 of matrix 0 is zero; use { pivot: true }");
    expect(invEx(some).info.toArraySync()).toEqual([2, 0]);
    expectClose(invEx(some).inverse.select(0, 1).matmul(some.select(0, 1)), eye(2, double));
    expect(solveEx(some, ones([2, 1], double)).info.toArraySync()).toEqual([2, 0]);
    expect(choleskyEx(some.neg().select(0, 1)).info.toArraySync()).toBe(1);
    expect(choleskyEx(some).info.toArraySync()).toEqual([2, 0]);
    const upper = tensor(
      [
        [4, 2],
        [9, 5],
      ],
      double,
    );
    expect(choleskyEx(upper, { upper: true }).L.toArraySync()).toEqual([
      [2, 1],
      [0, 2],
    ]);
    expect(choleskyEx(upper.neg(), { upper: true }).info.itemSync()).toBe(1);
    const { LU, pivots, info } = luFactorEx(some);
    expect(info.toArraySync()).toEqual([2, 0]);
    expectClose(luUnpack(LU, pivots).P.matmul(L).matmul(U), some);
    expect(() => luFactorEx(tensor([[0], [1]]), { pivot: false })).toThrow(
      "luFactorEx: pivot 0 of matrix 0 is zero; use { pivot: true }",
    );
  });

  it.each(
    [
      [3, 3],
      [4, 3],
      [3, 5],
      [2, 3, 3],
    ].map((shape) => [shape] as const),
  )("gradients of lu of %j match finite differences", async (shape) => {
    await expectGradients((x) => [...lu(x)].slice(1), made(...shape));
    await expectGradients((x) => lu(x, { pivot: false }).U, made(...shape));
  });

  it("gradients of the other functions match finite differences", async () => {
    for (const left of [true, false])
      for (const adjoint of [true, false])
        await expectGradients(
          (x, y) => {
            const [factors, pivots] = luFactor(x);
            return luSolve(factors, pivots, y, { left, adjoint });
          },
          made(2, 3, 3),
          made(3, 3),
        );
    await expectGradients((x) => [luFactorEx(x).LU, vander(x, 3)], made(2, 3, 3));
    await expectGradients(householderProduct, made(2, 4, 3), made(2, 2));
    const [factors, tau] = geqrf(square);
    const { LD, pivots } = ldlFactor(square);
    for (const transpose of [true, false]) {
      await expectGradients((x, y, c) => ormqr(x, y, c, { transpose }), made(2, 4, 3), made(2, 2), made(2, 4, 2));
      await expectGradients((c) => ormqr(factors, tau, c, { left: false, transpose }), made(2, 3));
    }
    await expectGradients((b) => ldlSolve(LD, pivots, b), made(2, 3, 2));
    await expectGradients((x) => choleskyInverse(x.tril().add(eye(3, double).mul(3))), made(3, 3));
    await expectGradients((x) => tensorinv(x), made(2, 3, 6));
    await expectGradients((x, y) => tensorsolve(x, y, [1]), made(2, 6, 3), made(2, 3));
    await expectGradients(
      (x, y) => triangularSolve(y, x.add(eye(3, double).mul(3)), { transpose: true }).solution,
      made(3, 3),
      made(3, 2),
    );
    await expectGradients((x) => matrixNorm(x, "nuc", { dim: [0, 2] }), made(3, 2, 4));
    await expectGradients((x) => norm(x, 2), made(3, 4));
  });

  it("vander computes increasing powers of each vector", () => {
    expect(vander(tensor([2, 3]), 3).toArraySync()).toEqual([
      [1, 2, 4],
      [1, 3, 9],
    ]);
    expect(vander(tensor(3), 2).toArraySync()).toEqual([[1, 3]]);
    expect(vander(ones([4, 2], { dtype: "int32" })).dtype).toBe("int32");
    expect(vander(ones([4, 2])).shape).toEqual([4, 2, 2]);
    expect(() => vander(ones([2]), 0)).toThrow("vander: n must be a positive integer, got 0");
    expect(() => vander(3 as never)).toThrow(/vander: expected a tensor, got 3;/);
  });

  it("rejects shapes that do not fit", () => {
    expect(() => luSolve(ones([2, 2]), ones([3], { dtype: "int32" }), ones([2, 1]))).toThrow(
      "luSolve: expected factors [..., m, n] and pivots [..., min(m, n)], got shapes [2, 2] and [3]",
    );
    expect(() => tensorinv(ones([2, 3]), 1)).toThrow(
      /tensorinv: expected the first 1 sizes to have the same product as the rest/,
    );
    expect(() => tensorsolve(ones([2, 3]), ones([2]))).toThrow(
      "tensorsolve: expected A's shape to be B's followed by sizes of the same product",
    );
  });
});
