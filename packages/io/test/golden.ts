/**
 * Locates the recorded files, and compares what was read with their descriptions. The files are not part of the
 * repository; without them, the tests that need them are skipped and print why.
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { numbersOf } from "@akari/tensor";
import { expect } from "vitest";
import type { HostArray } from "../src/index.ts";

const path = `${process.env.AKARI_GOLDEN ?? fileURLToPath(new URL("../../../../shared/golden", import.meta.url))}/checkpoints`;

/** The folder of recorded files, or null. */
export const folder: string | null = existsSync(path) ? path : null;
if (folder === null) console.warn(`skipped: there are no recorded files at ${path}; set AKARI_GOLDEN`);

/** The bytes of a recorded file. */
export function bytesOf(name: string): Uint8Array {
  return readFileSync(`${folder}/${name}`);
}

/** Reads a description of recorded files. The caller states its type. */
export function described<T>(name: string): T {
  // Safe: the README next to the descriptions documents their format.
  return JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as T;
}

/** A recorded tensor. */
export interface Recorded {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

/** The dtypes that replace those that Akari does not have. */
const becomes: Readonly<Record<string, string>> = { int64: "int32", int16: "int32", int8: "int32" };

/** Expects an array to equal the recorded one exactly. `int64` is the dtype as which int64 was read. */
export function expectSame(got: HostArray, want: Recorded, int64 = "int32"): void {
  expect(got.dtype).toBe(want.dtype === "int64" ? int64 : (becomes[want.dtype] ?? want.dtype));
  expect(got.shape).toEqual(want.shape);
  // The recording contains the shortest text that is read as the same number in its dtype.
  const round = want.dtype === "float32" ? Math.fround : Number;
  const values = Array.from(numbersOf(got.data, got.dtype));
  const expected = want.data.map((x) => round(Number(x)));
  // 16-bit floats are recorded with eight digits, more than they have.
  if (want.dtype.endsWith("float16"))
    expect(values.map((x) => Number(x.toPrecision(6)))).toEqual(expected.map((x) => Number(x.toPrecision(6))));
  else expect(values).toEqual(expected);
}
