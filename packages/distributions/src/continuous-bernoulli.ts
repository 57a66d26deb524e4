/** The continuous Bernoulli distribution. */

import { type GeneratorOption, pointwise, rand, type Shape, type Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { BinaryOdds, binaryConstraints, type Odds } from "./odds.ts";
import { inside } from "./precision.ts";

// Near a logit of 0 the formulas are quotients of small differences, so a Taylor series replaces them. The unused
// branch then evaluates at another logit, which keeps its gradient finite.

const logNorm = /* @__PURE__ */ pointwise<[Tensor]>("ContinuousBernoulli.logProb", (l) => {
  const [close, square] = [l.abs().lt(0.02), l.mul(l)];
  const size = close.where(1, l.abs());
  const decay = size.neg().exp();
  const near = square.mul(square.mul(-7 / 1440).add(1 / 12)).add(Math.LN2);
  return close.where(near, size.log().add(decay.log1p()).sub(decay.neg().log1p()));
});
const meanOf = /* @__PURE__ */ pointwise<[Tensor]>("ContinuousBernoulli.mean", (l) => {
  const close = l.abs().lt(0.02);
  const far = close.where(1, l);
  const near = l
    .mul(
      l
        .mul(l)
        .mul(-1 / 720)
        .add(1 / 12),
    )
    .add(0.5);
  return close.where(near, far.neg().expm1().neg().reciprocal().sub(far.reciprocal()));
});
const varianceOf = /* @__PURE__ */ pointwise<[Tensor]>("ContinuousBernoulli.variance", (l) => {
  const [close, square] = [l.abs().lt(0.1), l.mul(l)];
  const size = close.where(1, l.abs());
  const near = square.mul(square.mul(square.mul(-1 / 172800).add(1 / 6048)).sub(1 / 240)).add(1 / 12);
  const rest = size.neg().expm1().neg();
  return close.where(
    near,
    size
      .mul(size)
      .reciprocal()
      .sub(size.neg().exp().div(rest.mul(rest))),
  );
});
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("ContinuousBernoulli.cdf", (x, l) => {
  const [falls, close] = [l.lt(0), l.abs().lt(1e-5)];
  const size = close.where(1, l.abs());
  const inner = x.max(0).min(1);
  // Evaluates the decreasing density of logit -|l|, mirrored for a positive l.
  const part = size
    .mul(falls.where(inner, inner.neg().add(1)))
    .neg()
    .expm1()
    .div(size.neg().expm1());
  const near = inner.add(l.mul(inner).mul(inner.sub(1)).mul(0.5));
  return close.where(near, falls.where(part, part.neg().add(1)));
});
const quantile = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("ContinuousBernoulli.icdf", (u, l) => {
  const [falls, close] = [l.lt(0), l.abs().lt(1e-5)];
  const size = close.where(1, l.abs());
  const part = falls.where(u, u.neg().add(1)).mul(size.neg().expm1()).log1p().neg().div(size);
  const near = u.sub(l.mul(u).mul(u.sub(1)).mul(0.5));
  return close.where(near, falls.where(part, part.neg().add(1)));
});
const logProbability = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("ContinuousBernoulli.logProb", (x, l) =>
  x.mul(l).sub(l.max(0)).sub(l.abs().neg().exp().log1p()),
);

/** Computes `-E[ln q]` for a continuous Bernoulli q from the mean of x. */
export function continuousCross(mean: Tensor, q: ContinuousBernoulli): Tensor {
  return logProbability(mean, q.logits).add(q.logNorm).neg();
}

/**
 * The continuous Bernoulli distribution on [0, 1], for example the likelihood of grayscale pixels in a variational
 * autoencoder.
 *
 *     p(x) = C pˣ (1 - p)¹⁻ˣ        C = 2 artanh(1 - 2p) / (1 - 2p)
 *
 * Loaiza-Ganem and Cunningham 2019, "The continuous Bernoulli", https://arxiv.org/abs/1907.06845
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.continuous_bernoulli.ContinuousBernoulli
 *
 * @example
 * new ContinuousBernoulli(0.5).mean; // 0.5
 */
export class ContinuousBernoulli extends Distribution {
  static override name = "ContinuousBernoulli";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = binaryConstraints;
  /** @hidden */
  protected override readonly odds: BinaryOdds;

  /** @throws ArgumentError for probabilities outside of [0, 1]. */
  constructor(odds: Odds, options: DistributionOptions = {}) {
    const given = BinaryOdds.of("ContinuousBernoulli", odds, options);
    super(given.value.shape, [], given.value, options);
    this.odds = given;
  }

  /** Parameter p, clamped away from 0 and 1, [batch]. It is not the mean. */
  get probs(): Tensor {
    return inside(this.odds.probs);
  }

  /** Logits `ln(p / (1 - p))`, [batch]. */
  get logits(): Tensor {
    return this.odds.logits;
  }

  /** Logarithm of the normalizing constant C, [batch]. */
  get logNorm(): Tensor {
    return logNorm(this.logits);
  }

  override get support(): Constraint {
    return unitInterval;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return meanOf(this.logits);
  }

  override get variance(): Tensor {
    return varianceOf(this.logits);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return quantile(rand(this.extendedShape(sampleShape), this.source(options)), this.logits);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logProbability(this.checked("logProb", value), this.logits).add(this.logNorm);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.logits);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return quantile(this.checked("icdf", probability, unitInterval), this.logits);
  }

  override entropy(): Tensor {
    return continuousCross(this.mean, this);
  }

  override expand(batchShape: Shape): ContinuousBernoulli {
    return new ContinuousBernoulli(this.odds.expand(batchShape).given, this.options);
  }
}
