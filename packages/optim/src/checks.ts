/**
 * Checks of options shared by several optimizers.
 */

import { ArgumentError, checkNumber } from "@akari/tensor";

/**
 * Checks that options are not negative. `values` maps their names to their values.
 *
 * @throws ArgumentError for a negative value or one that is not a number.
 */
export function checkNotNegative(optimizer: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) checkNumber(optimizer, name, value);
}

/**
 * Checks that `betas`, the decay rates of running averages, are two numbers in [0, 1).
 *
 * @throws ArgumentError when they are not.
 */
export function checkBetas(optimizer: string, betas: readonly number[]): void {
  if (!Array.isArray(betas) || betas.length !== 2 || betas.some((beta) => !(beta >= 0 && beta < 1))) {
    throw new ArgumentError(
      `${optimizer}: betas must be two numbers from 0 to 1 (1 excluded), got ${JSON.stringify(betas)}`,
    );
  }
}

/**
 * Checks that options are in [0, 1]. `values` maps their names to their values.
 *
 * @throws ArgumentError for a value outside of the interval or one that is not a number.
 */
export function checkFraction(optimizer: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) checkNumber(optimizer, name, value, 1);
}
