/** Tests of a device's memory: reads return what was written, statistics are correct, and freed memory is reused. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { input } from "../expr/expr.ts";
import { program } from "../expr/program.ts";
import { decode, encode, operand, place } from "./operand.ts";

/** Describes the tests of memory. */
export function describeMemory(device: () => Backend): void {
  describe("memory", () => {
    it("reads what was written, at any offset", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ minLength: 1, maxLength: 100 }),
          fc.nat(20),
          fc.nat(20),
          async (bytes, before, after) => {
            const buffer = device().allocate(before + bytes.length + after);
            device().write(buffer, new Uint8Array(before + bytes.length + after).fill(7));
            device().write(buffer, bytes, before);
            expect([...(await device().read(buffer, before, bytes.length))]).toEqual([...bytes]);
            expect([...(await device().read(buffer, 0, before))]).toEqual(new Array(before).fill(7));
            expect([...(await device().read(buffer, before + bytes.length, after))]).toEqual(new Array(after).fill(7));
            device().free(buffer);
          },
        ),
        { seed: 1, numRuns: 50 },
      );
    });

    it("reads the same synchronously and asynchronously", async (context) => {
      const { readSync } = device();
      if (readSync === undefined) return context.skip("the device does not share the host's memory");
      const buffer = device().allocate(8);
      device().write(buffer, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
      expect([...readSync.call(device(), buffer, 2, 3)]).toEqual([3, 4, 5]);
      device().free(buffer);
    });

    it("gives access to elements in place", async (context) => {
      const { elements } = device();
      if (elements === undefined) return context.skip("the host cannot access the device's memory");
      const buffer = device().allocate(24);
      device().write(buffer, new Uint8Array(Float64Array.of(1, 2, 3).buffer));
      const view = { buffer, dtype: "float64", shape: [2], strides: [1], offset: 1 } as const;
      const [memory, index] = elements.call(device(), view);
      expect([memory[index], memory[index + 1]]).toEqual([2, 3]);
      memory[index] = 5;
      const bytes = await device().read(buffer, 8, 8);
      expect(new Float64Array(bytes.buffer)[0]).toBe(5);
      device().free(buffer);
    });

    it("returns copies", async () => {
      const buffer = device().allocate(4);
      device().write(buffer, Uint8Array.of(1, 2, 3, 4));
      const copy = await device().read(buffer, 0, 4);
      copy[0] = 9;
      expect([...(await device().read(buffer, 0, 4))]).toEqual([1, 2, 3, 4]);
      device().free(buffer);
    });

    it("counts allocated and freed memory", () => {
      const before = device().memory();
      const buffers = [16, 1000, 1 << 20].map((bytes) => device().allocate(bytes));
      const bytes = buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
      expect(buffers.map((buffer, k) => buffer.bytes >= ([16, 1000, 1 << 20][k] as number))).toEqual([
        true,
        true,
        true,
      ]);
      expect(device().memory().live - before.live).toBeGreaterThanOrEqual(16 + 1000 + (1 << 20));
      expect(device().memory().live - before.live).toBeLessThanOrEqual(2 * bytes);
      expect(device().memory().peak).toBeGreaterThanOrEqual(device().memory().live);
      for (const buffer of buffers) device().free(buffer);
      expect(device().memory().live).toBe(before.live);
    });

    it("reuses freed memory", () => {
      const total = () => device().memory().live + device().memory().pooled;
      device().free(device().allocate(1 << 20));
      const before = total();
      for (let i = 0; i < 20; i++) device().free(device().allocate(1 << 20));
      expect(total()).toBeLessThanOrEqual(before);
    });

    it("accepts empty buffers", async () => {
      const buffer = device().allocate(0);
      device().write(buffer, new Uint8Array(0));
      expect((await device().read(buffer, 0, 0)).length).toBe(0);
      device().free(buffer);
    });

    it("runs calls in the order of issue, and allows freeing a buffer right after", async () => {
      const made = { order: [0], steps: [1], repeat: [false], offset: 0, seed: 3, contents: "tame" as const };
      const one = operand(made, [1000], "float32");
      const [a, b] = [place(device(), one), place(device(), one)];
      const double = program([input(0, "float32").add(input(0, "float32"))]);
      for (let i = 0; i < 4; i++) {
        device().run({ kind: "pointwise", program: double, inputs: [a], scalars: [], to: [b] });
        device().run({ kind: "pointwise", program: double, inputs: [b], scalars: [], to: [a] });
      }
      device().free(b.buffer);
      const got = decode("float32", await device().read(a.buffer, 0, encode(one).length));
      expect(got.slice(0, 1000)).toEqual(one.values.slice(0, 1000).map((value) => value * 256));
      device().free(a.buffer);
      await device().flush();
    });
  });
}
