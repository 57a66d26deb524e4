import { type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { LBFGS } from "../src/index.ts";

/** A parameter whose gradient is set by hand. */
const leaf = (values: number[]): Tensor => Object.defineProperty(tensor(values), "grad", { value: null, writable: true });

/** Rosenbrock's curved valley, lowest at (1, 1): its height, and the gradient set on `x`. */
function valley(x: Tensor): Tensor {
  const [a, b] = x.dataSync() as unknown as [number, number]; // safe: x has two elements
  x.grad = tensor([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)]);
  return tensor(100 * (b - a * a) ** 2 + (1 - a) ** 2);
}

describe("LBFGS", () => {
  for (const lineSearchFn of ["strong_wolfe", null] as const) {
    it(`finds the bottom of a bowl ${lineSearchFn === null ? "without" : "with"} a line search`, () => {
      const x = leaf([3, -4, 5]);
      const optimizer = new LBFGS([x], { lr: lineSearchFn === null ? 0.5 : 1, lineSearchFn });
      const closure = () => {
        optimizer.zeroGrad();
        const distance = x.sub(tensor([1, 2, 3]));
        const weights = tensor([1, 10, 100]);
        x.grad = distance.mul(weights).mul(2);
        return distance.pow(2).mul(weights).sum();
      };
      const before = optimizer.step(closure).itemSync();
      for (let i = 0; i < 10; i++) optimizer.step(closure);
      expect(before).toBeGreaterThan(700);
      Array.from(x.dataSync()).forEach((value, i) => void expect(value).toBeCloseTo(i + 1, 3));
    });
  }

  it("follows a curved valley", () => {
    const x = leaf([-1.2, 1]);
    const optimizer = new LBFGS([x], { lineSearchFn: "strong_wolfe", maxIter: 100 });
    optimizer.step(() => valley(x));
    Array.from(x.dataSync()).forEach((value) => void expect(value).toBeCloseTo(1, 2));
  });

  it("refuses what makes no sense", () => {
    expect(() => new LBFGS([leaf([1])]).step()).toThrow(/needs a closure/);
    expect(() => new LBFGS([{ params: [leaf([1])] }, { params: [leaf([2])] }])).toThrow(/groups are not possible/);
    // Safe: a search that does not exist is what is tested.
    expect(() => new LBFGS([leaf([1])], { lineSearchFn: "armijo" as "strong_wolfe" })).toThrow(/armijo/);
    expect(() => new LBFGS([leaf([1])], { historySize: -1 })).toThrow(/historySize/);
  });
});
