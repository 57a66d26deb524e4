/**
 * Pieces of WebAssembly code. An expression is the bytes that leave its value on the stack, together with the value's type, so larger ones
 * are made by joining smaller ones and the type checker of TypeScript is the validator: `i32.add(x, f32.const(1))` does not compile.
 */

import { float32, float64, signed, unsigned } from "./encoding.ts";

/** The types of values. */
export type Type = "i32" | "i64" | "f32" | "f64" | "v128";

/** Code that leaves one value of type `T`, or none. Evaluating it twice computes it twice: keep what is used often in a local. */
export interface Code<T extends Type | "void"> {
  readonly type: T;
  readonly bytes: readonly number[];
}

/** A local variable of a function; as an expression, its value. */
export interface Local<T extends Type> extends Code<T> {
  readonly index: number;
}

/** What an instruction takes: an expression, or a number that stands for a constant. */
export type Operand<T extends Type> = Code<T> | (T extends "v128" ? never : T extends "i64" ? number | bigint : number);

/** The bytes by which the format names the types. */
export const typeBytes: Readonly<Record<Type, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** A constant. */
export function constant<T extends Exclude<Type, "v128">>(type: T, value: number | bigint): Code<T> {
  switch (type) {
    case "i32":
      return { type, bytes: [0x41, ...signed(Number(value) | 0)] };
    case "i64":
      return { type, bytes: [0x42, ...signed(value)] };
    case "f32":
      return { type, bytes: [0x43, ...float32(Number(value))] };
    default:
      return { type, bytes: [0x44, ...float64(Number(value))] };
  }
}

/** The bytes of an operand. */
export function operand<T extends Type>(type: T, value: Operand<T>): readonly number[] {
  // Safe: numbers are no operands of type v128.
  return typeof value === "object" ? (value as Code<T>).bytes : constant(type as Exclude<Type, "v128">, value as number).bytes;
}

/** An instruction without operands of its own, after the code that puts its arguments on the stack. */
export function instruction<T extends Type | "void">(type: T, opcode: readonly number[], ...args: readonly (readonly number[])[]): Code<T> {
  return { type, bytes: [...args.flat(), ...opcode] };
}

/** The bytes of an instruction with a prefix: 0xfc, 0xfd (SIMD) or 0xfe (atomics). */
export function prefixed(prefix: number, opcode: number): number[] {
  return [prefix, ...unsigned(opcode)];
}

/** The immediate of a memory instruction: the power of two to which it is aligned, and an offset added to the address. */
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

/** A table of opcodes made into a table of functions. */
export function unaries<A extends Type, R extends Type, K extends string>(
  argument: A,
  result: R,
  table: Readonly<Record<K, readonly number[]>>,
): Record<K, Unary<A, R>> {
  return each(table, (opcode) => (a) => instruction(result, opcode, operand(argument, a)));
}

/** The same for two arguments. */
export function binaries<A extends Type, R extends Type, K extends string>(
  argument: A,
  result: R,
  table: Readonly<Record<K, readonly number[]>>,
): Record<K, Binary<A, R>> {
  return each(table, (opcode) => (a, b) => instruction(result, opcode, operand(argument, a), operand(argument, b)));
}

/** The same for loads: the table holds an opcode, or a prefix and an opcode. */
export function loads<T extends Type, K extends string>(type: T, table: Readonly<Record<K, readonly number[]>>): Record<K, Load<T>> {
  return each(
    table,
    (opcode) =>
      (address, offset = 0) =>
        instruction(type, [...opcode, ...memoryImmediate(0, offset)], operand("i32", address)),
  );
}

/** The same for stores. */
export function stores<T extends Type, K extends string>(type: T, table: Readonly<Record<K, readonly number[]>>): Record<K, Store<T>> {
  return each(
    table,
    (opcode) =>
      (address, value, offset = 0) =>
        instruction("void", [...opcode, ...memoryImmediate(0, offset)], operand("i32", address), operand(type, value)),
  );
}

function each<K extends string, F>(table: Readonly<Record<K, readonly number[]>>, make: (opcode: readonly number[]) => F): Record<K, F> {
  // Safe: the entries have exactly the keys of the table.
  return Object.fromEntries(Object.entries<readonly number[]>(table).map(([key, opcode]) => [key, make(opcode)])) as Record<K, F>;
}
