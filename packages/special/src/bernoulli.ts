/** Bernoulli numbers, the coefficients of the Euler-Maclaurin formula and of Stirling's series. */

/** The Bernoulli numbers B₂, B₄, …, B₁₆. */
export const bernoulli: readonly number[] = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
