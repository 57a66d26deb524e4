/**
 * Checks of constructor arguments, shared by the layers.
 */

import { ArgumentError, checkInteger, type PerDimension } from "@akari/tensor";

/** The options of every layer with parameters, which have no default of their own. */
export const factoryDefaults = { device: undefined, dtype: undefined } as const;

/** Throws an ArgumentError unless every one of the named numbers is a positive integer. */
export function checkCounts(layer: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) checkInteger(layer, name, count, 1);
}

/** One number per dimension. Throws an ArgumentError when there are too many or too few. */
export function perDimension(layer: string, name: string, value: PerDimension, dims: number): number[] {
  const list = typeof value === "number" ? new Array<number>(dims).fill(value) : [...value];
  if (list.length !== dims)
    throw new ArgumentError(`${layer}: ${name} must be one number or ${dims}, got [${list.join(", ")}]`);
  return list;
}
