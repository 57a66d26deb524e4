/** Options of losses that the recorded PyTorch results do not cover, compared with their definitions. */

import { requiresGrad } from "@akari/autograd";
import { manualSeed, rand, randn, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";

const f = nn.functional;
const dtype = "float64";
const rows = (x: Tensor): number[][] => x.toArraySync() as number[][];
const distance = (a: readonly number[], b: readonly number[], p = 2): number =>
  a.reduce((sum, x, i) => sum + Math.abs(x - (b[i] as number) + 1e-6) ** p, 0) ** (1 / p);

it("weighted means of nllLoss and crossEntropy do not share kernels for weights of another dtype", () => {
  const weight = tensor([2, 3, 0.5], { dtype: "bfloat16" });
  const [x, y] = [tensor([[-1, -2, -4]], { dtype: "bfloat16" }), tensor([1], { dtype: "int32" })];
  expect(f.crossEntropy(x, y, { weight }).itemSync()).toBeCloseTo(1.349, 1);
  expect(f.nllLoss(x, y, { weight }).itemSync()).toBe(2);
  expect(f.nllLoss(x, y, { weight: weight.to("float32") }).itemSync()).toBe(2);
});

describe("losses match their definitions", () => {
  it("multiMarginLoss with squares and weights", () => {
    const [x, y, weight] = [
      [
        [0.2, -0.4, 1.3],
        [0.9, 0.1, 0.3],
      ],
      [2, 1],
      [0.5, 2, 3],
    ] as const;
    const wanted = x.map((row, n) => {
      const target = y[n] as number;
      const missing = row.map((value, i) =>
        i === target ? 0 : Math.max(0, 0.7 - (row[target] as number) + value) ** 2,
      );
      return ((weight[target] as number) * missing.reduce((a, b) => a + b)) / 3;
    });
    const got = f.multiMarginLoss(tensor(x, { dtype }), tensor(y, { dtype: "int32" }), {
      p: 2,
      margin: 0.7,
      weight: tensor(weight, { dtype }),
      reduction: "none",
    });
    for (const [n, loss] of (got.toArraySync() as number[]).entries())
      expect(loss).toBeCloseTo(wanted[n] as number, 12);
  });

  it("tripletMarginLoss with swapped anchors, and with a custom distance", () => {
    manualSeed(2);
    const [a, p, n] = [randn([4, 3], { dtype }), randn([4, 3], { dtype }), randn([4, 3], { dtype })];
    const got = f.tripletMarginLoss(a, p, n, { swap: true, margin: 2, reduction: "none" }).toArraySync() as number[];
    const own = f
      .tripletMarginWithDistanceLoss(a, p, n, {
        distanceFunction: (x, y) => x.sub(y).abs().sum(-1),
        reduction: "none",
      })
      .toArraySync() as number[];
    for (let i = 0; i < 4; i++) {
      const [x, y, z] = [rows(a)[i], rows(p)[i], rows(n)[i]] as [number[], number[], number[]];
      expect(got[i]).toBeCloseTo(Math.max(0, 2 + distance(x, y) - Math.min(distance(x, z), distance(y, z))), 10);
      const cityBlock = (u: number[], v: number[]) => u.reduce((sum, w, k) => sum + Math.abs(w - (v[k] as number)), 0);
      expect(own[i]).toBeCloseTo(Math.max(0, 1 + cityBlock(x, y) - cityBlock(x, z)), 10);
    }
  });

  it("poissonNllLoss with Stirling's formula", () => {
    const [x, y] = [
      [0.3, -0.2, 1.1],
      [0, 1, 5],
    ];
    const stirling = 5 * Math.log(5) - 5 + 0.5 * Math.log(2 * Math.PI * 5);
    const wanted = x.map((value, i) => Math.exp(value) - (y[i] as number) * value + (y[i] === 5 ? stirling : 0));
    const got = f
      .poissonNllLoss(tensor(x, { dtype }), tensor(y, { dtype }), { full: true, reduction: "none" })
      .toArraySync() as number[];
    for (const [i, loss] of got.entries()) expect(loss).toBeCloseTo(wanted[i] as number, 12);
  });

  it("gaussianNllLoss with a variance below eps, which still has a gradient", () => {
    const variance = requiresGrad(tensor([1e-9], { dtype }));
    f.gaussianNllLoss(tensor([1], { dtype }), tensor([1.002], { dtype }), variance).backward();
    expect(variance.grad?.itemSync()).toBeCloseTo(0.5 * (1e6 - 4e-6 * 1e12), 3);
    const perRow = f.gaussianNllLoss(rand([2, 3]), rand([2, 3]), rand([2]), { reduction: "none" });
    expect([...perRow.shape]).toEqual([2, 3]);
  });

  it("softMarginLoss of large scores", () => {
    expect(f.softMarginLoss(tensor([-800]), tensor([1])).itemSync()).toBe(800);
  });
});

describe("NaN", () => {
  it.each(["smoothL1Loss", "huberLoss", "mseLoss", "l1Loss"] as const)(
    "reaches the gradient of %s as PyTorch's",
    (name) => {
      const x = requiresGrad(tensor([Number.NaN, 2, 0.1]));
      const loss = f[name](x, tensor([0, 0, 0]), { reduction: "sum" });
      loss.backward();
      expect(loss.itemSync()).toBeNaN();
      // The derivative of an absolute value is a sign, and the sign of NaN is 0.
      expect((x.grad as Tensor).select(0, 0).itemSync()).toEqual(name === "l1Loss" ? 0 : Number.NaN);
    },
  );
});
