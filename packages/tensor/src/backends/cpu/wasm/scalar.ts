/**
 * The instructions on single numbers, named as in the specification except that signed is the rule and a `U` at the end means unsigned:
 * `i32.lt`, `i32.ltU`. Loads and stores need no alignment. Atomics do, and a memory that is shared.
 */

import {
  type Binary,
  binaries,
  type Code,
  constant,
  instruction,
  type Load,
  loads,
  memoryImmediate,
  type Operand,
  operand,
  type Store,
  stores,
  type Type,
  type Unary,
  unaries,
} from "./code.ts";

const i32Tests = { eqz: [0x45] } as const;
const i32Comparisons = {
  eq: [0x46],
  ne: [0x47],
  lt: [0x48],
  ltU: [0x49],
  gt: [0x4a],
  gtU: [0x4b],
  le: [0x4c],
  leU: [0x4d],
  ge: [0x4e],
  geU: [0x4f],
} as const;
const i32Unary = { clz: [0x67], ctz: [0x68], popcnt: [0x69], extend8: [0xc0], extend16: [0xc1] } as const;
const i32Binary = {
  add: [0x6a],
  sub: [0x6b],
  mul: [0x6c],
  div: [0x6d],
  divU: [0x6e],
  rem: [0x6f],
  remU: [0x70],
  and: [0x71],
  or: [0x72],
  xor: [0x73],
  shl: [0x74],
  shr: [0x75],
  shrU: [0x76],
  rotl: [0x77],
  rotr: [0x78],
} as const;
const i32FromI64 = { wrap: [0xa7] } as const;
const i32FromF32 = { truncF32: [0xfc, 0x00], truncF32U: [0xfc, 0x01], reinterpret: [0xbc] } as const;
const i32FromF64 = { truncF64: [0xfc, 0x02], truncF64U: [0xfc, 0x03] } as const;
const i32Loads = { load: [0x28], load8: [0x2c], load8U: [0x2d], load16: [0x2e], load16U: [0x2f] } as const;
const i32Stores = { store: [0x36], store8: [0x3a], store16: [0x3b] } as const;
const i64Tests = { eqz: [0x50] } as const;
const i64Comparisons = {
  eq: [0x51],
  ne: [0x52],
  lt: [0x53],
  ltU: [0x54],
  gt: [0x55],
  gtU: [0x56],
  le: [0x57],
  leU: [0x58],
  ge: [0x59],
  geU: [0x5a],
} as const;
const i64Unary = { clz: [0x79], ctz: [0x7a], popcnt: [0x7b], extend8: [0xc2], extend16: [0xc3], extend32: [0xc4] } as const;
const i64Binary = {
  add: [0x7c],
  sub: [0x7d],
  mul: [0x7e],
  div: [0x7f],
  divU: [0x80],
  rem: [0x81],
  remU: [0x82],
  and: [0x83],
  or: [0x84],
  xor: [0x85],
  shl: [0x86],
  shr: [0x87],
  shrU: [0x88],
  rotl: [0x89],
  rotr: [0x8a],
} as const;
const i64FromI32 = { extend: [0xac], extendU: [0xad] } as const;
const i64FromF32 = { truncF32: [0xfc, 0x04], truncF32U: [0xfc, 0x05] } as const;
const i64FromF64 = { truncF64: [0xfc, 0x06], truncF64U: [0xfc, 0x07], reinterpret: [0xbd] } as const;
const i64Loads = { load: [0x29], load8: [0x30], load8U: [0x31], load16: [0x32], load16U: [0x33], load32: [0x34], load32U: [0x35] } as const;
const i64Stores = { store: [0x37], store8: [0x3c], store16: [0x3d], store32: [0x3e] } as const;
const floatComparisons32 = { eq: [0x5b], ne: [0x5c], lt: [0x5d], gt: [0x5e], le: [0x5f], ge: [0x60] } as const;
const floatUnary32 = { abs: [0x8b], neg: [0x8c], ceil: [0x8d], floor: [0x8e], trunc: [0x8f], nearest: [0x90], sqrt: [0x91] } as const;
const floatBinary32 = { add: [0x92], sub: [0x93], mul: [0x94], div: [0x95], min: [0x96], max: [0x97], copysign: [0x98] } as const;
const floatComparisons64 = { eq: [0x61], ne: [0x62], lt: [0x63], gt: [0x64], le: [0x65], ge: [0x66] } as const;
const floatUnary64 = { abs: [0x99], neg: [0x9a], ceil: [0x9b], floor: [0x9c], trunc: [0x9d], nearest: [0x9e], sqrt: [0x9f] } as const;
const floatBinary64 = { add: [0xa0], sub: [0xa1], mul: [0xa2], div: [0xa3], min: [0xa4], max: [0xa5], copysign: [0xa6] } as const;
const f32FromI32 = { convertI32: [0xb2], convertI32U: [0xb3], reinterpret: [0xbe] } as const;
const f32FromI64 = { convertI64: [0xb4], convertI64U: [0xb5] } as const;
const f32FromF64 = { demote: [0xb6] } as const;
const f64FromI32 = { convertI32: [0xb7], convertI32U: [0xb8] } as const;
const f64FromI64 = { convertI64: [0xb9], convertI64U: [0xba], reinterpret: [0xbf] } as const;
const f64FromF32 = { promote: [0xbb] } as const;
const f32Loads = { load: [0x2a] } as const;
const f64Loads = { load: [0x2b] } as const;
const f32Stores = { store: [0x38] } as const;
const f64Stores = { store: [0x39] } as const;

/** A table of functions, one for each opcode of a table. */
type All<Table, F> = { readonly [K in keyof Table]: F };
type Constant<T extends Exclude<Type, "v128">> = { const(value: T extends "i64" ? number | bigint : number): Code<T> };

/** 32-bit integers, and addresses. Conversions from floats saturate. */
export const i32: Constant<"i32"> &
  All<typeof i32Tests, Unary<"i32", "i32">> &
  All<typeof i32Comparisons, Binary<"i32", "i32">> &
  All<typeof i32Unary, Unary<"i32", "i32">> &
  All<typeof i32Binary, Binary<"i32", "i32">> &
  All<typeof i32FromI64, Unary<"i64", "i32">> &
  All<typeof i32FromF32, Unary<"f32", "i32">> &
  All<typeof i32FromF64, Unary<"f64", "i32">> &
  All<typeof i32Loads, Load<"i32">> &
  All<typeof i32Stores, Store<"i32">> = {
  const: (value) => constant("i32", value),
  .../* @__PURE__ */ unaries("i32", "i32", i32Tests),
  .../* @__PURE__ */ binaries("i32", "i32", i32Comparisons),
  .../* @__PURE__ */ unaries("i32", "i32", i32Unary),
  .../* @__PURE__ */ binaries("i32", "i32", i32Binary),
  .../* @__PURE__ */ unaries("i64", "i32", i32FromI64),
  .../* @__PURE__ */ unaries("f32", "i32", i32FromF32),
  .../* @__PURE__ */ unaries("f64", "i32", i32FromF64),
  .../* @__PURE__ */ loads("i32", i32Loads),
  .../* @__PURE__ */ stores("i32", i32Stores),
};

/** 64-bit integers. Conversions from floats saturate. */
export const i64: Constant<"i64"> &
  All<typeof i64Tests, Unary<"i64", "i32">> &
  All<typeof i64Comparisons, Binary<"i64", "i32">> &
  All<typeof i64Unary, Unary<"i64", "i64">> &
  All<typeof i64Binary, Binary<"i64", "i64">> &
  All<typeof i64FromI32, Unary<"i32", "i64">> &
  All<typeof i64FromF32, Unary<"f32", "i64">> &
  All<typeof i64FromF64, Unary<"f64", "i64">> &
  All<typeof i64Loads, Load<"i64">> &
  All<typeof i64Stores, Store<"i64">> = {
  const: (value) => constant("i64", value),
  .../* @__PURE__ */ unaries("i64", "i32", i64Tests),
  .../* @__PURE__ */ binaries("i64", "i32", i64Comparisons),
  .../* @__PURE__ */ unaries("i64", "i64", i64Unary),
  .../* @__PURE__ */ binaries("i64", "i64", i64Binary),
  .../* @__PURE__ */ unaries("i32", "i64", i64FromI32),
  .../* @__PURE__ */ unaries("f32", "i64", i64FromF32),
  .../* @__PURE__ */ unaries("f64", "i64", i64FromF64),
  .../* @__PURE__ */ loads("i64", i64Loads),
  .../* @__PURE__ */ stores("i64", i64Stores),
};

/** Single precision. */
export const f32: Constant<"f32"> &
  All<typeof floatComparisons32, Binary<"f32", "i32">> &
  All<typeof floatUnary32, Unary<"f32", "f32">> &
  All<typeof floatBinary32, Binary<"f32", "f32">> &
  All<typeof f32FromI32, Unary<"i32", "f32">> &
  All<typeof f32FromI64, Unary<"i64", "f32">> &
  All<typeof f32FromF64, Unary<"f64", "f32">> &
  All<typeof f32Loads, Load<"f32">> &
  All<typeof f32Stores, Store<"f32">> = {
  const: (value) => constant("f32", value),
  .../* @__PURE__ */ binaries("f32", "i32", floatComparisons32),
  .../* @__PURE__ */ unaries("f32", "f32", floatUnary32),
  .../* @__PURE__ */ binaries("f32", "f32", floatBinary32),
  .../* @__PURE__ */ unaries("i32", "f32", f32FromI32),
  .../* @__PURE__ */ unaries("i64", "f32", f32FromI64),
  .../* @__PURE__ */ unaries("f64", "f32", f32FromF64),
  .../* @__PURE__ */ loads("f32", f32Loads),
  .../* @__PURE__ */ stores("f32", f32Stores),
};

/** Double precision. */
export const f64: Constant<"f64"> &
  All<typeof floatComparisons64, Binary<"f64", "i32">> &
  All<typeof floatUnary64, Unary<"f64", "f64">> &
  All<typeof floatBinary64, Binary<"f64", "f64">> &
  All<typeof f64FromI32, Unary<"i32", "f64">> &
  All<typeof f64FromI64, Unary<"i64", "f64">> &
  All<typeof f64FromF32, Unary<"f32", "f64">> &
  All<typeof f64Loads, Load<"f64">> &
  All<typeof f64Stores, Store<"f64">> = {
  const: (value) => constant("f64", value),
  .../* @__PURE__ */ binaries("f64", "i32", floatComparisons64),
  .../* @__PURE__ */ unaries("f64", "f64", floatUnary64),
  .../* @__PURE__ */ binaries("f64", "f64", floatBinary64),
  .../* @__PURE__ */ unaries("i32", "f64", f64FromI32),
  .../* @__PURE__ */ unaries("i64", "f64", f64FromI64),
  .../* @__PURE__ */ unaries("f32", "f64", f64FromF32),
  .../* @__PURE__ */ loads("f64", f64Loads),
  .../* @__PURE__ */ stores("f64", f64Stores),
};
/** `address[0, bytes) = source[0, bytes)`; the ranges may overlap. */
export function memoryCopy(address: Operand<"i32">, source: Operand<"i32">, bytes: Operand<"i32">): Code<"void"> {
  return instruction("void", [0xfc, 10, 0, 0], operand("i32", address), operand("i32", source), operand("i32", bytes));
}

/** `address[0, bytes) = byte`. */
export function memoryFill(address: Operand<"i32">, byte: Operand<"i32">, bytes: Operand<"i32">): Code<"void"> {
  return instruction("void", [0xfc, 11, 0], operand("i32", address), operand("i32", byte), operand("i32", bytes));
}

function atomic<T extends Type | "void">(type: T, opcode: number, align: number, ...args: readonly (readonly number[])[]): Code<T> {
  return instruction(type, [0xfe, opcode, ...memoryImmediate(align, 0)], ...args);
}

/** Atomic instructions on 32-bit integers, at addresses that are multiples of four. `fetchAdd` and `exchange` give the value from before. */
export const atomics: {
  load(address: Operand<"i32">): Code<"i32">;
  store(address: Operand<"i32">, value: Operand<"i32">): Code<"void">;
  fetchAdd(address: Operand<"i32">, value: Operand<"i32">): Code<"i32">;
  exchange(address: Operand<"i32">, value: Operand<"i32">): Code<"i32">;
  /** Puts `next` there if `expected` is there; gives what was there. */
  compareExchange(address: Operand<"i32">, expected: Operand<"i32">, next: Operand<"i32">): Code<"i32">;
  /** Sleeps while `expected` is there, for at most `nanoseconds` (negative: forever). 0 woken, 1 not equal, 2 timed out. */
  wait(address: Operand<"i32">, expected: Operand<"i32">, nanoseconds: Operand<"i64">): Code<"i32">;
  /** Wakes up to `count` sleepers; gives how many. */
  notify(address: Operand<"i32">, count: Operand<"i32">): Code<"i32">;
} = {
  load: (address) => atomic("i32", 0x10, 2, operand("i32", address)),
  store: (address, value) => atomic("void", 0x17, 2, operand("i32", address), operand("i32", value)),
  fetchAdd: (address, value) => atomic("i32", 0x1e, 2, operand("i32", address), operand("i32", value)),
  exchange: (address, value) => atomic("i32", 0x41, 2, operand("i32", address), operand("i32", value)),
  compareExchange: (address, expected, next) =>
    atomic("i32", 0x48, 2, operand("i32", address), operand("i32", expected), operand("i32", next)),
  wait: (address, expected, nanoseconds) =>
    atomic("i32", 0x01, 2, operand("i32", address), operand("i32", expected), operand("i64", nanoseconds)),
  notify: (address, count) => atomic("i32", 0x00, 2, operand("i32", address), operand("i32", count)),
};
