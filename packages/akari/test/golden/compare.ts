/** Comparing results with recorded ones, as the README of the recorded results says. */

import { type DType, fromHalf, isFloating, type Tensor, toHalf } from "@akari/tensor";
import { expect } from "vitest";
import { dtypeOf, number, type Recorded } from "./golden.ts";

/** Allowed differences: `|got - want| ≤ atol + rtol · |want|`. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** The elements of a tensor as numbers, in row-major order. */
export async function values(x: Tensor): Promise<number[]> {
  const data = await x.detach().data();
  return x.dtype === "float16" ? Array.from(data, fromHalf) : Array.from(data);
}

/** Expects a tensor to be what was recorded. */
export async function expectSame(what: string, got: Tensor, want: Recorded, { rtol = 0, atol = 0 }: Tolerance): Promise<void> {
  expect(`${got.dtype} [${got.shape.join(", ")}]`, what).toBe(`${dtypeOf(want.dtype)} [${want.shape.join(", ")}]`);
  const exact = !isFloating(got.dtype);
  (await values(got)).forEach((value, i) => {
    const target = nearest(number(want.data[i] as number | string), got.dtype);
    const near = exact ? value === target : closeTo(value, target, rtol, atol);
    if (!near)
      expect.fail(`${what}: element ${i} of [${got.shape.join(", ")}] is ${value}, expected ${target} (rtol ${rtol}, atol ${atol})`);
  });
}

/** Recorded numbers are the shortest text that reads back as the same number of their dtype. */
function nearest(value: number, dtype: DType): number {
  if (dtype === "float32") return Math.fround(value);
  return dtype === "float16" ? fromHalf(toHalf(value)) : value;
}

function closeTo(got: number, want: number, rtol: number, atol: number): boolean {
  if (Number.isNaN(want)) return Number.isNaN(got);
  if (!Number.isFinite(want)) return got === want;
  return Math.abs(got - want) <= atol + rtol * Math.abs(want);
}
