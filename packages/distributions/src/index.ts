/**
 * Probability distributions for `@akari/tensor`, with the names of PyTorch's `torch.distributions`.
 *
 * @packageDocumentation
 */

export { Bernoulli } from "./bernoulli.ts";
export { Categorical } from "./categorical.ts";
export type { Constraint } from "./constraints.ts";
export * as constraints from "./constraints.ts";
export { Distribution, type DistributionOptions } from "./distribution.ts";
export { klDivergence, registerKl } from "./kl.ts";
export type { DistributionClass } from "./kl-pair.ts";
export { LocationScale } from "./location-scale.ts";
export { Normal } from "./normal.ts";
export type { ClassOdds, Odds } from "./odds.ts";
export { Uniform } from "./uniform.ts";
