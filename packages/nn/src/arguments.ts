/**
 * Checks of constructor arguments that several layers share.
 */

import { ArgumentError, checkInteger, type PerDimension } from "@akari/tensor";

/** Options of every layer with parameters. They have no defaults of their own. */
export const factoryDefaults = { device: undefined, dtype: undefined } as const;

/** Throws an ArgumentError unless all named values are positive integers. */
export function checkCounts(layer: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) checkInteger(layer, name, count, 1);
}

/** Expands a value to one number per dimension. Throws an ArgumentError for a list of another length. */
export function perDimension(layer: string, name: string, value: PerDimension, dims: number): number[] {
  const list = typeof value === "number" ? new Array<number>(dims).fill(value) : [...value];
  if (list.length !== dims)
    throw new ArgumentError(`${layer}: ${name} must be one number or ${dims}, got [${list.join(", ")}]`);
  return list;
}
