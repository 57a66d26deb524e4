/**
 * Element types of files and their conversion to dtypes. Files have more types than devices: narrow and 64-bit integers
 * are read as int32, with a range check.
 */

import {
  ArgumentError,
  bytesOf,
  checkChoice,
  checkSizes,
  type DType,
  describeValue,
  dtypes,
  expected,
  FileError,
  fromTypedArray,
  type Shape,
  settings,
  sizeOf,
  type Tensor,
  type TypedArray,
  viewBytes,
} from "@akari/tensor";
import type { LoadOptions } from "./safetensors.ts";

/** An array in host memory. */
export interface HostArray {
  /** Type of the elements. */
  readonly dtype: DType;
  /** Size of each dimension; empty for a scalar. */
  readonly shape: Shape;
  /** Elements in row-major order, in the typed array of their dtype. */
  readonly data: TypedArray;
}

/** Element type of a file. */
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

/** Options of the functions that decode tensors. */
export interface ReadOptions {
  /**
   * Dtype for 64-bit integers and unsigned 32-bit integers. Values that the dtype cannot represent exactly throw a
   * FileError; "float64" represents integers up to 2⁵³. Default "int32".
   */
  readonly int64?: "int32" | "float64";
}

/** Options of `torch.load` that have no counterpart, and why. */
const unneeded = {
  mapLocation: "tensors are loaded to the default device, or to that of the option device",
  weightsOnly: "files are read, but nothing in them is executed",
};

/**
 * Checks the arguments of decoding and loading.
 *
 * @throws ArgumentError for other values than bytes, and for an unknown option or an invalid value.
 */
export function checkReading(what: string, bytes: Uint8Array, options: LoadOptions): void {
  if (bytes?.BYTES_PER_ELEMENT !== 1) expected(what, "the bytes of a file, a Uint8Array", bytes);
  for (const [name, reason] of Object.entries(unneeded))
    if (name in Object(options)) throw new ArgumentError(`${what}: the option "${name}" is not needed: ${reason}`);
  const { int64 } = settings(what, options, { int64: "int32", device: undefined });
  checkChoice(what, "int64", int64, ["int32", "float64"]);
}

/**
 * Checks an array that is to be encoded.
 *
 * @throws ArgumentError, ShapeError or FileError unless the data are as many elements of the dtype as the shape has.
 */
export function checkArray(what: string, array: HostArray): void {
  const { dtype, shape, data } = array ?? {}; // plain JavaScript may pass anything
  checkChoice(what, "dtype", dtype, dtypes);
  checkSizes(what, shape);
  if (data?.byteLength !== sizeOf(shape) * bytesOf(dtype))
    throw new FileError(
      `${what}: the data must be a typed array of ${sizeOf(shape)} elements of ${dtype}, for the shape [${shape.join(", ")}], got ${data?.length} elements`,
    );
}

/**
 * Returns the arrays to be encoded, with their names.
 *
 * @throws ArgumentError for anything but an object, and the errors of `checkArray`.
 */
export function entriesOf(operation: string, arrays: Readonly<Record<string, HostArray>>): [string, HostArray][] {
  const given = describeValue(arrays);
  if (given !== "an object") throw new ArgumentError(`${operation}: expected arrays by name, got ${given}`);
  const entries = Object.entries(arrays);
  for (const [name, array] of entries) checkArray(`${operation}: "${name}"`, array);
  return entries;
}

/** Size of an element in a file, in bytes. */
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
 * Converts the bytes of elements to a new typed array.
 *
 * @param what name of the array in messages.
 * @param bytes the bytes of the elements, little-endian unless `bigEndian`.
 * @throws FileError when a value cannot be represented.
 */
export function decodeElements(
  what: string,
  type: FileType,
  bytes: Uint8Array,
  options: ReadOptions = {},
  bigEndian = false,
): { readonly dtype: DType; readonly data: TypedArray } {
  // A copy is aligned for every element type. `slice` would not copy a Node Buffer.
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

/** Extends unsigned 32-bit integers to low and high halves of 64-bit integers. */
function paired(values: Uint32Array): Int32Array {
  const halves = new Int32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) halves[2 * i] = values[i] as number;
  return halves;
}

/** Converts 64-bit integers, given as low and high halves, to int32 or float64. */
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
      // `value` is rounded if it is not exact, but the message shows the exact value.
      const exact = (BigInt(type === "uint64" ? high >>> 0 : high) << 32n) + BigInt(low >>> 0);
      const advice = int64 === "int32" ? '; pass { int64: "float64" } to read values up to 2^53' : "";
      throw new FileError(`${what}: the ${type} value ${exact} at index ${i} does not fit into ${int64}${advice}`);
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
 * Returns the number of elements of a shape read from a file.
 *
 * @throws FileError unless the sizes are non-negative integers whose product is at most 2⁵³ - 1.
 */
export function countOf(what: string, shape: readonly unknown[]): number {
  let count = 1;
  let largest = 1; // the product without zeros, so that [0, 2⁶²] is rejected as well
  for (const size of shape) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      throw new FileError(`${what}: the shape [${shape.join(", ")}] must consist of non-negative integers`);
    }
    count *= size;
    largest *= Math.max(size, 1);
  }
  if (!Number.isSafeInteger(largest)) throw new FileError(`${what}: the shape [${shape.join(", ")}] is too large`);
  return count;
}

/** Creates tensors from arrays, by name. */
export function toTensors(arrays: Readonly<Record<string, HostArray>>, options: LoadOptions): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toTensor(array, options)]));
}

/** Creates a tensor from an array. */
export function toTensor({ data, shape, dtype }: HostArray, { device }: LoadOptions): Tensor {
  return fromTypedArray(data, shape, { dtype, ...(device === undefined ? {} : { device }) });
}
