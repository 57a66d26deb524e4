/** Tests of checks: an element out of range throws the call's error, immediately or at the next read, and only once. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { ArgumentError, IndexError } from "../errors.ts";
import type { CheckCall, View } from "../kernel.ts";
import { sizeOf } from "../shape.ts";
import { logical, type Operand, operand, place, recipe, shapes } from "./operand.ts";

/** Runs a check and waits for its result. Returns the error thrown, or null. */
async function refusal(device: Backend, call: Omit<CheckCall, "kind" | "input">, input: View): Promise<unknown> {
  try {
    device.run({ kind: "check", input, ...call });
    await device.flush();
  } catch (error) {
    return error;
  }
  return null;
}

/** Describes the tests of checks. */
export function describeChecks(device: () => Backend): void {
  describe("check", () => {
    const index = {
      low: -3,
      high: 4,
      nan: false,
      error: "IndexError",
      message: "somewhere: {} is out of range",
    } as const;

    it("rejects exactly the elements out of range, in any layout", async () => {
      await fc.assert(
        fc.asyncProperty(
          shapes({ rank: 3, most: 300 }),
          recipe(["tame"]),
          fc.constantFrom("int32", "float32"),
          async (shape, made, dtype) => {
            const one: Operand = operand(made, shape, dtype);
            const input = place(device(), one);
            const wrong = logical(one).filter((value) => value < -1 || value > 1);
            const found = await refusal(device(), { ...index, low: -1, high: 1 }, input);
            if (wrong.length === 0 || sizeOf(shape) === 0) expect(found).toBeNull();
            else {
              expect(found).toBeInstanceOf(IndexError);
              expect(wrong.map((value) => `somewhere: ${value} is out of range`)).toContain((found as Error).message);
            }
            device().free(input.buffer);
          },
        ),
        { seed: 1, numRuns: 100 },
      );
    });

    it("accepts NaN only if allowed", async () => {
      for (const size of [2, 200]) {
        const values = new Array<number>(size).fill(Number.NaN, size - 1).fill(1, 0, size - 1);
        const input = place(device(), { dtype: "float32", shape: [size], strides: [1], offset: 0, values });
        const call = { ...index, error: "ArgumentError" } as const;
        expect(await refusal(device(), call, input)).toBeInstanceOf(ArgumentError);
        expect(await refusal(device(), { ...call, nan: true }, input)).toBeNull();
        device().free(input.buffer);
      }
    });

    it("has no limit where a bound is infinite, for integers too", async () => {
      const whole = { ...index, low: 0, high: Number.POSITIVE_INFINITY };
      for (const dtype of ["int32", "float32"] as const)
        for (const value of [7, -1]) {
          const input = place(device(), { dtype, shape: [1], strides: [1], offset: 0, values: [value] });
          if (value > 0) expect(await refusal(device(), whole, input)).toBeNull();
          else expect(await refusal(device(), whole, input)).toBeInstanceOf(IndexError);
          device().free(input.buffer);
        }
    });

    it("throws its error only once", async () => {
      const input = place(device(), { dtype: "int32", shape: [1], strides: [1], offset: 0, values: [9] });
      expect(await refusal(device(), index, input)).toEqual(new IndexError("somewhere: 9 is out of range"));
      await device().flush();
      expect((await device().read(input.buffer, 0, 4))[0]).toBe(9);
      device().free(input.buffer);
    });
  });
}
