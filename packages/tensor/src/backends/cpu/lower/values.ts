/**
 * How four elements of each dtype are held in vectors, and how they are loaded and stored. Kernels process four
 * elements at a time for every dtype: float32, 16-bit floats (as float32), int32 and uint8 (as 32-bit integers) take
 * one vector, float64 takes two, and a bool is a lane of all ones or all zeros, as comparisons return it.
 */

import { bytesOf, computeType, type DType, isFloating } from "../../../dtype.ts";
import { type Code, f32x4, f64x2, i8x16, i16x8, i32, i32x4, shuffle, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";

/** One vector. */
export type Vector = Code<"v128">;
/** Four elements: one vector, or two for float64. */
export type Value = readonly Vector[];
/** An address or an integer. */
export type Integer = Code<"i32">;

/** Returns the first vector of a value. */
export function first(value: Value): Vector {
  return value[0] as Vector; // safe: a value has one or two vectors
}

/** Returns a constant in all lanes. */
export function constant(e: Emitter, dtype: DType, value: number): Value {
  if (dtype === "float64") return [e.f64(value), e.f64(value)];
  if (isFloating(dtype)) return [e.f32(value)];
  return [e.i32(dtype === "bool" ? -Number(value !== 0) : value)];
}

/** Loads four adjacent elements. When fewer exist, it reads past the last one: up to 24 bytes for float64. */
export function load(e: Emitter, dtype: DType, address: Integer): Value {
  switch (bytesOf(dtype)) {
    case 8:
      return [e.let(v128.load(address)), e.let(v128.load(address, 16))];
    case 4:
      return [e.let(v128.load(address))];
    case 2:
      return decoded(e, dtype, v128.load16x4U(address));
    default:
      return decoded(e, dtype, i32x4.extendLow16U(i16x8.extendLow8U(v128.load32Zero(address))));
  }
}

/** Loads a byte or 16 bits. */
function loadBits(dtype: DType, address: Integer): Integer {
  return bytesOf(dtype) === 2 ? i32.load16U(address) : i32.load8U(address);
}

/** Loads the element at an address into all four lanes. */
export function loadSplat(e: Emitter, dtype: DType, address: Integer): Value {
  const bytes = bytesOf(dtype);
  if (bytes < 4) return decoded(e, dtype, i32x4.splat(loadBits(dtype, address)));
  const lanes = e.let(bytes === 8 ? v128.load64Splat(address) : v128.load32Splat(address));
  return bytes === 8 ? [lanes, lanes] : [lanes];
}

/** Loads four elements from separate addresses. */
export function loadEach(e: Emitter, dtype: DType, places: readonly Integer[]): Value {
  const [a, b, c, d] = places as readonly [Integer, Integer, Integer, Integer]; // safe: there are four
  const bytes = bytesOf(dtype);
  if (bytes === 8)
    return [[a, b] as const, [c, d] as const].map(([p, q]) => e.let(v128.loadLane(64, q, v128.load64Zero(p), 1)));
  const others = [b, c, d];
  if (bytes === 4)
    return [e.let(others.reduce<Vector>((lanes, at, k) => v128.loadLane(32, at, lanes, k + 1), v128.load32Zero(a)))];
  const start: Vector = i32x4.splat(loadBits(dtype, a));
  return decoded(
    e,
    dtype,
    others.reduce((lanes, at, k) => i32x4.replace(lanes, k + 1, loadBits(dtype, at)), start),
  );
}

/** Converts a value to its layout in memory, with the elements adjacent at the vector's low end. */
export function pack(e: Emitter, dtype: DType, value: Value): Value {
  const bytes = bytesOf(dtype);
  if (bytes >= 4) return value;
  if (bytes === 2) {
    const half = toBits(e, dtype, first(value));
    return [e.let(i16x8.narrow32U(half, half))];
  }
  const lanes = e.let(dtype === "bool" ? v128.and(first(value), e.i32(1)) : first(value));
  const words = e.let(i16x8.narrow32(lanes, lanes));
  return [e.let(i8x16.narrow16U(words, words))];
}

/** Stores a packed value to four adjacent elements. */
export function storePacked(e: Emitter, dtype: DType, address: Integer, packed: Value): void {
  const bytes = bytesOf(dtype);
  if (bytes === 8) e.f.do(v128.store(address, first(packed)), v128.store(address, packed[1] as Vector, 16));
  else if (bytes === 4) e.f.do(v128.store(address, first(packed)));
  else e.f.do(v128.storeLane(bytes === 2 ? 64 : 32, address, first(packed), 0));
}

/** Stores element `k` of a packed value. */
export function storeOne(e: Emitter, dtype: DType, address: Integer, packed: Value, k: number): void {
  const bytes = bytesOf(dtype);
  if (bytes === 8) e.f.do(v128.storeLane(64, address, packed[k >> 1] as Vector, k & 1));
  else e.f.do(v128.storeLane(bytes === 4 ? 32 : bytes === 2 ? 16 : 8, address, first(packed), k));
}

/** Stores the first elements of a packed value: as many as `count`, if that is from 0 to 3, or all four. */
export function storeSome(e: Emitter, dtype: DType, address: Integer, packed: Value, count: Integer): void {
  const some = (): void => {
    for (const j of [0, 1, 2])
      e.f.if(i32.gt(count, j), () => storeOne(e, dtype, i32.add(address, j * bytesOf(dtype)), packed, j));
  };
  e.f.if(i32.ge(count, 4), () => storePacked(e, dtype, address, packed), some);
}

/** Converts loaded bytes or 16-bit floats, one per 32-bit lane: bools to masks, 16-bit floats to float32. */
function decoded(e: Emitter, dtype: DType, lanes: Vector): Value {
  if (bytesOf(dtype) === 2) return fromBits(e, dtype, lanes);
  return [e.let(dtype === "bool" ? i32x4.ne(lanes, e.i32(0)) : lanes)];
}

/** Converts the bits of 16-bit floats, one per 32-bit lane, to float32. */
function fromBits(e: Emitter, dtype: DType, bits: Vector): Value {
  if (dtype === "bfloat16") return [e.let(i32x4.shl(bits, 16))];
  const half = e.let(bits);
  const magnitude = v128.and(half, e.i32(0x7fff));
  // After the shift, the exponent is too small by 112. The product is exact, also for denormals.
  const scaled = e.let(f32x4.mul(i32x4.shl(magnitude, 13), e.i32(0x77800000)));
  const special = v128.and(i32x4.ge(magnitude, e.i32(0x7c00)), e.i32(0x7f800000));
  const sign = i32x4.shl(v128.and(half, e.i32(0x8000)), 16);
  return [e.let(v128.or(v128.or(scaled, special), sign))];
}

/** Rounds float32 to 16 bits, ties to even, and returns the bits in 32-bit lanes. */
function toBits(e: Emitter, dtype: DType, value: Vector): Vector {
  const word = e.let(value);
  const magnitude = e.let(v128.and(word, e.i32(0x7fffffff)));
  if (dtype === "bfloat16") {
    const upper = e.let(i32x4.shrU(word, 16));
    const rounded = i32x4.shrU(i32x4.add(i32x4.add(word, e.i32(0x7fff)), v128.and(upper, e.i32(1))), 16);
    return e.let(e.select(v128.or(upper, e.i32(0x40)), rounded, i32x4.gt(magnitude, e.i32(0x7f800000))));
  }
  // The sum with 2¹³ times its power of two, at least 1/2, rounds at half precision's last bit. 2¹⁶ becomes infinity.
  const size = e.let(i32x4.min(magnitude, e.i32(0x47800000)));
  const power = e.let(i32x4.max(v128.and(i32x4.add(size, e.i32(13 << 23)), e.i32(0x7f800000)), e.f32(0.5)));
  const digits = i32x4.sub(f32x4.add(size, power), power);
  const exponent = i32x4.shrU(i32x4.sub(power, e.f32(0.5)), 13);
  const nan = f32x4.ne(word, word);
  const bits = e.select(e.i32(0x7e00), i32x4.add(digits, exponent), nan);
  return e.let(v128.or(bits, i32x4.shrU(v128.xor(word, magnitude), 16)));
}

/** Converts a value to another dtype, as `convert` of the reference backend defines it. */
export function convert(e: Emitter, value: Value, from: DType, to: DType): Value {
  if (from === to) return value;
  const lanes = first(value);
  const one = (code: Vector): Value => [e.let(code)];
  if (from === "float64") {
    const [low, high] = value as readonly [Vector, Vector]; // safe: float64 takes two
    if (to === "bool") return one(joined(f64x2.ne(low, e.f64(0)), f64x2.ne(high, e.f64(0))));
    if (to === "int32" || to === "uint8") return convert(e, one(truncated64(e, low, high)), "int32", to);
    return convert(e, one(narrowed(low, high)), "float32", to);
  }
  // Bools become float32 in one instruction, and other numbers by way of 0 and 1.
  if (from === "bool" && to !== "float32") return convert(e, one(v128.and(lanes, e.i32(1))), "uint8", to);
  const floating = computeType(from) === "float32";
  switch (to) {
    case "float64":
      return (
        floating
          ? widened(lanes)
          : [f64x2.convertLowI32x4(lanes), f64x2.convertLowI32x4(shuffle(lanes, lanes, [2, 3, 2, 3]))]
      ).map((half) => e.let(half));
    case "float32":
      if (floating) return value;
      return one(from === "bool" ? v128.and(lanes, e.f32(1)) : f32x4.convertI32x4(lanes));
    case "float16":
    case "bfloat16":
      return fromBits(e, to, toBits(e, to, first(convert(e, value, from, "float32"))));
    case "int32":
      return floating ? one(truncated32(e, lanes)) : value;
    case "uint8":
      return one(v128.and(first(convert(e, value, from, "int32")), e.i32(255)));
    case "bool":
      return one(floating ? f32x4.ne(lanes, e.f32(0)) : i32x4.ne(lanes, e.i32(0)));
  }
}

/** Converts four float32 to two vectors of float64. */
export function widened(x: Vector): readonly [low: Vector, high: Vector] {
  return [f64x2.promoteLowF32x4(x), f64x2.promoteLowF32x4(shuffle(x, x, [2, 3, 2, 3]))];
}

/** Converts two vectors of float64 to four float32. */
export function narrowed(low: Vector, high: Vector): Vector {
  return shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5]);
}

/** Combines the low halves of the 64-bit lanes of two vectors into 32-bit lanes. */
export function joined(low: Vector, high: Vector): Vector {
  return shuffle(low, high, [0, 2, 4, 6]);
}

/** Truncates to int32. Values that do not fit become -2³¹, as on x86. */
function truncated32(e: Emitter, lanes: Vector): Vector {
  // The saturating conversion already returns -2³¹ below the range. NaN compares false.
  const fits = f32x4.lt(lanes, e.f32(2 ** 31));
  return e.select(i32x4.truncF32x4(lanes), e.i32(-(2 ** 31)), fits);
}

function truncated64(e: Emitter, low: Vector, high: Vector): Vector {
  const fits = joined(f64x2.lt(low, e.f64(2 ** 31)), f64x2.lt(high, e.f64(2 ** 31)));
  const lanes = shuffle(i32x4.truncF64x2Zero(low), i32x4.truncF64x2Zero(high), [0, 1, 4, 5]);
  return e.select(lanes, e.i32(-(2 ** 31)), fits);
}
