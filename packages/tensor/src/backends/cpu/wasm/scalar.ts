/**
 * The scalar instructions that the kernels use. Names follow the specification, except that operations are signed
 * unless they end in `U`: `i32.lt`, `i32.ltU`. Loads and stores need no alignment; atomics need natural alignment.
 */

import {
  type Binary,
  binaries,
  type Code,
  constant,
  type Load,
  loads,
  memoryImmediate,
  type Operand,
  opcode,
  operand,
  type Store,
  stores,
  type Table,
  type Unary,
  unaries,
} from "./code.ts";

/** Rows of names, in the order of their opcodes. */
const comparisons = "eq ne lt ltU gt gtU le leU ge geU";
const integerArithmetic = "add sub mul div divU rem remU and or xor shl shr shrU";
const floatComparisons = "eq ne lt gt le ge";
const floatArithmetic = "add sub mul div";

/** 32-bit integers, including addresses. */
export const i32: { const(value: number): Code<"i32"> } & Table<"eqz", Unary<"i32", "i32">> &
  Table<typeof comparisons | typeof integerArithmetic, Binary<"i32", "i32">> &
  Table<"wrap", Unary<"i64", "i32">> &
  Table<"load" | "load8U" | "load16U", Load<"i32">> &
  Table<"store" | "store8 store16", Store<"i32">> = {
  const: constant,
  .../* @__PURE__ */ unaries("i32", 0x45, "eqz"),
  .../* @__PURE__ */ binaries("i32", 0x46, comparisons),
  .../* @__PURE__ */ binaries("i32", 0x6a, integerArithmetic),
  .../* @__PURE__ */ unaries("i32", 0xa7, "wrap"),
  .../* @__PURE__ */ loads("i32", 0x28, "load"),
  .../* @__PURE__ */ loads("i32", 0x2d, "load8U"),
  .../* @__PURE__ */ loads("i32", 0x2f, "load16U"),
  .../* @__PURE__ */ stores(0x36, "store"),
  .../* @__PURE__ */ stores(0x3a, "store8 store16"),
};

/** 64-bit integers. Conversions from floats saturate. */
export const i64: Table<"load", Load<"i64">> & Table<"store", Store<"i64">> & Table<"truncF64", Unary<"f64", "i64">> = {
  .../* @__PURE__ */ loads("i64", 0x29, "load"),
  .../* @__PURE__ */ stores(0x37, "store"),
  .../* @__PURE__ */ unaries("i64", 0xfc006, "truncF64"),
};

/** Instructions of both floating-point types. */
type Floats<T extends "f32" | "f64"> = Table<typeof floatComparisons, Binary<T, "i32">> &
  Table<typeof floatArithmetic, Binary<T, T>> &
  Table<"load", Load<T>> &
  Table<"store", Store<T>>;

/** `wide` is 0 for single precision and 1 for double, whose opcodes follow. */
function floats<T extends "f32" | "f64">(type: T, wide: 0 | 1): Floats<T> {
  return {
    ...binaries("i32", 0x5b + 6 * wide, floatComparisons),
    ...binaries(type, 0x92 + 14 * wide, floatArithmetic),
    ...loads(type, 0x2a + wide, "load"),
    ...stores(0x38 + wide, "store"),
  };
}

/** Single precision. */
export const f32: Floats<"f32"> & Table<"demote", Unary<"f64", "f32">> = {
  .../* @__PURE__ */ floats("f32", 0),
  .../* @__PURE__ */ unaries("f32", 0xb6, "demote"),
};

/** Double precision. */
export const f64: Floats<"f64"> & Table<"convertI32", Unary<"i32", "f64">> & Table<"promote", Unary<"f32", "f64">> = {
  .../* @__PURE__ */ floats("f64", 1),
  .../* @__PURE__ */ unaries("f64", 0xb7, "convertI32"),
  .../* @__PURE__ */ unaries("f64", 0xbb, "promote"),
};

/** `base + index · stride`: the address of an element. */
export function nth(base: Operand<"i32">, index: Operand<"i32">, stride: Operand<"i32">): Code<"i32"> {
  return i32.add(base, i32.mul(index, stride));
}

/** `address[0, size) = source[0, size)`; the ranges may overlap. */
export function memoryCopy(address: Operand<"i32">, source: Operand<"i32">, size: Operand<"i32">): Code<"void"> {
  return { type: "void", bytes: `${operand(address) + operand(source) + operand(size)}\xfc\x0a\x00\x00` };
}

/** `address[0, size) = byte`. */
export function memoryFill(address: Operand<"i32">, byte: Operand<"i32">, size: Operand<"i32">): Code<"void"> {
  return { type: "void", bytes: `${operand(address) + operand(byte) + operand(size)}\xfc\x0b\x00` };
}

/** Atomically adds to the 32-bit integer at an address that is a multiple of four, and returns its previous value. */
export function fetchAdd(address: Operand<"i32">, value: Operand<"i32">): Code<"i32"> {
  return { type: "i32", bytes: operand(address) + operand(value) + opcode(0xfe01e) + memoryImmediate(2, 0) };
}
