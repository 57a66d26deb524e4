import { IndexError, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, expectTypeOf, it } from "vitest";
import { DataLoader } from "../src/data-loader.ts";
import { type Dataset, Subset, TensorDataset } from "../src/dataset.ts";
import { StackDataset } from "../src/stack-dataset.ts";

const letters: Dataset<string> = { length: 3, get: (index) => "abc"[index] as string };
const later: Dataset<number> = { length: 3, get: async (index) => index * 10 };

describe("StackDataset", () => {
  it("returns the samples of all datasets, in order or by name", async () => {
    const pairs = new StackDataset(letters, [true, false, true]);
    expect(pairs.length).toBe(3);
    expect(pairs.get(1)).toEqual(["b", false]);
    expectTypeOf(await pairs.get(0)).toEqualTypeOf<[string, boolean]>();
    const named = new StackDataset({ letter: letters, number: later });
    expect(await named.get(2)).toEqual({ letter: "c", number: 20 });
    expectTypeOf(await named.get(2)).toEqualTypeOf<{ letter: string; number: number }>();
    expect(new StackDataset(letters).get(0)).toEqual(["a"]);
    expect(named.datasets.letter).toBe(letters);
  });

  it("gathers batches if all datasets do", async () => {
    const [x, y] = [new TensorDataset(tensor([1, 2, 3])), new TensorDataset(tensor([4, 5, 6]))];
    const batch = (await new StackDataset({ x, y }).batch?.([2, 0])) as { x: [Tensor]; y: [Tensor] };
    expect([batch.x[0].toArraySync(), batch.y[0].toArraySync()]).toEqual([
      [3, 1],
      [6, 4],
    ]);
    expect(new StackDataset(x, letters).batch).toBeUndefined();
    const subset = new Subset(new StackDataset(x, y), [1]);
    const loaded = [];
    for await (const [[a], [b]] of new DataLoader(subset)) loaded.push([a.toArraySync(), b.toArraySync()]);
    expect(loaded).toEqual([[[2], [5]]]);
  });

  it("is collated by a loader", async () => {
    const batches = [];
    const data = new StackDataset({ letter: letters, number: later });
    for await (const batch of new DataLoader(data, { batchSize: 2 })) batches.push(batch);
    expect(batches.map(({ letter }) => letter)).toEqual([["a", "b"], ["c"]]);
    expect(batches.map(({ number }) => (number as Tensor).toArraySync())).toEqual([[0, 10], [20]]);
  });

  it("rejects no datasets, different lengths, and indices out of range", () => {
    expect(() => new StackDataset()).toThrow("StackDataset: expected at least one dataset, got none");
    expect(() => new StackDataset({})).toThrow("StackDataset: expected at least one dataset, got none");
    expect(() => new StackDataset([1], null as never)).toThrow("StackDataset: dataset 1 is null; expected datasets");
    expect(() => new StackDataset({ a: letters, b: [1, 2] })).toThrow(
      "StackDataset: dataset a has 3 samples, but dataset b has 2",
    );
    expect(() => new StackDataset(letters, [1])).toThrow("dataset 0 has 3 samples, but dataset 1 has 1");
    expect(() => new StackDataset(letters).get(3)).toThrow(IndexError);
  });
});
