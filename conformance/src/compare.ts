/** Compares results with recorded ones within their tolerances. */

import {
  type DType,
  fromBfloat16,
  fromHalf,
  isFloating,
  numbersOf,
  type Tensor,
  toBfloat16,
  toHalf,
} from "@akari/tensor";
import { dtypeOf, Mismatch, Missing, number, type Recorded } from "./recorded.ts";

/** Tolerances: `|got - want| ≤ atol + rtol · |want|`. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** Returns the elements of a tensor as numbers, in row-major order. */
export async function values(x: Tensor): Promise<number[]> {
  return Array.from(numbersOf(await x.detach().data(), x.dtype));
}

/** Throws a Mismatch unless two plain values are equal as JSON. */
export function checkEqual(what: string, got: unknown, want: unknown): void {
  const [found, wanted] = [text(got), text(want)];
  if (found !== wanted) throw new Mismatch(what, wanted, found);
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** Throws a Mismatch unless a number is within tolerance of the recorded one. */
export function checkClose(what: string, got: unknown, want: number, { rtol = 0, atol = 0 }: Tolerance): void {
  if (typeof got !== "number" || !isClose(got, want, rtol, atol)) {
    throw new Mismatch(what, `${want} (rtol ${rtol}, atol ${atol})`, String(got));
  }
}

/**
 * Throws a Mismatch unless a tensor has the recorded dtype, shape and elements. An element may match `other` instead,
 * if it is given.
 */
export async function checkSame(
  what: string,
  got: Tensor | null | undefined,
  want: Recorded,
  { rtol = 0, atol = 0 }: Tolerance,
  other: Recorded | null = null,
): Promise<void> {
  const dtype = dtypeOf(want.dtype);
  if (dtype === null) throw new Missing(`dtype ${want.dtype}`);
  const wanted = `${dtype} [${want.shape.join(", ")}]`;
  if (!got) throw new Mismatch(what, wanted, "nothing");
  const found = `${got.dtype} [${got.shape.join(", ")}]`;
  if (found !== wanted) throw new Mismatch(what, wanted, found);
  const exact = !isFloating(dtype);
  (await values(got)).forEach((value, i) => {
    const targets = [want, ...(other === null ? [] : [other])].map(({ data }) =>
      nearest(number(data[i] as number | string), dtype),
    );
    if (targets.some((target) => (exact ? value === target : isClose(value, target, rtol, atol)))) return;
    const allowed = exact ? "" : ` (rtol ${rtol}, atol ${atol})`;
    throw new Mismatch(`${what}, element ${i} of ${wanted}`, `${targets.join(" or ")}${allowed}`, String(value));
  });
}

/** Rounds a recorded number to its dtype: files contain the shortest decimal that reads back as the same number. */
function nearest(value: number, dtype: DType): number {
  if (dtype === "float32") return Math.fround(value);
  if (dtype === "float16") return fromHalf(toHalf(value));
  return dtype === "bfloat16" ? fromBfloat16(toBfloat16(value)) : value;
}

function isClose(got: number, want: number, rtol: number, atol: number): boolean {
  if (Number.isNaN(want)) return Number.isNaN(got);
  if (!Number.isFinite(want)) return got === want;
  return Math.abs(got - want) <= atol + rtol * Math.abs(want);
}
