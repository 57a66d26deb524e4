import { ArgumentError, Generator, manualSeed, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  BatchSampler,
  RandomSampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "../src/sampler.ts";

const five = { length: 5 };

// The orders below, and the float32 that each generator draws next, were recorded with PyTorch 1.13.
describe("samplers", () => {
  it("RandomSampler draws with replacement as in PyTorch", () => {
    manualSeed(7);
    expect([...new RandomSampler(five, { replacement: true, numSamples: 40 })]).toEqual([
      3, 0, 2, 1, 0, 2, 3, 1, 1, 1, 1, 1, 0, 1, 0, 2, 4, 3, 1, 3, 0, 2, 4, 4, 1, 0, 4, 4, 1, 2, 2, 3, 3, 3, 1, 0, 3, 1,
      4, 3,
    ]);
  });

  it("RandomSampler repeats permutations until it has enough samples", () => {
    const generator = new Generator(3);
    expect([...new RandomSampler(five, { numSamples: 12, generator })]).toEqual([1, 0, 3, 4, 2, 0, 1, 2, 4, 3, 1, 4]);
    expect(generator.uniform()).toBeCloseTo(0.1498, 4);
  });

  it("SubsetRandomSampler permutes the given indices", () => {
    const sampler = new SubsetRandomSampler([10, 20, 30, 40, 50], { generator: new Generator(3) });
    expect(sampler.length).toBe(5);
    expect([...sampler]).toEqual([20, 10, 40, 50, 30]);
  });

  it("WeightedRandomSampler draws with and without replacement as in PyTorch", () => {
    const weights = [0.1, 0.5, 0, 2, 0.4];
    let generator = new Generator(3);
    expect([...new WeightedRandomSampler(weights, 12, { generator })]).toEqual([1, 3, 3, 1, 3, 3, 1, 3, 3, 3, 1, 3]);
    expect(generator.uniform()).toBeCloseTo(0.1809, 4);
    generator = new Generator(3);
    expect([...new WeightedRandomSampler(tensor(weights), 3, { generator })]).toEqual([1, 3, 3]);
    generator = new Generator(3);
    expect([...new WeightedRandomSampler(weights, 4, { generator, replacement: false })]).toEqual([3, 0, 1, 4]);
    expect(generator.uniform()).toBeCloseTo(0.451, 4);
    // Current PyTorch draws a single sample with replacement as without.
    generator = new Generator(3);
    expect([...new WeightedRandomSampler(weights, 1, { generator })]).toEqual([3]);
    expect(generator.uniform()).toBeCloseTo(0.451, 4);
    expect([...new WeightedRandomSampler(weights, 0)]).toEqual([]);
  });

  it("WeightedRandomSampler draws everything at the first index, so that what else draws does not matter", () => {
    // The indices are those of PyTorch 1.13 after torch.manual_seed(1), with a torch.rand(1) after every fourth.
    const generator = new Generator(1);
    const weights = Array.from({ length: 12 }, (_, i) => 1 / (1 + (i % 3)));
    const drawn: number[] = [];
    for (const i of new WeightedRandomSampler(weights, 12, { generator })) {
      if (drawn.push(i) % 4 === 0) generator.uniform();
    }
    expect(drawn).toEqual([0, 2, 2, 1, 6, 0, 5, 8, 6, 5, 6, 3]);
  });

  it("WeightedRandomSampler draws in proportion to the weights", () => {
    const counts = [0, 0, 0];
    for (const i of new WeightedRandomSampler([1, 3, 0], 4000, { generator: new Generator(0) }))
      counts[i] = (counts[i] ?? 0) + 1;
    expect(counts[2]).toBe(0);
    expect(Math.abs((counts[0] ?? 0) - 1000)).toBeLessThan(120);
  });

  it("BatchSampler keeps or drops an incomplete last batch", () => {
    const sampler = new SequentialSampler(five);
    expect([...new BatchSampler(sampler, 2)]).toEqual([[0, 1], [2, 3], [4]]);
    expect([...new BatchSampler(sampler, 2, true)]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(new BatchSampler(sampler, 2).length).toBe(3);
    expect(new BatchSampler(sampler, 2, { dropLast: false }).length).toBe(3);
    expect([...new BatchSampler(sampler, 2, { dropLast: true })]).toHaveLength(2);
    expect(new BatchSampler(sampler, 2, true).length).toBe(2);
  });

  it("reject invalid numbers and weights", () => {
    expect(() => new RandomSampler(five, { numSamples: -1 })).toThrow(ArgumentError);
    expect(() => new RandomSampler({ length: 0 }, { numSamples: 3 })).toThrow(
      "RandomSampler: cannot draw 3 samples from an empty source",
    );
    expect([...new RandomSampler({ length: 0 })]).toEqual([]);
    expect(() => new WeightedRandomSampler([1, -1], 1)).toThrow(
      "WeightedRandomSampler: weight 1 is -1; weights must be finite and not negative",
    );
    expect(() => new WeightedRandomSampler([1, Number.NaN], 1)).toThrow(ArgumentError);
    expect(() => new WeightedRandomSampler([0, 0], 1)).toThrow(
      "cannot draw 1 samples when only 0 have a positive weight",
    );
    expect(() => new WeightedRandomSampler([1, 0, 1], 3, { replacement: false })).toThrow(
      "cannot draw 3 samples when only 2 have a positive weight",
    );
    expect(() => new BatchSampler(new SequentialSampler(five), 2, { drop: true } as never)).toThrow(
      /^BatchSampler: there is no option "drop"; there are dropLast/,
    );
    expect(() => new BatchSampler(new SequentialSampler(five), 2, 1 as never)).toThrow(
      /^BatchSampler: expected options by name, \{ dropLast \}, got 1/,
    );
    expect(() => new BatchSampler(new SequentialSampler(five), 0)).toThrow(
      "BatchSampler: batchSize must be a positive integer, got 0",
    );
  });
});
