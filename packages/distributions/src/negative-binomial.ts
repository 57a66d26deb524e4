/** The negative binomial distribution. */

import {
  broadcastTensors,
  type GeneratorOption,
  lgamma,
  logsigmoid,
  type Shape,
  Tensor,
  type TensorOrNumber,
  where,
} from "@akari/tensor";
import { type Constraint, halfOpenInterval, nonnegative, nonnegativeInteger, real } from "./constraints.ts";
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";
import { Gamma } from "./gamma.ts";
import { BinaryOdds, type Odds } from "./odds.ts";
import { drawPoisson } from "./sampling/poisson.ts";
import { expectWithin } from "./validation.ts";

/**
 * The negative binomial distribution of the number of successful trials before `totalCount` trials have failed. For a
 * non-integer count, it is a Poisson distribution whose rate is drawn from a gamma distribution.
 *
 *     P(k) = Γ(n + k) / (k! Γ(n)) (1 - p)ⁿ pᵏ
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.negative_binomial.NegativeBinomial
 *
 * @example
 * new NegativeBinomial(3, 0.5).mean; // 3
 */
export class NegativeBinomial extends Distribution {
  static override name = "NegativeBinomial";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    totalCount: nonnegative,
    probs: /* @__PURE__ */ halfOpenInterval(0, 1),
    logits: real,
  };
  /** Number of failures n, [batch]. */
  readonly totalCount: Tensor;
  /** @hidden */
  protected override readonly odds: BinaryOdds;

  /** @throws ArgumentError for a negative count, and for probabilities outside of [0, 1). */
  constructor(totalCount: TensorOrNumber, odds: Odds, options: DistributionOptions = {}) {
    const given = BinaryOdds.of("NegativeBinomial", odds, options, NegativeBinomial.argConstraints);
    const { value } = given;
    const counts =
      totalCount instanceof Tensor ? totalCount.to(value.dtype) : value.detach().newFull([], Number(totalCount));
    const [total, shaped] = broadcastTensors(counts, value);
    super(total.shape, [], value, options);
    if (this.validateArgs) expectWithin(counts, nonnegative, "NegativeBinomial: totalCount");
    this.totalCount = total;
    this.odds = given.expand(shaped.shape);
  }

  /** Probability of success of a trial, [batch]. */
  get probs(): Tensor {
    return this.odds.probs;
  }

  /** Logits `ln(p / (1 - p))`, [batch]. */
  get logits(): Tensor {
    return this.odds.logits;
  }

  override get support(): Constraint {
    return nonnegativeInteger;
  }

  override get mean(): Tensor {
    return this.totalCount.mul(this.logits.exp());
  }

  override get mode(): Tensor {
    return this.totalCount.sub(1).mul(this.logits.exp()).floor().clamp(0);
  }

  override get variance(): Tensor {
    return this.mean.div(this.logits.neg().sigmoid());
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => {
      const rates = new Gamma(this.totalCount, this.logits.neg().exp(), { validateArgs: false });
      return drawPoisson(rates.sample(sampleShape, options), options);
    });
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    const { logits, totalCount } = this;
    const both = totalCount.add(x);
    // For totalCount = 0 and x = 0 the probability is 1, but both gamma functions are infinite.
    const none = both.eq(0);
    const ways = lgamma(where(none, 1, both))
      .sub(lgamma(x.add(1)))
      .sub(lgamma(where(none, 1, totalCount)));
    return totalCount
      .mul(logsigmoid(logits.neg()))
      .add(x.mul(logsigmoid(logits)))
      .add(ways);
  }

  override expand(batchShape: Shape): NegativeBinomial {
    return new NegativeBinomial(this.totalCount.expand(batchShape), this.odds.expand(batchShape).given, this.options);
  }
}
