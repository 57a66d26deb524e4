/** Eigenvalues and eigenvectors of matrices that are not symmetric. */

import { requiresGrad } from "@akari/autograd";
import { arange, eye, manualSeed, ones, randn, type Tensor, tensor, triu, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { eig, eigvals, qr } from "../src/index.ts";
import { double, expectClose, expectGradients, square } from "./matrices.ts";

describe("eig of nonsymmetric matrices", () => {
  const parts = (x: Tensor) => [x.select(-1, 0), x.select(-1, 1)] as const;

  function expectEigen(a: Tensor, tolerance = 1e-11): void {
    const { eigenvalues, eigenvectors } = eig(a);
    const [[lr, li], [vr, vi]] = [parts(eigenvalues), parts(eigenvectors)];
    const [re, im] = [lr.unsqueeze(-2), li.unsqueeze(-2)];
    expectClose(a.matmul(vr), vr.mul(re).sub(vi.mul(im)), tolerance);
    expectClose(a.matmul(vi), vr.mul(im).add(vi.mul(re)), tolerance);
    expectClose(vr.square().add(vi.square()).sum(-2), ones(lr.shape, double));
    expectClose(lr.sum(-1), a.diagonal(0, -2, -1).sum(-1), tolerance);
    expectClose(li.sum(-1), zeros(li.shape.slice(0, -1), double), tolerance);
  }

  it.each(
    [
      [1, 1],
      [2, 2],
      [7, 7],
      [40, 40],
      [3, 2, 5, 5],
    ].map((shape) => [shape] as const),
  )("reproduces a random matrix: %j", (shape) => {
    manualSeed(11);
    const a = randn(shape, double);
    expectEigen(a);
    expectClose(eigvals(a), eig(a).eigenvalues, 1e-10);
  });

  it.each([
    [
      "a rotation",
      [
        [0, -1],
        [1, 0],
      ],
      [
        [0, 1],
        [0, -1],
      ],
    ],
    [
      "one vector only",
      [
        [2, 1],
        [0, 2],
      ],
      [
        [2, 0],
        [2, 0],
      ],
    ],
    [
      "a triangle",
      [
        [1, 5, 2],
        [0, 2, 7],
        [0, 0, 3],
      ],
      [
        [1, 0],
        [2, 0],
        [3, 0],
      ],
    ],
    [
      "zeros",
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ] as const)("is correct for %s", (_, rows, values) => {
    const a = tensor(rows, double);
    expectEigen(a);
    expectClose(eigvals(a), tensor(values, double));
  });

  it("converges for a permutation matrix", () => {
    const a = eye(12, double).roll(1, 0);
    expectEigen(a);
    const [re, im] = parts(eigvals(a));
    expectClose(re.square().add(im.square()), ones([12], double));
  });

  it("has finite eigenvectors for a nilpotent matrix, whose eigenvalues are all zero", () => {
    manualSeed(4);
    expectEigen(triu(randn([60, 60], double), 1));
  });

  it("converges in float32 for eigenvalues that are equal within rounding", () => {
    manualSeed(6);
    const basis = qr(randn([32, 32], double)).Q;
    const a = basis.mul(arange(32, double).remainder(3)).matmul(basis.mT).to("float32");
    const [re, im] = parts(eigvals(a));
    expectClose(re.round(), re, 1e-5);
    expectClose(im, zeros([32]), 1e-5);
  });

  it("returns PyTorch's eigenvalues, with the same gradient", () => {
    const a = requiresGrad(square.clone());
    const [re, im] = parts(eigvals(a));
    const sorted = (x: Tensor) => Array.from(x.dataSync()).sort((p, q) => p - q);
    expect(sorted(re.detach())).toEqual([-2.553225, -0.538254, 1.091479].map((x) => expect.closeTo(x, 5)));
    expect(sorted(im.detach())).toEqual([0.0, 0.0, 0.0].map((x) => expect.closeTo(x, 5)));
    re.pow(3).add(re.mul(im.square())).sum().backward();
    expectClose(
      (a.grad as Tensor).flatten(),
      tensor([-6.0, 21.0, 13.5, -15.0, 36.0, 15.0, 9.0, -19.5, -6.0], double),
      1e-4,
    );
  });

  it("has first and second derivatives that match finite differences", async () => {
    for (const shape of [
      [3, 3],
      [2, 4, 4],
    ]) {
      manualSeed(shape.length + 20);
      const a = requiresGrad(randn(shape, double));
      // Only functions of the vectors that do not depend on their complex factor of absolute value 1.
      for (const f of [eigvals, (x: Tensor) => eig(x).eigenvectors.square().sum(-1)]) {
        await expectGradients(f, a);
      }
    }
  });
});
