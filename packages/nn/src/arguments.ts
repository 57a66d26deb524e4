/**
 * Checks of constructor arguments that several layers share.
 */

import { checkInteger } from "@akari/tensor";

/** Options of every layer with parameters. They have no defaults of their own. */
export const factoryDefaults = { device: undefined, dtype: undefined } as const;

/** Throws an ArgumentError unless all named values are positive integers. */
export function checkCounts(layer: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) checkInteger(layer, name, count, 1);
}
