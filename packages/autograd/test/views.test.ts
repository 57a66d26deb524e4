/**
 * First and second derivatives through views and through writes to views, compared with finite differences. Single
 * operations are tested by the table of gradients in `conformance`.
 */

import * as ops from "@akari/tensor";
import { type Tensor, tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { gradcheck, gradgradcheck, requiresGrad } from "../src/index.ts";

const device = reference();
const generator = new ops.Generator().manualSeed(1);

/** Draws normal numbers in a shape. */
function r(...shape: number[]): Tensor {
  return requiresGrad(ops.randn(shape, { dtype: "float64", device, generator }));
}

function i32(indices: number[] | number[][]): Tensor {
  return tensor(indices, { dtype: "int32", device });
}

type Case = readonly [name: string, fn: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]];

const cases: readonly Case[] = [
  ["a transpose in another shape", (x) => x.t().reshape(6), [r(2, 3)]],
  ["an expansion multiplied by its source", (x) => x.expand(3, 2, 3).mul(x), [r(2, 3)]],
  ["two parts of one tensor", (x) => x.select(1, 1).mul(x.select(1, 0)), [r(2, 3)]],
  ["a tensor joined with itself", (x, y) => ops.cat([x, y, x], 1).pow(2), [r(2, 3), r(2, 1)]],
  ["a product of a view", (x, w, b) => ops.linear(x.transpose(0, 1), w, b), [r(2, 3, 3), r(2, 3), r(2)]],
  ["a selection by its sign", (x) => x.get(x.gt(0)).pow(2), [r(2, 3)]],
  [
    "set through a view",
    (x, v) => {
      const y = x.mul(1);
      y.set([":", 1], v);
      return y.pow(2);
    },
    [r(2, 3), r(2)],
  ],
  [
    "set by indices through a transpose",
    (x, v) => {
      const y = x.mul(1);
      y.t().set([i32([0, 2])], v);
      return y.pow(2);
    },
    [r(2, 3), r(2, 2)],
  ],
  [
    "fill_ through a view",
    (x) => {
      const y = x.mul(2);
      y.select(0, 0).fill_(3);
      return y.pow(2);
    },
    [r(2, 3)],
  ],
  [
    "fill_ through an expansion",
    (x) => {
      const y = x.mul(2);
      y.get(":", "1:2").expand(2, 4).fill_(3);
      return y.pow(2);
    },
    [r(2, 3)],
  ],
  // In the following cases, the gradient has another layout than the tensor that is written to.
  [
    "a write through a view of another shape, then a transpose",
    (x) => {
      const y = x.mul(2);
      y.view(6).get("1:4").square_();
      return y.t().mul(tensor([1, 2], { dtype: "float64", device }));
    },
    [r(2, 3)],
  ],
  [
    "a write through asStrided, then a sum",
    (x) => {
      const y = x.mul(2);
      y.asStrided([2, 2], [2, 1], 1).square_();
      return y.sum();
    },
    [r(2, 3)],
  ],
  ["an in-place operation on a repetition", (x) => x.repeat(2, 2).tanh_(), [r(2, 3)]],
  [
    "a write to a transpose without history",
    (x) => {
      const y = ops.zeros([2, 3], { dtype: "float64", device }).t().detach();
      y.t().view(6).get("1:4").copy_(x);
      return y.mul(y).sum(0);
    },
    [r(3)],
  ],
];

describe.each(cases)("%s", (_, fn, inputs) => {
  it("has the gradient of finite differences", async () => {
    expect(await gradcheck(fn, inputs)).toBe(true);
  });
  it("has the second derivative of finite differences", async () => {
    expect(await gradgradcheck(fn, inputs)).toBe(true);
  });
});
