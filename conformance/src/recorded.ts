/**
 * Recorded PyTorch results as their files write them, and what can come of a case: a value that differs, or something
 * that Akari does not have.
 */

import { type Backend, type DType, isDType, type Shape, type Tensor, tensor } from "@akari/tensor";

/** A tensor as the files write it. */
export interface Recorded {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data: readonly (number | string)[];
}

/** Anything that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Arguments by PyTorch's names. */
export type Keywords = Readonly<Record<string, Json>>;

/** Something that Akari, or the device, does not have. */
export class Missing extends Error {
  override name = "Missing";
}

/** A result that is not what PyTorch recorded. */
export class Mismatch extends Error {
  override name = "Mismatch";
  readonly what: string;
  readonly expected: string;
  readonly got: string;

  constructor(what: string, expected: string, got: string) {
    super(`${what}: expected ${expected}, got ${got}`);
    this.what = what;
    this.expected = expected;
    this.got = got;
  }
}

/**
 * The dtype in which Akari holds a recorded one; null where it has none. PyTorch's default integer is int64, Akari's
 * int32.
 */
export function dtypeOf(recorded: string): DType | null {
  if (recorded === "int64") return "int32";
  return isDType(recorded) ? recorded : null;
}

/** A recorded number: NaN and the infinities are written as text. */
export function number(value: number | string): number {
  return Number(value);
}

/** Whether a value is a recorded tensor. */
export function isRecorded(value: unknown): value is Recorded {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value && "data" in value;
}

/** A recorded tensor on a device. */
export function load(recorded: Recorded, device: Backend): Tensor {
  const dtype = dtypeOf(recorded.dtype);
  if (dtype === null) throw new Missing(`dtype ${recorded.dtype}`);
  return tensor(recorded.data.map(number), { dtype, device }).reshape(recorded.shape);
}
