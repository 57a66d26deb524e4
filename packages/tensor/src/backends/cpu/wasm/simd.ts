/**
 * The SIMD instructions that the kernels use, on 128 bits as lanes of one type. Names follow the specification, except
 * that operations are signed unless they end in `U`. Comparisons return lanes of all ones or all zeros. Loads and
 * stores need no alignment.
 */

import {
  type Binary,
  type Code,
  instruction,
  type Load,
  loads,
  memoryImmediate,
  type Operand,
  opcode,
  operations,
  type Store,
  stores,
  type Table,
  type Type,
  type Unary,
} from "./code.ts";
import { bytes } from "./encoding.ts";

/** Base of the SIMD opcodes. */
const simd = 0xfd000;

type Vector = Code<"v128">;
type Shift = (a: Vector, by: Operand<"i32">) => Vector;
type Ternary = (a: Vector, b: Vector, c: Vector) => Vector;

/** Returns functions for instructions whose result is a vector. */
function vectors<N extends string>(names: N): Table<N, (...operands: readonly Operand<Type>[]) => Vector> {
  return operations("v128", names, simd);
}

/** The instructions of every lane type: broadcast a number, extract a lane, replace a lane. */
export interface Lanes<S extends Type> {
  splat(value: Operand<S>): Vector;
  extract(vector: Vector, lane: number): Code<S>;
  replace(vector: Vector, lane: number, value: Operand<S>): Vector;
}

/** Returns the instructions of a lane type that name a lane. The opcode for replacing follows that for extracting. */
function lanes<S extends Type>(type: S, extract: number): Omit<Lanes<S>, "splat"> {
  return {
    extract: (a, lane) => instruction(type, [a], opcode(simd + extract) + bytes(lane)),
    replace: (a, lane, value) => instruction("v128", [a, value], opcode(simd + extract + 1) + bytes(lane)),
  };
}

/** Encodes an instruction that reads or writes one lane, `bits` wide. */
function laneAccess(first: number, bits: 8 | 16 | 32 | 64, lane: number, offset: number): string {
  return opcode(simd + first + Math.log2(bits / 8)) + memoryImmediate(0, offset) + bytes(lane);
}

/** Instructions on all 128 bits. */
export const v128: Table<"load load16x4U load32Splat load64Splat load32Zero load64Zero", Load<"v128">> &
  Table<"store", Store<"v128">> &
  Table<"and andNot or xor", Binary<"v128", "v128">> & {
    /** A constant, given as its sixteen bytes. */
    const(values: readonly number[]): Vector;
    /** Bits of `a` where the mask is 1, bits of `b` where it is 0. */
    bitselect(a: Vector, b: Vector, mask: Vector): Vector;
    /** The same for masks whose 32-bit lanes are 0 or all ones. Requires relaxed SIMD. */
    laneselect(a: Vector, b: Vector, mask: Vector): Vector;
    /** Loads one lane of `bits` bits and keeps the others. */
    loadLane(bits: 8 | 16 | 32 | 64, address: Operand<"i32">, vector: Vector, lane: number, offset?: number): Vector;
    /** Stores one lane of `bits` bits. */
    storeLane(
      bits: 8 | 16 | 32 | 64,
      address: Operand<"i32">,
      vector: Vector,
      lane: number,
      offset?: number,
    ): Code<"void">;
  } = {
  .../* @__PURE__ */ loads("v128", "0 load 4 load16x4U 9 load32Splat load64Splat 92 load32Zero load64Zero", simd),
  .../* @__PURE__ */ stores("11 store", simd),
  .../* @__PURE__ */ vectors("78 and andNot or xor bitselect 267 laneselect"),
  const: (values) => instruction("v128", [], opcode(simd + 12) + bytes(...values)),
  loadLane: (bits, address, a, lane, offset = 0) =>
    instruction("v128", [address, a], laneAccess(84, bits, lane, offset)),
  storeLane: (bits, address, a, lane, offset = 0) =>
    instruction("void", [address, a], laneAccess(88, bits, lane, offset)),
};

/**
 * Selects lanes from the concatenation of `a` and `b`. The number of indices determines the lane size: two for 64 bits,
 * four for 32, eight for 16, sixteen for bytes.
 */
export function shuffle(a: Vector, b: Vector, indices: readonly number[]): Vector {
  const size = 16 / indices.length;
  const places = indices.flatMap((lane) => Array.from({ length: size }, (_, i) => lane * size + i));
  return instruction("v128", [a, b], opcode(simd + 13) + bytes(...places));
}

/** Sixteen bytes. */
export const i8x16: Table<"narrow16U", Binary<"v128", "v128">> = /* @__PURE__ */ vectors("102 narrow16U");

/** Eight 16-bit integers. */
export const i16x8: Table<"narrow32 narrow32U", Binary<"v128", "v128">> & Table<"extendLow8U", Unary<"v128", "v128">> =
  /* @__PURE__ */ vectors("133 narrow32 narrow32U 137 extendLow8U");

/** Four 32-bit integers. */
export const i32x4: Lanes<"i32"> &
  Table<"shl shr shrU", Shift> &
  Table<"allTrue", Unary<"v128", "i32">> &
  Table<"eq ne lt ltU gt gtU le leU ge geU", Binary<"v128", "v128">> &
  Table<"add sub mul min minU max", Binary<"v128", "v128">> &
  Table<"abs neg extendLow16U truncF32x4 truncF64x2Zero", Unary<"v128", "v128">> = {
  .../* @__PURE__ */ lanes("i32", 27),
  .../* @__PURE__ */ operations("i32", "163 allTrue", simd),
  .../* @__PURE__ */ vectors("17 splat 55 eq ne lt ltU gt gtU le leU ge geU 160 abs neg 169 extendLow16U"),
  .../* @__PURE__ */ vectors("171 shl shr shrU add 177 sub 181 mul min minU max 248 truncF32x4 252 truncF64x2Zero"),
};

/** Two 64-bit integers. */
export const i64x2: Table<"shl shr", Shift> &
  Table<"add sub", Binary<"v128", "v128">> &
  Table<"extendLow32 extendHigh32", Unary<"v128", "v128">> = /* @__PURE__ */ vectors(
  "199 extendLow32 extendHigh32 203 shl shr 206 add 209 sub",
);

/** Instructions of both floating-point lane types. */
type Floats<S extends "f32" | "f64"> = Lanes<S> &
  Table<"eq ne lt gt le ge", Binary<"v128", "v128">> &
  Table<"add sub mul div min max pmin pmax", Binary<"v128", "v128">> &
  Table<"abs neg sqrt ceil floor trunc nearest", Unary<"v128", "v128">> & {
    /** `a · b + c`, rounded once or twice depending on the engine. Requires relaxed SIMD. */
    relaxedMadd: Ternary;
  };

/** Four float32 numbers. */
export const f32x4: Floats<"f32"> & Table<"convertI32x4 demoteF64x2Zero", Unary<"v128", "v128">> = {
  .../* @__PURE__ */ lanes("f32", 31),
  .../* @__PURE__ */ vectors("19 splat 65 eq ne lt gt le ge 94 demoteF64x2Zero 103 ceil floor trunc nearest"),
  .../* @__PURE__ */ vectors("224 abs neg 227 sqrt add sub mul div min max pmin pmax 250 convertI32x4 261 relaxedMadd"),
};

/** Two float64 numbers. */
export const f64x2: Floats<"f64"> & Table<"convertLowI32x4 promoteLowF32x4", Unary<"v128", "v128">> = {
  .../* @__PURE__ */ lanes("f64", 33),
  .../* @__PURE__ */ vectors("20 splat 71 eq ne lt gt le ge 95 promoteLowF32x4 116 ceil floor 122 trunc 148 nearest"),
  .../* @__PURE__ */ vectors(
    "236 abs neg 239 sqrt add sub mul div min max pmin pmax 254 convertLowI32x4 263 relaxedMadd",
  ),
};
