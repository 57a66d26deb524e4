/** What the engine counts in place of device memory: only memory that is left to the garbage collector. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { empty, type Tensor, yieldToCollector } from "../src/index.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const mebibyte = 2 ** 20;
const counted = (): number => process.memoryUsage().arrayBuffers / mebibyte;
/** Allocates as many mebibytes, in tensors of 64 KiB. */
const allocate = (mebibytes: number): Tensor[] => Array.from({ length: mebibytes * 16 }, () => empty([2 ** 14]));

describe("memory that the engine counts", () => {
  it("is that of the tensors", () => {
    const before = counted();
    const tensors = allocate(32);
    expect(counted() - before).toBeGreaterThanOrEqual(31);
    for (const x of tensors) x.dispose();
  });

  it("is used again for tensors that take the place of disposed ones", () => {
    const before = counted();
    for (let i = 0; i < 100; i++) for (const x of allocate(4)) x.dispose();
    expect(counted() - before).toBeLessThanOrEqual(5);
  });

  it("does not drift when some tensors are disposed of and others are collected", async () => {
    for (let round = 0; round < 8; round++) {
      for (const [i, x] of allocate(64).entries()) if ((i + round) % 3 > 0) x.dispose();
      collect();
      await yieldToCollector();
    }
    collect();
    const before = counted();
    const tensors = allocate(128);
    // At most 64 buffers of disposed tensors were kept.
    expect(counted() - before).toBeGreaterThanOrEqual(63);
    expect(counted() - before).toBeLessThanOrEqual(130);
    for (const x of tensors) x.dispose();
  });
});
