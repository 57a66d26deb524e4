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
  return { type: a.type, bytes: `${a.bytes + b.bytes + operand(condition)}\x1c\x01${typeBytes[a.type]}` };
}

/** An instruction with one argument and one result. */
export type Unary<A extends Type, R extends Type> = (a: Operand<A>) => Code<R>;
/** An instruction with two arguments of one type and one result. */
export type Binary<A extends Type, R extends Type> = (a: Operand<A>, b: Operand<A>) => Code<R>;
/** Loads from `address + offset`, where the offset is a constant. */
export type Load<T extends Type> = (address: Operand<"i32">, offset?: number) => Code<T>;
/** Stores to `address + offset`, where the offset is a constant. */
export type Store<T extends Type> = (address: Operand<"i32">, value: Operand<T>, offset?: number) => Code<"void">;

/** The words of a string. */
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;
/** A table with an entry for each word of a string. */
export type Table<Names extends string, F> = { readonly [Name in Words<Names>]: F };

/**
 * Returns functions for unary instructions with consecutive opcodes, which start at `first` and follow the order of the
 * names. Those that they are assigned to restrict the types of the operands.
 */
export function unaries<R extends Type, N extends string>(
  result: R,
  first: number,
  names: N,
): Table<N, Unary<Type, R>> {
  return each(first, names, (code) => (a) => ({ type: result, bytes: operand(a) + code }));
}

/** Returns functions for binary instructions in the same way. */
export function binaries<R extends Type, N extends string>(
  result: R,
  first: number,
  names: N,
): Table<N, Binary<Type, R>> {
  return each(first, names, (code) => (a, b) => ({ type: result, bytes: operand(a) + operand(b) + code }));
}

/** Returns functions for loads in the same way. */
export function loads<T extends Type, N extends string>(type: T, first: number, names: N): Table<N, Load<T>> {
  return each(first, names, (code) => (address, offset = 0) => {
    return { type, bytes: operand(address) + code + memoryImmediate(0, offset) };
  });
}

/** Returns functions for stores in the same way. */
export function stores<N extends string>(first: number, names: N): Table<N, Store<Type>> {
  return each(first, names, (code) => (address, value, offset = 0) => {
    return { type: "void", bytes: operand(address) + operand(value) + code + memoryImmediate(0, offset) };
  });
}

function each<N extends string, F>(first: number, names: N, make: (code: string) => F): Table<N, F> {
  // Safe: there is an entry for each word.
  return Object.fromEntries(names.split(" ").map((name, i) => [name, make(opcode(first + i))])) as Table<N, F>;
}
