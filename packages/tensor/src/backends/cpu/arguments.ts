/**
 * Kernel arguments by name. A launch lists them as an object, whose keys, in their order, are the slots from which the
 * kernel reads them. The order is that of the first launch, so each kernel is launched from one place.
 */

import type { Runtime } from "./runtime.ts";
import { type FunctionBuilder, i32, type Local } from "./wasm/index.ts";

/** Arguments with these names. */
export type Arguments<K extends string> = { readonly [Name in K]: number };

/** The values of a launch. The array is reused, since making one takes noticeable time for small products. */
const values: number[] = [];

/**
 * Launches the kernel with this key. On first use, `build` is called with the arguments' names. The other parameters
 * are those of `Runtime.launch`.
 */
export function launch<K extends string>(
  runtime: Runtime,
  key: string,
  args: Arguments<K>,
  build: (names: readonly string[]) => Uint8Array,
  units: number,
  grain: number,
): void {
  const kernel = runtime.kernel(key, () => build(Object.keys(args)));
  values.length = 0;
  for (const name in args) values.push(args[name]);
  runtime.launch(kernel, values, units, grain);
}

/** Loads all arguments of a kernel into locals, from the address of the arguments. */
export function readArguments<K extends string>(
  f: FunctionBuilder,
  args: Local<"i32">,
  names: readonly string[],
): Readonly<Record<K, Local<"i32">>> {
  const read = names.map((name, slot) => [name, f.let(i32.load(args, 8 * slot))]);
  return Object.fromEntries(read) as Record<K, Local<"i32">>; // safe: a launch names every argument that a kernel reads
}
