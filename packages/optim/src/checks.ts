/**
 * Checks of options that several optimizers share.
 */

import { ArgumentError, checkNumber } from "@akari/tensor";

/** Throws an ArgumentError for a number below zero. */
export function checkNotNegative(optimizer: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) checkNumber(optimizer, name, value);
}

/** Throws an ArgumentError unless the decay rates of running means are from 0 to 1, 1 excluded. */
export function checkBetas(optimizer: string, betas: readonly number[]): void {
  if (!Array.isArray(betas) || betas.length !== 2 || betas.some((beta) => !(beta >= 0 && beta < 1))) {
    throw new ArgumentError(
      `${optimizer}: betas must be two numbers from 0 to 1 (1 excluded), got ${JSON.stringify(betas)}`,
    );
  }
}

/** Throws an ArgumentError unless the numbers are from 0 to 1. */
export function checkFraction(optimizer: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) checkNumber(optimizer, name, value, 1);
}
