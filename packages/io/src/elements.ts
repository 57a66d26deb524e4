/**
 * Element types as files have them, and how they become ours. Files know more types than devices do: 64-bit integers
 * and the narrow ones are read as int32, with a check of the range.
 */

import {
  checkChoice,
  type DType,
  FileError,
  fromTypedArray,
  type Shape,
  settings,
  type Tensor,
  type TypedArray,
  viewBytes,
} from "@akari/tensor";
import type { LoadOptions } from "./safetensors.ts";

/** An array on the host: elements in row-major order. */
export interface HostArray {
  /** The type of the elements. */
  readonly dtype: DType;
  /** The size of each dimension; empty for a scalar. */
  readonly shape: Shape;
  /** The elements: as many as the product of the sizes, in the typed array of their type. */
  readonly data: TypedArray;
}

/** An element type of a file. */
export type FileType =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "uint64"
  | "int32"
  | "uint32"
  | "int16"
  | "uint16"
  | "int8"
  | "uint8"
  | "bool";

/** How to read what does not fit as it is. */
export interface ReadOptions {
  /**
   * What becomes of integers of 64 bits, and unsigned ones of 32: `"int32"` (default) refuses a file with a value
   * outside of its range, `"float64"` takes all up to 2⁵³ exactly.
   */
  readonly int64?: "int32" | "float64";
}

/** Refuses options of reading that do not exist. Only loading has a device, but it reads as decoding does. */
export function checkReadOptions(what: string, options: LoadOptions): void {
  const { int64 } = settings(what, options, { int64: "int32", device: undefined });
  checkChoice(what, "int64", int64, ["int32", "float64"]);
}

/** The size of an element in a file, in bytes. */
export const fileBytes: Readonly<Record<FileType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  uint64: 8,
  int32: 4,
  uint32: 4,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/**
 * Elements from a file as a typed array of their own.
 *
 * @param what names the array in messages.
 * @param bytes exactly the elements' bytes, little-endian unless `bigEndian`.
 * @throws FileError when a value does not fit.
 */
export function decodeElements(
  what: string,
  type: FileType,
  bytes: Uint8Array,
  options: ReadOptions = {},
  bigEndian = false,
): { readonly dtype: DType; readonly data: TypedArray } {
  // A copy of its own begins where any element type may. (`slice` would not copy a Node Buffer.)
  const own = new Uint8Array(bytes);
  if (bigEndian) reverseEach(own, fileBytes[type]);
  const { buffer } = own;
  const count = own.length / fileBytes[type];
  switch (type) {
    case "float64":
    case "float32":
    case "float16":
    case "bfloat16":
    case "int32":
    case "uint8":
      return { dtype: type, data: viewBytes(type, buffer, 0, count) };
    case "bool":
      return { dtype: type, data: own.map((byte) => (byte === 0 ? 0 : 1)) };
    case "int16":
      return { dtype: "int32", data: Int32Array.from(new Int16Array(buffer)) };
    case "uint16":
      return { dtype: "int32", data: Int32Array.from(new Uint16Array(buffer)) };
    case "int8":
      return { dtype: "int32", data: Int32Array.from(new Int8Array(buffer)) };
    case "int64":
    case "uint64":
      return narrow(what, type, new Int32Array(buffer), options);
    case "uint32":
      return narrow(what, type, paired(new Uint32Array(buffer)), options);
  }
}

/** Unsigned 32-bit integers as halves of 64-bit ones. */
function paired(values: Uint32Array): Int32Array {
  const halves = new Int32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) halves[2 * i] = values[i] as number;
  return halves;
}

/** 64-bit integers, given as low and high halves, in a type that we have. */
function narrow(
  what: string,
  type: FileType,
  halves: Int32Array,
  { int64 = "int32" }: ReadOptions,
): { dtype: DType; data: TypedArray } {
  const data = int64 === "int32" ? new Int32Array(halves.length / 2) : new Float64Array(halves.length / 2);
  for (let i = 0; i < data.length; i++) {
    const low = halves[2 * i] as number;
    const high = halves[2 * i + 1] as number;
    const value = (type === "uint64" ? high >>> 0 : high) * 2 ** 32 + (low >>> 0);
    const fits = int64 === "int32" ? value === (value | 0) : Number.isSafeInteger(value);
    if (!fits) {
      // The sum was rounded where it is not exact; the message shows the value itself.
      const exact = (BigInt(type === "uint64" ? high >>> 0 : high) << 32n) + BigInt(low >>> 0);
      const advice = int64 === "int32" ? '; read with { int64: "float64" } to keep numbers up to 2^53' : "";
      throw new FileError(`${what}: the ${type} value ${exact} at place ${i} does not fit into ${int64}${advice}`);
    }
    data[i] = value;
  }
  return { dtype: int64, data };
}

function reverseEach(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

/**
 * The number of elements of a shape from a file.
 *
 * @throws FileError unless the sizes are non-negative integers whose product JavaScript holds exactly.
 */
export function countOf(what: string, shape: readonly unknown[]): number {
  let count = 1;
  let largest = 1; // the product without zeros, so that [0, 2⁶²] is refused as well
  for (const size of shape) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      throw new FileError(`${what}: the shape [${shape.join(", ")}] is not one of non-negative integers`);
    }
    count *= size;
    largest *= Math.max(size, 1);
  }
  if (!Number.isSafeInteger(largest))
    throw new FileError(`${what}: the shape [${shape.join(", ")}] is too large to be true`);
  return count;
}

/** Arrays as tensors, by name. */
export function toTensors(arrays: Readonly<Record<string, HostArray>>, options: LoadOptions): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toTensor(array, options)]));
}

/** An array as a tensor. */
export function toTensor({ data, shape, dtype }: HostArray, { device }: LoadOptions): Tensor {
  return fromTypedArray(data, shape, { dtype, ...(device === undefined ? {} : { device }) });
}
