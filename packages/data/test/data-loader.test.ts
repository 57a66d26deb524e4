import { ArgumentError, fromTypedArray, Generator, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { DataLoader } from "../src/data-loader.ts";
import { ChainDataset, type Dataset, TensorDataset } from "../src/dataset.ts";
import { BatchSampler, SequentialSampler } from "../src/sampler.ts";

function range(length: number): Dataset<number> {
  return { length, get: (index) => index };
}

async function numbers(batches: AsyncIterable<Tensor>): Promise<number[][]> {
  const all: number[][] = [];
  for await (const batch of batches) all.push(Array.from(await batch.data()));
  return all;
}

describe("DataLoader", () => {
  it("reads a dataset in order, one sample at a time by default", async () => {
    expect(await numbers(new DataLoader(range(3)))).toEqual([[0], [1], [2]]);
    const loader = new DataLoader(range(5), { batchSize: 2 });
    expect(loader.length).toBe(3);
    expect(await numbers(loader)).toEqual([[0, 1], [2, 3], [4]]);
    const dropping = new DataLoader(range(5), { batchSize: 2, dropLast: true });
    expect(dropping.length).toBe(2);
    expect(await numbers(dropping)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("shuffles as in PyTorch, differently in each epoch (recorded with PyTorch 1.13)", async () => {
    const generator = new Generator(3);
    const loader = new DataLoader(range(7), { batchSize: 3, shuffle: true, generator });
    const first = [[3, 4, 2], [0, 1, 6], [5]];
    expect(await numbers(loader)).toEqual(first);
    expect(await numbers(loader)).toEqual([[6, 1, 2], [3, 4, 0], [5]]);
    expect(generator.uniform()).toBeCloseTo(0.1213, 4);
    expect(await numbers(new DataLoader(range(7), { batchSize: 3, shuffle: true, seed: 3 }))).toEqual(first);
  });

  it("continues in the middle of an epoch without loading earlier samples", async () => {
    const asked: number[] = [];
    const data: Dataset<number> = {
      length: 7,
      get(index) {
        asked.push(index);
        return index;
      },
    };
    const loader = new DataLoader(data, { batchSize: 3, shuffle: true, seed: 3 });
    expect(await numbers(loader.batches(1))).toEqual([[0, 1, 6], [5]]);
    expect(asked).toEqual([0, 1, 6, 5]);
    expect(await numbers(loader)).toEqual([[6, 1, 2], [3, 4, 0], [5]]);
    expect(() => loader.batches(-1)).toThrow(ArgumentError);
  });

  it("accepts an array of samples, which can be shuffled", async () => {
    const loader = new DataLoader([0, 1, 2, 3, 4, 5, 6], { batchSize: 3, shuffle: true, seed: 3 });
    expect(loader.length).toBe(3);
    expect(loader.dataset.length).toBe(7);
    expect(await numbers(loader)).toEqual([[3, 4, 2], [0, 1, 6], [5]]);
    const pairs = new DataLoader<[number, string], string>(
      [
        [1, "a"],
        [2, "b"],
      ],
      { batchSize: 2, collateFn: (all) => all.join() },
    );
    for await (const batch of pairs) expect(batch).toBe("1,a,2,b");
  });

  it("accepts samplers, and a collateFn", async () => {
    const odd = { length: 2, [Symbol.iterator]: () => [1, 3][Symbol.iterator]() };
    expect(await numbers(new DataLoader(range(5), { batchSize: 2, sampler: odd }))).toEqual([[1, 3]]);
    const batchSampler = new BatchSampler(new SequentialSampler({ length: 4 }), 2);
    expect(await numbers(new DataLoader(range(5), { batchSampler }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    const sums: number[] = [];
    const loader = new DataLoader(range(4), { batchSize: 2, collateFn: (samples) => samples.reduce((a, b) => a + b) });
    for await (const sum of loader) sums.push(sum);
    expect(sums).toEqual([1, 5]);
  });

  it("uses the dataset's batch method", async () => {
    const data = new TensorDataset(tensor([10, 20, 30]), tensor([1, 2, 3], { dtype: "int32" }));
    const loader = new DataLoader(data, { batchSize: 2 });
    const seen: unknown[] = [];
    for await (const [x, y] of loader) seen.push(await x.toArray(), await y.toArray());
    expect(seen).toEqual([[10, 20], [1, 2], [30], [3]]);
  });

  it("prefetches in order, and reports an error at its position", async () => {
    const begun: number[] = [];
    const slow: Dataset<number> = {
      length: 6,
      async get(index) {
        begun.push(index);
        await new Promise((resolve) => setTimeout(resolve, index % 2 === 0 ? 5 : 1));
        if (index === 4) throw new Error("sample 4 is broken");
        return index;
      },
    };
    const loader = new DataLoader(slow, { prefetch: 2 });
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for await (const batch of loader) {
        const value = await batch.item();
        if (value === 0) expect(begun).toEqual([0, 1, 2]);
        seen.push(value);
      }
    };
    await expect(run()).rejects.toThrow("sample 4 is broken");
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it("can be left in the middle, and yields nothing for an empty dataset", async () => {
    const loader = new DataLoader(range(10), { prefetch: 3 });
    for await (const batch of loader) if ((await batch.item()) === 2) break;
    expect(await numbers(new DataLoader(range(0), { shuffle: true }))).toEqual([]);
  });

  it("rejects what is neither a dataset nor an iterable", () => {
    for (const [wrong, got] of [
      [null, "null"],
      [undefined, "undefined"],
      [3, "3"],
      [{ length: 3 }, "an object"],
    ] as const)
      expect(() => new DataLoader(wrong as never)).toThrow(
        `DataLoader: expected a dataset or an iterable of samples, got ${got}`,
      );
    expect(() => new DataLoader(tensor([1, 2]) as never)).toThrow("length of the dataset must be");
  });

  it("rejects unknown, invalid and conflicting options", () => {
    // Safe: values that plain JavaScript might pass.
    const load = (options: object): unknown => new DataLoader(range(3), options);
    expect(() => load({ batch_size: 3 })).toThrow(
      'DataLoader: there is no option "batch_size"; there are batchSize, shuffle',
    );
    expect(() => load({ batchSize: 0 })).toThrow("batchSize must be a positive integer, got 0");
    expect(() => load({ prefetch: -1 })).toThrow("DataLoader: prefetch must be a non-negative integer, got -1");
    expect(() => load({ shuffle: true, sampler: new SequentialSampler(range(3)) })).toThrow(
      "sampler and shuffle exclude each other",
    );
    expect(() => load({ batchSize: null, dropLast: true } as never)).toThrow(
      "batchSize: null and dropLast exclude each other",
    );
    expect(() => load({ generator: 3 as never })).toThrow(/^DataLoader: generator must be a Generator, got 3/);
    expect(() => load({ seed: 1, generator: new Generator() })).toThrow("seed and generator exclude each other");
    const batchSampler = new BatchSampler(new SequentialSampler(range(3)), 2);
    expect(() => load({ batchSampler, batchSize: 2 })).toThrow("batchSampler and batchSize exclude each other");
    expect(() => load({ batchSampler, dropLast: true })).toThrow(ArgumentError);
  });

  it("lets memory be freed during iteration", async () => {
    // Each batch holds a megabyte and is not kept. Without turns of the event loop, all batches would accumulate.
    const values = new Float32Array(1 << 18);
    const data: Dataset<Tensor> = {
      length: 2000,
      get: () => fromTypedArray(values),
      batch: () => fromTypedArray(values),
    };
    let most = 0;
    for await (const batch of new DataLoader(data)) most = Math.max(most, batch.device.memory().live);
    expect(most).toBeLessThan(1000 << 20);
  });
});

describe("DataLoader of a stream", () => {
  function* counting(end: number): IterableIterator<number> {
    for (let i = 0; i < end; i++) yield i;
  }
  const stream = (end: number) => ({ [Symbol.iterator]: () => counting(end) });

  it("reads samples in order, again in each epoch", async () => {
    const loader = new DataLoader(stream(5), { batchSize: 2 });
    expect(await numbers(loader)).toEqual([[0, 1], [2, 3], [4]]);
    expect(await numbers(loader)).toEqual([[0, 1], [2, 3], [4]]);
    expect(await numbers(loader.batches(1))).toEqual([[2, 3], [4]]);
    expect(await numbers(new DataLoader(stream(5), { batchSize: 2, dropLast: true }))).toHaveLength(2);
  });

  it("reads several streams in sequence, including asynchronous ones", async () => {
    async function* slow(): AsyncGenerator<number> {
      yield 7;
    }
    const chain = new ChainDataset([stream(2), { [Symbol.asyncIterator]: slow }]);
    expect(await numbers(new DataLoader(chain, { batchSize: 3 }))).toEqual([[0, 1, 7]]);
  });

  it("has no length, and cannot be shuffled", () => {
    const loader = new DataLoader(stream(5));
    expect(() => loader.length).toThrow(/an iterable of samples has no length/);
    expect(() => loader.dataset).toThrow(ArgumentError);
    // Safe: the test passes values that the types forbid.
    expect(() => new DataLoader(stream(5), { shuffle: true } as object)).toThrow(
      /shuffle needs a dataset with get and length/,
    );
    expect(() => new DataLoader(stream(5), { batchSize: 0 })).toThrow(/batchSize must be a positive integer, got 0/);
  });
});

describe("DataLoader without batches", () => {
  const each = async <T>(loader: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const sample of loader) all.push(sample);
    return all;
  };

  it("returns samples as they are, in the sampler's order", async () => {
    const samples = [{ name: "a" }, { name: "b" }, { name: "c" }];
    const loader: DataLoader<{ name: string }, { name: string }> = new DataLoader(samples, { batchSize: null });
    expect(loader.length).toBe(3);
    const found = await each(loader);
    expect(found).toEqual(samples);
    expect(found[0]).toBe(samples[0]);
    const [first] = await each(new DataLoader(new TensorDataset(tensor([[1, 2]]), tensor([3])), { batchSize: null }));
    expect(first?.map((x) => x.toArraySync())).toEqual([[1, 2], 3]);
    // The order of a shuffled loader with `batch_size=None` in PyTorch 1.13.
    const shuffled = new DataLoader(range(7), { batchSize: null, shuffle: true, seed: 3, prefetch: 2 });
    expect(await each(shuffled)).toEqual([3, 4, 2, 0, 1, 6, 5]);
    const rest: number[] = [];
    for await (const sample of new DataLoader(range(4), { batchSize: null }).batches(2)) rest.push(sample);
    expect(rest).toEqual([2, 3]);
  });

  it("converts each with collateFn, and reads iterables", async () => {
    const texts = new DataLoader([1, 2], { batchSize: null, collateFn: async (sample) => `#${sample}` });
    expect(await each(texts)).toEqual(["#1", "#2"]);
    function* stream(): IterableIterator<number> {
      yield 1;
      yield 2;
    }
    expect(await each(new DataLoader({ [Symbol.iterator]: stream }, { batchSize: null }))).toEqual([1, 2]);
  });

  it("excludes a batch sampler", () => {
    const batchSampler = new BatchSampler(new SequentialSampler(range(4)), 2);
    const options = { batchSize: null, batchSampler } as never;
    expect(() => new DataLoader(range(4), options)).toThrow("batchSampler and batchSize exclude each other");
  });
});

describe("a printed DataLoader", () => {
  it("shows the number of batches and options that are not the default", () => {
    const samples = [1, 2, 3];
    expect(String(new DataLoader(samples))).toBe("DataLoader(length: 3)");
    const loader = new DataLoader(samples, { batchSize: 2, shuffle: true, seed: 1 });
    expect(String(loader)).toBe("DataLoader(length: 2, batchSize: 2, shuffle: true)");
  });

  it("shows no length for a stream", () => {
    expect(String(new DataLoader(new Set([1, 2]), { batchSize: 2 }))).toBe("DataLoader(batchSize: 2)");
  });
});
