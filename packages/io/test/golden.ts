/**
 * The recorded files: where they lie, and how what was read is held against what their descriptions say. They are not
 * part of the repository: where they are missing, the tests that need them are skipped and say so.
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

/** A description of recorded files. Whoever asks says what it looks like. */
export function described<T>(name: string): T {
  // Safe: the form of the descriptions is written down beside them.
  return JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as T;
}

/** A recorded tensor. */
export interface Recorded {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

/** What becomes of the types of files that we do not have. */
const becomes: Readonly<Record<string, string>> = { int64: "int32", int16: "int32", int8: "int32" };

/** Expects an array to be exactly the recorded one. `int64` says what int64 was read as. */
export function expectSame(got: HostArray, want: Recorded, int64 = "int32"): void {
  expect(got.dtype).toBe(want.dtype === "int64" ? int64 : (becomes[want.dtype] ?? want.dtype));
  expect(got.shape).toEqual(want.shape);
  // The recording has the shortest text that gives the number back in its own type.
  const round = want.dtype === "float32" ? Math.fround : Number;
  const values = Array.from(numbersOf(got.data, got.dtype));
  const expected = want.data.map((x) => round(Number(x)));
  // Floats of 16 bits are recorded with eight digits, which is more than they have.
  if (want.dtype.endsWith("float16"))
    expect(values.map((x) => Number(x.toPrecision(6)))).toEqual(expected.map((x) => Number(x.toPrecision(6))));
  else expect(values).toEqual(expected);
}
