/**
 * Checks of options shared by several optimizers.
 */

import { checkNumber, refuse } from "@akari/tensor";

/**
 * Checks that options are not negative. `values` maps their names to their values.
 *
 * @throws ArgumentError for a negative value or one that is not a number.
 */
export function checkNotNegative(optimizer: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) checkNumber(optimizer, name, value);
}

/**
 * Checks that `betas`, the decay rates of running averages, are `count` numbers in [0, 1). Default: two.
 *
 * @throws ArgumentError when they are not.
 */
export function checkBetas(optimizer: string, betas: readonly number[], count = 2): void {
  if (
    !Array.isArray(betas) ||
    betas.length !== count ||
    betas.some((beta) => typeof beta !== "number" || !(beta >= 0 && beta < 1))
  ) {
    refuse(optimizer, "betas", betas, `be ${count === 2 ? "two" : count} numbers from 0 to 1 (1 excluded)`);
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
