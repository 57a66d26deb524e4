/**
 * Checks of constructor arguments, shared by the layers.
 */

import { ArgumentError, type PerDimension } from "@akari/tensor";

/** The options of every layer with parameters, which have no default of their own. */
export const factoryDefaults = { device: undefined, dtype: undefined } as const;

/** Throws an ArgumentError unless every one of the named numbers is a positive integer. */
export function checkPositive(layer: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size <= 0) throw new ArgumentError(`${layer}: ${name} must be a positive integer, got ${size}`);
  }
}

/** Throws an ArgumentError unless a number is a probability. */
export function checkProbability(layer: string, name: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`${layer}: ${name} must be a probability from 0 to 1, got ${p}`);
}

/** One number per dimension. Throws an ArgumentError when there are too many or too few. */
export function perDimension(layer: string, name: string, value: PerDimension, dims: number): number[] {
  const list = typeof value === "number" ? new Array<number>(dims).fill(value) : [...value];
  if (list.length !== dims) throw new ArgumentError(`${layer}: ${name} must be one number or ${dims}, got [${list.join(", ")}]`);
  return list;
}
