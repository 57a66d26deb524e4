/**
 * The scalar instructions that the kernels use. Names follow the specification, except that operations are signed
 * unless they end in `U`: `i32.lt`, `i32.ltU`. Loads and stores need no alignment; atomics need natural alignment.
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
  opcode,
  operand,
  type Store,
  stores,
  type Table,
  type Type,
  type Unary,
  unaries,
} from "./code.ts";

/** Rows of names, in the order of their opcodes. */
const comparisons = "eq ne lt ltU gt gtU le leU ge geU";
const integerArithmetic = "add sub mul div divU rem remU and or xor shl shr shrU";
const floatComparisons = "eq ne lt gt le ge";
const floatArithmetic = "add sub mul div";

type Constant<T extends Type> = { const(value: number): Code<T> };

/** 32-bit integers, including addresses. */
export const i32: Constant<"i32"> &
  Table<"eqz", Unary<"i32", "i32">> &
  Table<typeof comparisons | typeof integerArithmetic, Binary<"i32", "i32">> &
  Table<"wrap", Unary<"i64", "i32">> &
  Table<"load" | "load8U" | "load16U", Load<"i32">> &
  Table<"store" | "store8 store16", Store<"i32">> = {
  const: (value) => constant("i32", value),
  .../* @__PURE__ */ unaries("i32", "i32", 0x45, "eqz"),
  .../* @__PURE__ */ binaries("i32", "i32", 0x46, comparisons),
  .../* @__PURE__ */ binaries("i32", "i32", 0x6a, integerArithmetic),
  .../* @__PURE__ */ unaries("i64", "i32", 0xa7, "wrap"),
  .../* @__PURE__ */ loads("i32", 0x28, "load"),
  .../* @__PURE__ */ loads("i32", 0x2d, "load8U"),
  .../* @__PURE__ */ loads("i32", 0x2f, "load16U"),
  .../* @__PURE__ */ stores("i32", 0x36, "store"),
  .../* @__PURE__ */ stores("i32", 0x3a, "store8 store16"),
};

/** 64-bit integers. Conversions from floats saturate. */
export const i64: Table<"load", Load<"i64">> & Table<"store", Store<"i64">> & Table<"truncF64", Unary<"f64", "i64">> = {
  .../* @__PURE__ */ loads("i64", 0x29, "load"),
  .../* @__PURE__ */ stores("i64", 0x37, "store"),
  .../* @__PURE__ */ unaries("f64", "i64", 0xfc006, "truncF64"),
};

/** Single precision. */
export const f32: Constant<"f32"> &
  Table<typeof floatComparisons, Binary<"f32", "i32">> &
  Table<typeof floatArithmetic, Binary<"f32", "f32">> &
  Table<"convertI32", Unary<"i32", "f32">> &
  Table<"demote", Unary<"f64", "f32">> &
  Table<"load", Load<"f32">> &
  Table<"store", Store<"f32">> = {
  const: (value) => constant("f32", value),
  .../* @__PURE__ */ binaries("f32", "i32", 0x5b, floatComparisons),
  .../* @__PURE__ */ binaries("f32", "f32", 0x92, floatArithmetic),
  .../* @__PURE__ */ unaries("i32", "f32", 0xb2, "convertI32"),
  .../* @__PURE__ */ unaries("f64", "f32", 0xb6, "demote"),
  .../* @__PURE__ */ loads("f32", 0x2a, "load"),
  .../* @__PURE__ */ stores("f32", 0x38, "store"),
};

/** Double precision. */
export const f64: Constant<"f64"> &
  Table<typeof floatComparisons, Binary<"f64", "i32">> &
  Table<typeof floatArithmetic, Binary<"f64", "f64">> &
  Table<"convertI32", Unary<"i32", "f64">> &
  Table<"promote", Unary<"f32", "f64">> &
  Table<"load", Load<"f64">> &
  Table<"store", Store<"f64">> = {
  const: (value) => constant("f64", value),
  .../* @__PURE__ */ binaries("f64", "i32", 0x61, floatComparisons),
  .../* @__PURE__ */ binaries("f64", "f64", 0xa0, floatArithmetic),
  .../* @__PURE__ */ unaries("i32", "f64", 0xb7, "convertI32"),
  .../* @__PURE__ */ unaries("f32", "f64", 0xbb, "promote"),
  .../* @__PURE__ */ loads("f64", 0x2b, "load"),
  .../* @__PURE__ */ stores("f64", 0x39, "store"),
};

/** `address[0, bytes) = source[0, bytes)`; the ranges may overlap. */
export function memoryCopy(address: Operand<"i32">, source: Operand<"i32">, bytes: Operand<"i32">): Code<"void"> {
  return instruction("void", [0xfc, 10, 0, 0], operand("i32", address), operand("i32", source), operand("i32", bytes));
}

/** `address[0, bytes) = byte`. */
export function memoryFill(address: Operand<"i32">, byte: Operand<"i32">, bytes: Operand<"i32">): Code<"void"> {
  return instruction("void", [0xfc, 11, 0], operand("i32", address), operand("i32", byte), operand("i32", bytes));
}

/** Atomically adds to the 32-bit integer at an address that is a multiple of four, and returns its previous value. */
export function fetchAdd(address: Operand<"i32">, value: Operand<"i32">): Code<"i32"> {
  return instruction(
    "i32",
    [...opcode(0xfe01e), ...memoryImmediate(2, 0)],
    operand("i32", address),
    operand("i32", value),
  );
}
