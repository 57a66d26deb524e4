/**
 * Tests of a device's random numbers: bits equal to the reference's, elements that depend only on seed and position,
 * and the correct distribution.
 */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { runRandom } from "../backends/cpu/random.ts";
import { reference } from "../backends/reference/reference.ts";
import type { DType } from "../dtype.ts";
import type { RandomCall } from "../kernel.ts";
import { decode, operand, place } from "./operand.ts";

type Distribution = RandomCall["distribution"];

async function draw(
  device: Backend,
  distribution: Distribution,
  seed: number,
  offset: number,
  count: number,
): Promise<number[]> {
  const dtype: DType = distribution === "bits" ? "int32" : "float32";
  const made = { order: [0], steps: [1], repeat: [false], offset: 0, seed: 0, contents: "tame" as const };
  const to = place(device, operand(made, [count], dtype, "output"));
  device.run({ kind: "random", distribution, seed, offset, to, cpu: runRandom });
  const values = decode(dtype, await device.read(to.buffer, 0, count * 4));
  device.free(to.buffer);
  return values;
}

/** Describes the tests of random calls. */
export function describeRandom(device: () => Backend): void {
  describe("random", () => {
    const seeds = fc.nat({ max: 2 ** 31 - 1 });
    const offsets = fc.oneof(fc.nat(20), fc.nat({ max: 2 ** 40 }));
    const counts = fc.constantFrom(1, 2, 3, 4, 5, 17, 64, 100);

    it.each(["bits", "uniform"] as const)("equals the reference for %s", async (distribution) => {
      await fc.assert(
        fc.asyncProperty(seeds, offsets, counts, async (seed, offset, count) => {
          expect(await draw(device(), distribution, seed, offset, count)).toEqual(
            await draw(reference(), distribution, seed, offset, count),
          );
        }),
        { seed: 1, numRuns: 50 },
      );
    });

    it("equals the reference for normal numbers, up to the rounding of logarithm, root and cosine", async () => {
      await fc.assert(
        fc.asyncProperty(seeds, offsets, counts, async (seed, offset, count) => {
          const want = await draw(reference(), "normal", seed, offset, count);
          const got = await draw(device(), "normal", seed, offset, count);
          // Three functions of 4 ulps each, on a number of magnitude up to 7; the bound is absolute because of the
          // zeros of the cosine.
          for (const [i, value] of got.entries())
            expect(Math.abs(value - (want[i] as number))).toBeLessThanOrEqual(7 * 16 * 2 ** -23);
        }),
        { seed: 1, numRuns: 50 },
      );
    });

    it.each(["bits", "uniform", "normal"] as const)(
      "%s of an element depends on seed and position only",
      async (distribution) => {
        const all = await draw(device(), distribution, 7, 0, 200);
        for (const start of [1, 2, 3, 4, 5, 63]) {
          expect(await draw(device(), distribution, 7, start, 50)).toEqual(all.slice(start, start + 50));
        }
        expect(await draw(device(), distribution, 8, 0, 200)).not.toEqual(all);
      },
    );

    it("has the correct moments", async () => {
      const count = 40_000;
      const moments = (values: readonly number[]) => {
        const mean = values.reduce((a, b) => a + b, 0) / count;
        return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / count };
      };
      // Five standard errors of each estimate.
      const uniform = await draw(device(), "uniform", 3, 0, count);
      expect(uniform.every((value) => value >= 0 && value < 1)).toBe(true);
      expect(Math.abs(moments(uniform).mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
      expect(Math.abs(moments(uniform).variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / count));
      const normal = await draw(device(), "normal", 3, 0, count);
      expect(Math.abs(moments(normal).mean)).toBeLessThan(5 * Math.sqrt(1 / count));
      expect(Math.abs(moments(normal).variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    });
  });
}
