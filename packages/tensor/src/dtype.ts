/**
 * Element types. A dtype is a plain string, so that it prints, serializes and compares without further code. The
 * default integer is int32 because GPUs have no wider one: where PyTorch returns int64, Akari returns int32.
 */

import { expectTensor } from "./argument.ts";
import type { Backend } from "./backend.ts";
import { DeviceError, DTypeError } from "./errors.ts";

/** The type of a tensor's elements. */
export type DType = "float64" | "float32" | "float16" | "bfloat16" | "int32" | "uint8" | "bool";

/**
 * The typed array that holds elements of each dtype in JavaScript. Bools are bytes of 0 and 1; float16 and bfloat16 are
 * raw 16-bit patterns.
 */
export type TypedArray = Float64Array | Float32Array | Uint16Array | Int32Array | Uint8Array;

/** The properties of a dtype. */
interface Traits {
  readonly bytes: number;
  /** PyTorch's order of kinds: bool < integer < floating point. A higher kind wins a promotion. */
  readonly kind: 0 | 1 | 2;
  /** The order within its kind: the wider type wins, and two different types of equal rank promote to float32. */
  readonly rank: number;
  /** The number of bits of the significand: integers below 2^digits are exact. */
  readonly digits: number;
  /** The array that holds its elements. */
  readonly Array: {
    new (length: number): TypedArray;
    new (memory: ArrayBufferLike, offset: number, length: number): TypedArray;
  };
}

const traits: Readonly<Record<DType, Traits>> = {
  bool: { bytes: 1, kind: 0, rank: 0, digits: 1, Array: Uint8Array },
  uint8: { bytes: 1, kind: 1, rank: 1, digits: 8, Array: Uint8Array },
  int32: { bytes: 4, kind: 1, rank: 2, digits: 31, Array: Int32Array },
  float16: { bytes: 2, kind: 2, rank: 3, digits: 11, Array: Uint16Array },
  bfloat16: { bytes: 2, kind: 2, rank: 3, digits: 8, Array: Uint16Array },
  float32: { bytes: 4, kind: 2, rank: 4, digits: 24, Array: Float32Array },
  float64: { bytes: 8, kind: 2, rank: 5, digits: 53, Array: Float64Array },
};

/** All dtypes, narrowest first. */
export const dtypes: readonly DType[] = /* @__PURE__ */ Object.keys(traits) as DType[]; // safe: these are its keys

/** The position of each dtype in that list. */
export const ordinals: Readonly<Record<DType, number>> = /* @__PURE__ */ Object.fromEntries(
  dtypes.map((dtype, i) => [dtype, i]),
) as Record<DType, number>; // safe: there is an entry for each

/** Returns the properties of a dtype. In plain JavaScript it may be anything. */
function traitsOf(operation: string, dtype: DType): Traits {
  if (!traits[dtype]) checkDType(operation, dtype);
  return traits[dtype];
}

/** Returns the size of one element, in bytes. */
export function bytesOf(dtype: DType): number {
  return traits[dtype].bytes;
}

/** Returns whether a dtype is floating point, that is, whether it can have a gradient. */
export function isFloating(dtype: DType): boolean {
  return traits[dtype]?.kind === 2;
}

/** Returns the kind of a dtype: 0 for bool, 1 for integers, 2 for floating point. */
export function kindOf(dtype: DType): 0 | 1 | 2 {
  return traits[dtype].kind;
}

/** Returns the number of bits of a dtype's significand, 24 for float32. Integers below two to this power are exact. */
export function digitsOf(dtype: DType): number {
  return traits[dtype].digits;
}

/** Returns whether a string names a dtype. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(traits, name);
}

/**
 * Returns the dtype that two dtypes promote to, as `torch.promote_types` does.
 *
 * @example
 * promoteTypes("int32", "float32"); // "float32"
 */
export function promoteTypes(a: DType, b: DType): DType {
  const rise = traitsOf("promoteTypes", a).rank - traitsOf("promoteTypes", b).rank;
  return rise === 0 && a !== b ? "float32" : rise >= 0 ? a : b;
}

/**
 * Returns whether a result of dtype `from` may be stored in a tensor of dtype `to`, as `torch.can_cast` does: the kind
 * never decreases (floats are not truncated to integers, nor integers converted to bools).
 */
export function canCast(from: DType, to: DType): boolean {
  return traitsOf("canCast", from).kind <= traitsOf("canCast", to).kind;
}

/**
 * Returns the dtype in which scalar operations on `dtype` are computed: float16 and bfloat16 are storage formats and
 * compute in float32.
 */
export function computeType(dtype: DType): DType {
  return traits[dtype]?.bytes === 2 ? "float32" : dtype;
}

/** Creates a typed array of `length` zeros. float16 and bfloat16 are stored as raw 16-bit patterns. */
export function typedArray(dtype: DType, length: number): TypedArray {
  return new traits[dtype].Array(length);
}

/** Creates a typed array over existing memory. `offset` is in bytes and must be a multiple of the element size. */
export function viewBytes(dtype: DType, memory: ArrayBufferLike, offset: number, length: number): TypedArray {
  return new traits[dtype].Array(memory, offset, length);
}

/** Throws a DTypeError unless a value is a dtype. In plain JavaScript it may be anything. */
export function checkDType(operation: string, dtype: DType): void {
  if (!isDType(dtype)) throw new DTypeError(`${operation}: there is no dtype "${String(dtype)}"`);
}

/** Throws a DeviceError unless a device supports a dtype. */
export function checkSupport(operation: string, dtype: DType, device: Backend): void {
  if (!device.supports(dtype)) throw new DeviceError(`${operation}: the device ${device.name} has no ${dtype}`);
}

/** Throws a DTypeError unless a tensor is floating point. */
export function expectFloating(operation: string, x: { readonly dtype: DType }): void {
  const dtype = x?.dtype ?? expectTensor(operation, x);
  if (!isFloating(dtype))
    throw new DTypeError(`${operation}: expected a floating-point dtype, got ${dtype}; convert with to("float32")`);
}

/** Throws a DTypeError unless two tensors have the same dtype. */
export function expectOneType(operation: string, a: { readonly dtype: DType }, b: { readonly dtype: DType }): void {
  expectTensor(operation, a);
  expectTensor(operation, b);
  if (a.dtype !== b.dtype)
    throw new DTypeError(
      `${operation}: expected both tensors to have one dtype, got ${a.dtype} and ${b.dtype}; convert one with .to()`,
    );
}
