/**
 * The scalar instructions that the kernels use. Names follow the specification, except that operations are signed
 * unless they end in `U`: `i32.lt`, `i32.ltU`. Loads and stores need no alignment; atomics need natural alignment.
 */

import {
  type Binary,
  type Code,
  constant,
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
  type Unary,
} from "./code.ts";

/** 32-bit integers, including addresses. */
export const i32: { const(value: number): Code<"i32"> } & Table<"eqz", Unary<"i32", "i32">> &
  Table<"eq ne lt ltU gt gtU le leU ge geU", Binary<"i32", "i32">> &
  Table<"add sub mul div divU rem remU and or xor shl shr shrU", Binary<"i32", "i32">> &
  Table<"wrap", Unary<"i64", "i32">> &
  Table<"load load8U load16U", Load<"i32">> &
  Table<"store store8 store16", Store<"i32">> = {
  const: constant,
  .../* @__PURE__ */ operations(
    "i32",
    "0x45 eqz eq ne lt ltU gt gtU le leU ge geU 0x6a add sub mul div divU rem remU and or xor shl shr shrU 0xa7 wrap",
  ),
  .../* @__PURE__ */ loads("i32", "0x28 load 0x2d load8U 0x2f load16U"),
  .../* @__PURE__ */ stores("0x36 store 0x3a store8 store16"),
};

/** 64-bit integers. Conversions from floats saturate. */
export const i64: Table<"load", Load<"i64">> & Table<"store", Store<"i64">> & Table<"truncF64", Unary<"f64", "i64">> = {
  .../* @__PURE__ */ loads("i64", "0x29 load"),
  .../* @__PURE__ */ stores("0x37 store"),
  .../* @__PURE__ */ operations("i64", "0xfc006 truncF64"),
};

/** Instructions of both floating-point types. */
type Floats<T extends "f32" | "f64"> = Table<"eq ne lt gt le ge", Binary<T, "i32">> &
  Table<"add sub mul div", Binary<T, T>> &
  Table<"load", Load<T>> &
  Table<"store", Store<T>>;

/** Single precision. */
export const f32: Floats<"f32"> & Table<"demote", Unary<"f64", "f32">> = {
  .../* @__PURE__ */ operations("i32", "0x5b eq ne lt gt le ge"),
  .../* @__PURE__ */ operations("f32", "0x92 add sub mul div 0xb6 demote"),
  .../* @__PURE__ */ loads("f32", "0x2a load"),
  .../* @__PURE__ */ stores("0x38 store"),
};

/** Double precision. */
export const f64: Floats<"f64"> & Table<"convertI32", Unary<"i32", "f64">> & Table<"promote", Unary<"f32", "f64">> = {
  .../* @__PURE__ */ operations("i32", "0x61 eq ne lt gt le ge"),
  .../* @__PURE__ */ operations("f64", "0xa0 add sub mul div 0xb7 convertI32 0xbb promote"),
  .../* @__PURE__ */ loads("f64", "0x2b load"),
  .../* @__PURE__ */ stores("0x39 store"),
};

/** `base + index · stride`: the address of an element. */
export function nth(base: Operand<"i32">, index: Operand<"i32">, stride: Operand<"i32">): Code<"i32"> {
  return i32.add(base, i32.mul(index, stride));
}

/** `address[0, size) = source[0, size)`; the ranges may overlap. */
export function memoryCopy(address: Operand<"i32">, source: Operand<"i32">, size: Operand<"i32">): Code<"void"> {
  return instruction("void", [address, source, size], "\xfc\x0a\x00\x00");
}

/** `address[0, size) = byte`. */
export function memoryFill(address: Operand<"i32">, byte: Operand<"i32">, size: Operand<"i32">): Code<"void"> {
  return instruction("void", [address, byte, size], "\xfc\x0b\x00");
}

/** Atomically adds to the 32-bit integer at an address that is a multiple of four, and returns its previous value. */
export function fetchAdd(address: Operand<"i32">, value: Operand<"i32">): Code<"i32"> {
  return instruction("i32", [address, value], opcode(0xfe01e) + memoryImmediate(2, 0));
}
