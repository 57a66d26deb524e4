/**
 * The file format of recorded PyTorch results, and the two ways in which a case can fail: a value differs, or Akari
 * lacks a feature.
 */

import { type Backend, type DType, isDType, type Shape, type Tensor, tensor } from "@akari/tensor";

/** A tensor in the files: NaN and infinities are strings. */
export interface Recorded {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data: readonly (number | string)[];
}

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Arguments by PyTorch's names. */
export type Keywords = Readonly<Record<string, Json>>;

/** A feature that Akari or the device lacks. */
export class Missing extends Error {
  override name = "Missing";
}

/** A result that differs from the recorded one. */
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
 * Returns Akari's dtype for a recorded one, or null if there is none. PyTorch's default integer type is int64, Akari's
 * int32.
 */
export function dtypeOf(recorded: string): DType | null {
  if (recorded === "int64") return "int32";
  return isDType(recorded) ? recorded : null;
}

/** Converts a recorded number, which is a string for NaN and infinities. */
export function number(value: number | string): number {
  return Number(value);
}

/** Whether a value is a recorded tensor. */
export function isRecorded(value: unknown): value is Recorded {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value && "data" in value;
}

/** Creates a recorded tensor on a device. */
export function load(recorded: Recorded, device: Backend): Tensor {
  const dtype = dtypeOf(recorded.dtype);
  if (dtype === null) throw new Missing(`dtype ${recorded.dtype}`);
  return tensor(recorded.data.map(number), { dtype, device }).reshape(recorded.shape);
}
