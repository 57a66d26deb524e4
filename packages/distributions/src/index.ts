/**
 * Probability distributions for `@akari/tensor`, with the names of PyTorch's `torch.distributions`.
 *
 * @packageDocumentation
 */

export { Bernoulli } from "./bernoulli.ts";
export { Beta } from "./beta.ts";
export { Binomial } from "./binomial.ts";
export { Categorical } from "./categorical.ts";
export { Cauchy } from "./cauchy.ts";
export type { Constraint } from "./constraints.ts";
export * as constraints from "./constraints.ts";
export { ContinuousBernoulli } from "./continuous-bernoulli.ts";
export { Dirichlet } from "./dirichlet.ts";
export { Distribution, type DistributionOptions } from "./distribution.ts";
export { Exponential } from "./exponential.ts";
export { FisherSnedecor } from "./fisher-snedecor.ts";
export { Chi2, Gamma } from "./gamma.ts";
export { Geometric } from "./geometric.ts";
export { Gumbel } from "./gumbel.ts";
export { HalfCauchy, HalfNormal } from "./half.ts";
export { Independent } from "./independent.ts";
export { klDivergence, registerKl } from "./kl.ts";
export type { DistributionClass } from "./kl-pair.ts";
export { Kumaraswamy } from "./kumaraswamy.ts";
export { Laplace } from "./laplace.ts";
export { LKJCholesky } from "./lkj-cholesky.ts";
export { LocationScale } from "./location-scale.ts";
export { LogNormal } from "./log-normal.ts";
export { LogisticNormal } from "./logistic-normal.ts";
export { LowRankMultivariateNormal } from "./low-rank-multivariate-normal.ts";
export { MixtureSameFamily } from "./mixture-same-family.ts";
export { Multinomial } from "./multinomial.ts";
export { MultivariateNormal, type Spread } from "./multivariate-normal.ts";
export { NegativeBinomial } from "./negative-binomial.ts";
export { Normal } from "./normal.ts";
export type { ClassOdds, Odds } from "./odds.ts";
export { OneHotCategorical, OneHotCategoricalStraightThrough } from "./one-hot-categorical.ts";
export { Pareto } from "./pareto.ts";
export { Poisson } from "./poisson.ts";
export { RelaxedBernoulli, RelaxedOneHotCategorical } from "./relaxed.ts";
export { binomial } from "./sampling/binomial.ts";
export { poisson } from "./sampling/poisson.ts";
export { StudentT } from "./student-t.ts";
export { TransformedDistribution } from "./transformed-distribution.ts";
export { type AffineOptions, AffineTransform } from "./transforms/affine.ts";
export { ComposeTransform } from "./transforms/compose.ts";
export {
  AbsTransform,
  ExpTransform,
  PowerTransform,
  SigmoidTransform,
  SoftplusTransform,
  TanhTransform,
} from "./transforms/elementary.ts";
export { CorrCholeskyTransform, LowerCholeskyTransform } from "./transforms/matrices.ts";
export { bijectTo, transformTo } from "./transforms/registry.ts";
export {
  CatTransform,
  CumulativeDistributionTransform,
  IndependentTransform,
  ReshapeTransform,
  StackTransform,
} from "./transforms/shapes.ts";
export { SoftmaxTransform, StickBreakingTransform } from "./transforms/simplex.ts";
export { Transform, type TransformOptions } from "./transforms/transform.ts";
export { Uniform } from "./uniform.ts";
export { VonMises } from "./von-mises.ts";
export { Weibull } from "./weibull.ts";
export { Wishart } from "./wishart.ts";
