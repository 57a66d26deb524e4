/**
 * Kernel arguments by name. A kernel's module declares the slot of each argument, and the types ensure that every one
 * is written.
 */

import { type FunctionBuilder, i32, type Local } from "./wasm/index.ts";

/** Slots of a kernel's arguments. A list starts at its slot and continues in the following ones. */
export type Slots<K extends string> = { readonly [Name in K]: number };

/** Creates the array that holds a kernel's arguments. It is created once per kernel and reused for every launch. */
export function argumentsFor(slots: Slots<string>): number[] {
  return new Array<number>(Math.max(...Object.values(slots)) + 1).fill(0);
}

/** Writes arguments into their slots. */
export function writeArguments<K extends string>(
  to: number[],
  slots: Slots<K>,
  values: { readonly [Name in K]: number },
): number[] {
  for (const name in values) to[slots[name]] = values[name];
  return to;
}

/** Loads all arguments of a kernel into locals, from the address of their block. */
export function readArguments<K extends string>(
  f: FunctionBuilder,
  args: Local<"i32">,
  slots: Slots<K>,
): Readonly<Record<K, Local<"i32">>> {
  const read = Object.entries<number>(slots).map(([name, slot]) => [name, f.let(i32.load(args, 8 * slot))]);
  return Object.fromEntries(read) as Record<K, Local<"i32">>; // safe: there is one local for each slot
}
