/**
 * Divergences between distributions of different families. The divergence is infinite where p has values outside of the
 * support of q.
 */

import { lgamma, pointwise, type Tensor, type TensorOrNumber, where } from "@akari/tensor";
import { Bernoulli } from "./bernoulli.ts";
import { Beta } from "./beta.ts";
import { Binomial } from "./binomial.ts";
import { ContinuousBernoulli, continuousCross } from "./continuous-bernoulli.ts";
import type { Distribution } from "./distribution.ts";
import { Exponential } from "./exponential.ts";
import { Gamma } from "./gamma.ts";
import { euler, Gumbel } from "./gumbel.ts";
import { type DistributionClass, type KlPair, pair } from "./kl-pair.ts";
import { Laplace } from "./laplace.ts";
import { Normal } from "./normal.ts";
import { Pareto } from "./pareto.ts";
import { Poisson } from "./poisson.ts";
import { Uniform } from "./uniform.ts";

const infinity = Number.POSITIVE_INFINITY;

/** `x ln x`, with the limit 0 at 0. */
const entropic = /* @__PURE__ */ pointwise<[Tensor]>("klDivergence", (x) => x.eq(0).where(0, x.mul(x.log())));

/** Computes `E[ln x]` of a uniform distribution. */
function meanLog(low: Tensor, high: Tensor): Tensor {
  return entropic(high).sub(entropic(low)).div(high.sub(low)).sub(1);
}

/** Computes `-E[ln q]` for a normal q from the mean and variance of p. */
function normalCross(mean: Tensor, variance: TensorOrNumber, q: Normal): Tensor {
  const apart = mean.sub(q.loc).square().add(variance);
  return apart
    .div(q.scale.square())
    .mul(0.5)
    .add(q.scale.log())
    .add(0.5 * Math.log(2 * Math.PI));
}

/** Computes `-E[ln q]` for a gamma q from the means of x and ln x. */
function gammaCross(mean: Tensor, log: Tensor, q: Gamma): Tensor {
  const { concentration: a, rate } = q;
  return lgamma(a).sub(a.mul(rate.log())).sub(a.sub(1).mul(log)).add(rate.mul(mean));
}

/** Computes `-E[ln q]` for an exponential q from the mean of x. */
function exponentialCross(mean: Tensor, q: Exponential): Tensor {
  return q.rate.mul(mean).sub(q.rate.log());
}

/** Computes `-E[ln q]` for a Gumbel q from the means of x and e^(-x / σ). */
function gumbelCross(mean: Tensor, decay: Tensor, q: Gumbel): Tensor {
  return mean.sub(q.loc).div(q.scale).add(q.loc.div(q.scale).exp().mul(decay)).add(q.scale.log());
}

/** Computes the divergence from the cross entropy `-E[ln q]`, by subtracting the entropy of p. */
function relative(p: Distribution, cross: Tensor): Tensor {
  return cross.sub(p.entropy());
}

const logOfBeta = (p: Beta): Tensor => p.concentration1.digamma().sub(p.concentration1.add(p.concentration0).digamma());
const logOfPareto = (p: Pareto): Tensor => p.scale.log().add(p.alpha.reciprocal());

function normalLaplace(p: Normal, q: Laplace): Tensor {
  const away = p.loc.sub(q.loc);
  const z = away.div(p.scale);
  // E|x - μ| is the mean of a folded normal distribution.
  const folded = p.scale
    .mul(z.square().mul(-0.5).exp())
    .mul(Math.sqrt(2 / Math.PI))
    .add(away.mul(z.mul(Math.SQRT1_2).erf()));
  return relative(p, folded.div(q.scale).add(q.scale.mul(2).log()));
}

/** The divergence from a uniform q for a p on [0, 1]. */
function unitUniform(p: Distribution, q: Uniform): Tensor {
  return where(q.low.gt(0).logicalOr(q.high.lt(1)), infinity, relative(p, q.high.sub(q.low).log()));
}

function uniformBeta(p: Uniform, q: Beta): Tensor {
  const [a, b] = [q.concentration1, q.concentration0];
  const log = meanLog(p.low, p.high);
  const logRest = meanLog(p.high.neg().add(1), p.low.neg().add(1));
  const norm = lgamma(a)
    .add(lgamma(b))
    .sub(lgamma(a.add(b)));
  const finite = relative(p, norm.sub(a.sub(1).mul(log)).sub(b.sub(1).mul(logRest)));
  return where(p.low.lt(0).logicalOr(p.high.gt(1)), infinity, finite);
}

function uniformPareto(p: Uniform, q: Pareto): Tensor {
  const cross = q.alpha.add(1).mul(meanLog(p.low, p.high)).sub(q.alpha.log()).sub(q.alpha.mul(q.scale.log()));
  return where(p.low.lt(q.scale), infinity, relative(p, cross));
}

function uniformGumbel(p: Uniform, q: Gumbel): Tensor {
  const decay = p.low.div(q.scale).neg().exp().sub(p.high.div(q.scale).neg().exp()).mul(q.scale).div(p.high.sub(p.low));
  return relative(p, gumbelCross(p.mean, decay, q));
}

/**
 * Infinite where the exponent of p is at most `least`. The formula is evaluated with another exponent there, which
 * keeps its gradient finite.
 */
function heavyTail(p: Pareto, least: number, finite: (p: Pareto) => Tensor): Tensor {
  const light = p.alpha.gt(least);
  return where(light, finite(new Pareto(p.scale, where(light, p.alpha, 3), { validateArgs: false })), infinity);
}

/** Pairs whose divergence is infinite for all parameters, because q's support does not contain p's. */
function infinite(): readonly KlPair[] {
  const never = (p: DistributionClass<Distribution>, ...others: readonly DistributionClass<Distribution>[]): KlPair[] =>
    others.map((q) => pair(p, q, (one) => one.mean.detach().mul(0).nanToNum({ posinf: 0 }).add(infinity)));
  return [
    ...never(Beta, Pareto),
    ...never(ContinuousBernoulli, Pareto),
    ...never(Exponential, Beta, ContinuousBernoulli, Pareto, Uniform),
    ...never(Gamma, Beta, ContinuousBernoulli, Pareto, Uniform),
    ...never(Gumbel, Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    ...never(Laplace, Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    ...never(Normal, Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    ...never(Pareto, Beta, ContinuousBernoulli, Uniform),
    ...never(Poisson, Bernoulli, Binomial),
  ];
}

/** All pairs of different families. */
export function acrossFamilies(): readonly KlPair[] {
  return [
    ...infinite(),
    pair(Bernoulli, Poisson, (p, q) => relative(p, q.rate.sub(p.probs.mul(q.rate.log())))),
    pair(Beta, ContinuousBernoulli, (p, q) => relative(p, continuousCross(p.mean, q))),
    pair(Beta, Exponential, (p, q) => relative(p, exponentialCross(p.mean, q))),
    pair(Beta, Gamma, (p, q) => relative(p, gammaCross(p.mean, logOfBeta(p), q))),
    pair(Beta, Normal, (p, q) => relative(p, normalCross(p.mean, p.variance, q))),
    pair(Beta, Uniform, unitUniform),
    pair(ContinuousBernoulli, Exponential, (p, q) => relative(p, exponentialCross(p.mean, q))),
    pair(ContinuousBernoulli, Normal, (p, q) => relative(p, normalCross(p.mean, p.variance, q))),
    pair(ContinuousBernoulli, Uniform, unitUniform),
    pair(Exponential, Gamma, (p, q) => relative(p, gammaCross(p.mean, p.rate.log().add(euler).neg(), q))),
    pair(Exponential, Gumbel, (p, q) => {
      const product = p.rate.mul(q.scale);
      return relative(p, gumbelCross(p.mean, product.div(product.add(1)), q));
    }),
    pair(Exponential, Normal, (p, q) => relative(p, normalCross(p.mean, p.variance, q))),
    pair(Gamma, Exponential, (p, q) => relative(p, exponentialCross(p.mean, q))),
    pair(Gamma, Gumbel, (p, q) => {
      const decay = p.rate.mul(q.scale).reciprocal().log1p().mul(p.concentration).neg().exp();
      return relative(p, gumbelCross(p.mean, decay, q));
    }),
    pair(Gamma, Normal, (p, q) => relative(p, normalCross(p.mean, p.variance, q))),
    pair(Gumbel, Normal, (p, q) => relative(p, normalCross(p.mean, p.variance, q))),
    pair(Laplace, Normal, (p, q) => relative(p, normalCross(p.mean, p.variance, q))),
    pair(Normal, Gumbel, (p, q) => {
      const ratio = p.scale.div(q.scale).square();
      return relative(p, gumbelCross(p.mean, ratio.mul(0.5).sub(p.loc.div(q.scale)).exp(), q));
    }),
    pair(Normal, Laplace, normalLaplace),
    pair(Pareto, Exponential, (p, q) => heavyTail(p, 1, (light) => relative(light, exponentialCross(light.mean, q)))),
    pair(Pareto, Gamma, (p, q) =>
      heavyTail(p, 1, (light) => relative(light, gammaCross(light.mean, logOfPareto(light), q))),
    ),
    pair(Pareto, Normal, (p, q) =>
      heavyTail(p, 2, (light) => relative(light, normalCross(light.mean, light.variance, q))),
    ),
    pair(Uniform, Beta, uniformBeta),
    pair(Uniform, ContinuousBernoulli, (p, q) =>
      where(p.low.lt(0).logicalOr(p.high.gt(1)), infinity, relative(p, continuousCross(p.mean, q))),
    ),
    pair(Uniform, Exponential, (p, q) => where(p.low.lt(0), infinity, relative(p, exponentialCross(p.mean, q)))),
    pair(Uniform, Gamma, (p, q) =>
      where(p.low.lt(0), infinity, relative(p, gammaCross(p.mean, meanLog(p.low, p.high), q))),
    ),
    pair(Uniform, Gumbel, uniformGumbel),
    pair(Uniform, Normal, (p, q) => relative(p, normalCross(p.mean, p.variance, q))),
    pair(Uniform, Pareto, uniformPareto),
  ];
}
