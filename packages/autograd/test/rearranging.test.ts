/**
 * Every differentiable operation that views, rearranges, multiplies, convolves, pools or picks: its gradient against finite differences, and the
 * gradient of its gradient.
 */

import * as ops from "@akari/tensor";
import { type Tensor, tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { gradcheck, gradgradcheck, requiresGrad } from "../src/index.ts";

const device = reference();
const generator = new ops.Generator().manualSeed(1);

/** Normal draws in a shape. */
function r(...shape: number[]): Tensor {
  return requiresGrad(ops.randn(shape, { dtype: "float64", device, generator }));
}

function i32(indices: number[] | number[][]): Tensor {
  return tensor(indices, { dtype: "int32", device });
}

type Case = readonly [name: string, fn: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]];

const cases: readonly Case[] = [
  ["reshape", (x) => x.t().reshape(6), [r(2, 3)]],
  ["expand", (x) => x.expand(3, 2, 3).mul(x), [r(2, 3)]],
  ["select", (x) => x.select(1, 1).mul(x.select(1, 0)), [r(2, 3)]],
  ["slice", (x) => x.slice(0, 1, null, 2).pow(2), [r(5, 2)]],
  ["diagonal", (x) => x.diagonal(1).pow(2), [r(3, 4)]],
  ["unfold", (x) => x.unfold(1, 3, 1).pow(2), [r(2, 5)]],
  ["unfold with gaps", (x) => x.unfold(0, 2, 3).pow(2), [r(8)]],
  ["squeeze", (x) => x.unsqueeze(1).squeeze().pow(3), [r(2, 3)]],
  ["cat", (x, y) => ops.cat([x, y, x], 1).pow(2), [r(2, 3), r(2, 1)]],
  ["stack", (x, y) => ops.stack([x, y], -1).pow(2), [r(2), r(2)]],
  ["pad", (x) => ops.pad(x, [1, 2, 0, 1]).pow(2), [r(2, 3)]],
  ["pad, reflect", (x) => ops.pad(x, [2, 1], { mode: "reflect" }).pow(2), [r(1, 2, 4)]],
  ["pad, circular", (x) => ops.pad(x, [2, 1], { mode: "circular" }).pow(2), [r(1, 2, 4)]],
  ["roll", (x) => ops.roll(x, 1, 0).mul(x), [r(3, 2)]],
  ["flip", (x) => ops.flip(x, 0).mul(x), [r(3, 2)]],
  ["repeat", (x) => x.repeat(2, 3).pow(2), [r(2, 2)]],
  ["tril", (x) => ops.tril(x).pow(2), [r(3, 3)]],
  ["diagEmbed", (x) => ops.diagEmbed(x).pow(2), [r(2, 3)]],
  ["matmul", (a, b) => ops.matmul(a, b), [r(2, 3), r(3, 2)]],
  ["matmul, broadcast", (a, b) => ops.matmul(a, b), [r(2, 1, 2, 3), r(2, 3, 2)]],
  ["matmul, a batch by a matrix", (a, b) => ops.matmul(a, b), [r(2, 2, 3), r(3, 2)]],
  ["mv", (a, b) => ops.mv(a, b), [r(2, 3), r(3)]],
  ["linear", (x, w, b) => ops.linear(x, w, b), [r(2, 2, 3), r(2, 3), r(2)]],
  ["linear, strided", (x, w, b) => ops.linear(x.transpose(0, 1), w, b), [r(2, 3, 3), r(2, 3), r(2)]],
  ["addmm", (x, a, b) => ops.addmm(x, a, b, { beta: 2, alpha: 3 }), [r(2), r(2, 3), r(3, 2)]],
  ["einsum", (a, b) => ops.einsum("bij,bjk->ki", a, b), [r(2, 2, 3), r(2, 3, 2)]],
  ["kron", (a, b) => ops.kron(a, b), [r(2, 2), r(1, 2)]],
  ["conv1d", (x, w, b) => ops.conv1d(x, w, b, { stride: 2, padding: 1 }), [r(1, 2, 5), r(2, 2, 3), r(2)]],
  ["conv2d", (x, w, b) => ops.conv2d(x, w, b, { padding: 1, dilation: 2 }), [r(1, 2, 4, 4), r(2, 2, 2, 2), r(2)]],
  ["conv2d in groups", (x, w) => ops.conv2d(x, w, null, { groups: 2 }), [r(1, 2, 3, 3), r(2, 1, 2, 2)]],
  [
    "convTranspose2d",
    (x, w, b) => ops.convTranspose2d(x, w, b, { stride: 2, padding: 1, outputPadding: 1 }),
    [r(1, 2, 2, 2), r(2, 1, 3, 3), r(1)],
  ],
  ["maxPool", (x) => ops.maxPool2d(x, 2, { stride: 1 }).pow(2), [r(1, 1, 3, 3)]],
  ["avgPool", (x) => ops.avgPool2d(x, 2, { padding: 1, stride: 1 }).pow(2), [r(1, 1, 3, 3)]],
  ["adaptiveAvgPool2d", (x) => ops.adaptiveAvgPool2d(x, [2, 2]).pow(2), [r(1, 1, 3, 5)]],
  ["adaptiveMaxPool2d", (x) => ops.adaptiveMaxPool2d(x, [2, 2]).pow(2), [r(1, 1, 3, 5)]],
  ["interpolate, bilinear", (x) => ops.interpolate(x, { size: [4, 3], mode: "bilinear" }).pow(2), [r(1, 1, 3, 2)]],
  ["interpolate, bicubic", (x) => ops.interpolate(x, { size: [4, 5], mode: "bicubic" }).pow(2), [r(1, 1, 3, 4)]],
  ["im2col", (x) => ops.im2col(x, 2).pow(2), [r(1, 1, 3, 3)]],
  ["col2im", (x) => ops.col2im(x, 3, 2).pow(2), [r(1, 4, 4)]],
  ["gather", (x) => ops.gather(x, 1, i32([[0, 0, 2]])).pow(2), [r(2, 3)]],
  ["indexSelect", (x) => ops.indexSelect(x, 0, i32([1, 1, 0])).pow(2), [r(2, 3)]],
  ["scatter", (x, s) => ops.scatter(x, 0, i32([[1, 0]]), s).pow(2), [r(2, 3), r(1, 2)]],
  [
    "scatterAdd",
    (x, s) =>
      ops
        .scatterAdd(
          x,
          0,
          i32([
            [1, 0],
            [1, 1],
          ]),
          s,
        )
        .pow(2),
    [r(2, 3), r(2, 2)],
  ],
  ["scatterReduce, prod", (x, s) => ops.scatterReduce(x, 0, i32([0, 0, 1]), s, "prod"), [r(3), r(3)]],
  ["scatterReduce, amax", (x, s) => ops.scatterReduce(x, 0, i32([0, 0, 1]), s, "amax").pow(2), [r(3), r(3)]],
  ["scatterReduce, mean", (x, s) => ops.scatterReduce(x, 0, i32([0, 0, 1]), s, "mean").pow(2), [r(3), r(3)]],
  ["get with index tensors", (x) => x.get(i32([0, 1, 1]), ":", i32([1, 0, 0])).pow(2), [r(2, 2, 2)]],
  ["get with a mask", (x) => x.get(x.gt(0)).pow(2), [r(2, 3)]],
  ["indexPut", (x, v) => ops.indexPut(x, [i32([0, 1])], v).pow(2), [r(3, 2), r(2, 2)]],
  ["indexPut, accumulating", (x, v) => ops.indexPut(x, [i32([0, 0])], v, { accumulate: true }).pow(2), [r(3, 2), r(2, 2)]],
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
  ["maskedFill", (x) => x.maskedFill(x.gt(0), 2).pow(2), [r(2, 3)]],
  ["maskedFill with a tensor", (x, v) => ops.maskedFill(x, x.gt(0), v).pow(2), [r(2, 3), r()]],
  ["maskedSelect", (x) => x.maskedSelect(x.gt(0)).pow(2), [r(2, 3)]],
  ["maskedScatter", (x, s) => ops.maskedScatter(x, x.gt(0), s).pow(2), [r(2, 3), r(6)]],
  ["take", (x) => ops.take(x, i32([0, -1, 0])).pow(2), [r(2, 3)]],
  ["embedding", (w) => ops.embedding(i32([0, 2, 0]), w, {}).pow(2), [r(3, 2)]],
  ["lpPool2d", (x) => ops.lpPool2d(x.pow(2), 3, 2), [r(1, 1, 4, 4)]],
  ["movedim", (x) => x.movedim(0, 2).mul(2).pow(2), [r(2, 3, 2)]],
  ["where", (x, y) => ops.where(x.gt(0), x, y).pow(2), [r(3), r(3)]],
  ["repeatInterleave", (x) => ops.repeatInterleave(x, [1, 2], 0).pow(2), [r(2, 3)]],
  ["pixelShuffle", (x) => ops.pixelShuffle(x, 2).pow(2), [r(1, 4, 1, 2)]],
  [
    "fill_ through a view",
    (x) => {
      const y = x.mul(2);
      y.select(0, 0).fill_(3);
      return y.pow(2);
    },
    [r(2, 3)],
  ],
  ["bilinear", (a, b, w) => ops.bilinear(a, b, w), [r(2, 2), r(2, 3), r(2, 2, 3)]],
  ["inv", (a) => ops.inv(a), [r(2, 2, 2)]],
  ["det", (a) => ops.det(a), [r(2, 3, 3)]],
  ["solve", (a, b) => ops.solve(a, b), [r(3, 3), r(3, 2)]],
  ["solve, a vector", (a, b) => ops.solve(a, b), [r(3, 3), r(3)]],
  ["cholesky", (a) => ops.cholesky(ops.matmul(a, a.mT).add(ops.eye(3, { dtype: "float64", device }))), [r(2, 3, 3)]],
  ["trace", (a) => ops.trace(a).pow(2), [r(3, 3)]],
  ["matrixPower", (a) => ops.matrixPower(a, 3), [r(2, 2)]],
  ["cross", (a, b) => ops.cross(a, b), [r(2, 3), r(2, 3)]],
];

describe.each(cases)("%s", (_, fn, inputs) => {
  it("has the gradient that finite differences find", async () => {
    expect(await gradcheck(fn, inputs)).toBe(true);
  });
  it("has the second derivative that finite differences find", async () => {
    expect(await gradgradcheck(fn, inputs)).toBe(true);
  });
});
