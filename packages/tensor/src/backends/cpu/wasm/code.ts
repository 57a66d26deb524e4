/**
 * Fragments of WebAssembly code. An expression is the bytes that leave its value on the stack, together with the
 * value's type. Larger expressions are concatenations of smaller ones, and TypeScript's type checker acts as the
 * validator: `i32.add(x, f32.load(address))` does not compile.
 */

import { bytes, signed, unsigned } from "./encoding.ts";

/** The value types. */
export type Type = "i32" | "i64" | "f32" | "f64" | "v128";

/**
 * Code that leaves one value of type `T` on the stack, or none. Every use of an expression emits it again, so store
 * values that are used more than once in a local.
 */
export interface Code<T extends Type | "void"> {
  readonly type: T;
  readonly bytes: string;
}

/** A local variable of a function. As an expression, it is the variable's value. */
export interface Local<T extends Type> extends Code<T> {
  readonly index: number;
}

/** An instruction's operand: an expression, or a number that stands for a constant. */
export type Operand<T extends Type> = Code<T> | (T extends "i32" ? number : never);

/** The bytes that encode the types. */
export const typeBytes: Readonly<Record<Type, string>> = {
  i32: "\x7f",
  i64: "\x7e",
  f32: "\x7d",
  f64: "\x7c",
  v128: "\x7b",
};

/** Returns an integer constant. Kernels need no others: their constant floats are vectors. */
export function constant(value: number): Code<"i32"> {
  return { type: "i32", bytes: `\x41${signed(value)}` };
}

/** Returns the bytes of an operand. */
export function operand<T extends Type>(value: Operand<T>): string {
  return typeof value === "object" ? value.bytes : constant(value).bytes;
}

/** Returns an instruction: the code of its operands, followed by its own. */
export function instruction<T extends Type | "void">(
  type: T,
  operands: readonly Operand<Type>[],
  own: string,
): Code<T> {
  let bytes = "";
  for (const value of operands) bytes += operand(value);
  return { type, bytes: bytes + own };
}

/** Encodes an opcode. One with a prefix (0xfc, 0xfd for SIMD, 0xfe for atomics) is given as prefix · 2¹² + opcode. */
export function opcode(code: number): string {
  return code < 256 ? bytes(code) : bytes(code >> 12) + unsigned(code & 0xfff);
}

/**
 * Encodes the immediate of a memory instruction: the binary logarithm of the alignment, and an offset added to the
 * address.
 */
export function memoryImmediate(align: number, offset: number): string {
  return unsigned(align) + unsigned(offset);
}

/** `condition ? a : b`, with both operands evaluated. */
export function select<T extends Type>(condition: Operand<"i32">, a: Code<T>, b: Code<T>): Code<T> {
  return instruction(a.type, [a, b, condition], `\x1c\x01${typeBytes[a.type]}`);
}

/** An instruction with one operand and one result. */
export type Unary<A extends Type, R extends Type> = (a: Operand<A>) => Code<R>;
/** An instruction with two operands of one type and one result. */
export type Binary<A extends Type, R extends Type> = (a: Operand<A>, b: Operand<A>) => Code<R>;
/** Loads from `address + offset`, where the offset is a constant. */
export type Load<T extends Type> = (address: Operand<"i32">, offset?: number) => Code<T>;
/** Stores to `address + offset`, where the offset is a constant. */
export type Store<T extends Type> = (address: Operand<"i32">, value: Operand<T>, offset?: number) => Code<"void">;

/** The words of a string. */
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;
/** A table with an entry for each word of a string that is not a number. */
export type Table<Names extends string, F> = { readonly [Name in Exclude<Words<Names>, `${number}`>]: F };

/**
 * Returns functions for instructions with a result of one type. `names` lists them in the order of their opcodes, with
 * an opcode before each that does not follow the previous one: `"0x6a add sub mul 0x71 and or"`. Opcodes are counted
 * from `base`. The tables that the functions are assigned to restrict the number and the types of the operands.
 */
export function operations<R extends Type, N extends string>(
  result: R,
  names: N,
  base?: number,
): Table<N, (...operands: readonly Operand<Type>[]) => Code<R>> {
  return each(
    names,
    (code) =>
      (...operands) =>
        instruction(result, operands, code),
    base,
  );
}

/** Returns functions for loads in the same way. */
export function loads<T extends Type, N extends string>(type: T, names: N, base?: number): Table<N, Load<T>> {
  return each(
    names,
    (code) =>
      (address, offset = 0) =>
        instruction(type, [address], code + memoryImmediate(0, offset)),
    base,
  );
}

/** Returns functions for stores in the same way. */
export function stores<N extends string>(names: N, base?: number): Table<N, Store<Type>> {
  return each(
    names,
    (code) =>
      (address, value, offset = 0) =>
        instruction("void", [address, value], code + memoryImmediate(0, offset)),
    base,
  );
}

function each<N extends string, F>(names: N, make: (code: string) => F, base = 0): Table<N, F> {
  const table: Record<string, F> = {};
  let next = base;
  for (const word of names.split(" ")) {
    const given = Number(word);
    if (Number.isNaN(given)) table[word] = make(opcode(next++));
    else next = base + given;
  }
  return table as Table<N, F>; // safe: there is an entry for each name
}
