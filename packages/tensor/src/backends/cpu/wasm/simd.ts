/**
 * The SIMD instructions that the kernels use, on 128 bits as lanes of one type. Names follow the specification, except
 * that operations are signed unless they end in `U`. Comparisons return lanes of all ones or all zeros. Loads and
 * stores need no alignment.
 */

import {
  type Binary,
  binaries,
  type Code,
  type Load,
  loads,
  memoryImmediate,
  type Operand,
  opcode,
  operand,
  type Store,
  stores,
  type Table,
  type Type,
  type Unary,
  unaries,
} from "./code.ts";
import { bytes } from "./encoding.ts";

/** Base of the SIMD opcodes. */
const simd = 0xfd000;

/** Rows of names, in the order of their opcodes. */
const integerComparisons = "eq ne lt ltU gt gtU le leU ge geU";
const floatComparisons = "eq ne lt gt le ge";
const floatArithmetic = "add sub mul div min max pmin pmax";

type Vector = Code<"v128">;
type Shift = (a: Vector, by: Operand<"i32">) => Vector;
type Madd = (a: Vector, b: Vector, c: Vector) => Vector;

function vector<N extends string>(first: number, names: N): Table<N, Unary<"v128", "v128">> {
  return unaries("v128", simd + first, names);
}

function vectors<N extends string>(first: number, names: N): Table<N, Binary<"v128", "v128">> {
  return binaries("v128", simd + first, names);
}

function shift(first: number): Shift {
  const code = opcode(simd + first);
  return (a, by) => ({ type: "v128", bytes: a.bytes + operand(by) + code });
}

function ternary(first: number): Madd {
  const code = opcode(simd + first);
  return (a, b, c) => ({ type: "v128", bytes: a.bytes + b.bytes + c.bytes + code });
}

/** The instructions of every lane type: broadcast a number, extract a lane, replace a lane. */
export interface Lanes<S extends Type> {
  splat(value: Operand<S>): Vector;
  extract(vector: Vector, lane: number): Code<S>;
  replace(vector: Vector, lane: number, value: Operand<S>): Vector;
}

function lanes<S extends Type>(type: S, splat: number, extract: number): Lanes<S> {
  const [splatted, extracted, replaced] = [splat, extract, extract + 1].map((code) => opcode(simd + code));
  return {
    splat: (value) => ({ type: "v128", bytes: operand(value) + splatted }),
    extract: (a, lane) => ({ type, bytes: a.bytes + extracted + bytes(lane) }),
    replace: (a, lane, value) => ({ type: "v128", bytes: a.bytes + operand(value) + replaced + bytes(lane) }),
  };
}

/** Encodes an instruction that reads or writes one lane, `bits` wide. */
function laneAccess(first: number, bits: 8 | 16 | 32 | 64, lane: number, offset: number): string {
  return opcode(simd + first + Math.log2(bits / 8)) + memoryImmediate(0, offset) + bytes(lane);
}

/** Instructions on all 128 bits. */
export const v128: Table<"load" | "load16x4U" | "load32Splat load64Splat" | "load32Zero load64Zero", Load<"v128">> &
  Table<"store", Store<"v128">> &
  Table<"not", Unary<"v128", "v128">> &
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
  .../* @__PURE__ */ loads("v128", simd, "load"),
  .../* @__PURE__ */ loads("v128", simd + 4, "load16x4U"),
  .../* @__PURE__ */ loads("v128", simd + 9, "load32Splat load64Splat"),
  .../* @__PURE__ */ loads("v128", simd + 92, "load32Zero load64Zero"),
  .../* @__PURE__ */ stores(simd + 11, "store"),
  .../* @__PURE__ */ vector(77, "not"),
  .../* @__PURE__ */ vectors(78, "and andNot or xor"),
  const: (values) => ({ type: "v128", bytes: opcode(simd + 12) + bytes(...values) }),
  bitselect: /* @__PURE__ */ ternary(82),
  laneselect: /* @__PURE__ */ ternary(0x10b),
  loadLane: (bits, address, a, lane, offset = 0) => {
    return { type: "v128", bytes: operand(address) + a.bytes + laneAccess(84, bits, lane, offset) };
  },
  storeLane: (bits, address, a, lane, offset = 0) => {
    return { type: "void", bytes: operand(address) + a.bytes + laneAccess(88, bits, lane, offset) };
  },
};

/**
 * Selects lanes from the concatenation of `a` and `b`. The number of indices determines the lane size: two for 64 bits,
 * four for 32, eight for 16, sixteen for bytes.
 */
export function shuffle(a: Vector, b: Vector, indices: readonly number[]): Vector {
  const size = 16 / indices.length;
  const places = indices.flatMap((lane) => Array.from({ length: size }, (_, i) => lane * size + i));
  return { type: "v128", bytes: a.bytes + b.bytes + opcode(simd + 13) + bytes(...places) };
}

/** Sixteen bytes. */
export const i8x16: Table<"narrow16U", Binary<"v128", "v128">> = /* @__PURE__ */ vectors(102, "narrow16U");

/** Eight 16-bit integers. */
export const i16x8: Table<"narrow32 narrow32U", Binary<"v128", "v128">> & Table<"extendLow8U", Unary<"v128", "v128">> =
  {
    .../* @__PURE__ */ vectors(133, "narrow32 narrow32U"),
    .../* @__PURE__ */ vector(137, "extendLow8U"),
  };

/** Four 32-bit integers. */
export const i32x4: Lanes<"i32"> &
  Table<"shl" | "shr" | "shrU", Shift> &
  Table<"allTrue", Unary<"v128", "i32">> &
  Table<typeof integerComparisons | "add" | "sub" | "mul min minU max", Binary<"v128", "v128">> &
  Table<"abs neg" | "extendLow16U" | "truncF32x4" | "truncF64x2Zero", Unary<"v128", "v128">> = {
  .../* @__PURE__ */ lanes("i32", 17, 27),
  shl: /* @__PURE__ */ shift(171),
  shr: /* @__PURE__ */ shift(172),
  shrU: /* @__PURE__ */ shift(173),
  .../* @__PURE__ */ unaries("i32", simd + 163, "allTrue"),
  .../* @__PURE__ */ vectors(55, integerComparisons),
  .../* @__PURE__ */ vectors(174, "add"),
  .../* @__PURE__ */ vectors(177, "sub"),
  .../* @__PURE__ */ vectors(181, "mul min minU max"),
  .../* @__PURE__ */ vector(160, "abs neg"),
  .../* @__PURE__ */ vector(169, "extendLow16U"),
  .../* @__PURE__ */ vector(248, "truncF32x4"),
  .../* @__PURE__ */ vector(252, "truncF64x2Zero"),
};

/** Two 64-bit integers. */
export const i64x2: Table<"shl" | "shr", Shift> &
  Table<"add" | "sub", Binary<"v128", "v128">> &
  Table<"extendLow32 extendHigh32", Unary<"v128", "v128">> = {
  shl: /* @__PURE__ */ shift(203),
  shr: /* @__PURE__ */ shift(204),
  .../* @__PURE__ */ vectors(206, "add"),
  .../* @__PURE__ */ vectors(209, "sub"),
  .../* @__PURE__ */ vector(199, "extendLow32 extendHigh32"),
};

/** Instructions of both floating-point lane types. */
type Floats<S extends "f32" | "f64"> = Lanes<S> &
  Table<typeof floatComparisons | typeof floatArithmetic, Binary<"v128", "v128">> &
  Table<"abs neg" | "sqrt" | "ceil" | "floor" | "trunc" | "nearest", Unary<"v128", "v128">> & {
    /** `a · b + c`, rounded once or twice depending on the engine. Requires relaxed SIMD. */
    relaxedMadd: Madd;
  };

function floats<S extends "f32" | "f64">(
  type: S,
  { splat, extract, compare, abs, madd }: Record<"splat" | "extract" | "compare" | "abs" | "madd", number>,
): Omit<Floats<S>, "ceil" | "floor" | "trunc" | "nearest"> {
  return {
    ...lanes(type, splat, extract),
    ...vectors(compare, floatComparisons),
    ...vectors(abs + 4, floatArithmetic),
    ...vector(abs, "abs neg"),
    ...vector(abs + 3, "sqrt"),
    relaxedMadd: ternary(madd),
  };
}

/** Four float32 numbers. */
export const f32x4: Floats<"f32"> & Table<"convertI32x4" | "demoteF64x2Zero", Unary<"v128", "v128">> = {
  .../* @__PURE__ */ floats("f32", { splat: 19, extract: 31, compare: 65, abs: 224, madd: 0x105 }),
  .../* @__PURE__ */ vector(103, "ceil floor trunc nearest"),
  .../* @__PURE__ */ vector(250, "convertI32x4"),
  .../* @__PURE__ */ vector(94, "demoteF64x2Zero"),
};

/** Two float64 numbers. */
export const f64x2: Floats<"f64"> & Table<"convertLowI32x4" | "promoteLowF32x4", Unary<"v128", "v128">> = {
  .../* @__PURE__ */ floats("f64", { splat: 20, extract: 33, compare: 71, abs: 236, madd: 0x107 }),
  .../* @__PURE__ */ vector(116, "ceil floor"),
  .../* @__PURE__ */ vector(122, "trunc"),
  .../* @__PURE__ */ vector(148, "nearest"),
  .../* @__PURE__ */ vector(254, "convertLowI32x4"),
  .../* @__PURE__ */ vector(95, "promoteLowF32x4"),
};
