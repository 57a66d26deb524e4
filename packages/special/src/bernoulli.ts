/**
 * The Bernoulli numbers, with which the Euler-Maclaurin formula and Stirling's series end sums and products.
 */

/** B₂, B₄, …. */
export const bernoulli: readonly number[] = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
