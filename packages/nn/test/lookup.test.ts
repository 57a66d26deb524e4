/**
 * Embedding tables and adaptive softmax: initial values, results and errors. Expected values are from PyTorch 1.13
 * after `manual_seed(0)`.
 */

import {
  ArgumentError,
  DTypeError,
  defaultGenerator,
  IndexError,
  manualSeed,
  ones,
  ShapeError,
  type Tensor,
  tensor,
} from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";

const ints = (values: number[] | number[][]) => tensor(values, { dtype: "int32" });

const close = (got: Tensor | undefined, want: readonly number[]) => {
  const values = [...(got?.detach().flatten().dataSync() ?? [])];
  expect(values).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(values[i]).toBeCloseTo(value, 4);
};

describe("tables", () => {
  it("are initialized as in PyTorch, with a padding row of zeros", () => {
    manualSeed(0);
    const bag = new nn.EmbeddingBag(3, 2, { paddingIdx: -1 });
    close(bag.weight, [1.54099607, -0.2934289, -2.17878938, 0.56843126, 0, 0]);
    expect(bag.paddingIdx).toBe(2);
  });

  it("are created from given vectors, frozen by default", () => {
    const vectors = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const state = defaultGenerator().getState();
    const table = nn.Embedding.fromPretrained(vectors);
    expect([table.weight.requiresGrad, table.numEmbeddings, table.embeddingDim]).toEqual([false, 3, 2]);
    expect(table(ints([2, 0])).toArraySync()).toEqual([
      [5, 6],
      [1, 2],
    ]);
    const bag = nn.EmbeddingBag.fromPretrained(vectors, { freeze: false, mode: "sum" });
    expect(bag.weight.requiresGrad).toBe(true);
    expect(bag(ints([[2, 0]])).toArraySync()).toEqual([[6, 8]]);
    expect(defaultGenerator().getState()).toEqual(state); // as in PyTorch, no random table is drawn first
  });

  it("renormalize only the rows that are looked up", () => {
    const table = new nn.Embedding(2, 2, { maxNorm: 1 });
    table.weight.detach().copy_(
      tensor([
        [3, 4],
        [6, 8],
      ]),
    );
    close(table(ints([0, 0])), [0.6, 0.8, 0.6, 0.8]);
    close(table.weight, [0.6, 0.8, 6, 8]);
  });

  it("print as in PyTorch", () => {
    const options = { maxNorm: 1, normType: 1, scaleGradByFreq: true, paddingIdx: 2 } as const;
    expect(new nn.Embedding(10, 3, options).toString()).toBe(
      "Embedding(10, 3, padding_idx=2, max_norm=1, norm_type=1.0, scale_grad_by_freq=True)",
    );
    expect(new nn.EmbeddingBag(10, 3, { ...options, mode: "sum" }).toString()).toBe(
      "EmbeddingBag(10, 3, max_norm=1, norm_type=1.0, scale_grad_by_freq=True, mode=sum, padding_idx=2)",
    );
  });

  it("reject invalid indices, offsets and options", () => {
    const { embeddingBag } = nn.functional;
    const weight = ones([4, 2]);
    const x = ints([1, 2, 3]);
    expect(() => embeddingBag(x, weight, ints([0, 4]))).toThrow(
      /offsets must start with 0 and be at most 3, the number of indices, got 4/,
    );
    expect(() => embeddingBag(x, weight, ints([1]))).toThrow(ArgumentError);
    expect(() => embeddingBag(x, weight)).toThrow(/need offsets \[bags\], got none/);
    expect(() => embeddingBag(ints([[4]]), weight)).toThrow(IndexError);
    expect(() => embeddingBag(x, weight, ints([0]), { mode: "min" as "max" })).toThrow(
      /mode must be "sum", "mean" or "max", got "min"/,
    );
    expect(() => new nn.EmbeddingBag(4, 2, { mode: "min" as "max" })).toThrow(
      /EmbeddingBag: mode must be "sum", "mean" or "max", got "min"/,
    );
    expect(() => embeddingBag(x, weight, ints([0]), { perSampleWeights: ones([3]) })).toThrow(
      /need mode "sum", got "mean"/,
    );
    expect(() => embeddingBag(x, weight, ints([0]), { mode: "sum", perSampleWeights: ones([2]) })).toThrow(ShapeError);
    expect(() => embeddingBag(x, weight, ints([0]), { mode: "max", scaleGradByFreq: true })).toThrow(/scaleGradByFreq/);
    expect(() => nn.Embedding.fromPretrained(ones([3]))).toThrow(/expected vectors \[rows, width\], got shape \[3\]/);
  });

  it("adds the rows of half precision in float32", async () => {
    const weight = tensor([[2048], [1]]).to("float16");
    for (const [mode, want] of [
      ["sum", 2052],
      ["mean", 513],
      ["max", 2048],
    ] as const) {
      const y = nn.functional.embeddingBag(ints([0, 1, 1, 1]), weight, ints([0]), { mode });
      expect([y.dtype, await y.item()]).toEqual(["float16", want]);
    }
    const perSampleWeights = tensor([1, 0.3, 0.7, 1]).to("float16");
    const y = nn.functional.embeddingBag(ints([0, 1, 1, 1]), weight, ints([0]), { mode: "sum", perSampleWeights });
    expect([y.dtype, await y.item()]).toEqual(["float16", 2050]);
  });
});

describe("AdaptiveLogSoftmaxWithLoss", () => {
  it("initializes and computes as in PyTorch", () => {
    manualSeed(0);
    const layer = new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [1, 3], { divValue: 2 });
    expect(Object.keys(layer.stateDict())).toEqual([
      "head.weight",
      "tail.0.0.weight",
      "tail.0.1.weight",
      "tail.1.0.weight",
      "tail.1.1.weight",
    ]);
    const { output, loss } = layer(ones([2, 4]), ints([0, 4]));
    close(output, [-1.5576, -1.9045]);
    close(loss, [1.7311]);
    close(layer.logProb(ones([1, 4])), [-1.5576, -1.6302, -1.2259, -1.89, -1.9045]);
    expect(layer.predict(ones([2, 4])).toArraySync()).toEqual([2, 2]);
    close(layer(ones([4]), tensor(4, { dtype: "int32" })).output, [-1.9045]);
  });

  it("rejects cutoffs that do not increase, clusters without features, and targets out of range", () => {
    expect(() => new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [3, 3])).toThrow(
      /increasing integers from 1 to 4, got \[3, 3\]/,
    );
    expect(() => new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [5])).toThrow(ArgumentError);
    expect(() => new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10])).toThrow(
      /widths of \[2, 0\]; use a smaller divValue/,
    );
    const layer = new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [2]);
    expect(() => layer(ones([2, 4]), ints([0, 5]))).toThrow(/targets must be from 0 to 4, got 5/);
    expect(() => layer(ones([2, 4]), ones([2]))).toThrow(DTypeError);
    expect(() => layer(ones([2, 4]), ints([0]))).toThrow(ShapeError);
  });
});
