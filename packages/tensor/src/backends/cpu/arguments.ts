/** Arguments of kernels by name: a kernel's module says in which slot each stands, and here they are all written, none forgotten. */

/** The slots of a kernel's arguments. A list takes the slot named and those after it. */
export type Slots<K extends string> = { readonly [Name in K]: number };

/** An array to write arguments into, made once for each kernel and used again for every launch. */
export function argumentsFor(slots: Slots<string>): number[] {
  return new Array<number>(Math.max(...Object.values(slots)) + 1).fill(0);
}

/** Writes arguments into their slots. */
export function writeArguments<K extends string>(to: number[], slots: Slots<K>, values: { readonly [Name in K]: number }): number[] {
  for (const name in values) to[slots[name]] = values[name];
  return to;
}
