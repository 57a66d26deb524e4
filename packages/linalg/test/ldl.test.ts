/** The LDL decomposition of symmetric matrices. */

import { requiresGrad } from "@akari/autograd";
import { eye, manualSeed, ones, randn, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { ldlFactor, ldlFactorEx, ldlSolve } from "../src/index.ts";
import { double, expectClose } from "./matrices.ts";

describe("the LDL decomposition", () => {
  const made = (...shape: number[]) => {
    manualSeed(shape.length + (shape.at(-1) ?? 0));
    return requiresGrad(randn(shape, double));
  };

  it("ldlFactor and ldlSolve decompose symmetric matrices, as recorded from PyTorch 1.13", () => {
    const a = tensor(
      [
        [
          [1, 2, 3],
          [2, -1, 4],
          [3, 4, 2],
        ],
        [
          [0, 2, 3],
          [2, 0, 4],
          [3, 4, 0],
        ],
        [
          [4, 1, 0],
          [1, 3, 1],
          [0, 1, 2],
        ],
      ],
      double,
    );
    const [factors, pivots] = ldlFactor(a);
    expectClose(
      factors,
      tensor(
        [
          [
            [1, 0, 0],
            [3, 2, 0],
            [8 / 7, 2 / 7, -4.428571428571429],
          ],
          [
            [0, 0, 0],
            [3, 0, 0],
            [4 / 3, 2 / 3, -16 / 3],
          ],
          [
            [4, 0, 0],
            [0.25, 2.75, 0],
            [0, 4 / 11, 18 / 11],
          ],
        ],
        double,
      ),
    );
    expect(pivots.toArraySync()).toEqual([
      [-3, -3, 3],
      [-3, -3, 3],
      [1, 2, 3],
    ]);
    const b = tensor(
      [
        [1, 0],
        [2, 1],
        [3, -1],
      ],
      double,
    );
    expectClose(a.matmul(ldlSolve(factors, pivots, b)), b.expand(3, 3, 2));
    const large = made(70, 70).add(made(70, 70).mT);
    const { LD, pivots: order } = ldlFactor(large);
    expectClose(large.matmul(ldlSolve(LD, order, eye(70, double))), eye(70, double), 1e-10);
    const singular = tensor(
      [
        [0, 0],
        [0, 1],
      ],
      double,
    );
    expect(() => ldlFactor(singular)).toThrow(
      "ldlFactor: matrix 0 is singular, and ldlSolve divides by zero; use ldlFactorEx",
    );
    expect(ldlFactorEx(singular).info.itemSync()).toBe(1);
    expect(() => ldlSolve(factors, pivots, ones([2, 1], double))).toThrow(
      /^ldlSolve: expected factors \[..., n, n\], pivots/,
    );
    expect(() => ldlFactor(requiresGrad(a.clone())).LD.sum().backward()).toThrow(
      /^ldlFactor: there is no gradient; use solve or eigh/,
    );
  });
});
