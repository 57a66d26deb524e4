/** The allocator: allocated ranges never overlap, and freed memory is reused. */

import { describe, expect, it } from "vitest";
import { Allocator, type Block } from "../../src/backends/allocator.ts";

/** A sequence of pseudo-random numbers in [0, 1). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("the allocator", () => {
  it("returns ranges that do not overlap, aligned to 64 bytes", () => {
    const random = sequence(1);
    const allocator = new Allocator(4096);
    const live = new Map<Block, number>();
    for (let step = 0; step < 20_000; step++) {
      if (live.size > 200 || (live.size > 0 && random() < 0.45)) {
        const [block] = [...live.keys()].slice(Math.floor(random() * live.size));
        if (block === undefined) continue;
        live.delete(block);
        allocator.give(block);
      } else {
        const bytes = Math.floor(2 ** (random() * 20));
        const block = allocator.take(bytes, 2 ** 31);
        expect(block).not.toBeNull();
        if (block === null) return;
        expect(block.address % 64).toBe(0);
        expect(block.units * 64).toBeGreaterThanOrEqual(bytes);
        live.set(block, bytes);
      }
      if (step % 500 !== 0) continue;
      const ranges = [...live.keys()].sort((a, b) => a.address - b.address);
      ranges.forEach((block, i) => {
        const next = ranges[i + 1];
        if (next !== undefined) expect(block.address + block.units * 64).toBeLessThanOrEqual(next.address);
      });
      expect(allocator.used).toBe(ranges.reduce((sum, block) => sum + block.units * 64, 0));
    }
  });

  it("merges all freed blocks into one, regardless of the order in which they are freed", () => {
    const random = sequence(2);
    const allocator = new Allocator(0);
    const blocks = Array.from({ length: 500 }, () => allocator.take(Math.floor(random() * 10_000), 2 ** 31) as Block);
    blocks.sort((a, b) => ((a.address * 7919) % 10_007) - ((b.address * 7919) % 10_007));
    for (const block of blocks) allocator.give(block);
    expect(allocator.used).toBe(0);
    const again = allocator.take(1_000_000, 2 ** 31);
    expect(again?.address).toBe(0);
  });

  it("does not grow when the same sizes are allocated and freed repeatedly", () => {
    const allocator = new Allocator(0);
    const step = () => {
      const blocks = [100, 313_600, 5_120, 401_408, 64, 1_000_000, 40].map(
        (bytes) => allocator.take(bytes, 2 ** 31) as Block,
      );
      for (const block of [3, 0, 5, 1, 6, 2, 4].map((i) => blocks[i] as Block)) allocator.give(block);
    };
    step();
    const after = allocator.highWater;
    for (let i = 0; i < 5_000; i++) step();
    expect(allocator.highWater).toBe(after);
  });

  it("reports the latest use of any part of a merged block", () => {
    const allocator = new Allocator(0);
    const [a, b, c] = [64, 64, 64].map((bytes) => allocator.take(bytes, 2 ** 20) as Block) as [Block, Block, Block];
    a.stamp = 5;
    b.stamp = 9;
    allocator.give(a);
    allocator.give(b);
    const [first, second] = [allocator.take(64, 2 ** 20) as Block, allocator.take(64, 2 ** 20) as Block];
    expect([first.stamp, second.stamp]).toEqual([9, 9]);
    c.stamp = 11;
    for (const block of [c, second, first]) allocator.give(block);
    expect(allocator.take(1000, 2 ** 20)?.stamp).toBe(11);
  });

  it("returns null when there is no space below the limit", () => {
    const allocator = new Allocator(0);
    expect(allocator.take(1000, 512)).toBeNull();
    expect(allocator.take(512, 512)).not.toBeNull();
    expect(allocator.take(1, 512)).toBeNull();
  });
});
