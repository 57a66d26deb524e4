import { describe, expect, it } from "vitest";
import { LinearMemory } from "../../../src/backends/cpu/memory.ts";

describe("LinearMemory", () => {
  it("reports the growth of the memory with the block that caused it, and none for reused memory", () => {
    const memory = new LinearMemory(false);
    const first = memory.allocate(1000);
    const second = memory.allocate(4096);
    expect([first.grown, second.grown]).toEqual([1024, 4096]);
    memory.free(second);
    expect(memory.allocate(2048).grown).toBe(0);
    // 2048 bytes are left at the end.
    expect(memory.allocate(4096).grown).toBe(2048);
  });
});
