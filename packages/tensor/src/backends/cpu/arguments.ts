/**
 * Arguments of kernels by name: a kernel's module says in which slot each stands, and here they are all written, none
 * forgotten.
 */

import { type FunctionBuilder, i32, type Local } from "./wasm/index.ts";

/** The slots of a kernel's arguments. A list takes the slot named and those after it. */
export type Slots<K extends string> = { readonly [Name in K]: number };

/** An array to write arguments into, made once for each kernel and used again for every launch. */
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

/** The arguments in a kernel, from the address of their block. */
export function readArguments<K extends string>(
  f: FunctionBuilder,
  args: Local<"i32">,
  slots: Slots<K>,
): Readonly<Record<K, Local<"i32">>> {
  const read = Object.entries<number>(slots).map(([name, slot]) => [name, f.let(i32.load(args, 8 * slot))]);
  return Object.fromEntries(read) as Record<K, Local<"i32">>; // safe: there is one for each slot
}
