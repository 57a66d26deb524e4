import { ArgumentError, Generator, IndexError, ShapeError, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { defaultCollate } from "../src/collate.ts";
import { ConcatDataset, type Dataset, randomSplit, Subset, TensorDataset } from "../src/dataset.ts";
import { RandomSampler, SequentialSampler } from "../src/sampler.ts";

function letters(...names: string[]): Dataset<string> {
  return { length: names.length, get: (index) => names[index] as string };
}

describe("TensorDataset", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const y = tensor([0, 1, 2], { dtype: "int32" });
  const data = new TensorDataset(x, y);

  it("returns rows", async () => {
    expect(data.length).toBe(3);
    const [row, label] = data.get(1);
    expect(await row.toArray()).toEqual([3, 4]);
    expect(await label.item()).toBe(1);
  });

  it("gathers several rows at once, into new memory", async () => {
    const [rows, labels] = data.batch([2, 0, 2]);
    expect(await rows.toArray()).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    expect(await labels.toArray()).toEqual([2, 0, 2]);
    expect(labels.dtype).toBe("int32");
    expect(rows.storage).not.toBe(x.storage);
  });

  it("rejects tensors of different lengths, and rows out of range", () => {
    expect(() => new TensorDataset(x, tensor([1, 2]))).toThrow(ShapeError);
    expect(() => new TensorDataset(x, tensor([1, 2]))).toThrow(
      "tensor 0 of shape [3, 2] has 3 rows, but tensor 1 of shape [2] has 2",
    );
    expect(() => new TensorDataset()).toThrow(ArgumentError);
    // In plain JavaScript, a list of tensors is easily passed in place of tensors.
    expect(() => new TensorDataset([x, x] as never)).toThrow("TensorDataset: expected a tensor, got an array");
    expect(() => new TensorDataset(tensor(1))).toThrow(ShapeError);
    expect(() => data.get(3)).toThrow(IndexError);
    expect(() => data.get(-1)).toThrow("TensorDataset: index -1 is out of bounds for length 3");
    expect(() => data.batch([0, 1.5])).toThrow(IndexError);
  });
});

describe("Subset and ConcatDataset", () => {
  it("return elements of other datasets", async () => {
    const subset = new Subset(letters("a", "b", "c"), [2, 0]);
    expect(subset.length).toBe(2);
    expect([subset.get(0), subset.get(1)]).toEqual(["c", "a"]);
    expect(subset.batch).toBeUndefined();
    const data = new TensorDataset(tensor([10, 20, 30]));
    const batch = await new Subset(data, [2, 1]).batch?.([1, 0]);
    expect(await batch?.[0].toArray()).toEqual([20, 30]);
    const both = new ConcatDataset([letters("a", "b"), letters(), letters("c")]);
    expect(both.length).toBe(3);
    expect([0, 1, 2].map((index) => both.get(index))).toEqual(["a", "b", "c"]);
  });

  it("reject indices out of range, and an empty list", () => {
    expect(() => new Subset(letters("a"), [1])).toThrow("Subset: index 1 is out of bounds for length 1");
    expect(() => new Subset(letters("a"), [0]).get(1)).toThrow(IndexError);
    expect(() => new ConcatDataset([letters("a")]).get(1)).toThrow(IndexError);
    for (const wrong of [null, undefined, 3, {}, tensor([1])] as never[]) {
      const message = "the length of the dataset must be a non-negative integer, got undefined";
      expect(() => new ConcatDataset([wrong])).toThrow(`ConcatDataset: ${message}`);
      expect(() => new Subset(wrong, [])).toThrow(`Subset: ${message}`);
      expect(() => randomSplit(wrong, [1])).toThrow(`randomSplit: ${message}`);
      expect(() => new SequentialSampler(wrong)).toThrow(`SequentialSampler: ${message}`);
      expect(() => new RandomSampler(wrong)).toThrow(`RandomSampler: ${message}`);
    }
    expect(() => new ConcatDataset([])).toThrow(ArgumentError);
  });
});

describe("randomSplit", () => {
  const ten = letters(..."abcdefghij");

  it("accepts fractions, and distributes the remainder (recorded with PyTorch 1.13)", () => {
    const parts = randomSplit(ten, [0.5, 0.25, 0.25], { generator: new Generator(3) });
    const [half] = parts;
    expect(half.length).toBe(6);
    expect(parts.map(({ indices }) => indices)).toEqual([
      [6, 0, 3, 7, 8, 5],
      [1, 9],
      [2, 4],
    ]);
  });

  it("rejects lengths with a wrong sum", () => {
    expect(() => randomSplit(ten, [7, 2])).toThrow(
      "the lengths 7 + 2 add up to 9; expected 10, the length of the dataset, or 1 for fractions",
    );
    expect(() => randomSplit(ten, [0.5, 0.4])).toThrow(ArgumentError);
    expect(() => randomSplit(ten, [11, -1])).toThrow("randomSplit: lengths must not be negative, got -1");
  });
});

describe("defaultCollate", () => {
  it("stacks tensors, and preserves arrays and objects around them", async () => {
    const batch = defaultCollate([
      { image: tensor([1, 2]), label: 3, name: "a", pair: [1.5, true] as [number, boolean] },
      { image: tensor([3, 4]), label: 4, name: "b", pair: [2, false] as [number, boolean] },
    ]);
    expect(await batch.image.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(batch.label.dtype).toBe("int32");
    expect(await batch.label.toArray()).toEqual([3, 4]);
    expect(batch.name).toEqual(["a", "b"]);
    expect(batch.pair[0].dtype).toBe("float32");
    expect(await batch.pair[0].toArray()).toEqual([1.5, 2]);
    expect(await batch.pair[1].toArray()).toEqual([true, false]);
  });

  it("rejects samples of different structure, and names the place", () => {
    expect(() => defaultCollate([])).toThrow(ArgumentError);
    expect(() => defaultCollate([tensor([1]), tensor([1, 2])])).toThrow(
      "has shape [1] in the first sample, but [2] in another",
    );
    expect(() => defaultCollate([tensor([1]), tensor([1], { dtype: "int32" })])).toThrow(
      "is float32 in the first sample, but int32 in another",
    );
    expect(() => defaultCollate<unknown>([{ x: [1] }, { x: ["a"] }])).toThrow(
      "sample.x[0] is the number 1 in the first sample, but the string a",
    );
    expect(() => defaultCollate([[1], [1, 2]])).toThrow("sample has length 1 in the first sample, but 2 in another");
    expect(() => defaultCollate<unknown>([{ a: 1 }, { b: 1 }])).toThrow(
      'sample has a "a" in the first sample, but not in another',
    );
    expect(() => defaultCollate([new Map(), new Map()])).toThrow("sample is a Map; expected tensors");
    expect(() => defaultCollate([null])).toThrow("sample is null");
  });
});
