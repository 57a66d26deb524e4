import { requiresGrad } from "@akari/autograd";
import { describeOptimizer } from "@akari/optim/testing";
import { tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { Lion } from "../src/index.ts";

// The tests that every optimizer must pass.
describeOptimizer("Lion", (params, options) => new Lion(params, options), { lr: 0.01 });

describe("Lion", () => {
  it("follows the paper's rule, calculated by hand", () => {
    const x = requiresGrad(tensor([1, -1]));
    const optimizer = new Lion([x], { lr: 0.5, betas: [0.5, 0.25], weightDecay: 0.5 });
    x.grad = tensor([1, 2]);
    optimizer.step(); // signs [1, 1]; x = [1 - 0.5 (1 + 0.5), -1 - 0.5 (1 - 0.5)]; m = [0.75, 1.5]
    expect(x.toArraySync()).toEqual([0.25, -1.25]);
    x.grad = tensor([-0.5, 0]);
    optimizer.step(); // signs [1, 1]; x = [0.25 - 0.5 (1 + 0.125), -1.25 - 0.5 (1 - 0.625)]; m = [-0.1875, 0.375]
    expect(x.toArraySync()).toEqual([-0.3125, -1.4375]);
    x.grad = tensor([0, -1]);
    optimizer.step(); // signs [-1, -1]; x = [-0.3125 + 0.5 (1 + 0.15625), -1.4375 + 0.5 (1 + 0.71875)]
    expect(x.toArraySync()).toEqual([0.265625, -0.578125]);
  });

  it("makes steps of the same size for gradients of any size, and none for a gradient of zero", () => {
    const x = requiresGrad(tensor([0, 0, 0]));
    const optimizer = new Lion([x], { lr: 0.25 });
    x.grad = tensor([1e-6, -1e6, 0]);
    optimizer.step();
    expect(x.toArraySync()).toEqual([-0.25, 0.25, 0]);
  });

  it("rejects invalid options", () => {
    const x = requiresGrad(tensor([1]));
    expect(() => new Lion([x], { betas: [0.9, 1] })).toThrow(
      "Lion: betas must be two numbers from 0 to 1 (1 excluded), got [0.9, 1]",
    );
    expect(() => new Lion([x], { weightDecay: -1 })).toThrow("Lion: weightDecay must not be negative, got -1");
  });
});
