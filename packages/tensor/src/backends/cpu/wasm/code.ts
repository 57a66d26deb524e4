/**
 * Pieces of WebAssembly code. An expression is the bytes that leave its value on the stack, together with the value's
 * type, so larger ones are made by joining smaller ones and the type checker of TypeScript is the validator:
 * `i32.add(x, f32.const(1))` does not compile.
 */

import { float32, float64, signed, unsigned } from "./encoding.ts";

/** The types of values. */
export type Type = "i32" | "i64" | "f32" | "f64" | "v128";

/**
 * Code that leaves one value of type `T`, or none. Evaluating it twice computes it twice: keep what is used often in a
 * local.
 */
export interface Code<T extends Type | "void"> {
  readonly type: T;
  readonly bytes: readonly number[];
}

/** A local variable of a function; as an expression, its value. */
export interface Local<T extends Type> extends Code<T> {
  readonly index: number;
}

/** What an instruction takes: an expression, or a number that stands for a constant. */
export type Operand<T extends Type> = Code<T> | (T extends "i32" | "f32" | "f64" ? number : never);

/** The bytes by which the format names the types. */
export const typeBytes: Readonly<Record<Type, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** A constant. */
export function constant<T extends "i32" | "f32" | "f64">(type: T, value: number): Code<T> {
  switch (type) {
    case "i32":
      return { type, bytes: [0x41, ...signed(value)] };
    case "f32":
      return { type, bytes: [0x43, ...float32(value)] };
    default:
      return { type, bytes: [0x44, ...float64(value)] };
  }
}

/** The bytes of an operand. */
export function operand<T extends Type>(type: T, value: Operand<T>): readonly number[] {
  // Safe: only these types have numbers for operands.
  return typeof value === "object" ? value.bytes : constant(type as "i32" | "f32" | "f64", value).bytes;
}

/**
 * An instruction after the code that puts its arguments on the stack. `bytes` are its opcode and what else belongs to
 * it.
 */
export function instruction<T extends Type | "void">(
  type: T,
  bytes: readonly number[],
  ...args: readonly (readonly number[])[]
): Code<T> {
  return { type, bytes: [...args.flat(), ...bytes] };
}

/** The bytes of an opcode. One with a prefix (0xfc; 0xfd for SIMD) is written as prefix · 2¹² + opcode. */
export function opcode(code: number): number[] {
  return code < 256 ? [code] : [code >> 12, ...unsigned(code & 0xfff)];
}

/**
 * The immediate of a memory instruction: the power of two to which it is aligned, and an offset added to the address.
 */
export function memoryImmediate(align: number, offset: number): number[] {
  return [...unsigned(align), ...unsigned(offset)];
}

/** `condition ? a : b`, both computed. */
export function select<T extends Type>(condition: Operand<"i32">, a: Code<T>, b: Code<T>): Code<T> {
  return instruction(a.type, [0x1c, 1, typeBytes[a.type]], a.bytes, b.bytes, operand("i32", condition));
}

/** One argument, one result. */
export type Unary<A extends Type, R extends Type> = (a: Operand<A>) => Code<R>;
/** Two arguments of one type, one result. */
export type Binary<A extends Type, R extends Type> = (a: Operand<A>, b: Operand<A>) => Code<R>;
/** Reads memory at `address + offset`; the offset is a constant. */
export type Load<T extends Type> = (address: Operand<"i32">, offset?: number) => Code<T>;
/** Writes memory at `address + offset`; the offset is a constant. */
export type Store<T extends Type> = (address: Operand<"i32">, value: Operand<T>, offset?: number) => Code<"void">;

/** The words of a text. */
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;
/** A table with an entry for each word of a text. */
export type Table<Names extends string, F> = { readonly [Name in Words<Names>]: F };

/**
 * Functions for instructions whose opcodes follow each other, from `first` on in the order of their names: one argument
 * each.
 */
export function unaries<A extends Type, R extends Type, N extends string>(
  argument: A,
  result: R,
  first: number,
  names: N,
): Table<N, Unary<A, R>> {
  return each(first, names, (code) => (a) => instruction(result, code, operand(argument, a)));
}

/** The same for two arguments. */
export function binaries<A extends Type, R extends Type, N extends string>(
  argument: A,
  result: R,
  first: number,
  names: N,
): Table<N, Binary<A, R>> {
  return each(first, names, (code) => (a, b) => instruction(result, code, operand(argument, a), operand(argument, b)));
}

/** The same for loads. */
export function loads<T extends Type, N extends string>(type: T, first: number, names: N): Table<N, Load<T>> {
  return each(first, names, (code) => (address, offset = 0) => {
    return instruction(type, [...code, ...memoryImmediate(0, offset)], operand("i32", address));
  });
}

/** The same for stores. */
export function stores<T extends Type, N extends string>(type: T, first: number, names: N): Table<N, Store<T>> {
  return each(first, names, (code) => (address, value, offset = 0) => {
    return instruction("void", [...code, ...memoryImmediate(0, offset)], operand("i32", address), operand(type, value));
  });
}

function each<N extends string, F>(first: number, names: N, make: (code: readonly number[]) => F): Table<N, F> {
  // Safe: there is an entry for each word.
  return Object.fromEntries(names.split(" ").map((name, i) => [name, make(opcode(first + i))])) as Table<N, F>;
}
