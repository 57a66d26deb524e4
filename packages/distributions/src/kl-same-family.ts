/** Divergences between distributions of the same family. */

import { ArgumentError, expectBetween, lgamma, pointwise, type Tensor, where } from "@akari/tensor";
import { Bernoulli } from "./bernoulli.ts";
import { Beta } from "./beta.ts";
import { Binomial } from "./binomial.ts";
import { Categorical } from "./categorical.ts";
import { Cauchy } from "./cauchy.ts";
import { ContinuousBernoulli, continuousCross } from "./continuous-bernoulli.ts";
import { Dirichlet } from "./dirichlet.ts";
import { type Distribution, sumRightmost } from "./distribution.ts";
import { Exponential } from "./exponential.ts";
import { Gamma } from "./gamma.ts";
import { Geometric } from "./geometric.ts";
import { euler, Gumbel } from "./gumbel.ts";
import { HalfNormal } from "./half.ts";
import { Independent } from "./independent.ts";
import { type KlPair, pair } from "./kl-pair.ts";
import { Laplace } from "./laplace.ts";
import { LowRankMultivariateNormal } from "./low-rank-multivariate-normal.ts";
import { halfLogDeterminant, MultivariateNormal, mahalanobis } from "./multivariate-normal.ts";
import { Normal } from "./normal.ts";
import { OneHotCategorical } from "./one-hot-categorical.ts";
import { Pareto } from "./pareto.ts";
import { Poisson } from "./poisson.ts";
import { TransformedDistribution } from "./transformed-distribution.ts";
import { Uniform } from "./uniform.ts";

/** Arguments of a formula of two locations and two scales. */
type OfTwo = [loc1: Tensor, scale1: Tensor, loc2: Tensor, scale2: Tensor];

const normals = /* @__PURE__ */ pointwise<OfTwo>("klDivergence", (loc1, scale1, loc2, scale2) => {
  const ratio = scale1.div(scale2).square();
  return ratio.add(loc1.sub(loc2).div(scale2).square()).sub(1).sub(ratio.log()).mul(0.5);
});

const laplaces = /* @__PURE__ */ pointwise<OfTwo>("klDivergence", (loc1, scale1, loc2, scale2) => {
  const apart = loc1.sub(loc2).abs();
  const near = scale1.mul(apart.div(scale1).neg().exp());
  return apart.add(near).div(scale2).sub(scale1.div(scale2).log()).sub(1);
});

/**
 * Chyzak & Nielsen 2019, "A closed-form formula for the Kullback-Leibler divergence between Cauchy distributions",
 * https://arxiv.org/abs/1905.10965
 */
const cauchys = /* @__PURE__ */ pointwise<OfTwo>("klDivergence", (loc1, scale1, loc2, scale2) =>
  scale1.add(scale2).square().add(loc1.sub(loc2).square()).div(scale1.mul(scale2).mul(4)).log(),
);

const rates = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("klDivergence", (rate1, rate2) => {
  const ratio = rate2.div(rate1);
  return ratio.sub(1).sub(ratio.log());
});

/** `p ln(p / q)` from probabilities and their logarithms: 0 where p is 0, infinite where only q is. */
const share = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("klDivergence", (p, logP, q, logQ) =>
  p.eq(0).where(0, q.eq(0).where(Number.POSITIVE_INFINITY, p.mul(logP.sub(logQ)))),
);

const rest = (x: Tensor): Tensor => x.neg().add(1);
const categoricals = (p: Categorical, q: Categorical): Tensor => share(p.probs, p.logits, q.probs, q.logits).sum(-1);

function bernoullis(p: Bernoulli, q: Bernoulli): Tensor {
  const [[p1, p0], [q1, q0]] = [p.logs, q.logs];
  return share(p.probs, p1, q.probs, q1).add(share(rest(p.probs), p0, rest(q.probs), q0));
}

function binomials(p: Binomial, q: Binomial): Tensor {
  expectBetween(
    p.totalCount.ge(q.totalCount),
    1,
    1,
    "klDivergence: there is no formula for Binomial distributions if the second has more trials",
  );
  const each = p.probs.mul(p.logits.sub(q.logits)).add(p.probs.neg().log1p()).sub(q.probs.neg().log1p());
  return where(p.totalCount.gt(q.totalCount), Number.POSITIVE_INFINITY, p.totalCount.mul(each));
}

/** The divergence of Dirichlet distributions with parameters along the last dimension. */
function dirichlets(p: Tensor, q: Tensor): Tensor {
  const [sumP, sumQ] = [p.sum(-1), q.sum(-1)];
  const away = p.sub(q).mul(p.digamma().sub(sumP.digamma().unsqueeze(-1)));
  return lgamma(sumP)
    .sub(lgamma(sumQ))
    .add(lgamma(q).sub(lgamma(p)).add(away).sum(-1));
}

function betas(p: Beta, q: Beta): Tensor {
  const [sumP, sumQ] = [p, q].map(({ concentration1, concentration0 }) => concentration1.add(concentration0)) as [
    Tensor,
    Tensor,
  ]; // safe: two results
  const part = (a: Tensor, b: Tensor): Tensor => lgamma(b).sub(lgamma(a)).add(a.sub(b).mul(a.digamma()));
  return part(p.concentration1, q.concentration1).add(part(p.concentration0, q.concentration0)).sub(part(sumP, sumQ));
}

function gammas(p: Gamma, q: Gamma): Tensor {
  const [a, b] = [p.concentration, q.concentration];
  return b
    .mul(p.rate.div(q.rate).log())
    .add(lgamma(b))
    .sub(lgamma(a))
    .add(a.sub(b).mul(a.digamma()))
    .add(q.rate.sub(p.rate).mul(a.div(p.rate)));
}

function gumbels(p: Gumbel, q: Gumbel): Tensor {
  const ratio = p.scale.div(q.scale);
  const apart = p.loc.sub(q.loc).div(q.scale);
  const tail = lgamma(ratio.add(1)).sub(apart).exp();
  return apart
    .sub(ratio.log())
    .add(ratio.mul(euler))
    .add(tail)
    .sub(1 + euler);
}

function paretos(p: Pareto, q: Pareto): Tensor {
  const ratio = q.alpha.div(p.alpha);
  const finite = q.alpha.mul(p.scale.div(q.scale).log()).sub(ratio.log()).add(ratio).sub(1);
  return where(p.scale.lt(q.scale), Number.POSITIVE_INFINITY, finite);
}

/** Distributions with a mean and a triangular scale. */
type Triangular = MultivariateNormal | LowRankMultivariateNormal;

function multivariateNormals(p: Triangular, q: Triangular): Tensor {
  const [triangleP, triangleQ] = [p.scaleTril, q.scaleTril];
  const n = p.loc.size(-1);
  if (n !== q.loc.size(-1)) throw new ArgumentError(`klDivergence: ${p} and ${q} have events of different sizes`);
  // The trace of Σq⁻¹ Σp is the sum of the squared Mahalanobis norms of the columns of p's triangle.
  const trace = mahalanobis(triangleQ.unsqueeze(-3), triangleP.mT).sum(-1);
  const apart = mahalanobis(triangleQ, q.loc.sub(p.loc));
  return trace.add(apart).sub(n).mul(0.5).add(halfLogDeterminant(triangleQ)).sub(halfLogDeterminant(triangleP));
}

/** All pairs of the same family. `divergence` evaluates the whole table, for distributions composed of others. */
export function sameFamily(divergence: (p: Distribution, q: Distribution) => Tensor): readonly KlPair[] {
  return [
    pair(Bernoulli, Bernoulli, bernoullis),
    pair(Beta, Beta, betas),
    pair(Binomial, Binomial, binomials),
    pair(Categorical, Categorical, categoricals),
    pair(Cauchy, Cauchy, (p, q) => cauchys(p.loc, p.scale, q.loc, q.scale)),
    pair(ContinuousBernoulli, ContinuousBernoulli, (p, q) => continuousCross(p.mean, q).sub(p.entropy())),
    pair(Dirichlet, Dirichlet, (p, q) => dirichlets(p.concentration, q.concentration)),
    pair(Exponential, Exponential, (p, q) => rates(p.rate, q.rate)),
    pair(Gamma, Gamma, gammas),
    pair(Geometric, Geometric, (p, q) => p.entropy().add(q.probs.neg().log1p().div(p.probs)).add(q.logits).neg()),
    pair(Gumbel, Gumbel, gumbels),
    pair(HalfNormal, HalfNormal, (p, q) => divergence(p.base, q.base)),
    pair(Laplace, Laplace, (p, q) => laplaces(p.loc, p.scale, q.loc, q.scale)),
    pair(LowRankMultivariateNormal, LowRankMultivariateNormal, multivariateNormals),
    pair(LowRankMultivariateNormal, MultivariateNormal, multivariateNormals),
    pair(MultivariateNormal, LowRankMultivariateNormal, multivariateNormals),
    pair(MultivariateNormal, MultivariateNormal, multivariateNormals),
    pair(Normal, Normal, (p, q) => normals(p.loc, p.scale, q.loc, q.scale)),
    pair(OneHotCategorical, OneHotCategorical, (p, q) => categoricals(p.categorical, q.categorical)),
    pair(Pareto, Pareto, paretos),
    pair(Poisson, Poisson, (p, q) => p.rate.mul(p.rate.log().sub(q.rate.log())).sub(p.rate.sub(q.rate))),
    pair(Uniform, Uniform, (p, q) => {
      const inside = q.low.le(p.low).logicalAnd(p.high.le(q.high));
      return where(inside, q.high.sub(q.low).div(p.high.sub(p.low)).log(), Number.POSITIVE_INFINITY);
    }),
    pair(Independent, Independent, (p, q) => {
      if (p.reinterpretedBatchNdims !== q.reinterpretedBatchNdims) {
        throw new ArgumentError(`klDivergence: ${p} and ${q} have events of different dimensions`);
      }
      return sumRightmost(divergence(p.base, q.base), p.reinterpretedBatchNdims);
    }),
    pair(TransformedDistribution, TransformedDistribution, (p, q) => {
      const same =
        p.transforms.length === q.transforms.length &&
        p.transforms.every((each, i) => each.equals(q.transforms[i] as typeof each)); // safe: same length
      if (!same)
        throw new ArgumentError(`klDivergence: there is no formula for ${p} and ${q}, whose transforms differ`);
      return divergence(p.base, q.base);
    }),
  ];
}
