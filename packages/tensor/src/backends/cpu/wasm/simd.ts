/**
 * The SIMD instructions: 128 bits as lanes of one type, named as in the specification except that signed is the rule and a `U` at the end means
 * unsigned. Comparisons give lanes of all ones or all zeros. Loads and stores need no alignment.
 */

import {
  type Binary,
  binaries,
  type Code,
  instruction,
  type Load,
  loads,
  memoryImmediate,
  type Operand,
  operand,
  prefixed,
  type Store,
  stores,
  type Type,
  type Unary,
  unaries,
} from "./code.ts";

const v128Loads = {
  load: 0,
  load8x8: 1,
  load8x8U: 2,
  load16x4: 3,
  load16x4U: 4,
  load32x2: 5,
  load32x2U: 6,
  load8Splat: 7,
  load16Splat: 8,
  load32Splat: 9,
  load64Splat: 10,
  load32Zero: 92,
  load64Zero: 93,
} as const;
const v128Stores = { store: 11 } as const;
const v128Not = { not: 77 } as const;
const v128Binary = { and: 78, andNot: 79, or: 80, xor: 81 } as const;
const v128Tests = { anyTrue: 83 } as const;
const i8x16Binary = {
  eq: 35,
  ne: 36,
  lt: 37,
  ltU: 38,
  gt: 39,
  gtU: 40,
  le: 41,
  leU: 42,
  ge: 43,
  geU: 44,
  narrow16: 101,
  narrow16U: 102,
  add: 110,
  addSaturate: 111,
  addSaturateU: 112,
  sub: 113,
  subSaturate: 114,
  subSaturateU: 115,
  min: 118,
  minU: 119,
  max: 120,
  maxU: 121,
  averageU: 123,
  swizzle: 14,
} as const;
const i8x16Unary = { abs: 96, neg: 97, popcnt: 98 } as const;
const i16x8Binary = {
  eq: 45,
  ne: 46,
  lt: 47,
  ltU: 48,
  gt: 49,
  gtU: 50,
  le: 51,
  leU: 52,
  ge: 53,
  geU: 54,
  narrow32: 133,
  narrow32U: 134,
  add: 142,
  addSaturate: 143,
  addSaturateU: 144,
  sub: 145,
  subSaturate: 146,
  subSaturateU: 147,
  mul: 149,
  min: 150,
  minU: 151,
  max: 152,
  maxU: 153,
  averageU: 155,
  extmulLow: 156,
  extmulHigh: 157,
  extmulLowU: 158,
  extmulHighU: 159,
} as const;
const i16x8Unary = {
  abs: 128,
  neg: 129,
  extaddPairwise8: 124,
  extaddPairwise8U: 125,
  extendLow8: 135,
  extendHigh8: 136,
  extendLow8U: 137,
  extendHigh8U: 138,
} as const;
const i32x4Binary = {
  eq: 55,
  ne: 56,
  lt: 57,
  ltU: 58,
  gt: 59,
  gtU: 60,
  le: 61,
  leU: 62,
  ge: 63,
  geU: 64,
  add: 174,
  sub: 177,
  mul: 181,
  min: 182,
  minU: 183,
  max: 184,
  maxU: 185,
  dot16: 186,
  extmulLow: 188,
  extmulHigh: 189,
  extmulLowU: 190,
  extmulHighU: 191,
} as const;
const i32x4Unary = {
  abs: 160,
  neg: 161,
  extaddPairwise16: 126,
  extaddPairwise16U: 127,
  extendLow16: 167,
  extendHigh16: 168,
  extendLow16U: 169,
  extendHigh16U: 170,
  truncF32x4: 248,
  truncF32x4U: 249,
  truncF64x2Zero: 252,
  truncF64x2ZeroU: 253,
} as const;
const i64x2Binary = {
  add: 206,
  sub: 209,
  mul: 213,
  eq: 214,
  ne: 215,
  lt: 216,
  gt: 217,
  le: 218,
  ge: 219,
  extmulLow: 220,
  extmulHigh: 221,
  extmulLowU: 222,
  extmulHighU: 223,
} as const;
const i64x2Unary = { abs: 192, neg: 193, extendLow32: 199, extendHigh32: 200, extendLow32U: 201, extendHigh32U: 202 } as const;
const f32x4Binary = {
  eq: 65,
  ne: 66,
  lt: 67,
  gt: 68,
  le: 69,
  ge: 70,
  add: 228,
  sub: 229,
  mul: 230,
  div: 231,
  min: 232,
  max: 233,
  pmin: 234,
  pmax: 235,
} as const;
const f32x4Unary = {
  ceil: 103,
  floor: 104,
  trunc: 105,
  nearest: 106,
  abs: 224,
  neg: 225,
  sqrt: 227,
  convertI32x4: 250,
  convertI32x4U: 251,
  demoteF64x2Zero: 94,
} as const;
const f64x2Binary = {
  eq: 71,
  ne: 72,
  lt: 73,
  gt: 74,
  le: 75,
  ge: 76,
  add: 240,
  sub: 241,
  mul: 242,
  div: 243,
  min: 244,
  max: 245,
  pmin: 246,
  pmax: 247,
} as const;
const f64x2Unary = {
  ceil: 116,
  floor: 117,
  trunc: 122,
  nearest: 148,
  abs: 236,
  neg: 237,
  sqrt: 239,
  convertLowI32x4: 254,
  convertLowI32x4U: 255,
  promoteLowF32x4: 95,
} as const;
const i8x16Tests = { allTrue: 99, bitmask: 100 } as const;
const i8x16Shifts = { shl: 107, shr: 108, shrU: 109 } as const;
const i16x8Tests = { allTrue: 131, bitmask: 132 } as const;
const i16x8Shifts = { shl: 139, shr: 140, shrU: 141 } as const;
const i32x4Tests = { allTrue: 163, bitmask: 164 } as const;
const i32x4Shifts = { shl: 171, shr: 172, shrU: 173 } as const;
const i64x2Tests = { allTrue: 195, bitmask: 196 } as const;
const i64x2Shifts = { shl: 203, shr: 204, shrU: 205 } as const;

/** A table of functions, one for each opcode of a table. */
type All<Table, F> = { readonly [K in keyof Table]: F };
type Shift = (a: Code<"v128">, by: Operand<"i32">) => Code<"v128">;
type Madd = (a: Code<"v128">, b: Code<"v128">, c: Code<"v128">) => Code<"v128">;

/** What all lane types have: a vector of one number, one lane of a vector, a vector with one lane replaced. */
interface Lanes<S extends Type> {
  splat(value: Operand<S>): Code<"v128">;
  extract(vector: Code<"v128">, lane: number): Code<S>;
  replace(vector: Code<"v128">, lane: number, value: Operand<S>): Code<"v128">;
}

function simd<K extends string>(table: Readonly<Record<K, number>>): Record<K, number[]> {
  // Safe: the entries have exactly the keys of the table.
  return Object.fromEntries(Object.entries<number>(table).map(([key, opcode]) => [key, prefixed(0xfd, opcode)])) as Record<K, number[]>;
}

function vector<K extends string>(table: Readonly<Record<K, number>>): Record<K, Unary<"v128", "v128">> {
  return unaries("v128", "v128", simd(table));
}

function vectors<K extends string>(table: Readonly<Record<K, number>>): Record<K, Binary<"v128", "v128">> {
  return binaries("v128", "v128", simd(table));
}

function tests<K extends string>(table: Readonly<Record<K, number>>): Record<K, Unary<"v128", "i32">> {
  return unaries("v128", "i32", simd(table));
}

function shifts(table: { readonly shl: number; readonly shr: number; readonly shrU: number }): Record<"shl" | "shr" | "shrU", Shift> {
  const shift =
    (opcode: number): Shift =>
    (a, by) =>
      instruction("v128", prefixed(0xfd, opcode), a.bytes, operand("i32", by));
  return { shl: shift(table.shl), shr: shift(table.shr), shrU: shift(table.shrU) };
}

function lanes<S extends Type>(type: S, splat: number, extract: number, replace: number): Lanes<S> {
  return {
    splat: (value) => instruction("v128", prefixed(0xfd, splat), operand(type, value)),
    extract: (a, lane) => instruction(type, [...prefixed(0xfd, extract), lane], a.bytes),
    replace: (a, lane, value) => instruction("v128", [...prefixed(0xfd, replace), lane], a.bytes, operand(type, value)),
  };
}

function ternary(opcode: number): Madd {
  return (a, b, c) => instruction("v128", prefixed(0xfd, opcode), a.bytes, b.bytes, c.bytes);
}

/** Reads or writes one lane: `bits` wide. */
function laneOpcode(first: number, bits: 8 | 16 | 32 | 64): number[] {
  return prefixed(0xfd, first + Math.log2(bits / 8));
}

/** What works on the 128 bits as a whole. */
export const v128: All<typeof v128Loads, Load<"v128">> &
  All<typeof v128Stores, Store<"v128">> &
  All<typeof v128Not, Unary<"v128", "v128">> &
  All<typeof v128Binary, Binary<"v128", "v128">> &
  All<typeof v128Tests, Unary<"v128", "i32">> & {
    /** A constant, given as its sixteen bytes. */
    const(bytes: readonly number[]): Code<"v128">;
    /** Bits of `a` where the mask is one, bits of `b` where it is zero. */
    bitselect(a: Code<"v128">, b: Code<"v128">, mask: Code<"v128">): Code<"v128">;
    /** Reads one lane of `bits` bits and leaves the others. */
    loadLane(bits: 8 | 16 | 32 | 64, address: Operand<"i32">, vector: Code<"v128">, lane: number, offset?: number): Code<"v128">;
    /** Writes one lane of `bits` bits. */
    storeLane(bits: 8 | 16 | 32 | 64, address: Operand<"i32">, vector: Code<"v128">, lane: number, offset?: number): Code<"void">;
  } = {
  .../* @__PURE__ */ loads("v128", /* @__PURE__ */ simd(v128Loads)),
  .../* @__PURE__ */ stores("v128", /* @__PURE__ */ simd(v128Stores)),
  .../* @__PURE__ */ vector(v128Not),
  .../* @__PURE__ */ vectors(v128Binary),
  .../* @__PURE__ */ tests(v128Tests),
  const: (bytes) => instruction("v128", [...prefixed(0xfd, 12), ...bytes]),
  bitselect: /* @__PURE__ */ ternary(82),
  loadLane: (bits, address, a, lane, offset = 0) =>
    instruction("v128", [...laneOpcode(84, bits), ...memoryImmediate(0, offset), lane], operand("i32", address), a.bytes),
  storeLane: (bits, address, a, lane, offset = 0) =>
    instruction("void", [...laneOpcode(88, bits), ...memoryImmediate(0, offset), lane], operand("i32", address), a.bytes),
};

/** The bytes of `a` and `b`, numbered 0 to 31, in the order that `indices` (sixteen of them) says. */
function shuffleBytes(a: Code<"v128">, b: Code<"v128">, indices: readonly number[]): Code<"v128"> {
  return instruction("v128", [...prefixed(0xfd, 13), ...indices], a.bytes, b.bytes);
}

/** The same for whole lanes: two indices move 64 bits each, four 32, eight 16. The lanes of `b` count on from those of `a`. */
export function shuffle(a: Code<"v128">, b: Code<"v128">, indices: readonly number[]): Code<"v128"> {
  const bytes = 16 / indices.length;
  return shuffleBytes(
    a,
    b,
    indices.flatMap((lane) => Array.from({ length: bytes }, (_, i) => lane * bytes + i)),
  );
}

/** Sixteen bytes. */
export const i8x16: Lanes<"i32"> &
  All<typeof i8x16Binary, Binary<"v128", "v128">> &
  All<typeof i8x16Unary, Unary<"v128", "v128">> &
  All<typeof i8x16Tests, Unary<"v128", "i32">> &
  All<typeof i8x16Shifts, Shift> & {
    extractU(vector: Code<"v128">, lane: number): Code<"i32">;
  } = {
  .../* @__PURE__ */ lanes("i32", 15, 21, 23),
  .../* @__PURE__ */ vectors(i8x16Binary),
  .../* @__PURE__ */ vector(i8x16Unary),
  .../* @__PURE__ */ tests(i8x16Tests),
  .../* @__PURE__ */ shifts(i8x16Shifts),
  extractU: (a, lane) => instruction("i32", [...prefixed(0xfd, 22), lane], a.bytes),
};

/** Eight 16-bit integers. */
export const i16x8: Lanes<"i32"> &
  All<typeof i16x8Binary, Binary<"v128", "v128">> &
  All<typeof i16x8Unary, Unary<"v128", "v128">> &
  All<typeof i16x8Tests, Unary<"v128", "i32">> &
  All<typeof i16x8Shifts, Shift> & {
    extractU(vector: Code<"v128">, lane: number): Code<"i32">;
  } = {
  .../* @__PURE__ */ lanes("i32", 16, 24, 26),
  .../* @__PURE__ */ vectors(i16x8Binary),
  .../* @__PURE__ */ vector(i16x8Unary),
  .../* @__PURE__ */ tests(i16x8Tests),
  .../* @__PURE__ */ shifts(i16x8Shifts),
  extractU: (a, lane) => instruction("i32", [...prefixed(0xfd, 25), lane], a.bytes),
};

/** Four 32-bit integers. */
export const i32x4: Lanes<"i32"> &
  All<typeof i32x4Binary, Binary<"v128", "v128">> &
  All<typeof i32x4Unary, Unary<"v128", "v128">> &
  All<typeof i32x4Tests, Unary<"v128", "i32">> &
  All<typeof i32x4Shifts, Shift> = {
  .../* @__PURE__ */ lanes("i32", 17, 27, 28),
  .../* @__PURE__ */ vectors(i32x4Binary),
  .../* @__PURE__ */ vector(i32x4Unary),
  .../* @__PURE__ */ tests(i32x4Tests),
  .../* @__PURE__ */ shifts(i32x4Shifts),
};

/** Two 64-bit integers. */
export const i64x2: Lanes<"i64"> &
  All<typeof i64x2Binary, Binary<"v128", "v128">> &
  All<typeof i64x2Unary, Unary<"v128", "v128">> &
  All<typeof i64x2Tests, Unary<"v128", "i32">> &
  All<typeof i64x2Shifts, Shift> = {
  .../* @__PURE__ */ lanes("i64", 18, 29, 30),
  .../* @__PURE__ */ vectors(i64x2Binary),
  .../* @__PURE__ */ vector(i64x2Unary),
  .../* @__PURE__ */ tests(i64x2Tests),
  .../* @__PURE__ */ shifts(i64x2Shifts),
};

/** Four float32 numbers. */
export const f32x4: Lanes<"f32"> &
  All<typeof f32x4Binary, Binary<"v128", "v128">> &
  All<typeof f32x4Unary, Unary<"v128", "v128">> & {
    /** `a · b + c` and `c - a · b`, rounded once or twice as the engine likes. Needs relaxed SIMD. */
    relaxedMadd: Madd;
    relaxedNmadd: Madd;
  } = {
  .../* @__PURE__ */ lanes("f32", 19, 31, 32),
  .../* @__PURE__ */ vectors(f32x4Binary),
  .../* @__PURE__ */ vector(f32x4Unary),
  relaxedMadd: /* @__PURE__ */ ternary(0x105),
  relaxedNmadd: /* @__PURE__ */ ternary(0x106),
};

/** Two float64 numbers. */
export const f64x2: Lanes<"f64"> &
  All<typeof f64x2Binary, Binary<"v128", "v128">> &
  All<typeof f64x2Unary, Unary<"v128", "v128">> & {
    /** `a · b + c` and `c - a · b`, rounded once or twice as the engine likes. Needs relaxed SIMD. */
    relaxedMadd: Madd;
    relaxedNmadd: Madd;
  } = {
  .../* @__PURE__ */ lanes("f64", 20, 33, 34),
  .../* @__PURE__ */ vectors(f64x2Binary),
  .../* @__PURE__ */ vector(f64x2Unary),
  relaxedMadd: /* @__PURE__ */ ternary(0x107),
  relaxedNmadd: /* @__PURE__ */ ternary(0x108),
};
