/** The Bernoulli distribution. */

import {
  arange,
  bernoulli,
  type GeneratorOption,
  pointwise,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  where,
} from "@akari/tensor";
import { boolean, type Constraint } from "./constraints.ts";
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";
import { BinaryOdds, binaryConstraints, type Odds } from "./odds.ts";

/** `x l - ln(1 + eˡ)`, arranged so that large terms cancel exactly. */
const logProbability = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("Bernoulli.logProb", (x, logit) =>
  x.mul(logit).sub(logit.max(0)).sub(logit.abs().neg().exp().log1p()),
);

/**
 * The Bernoulli distribution: 1 with probability p, otherwise 0.
 *
 *     P(1) = p        P(0) = 1 - p
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.bernoulli.Bernoulli
 *
 * @example
 * new Bernoulli(0.25).variance; // 0.1875
 * new Bernoulli({ logits: 0 }).probs; // 0.5
 */
export class Bernoulli extends Distribution {
  static override name = "Bernoulli";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = binaryConstraints;
  /** @hidden */
  protected override readonly odds: BinaryOdds;

  /** @throws ArgumentError for probabilities outside of [0, 1]. */
  constructor(odds: Odds, options: DistributionOptions = {}) {
    const given = BinaryOdds.of("Bernoulli", odds, options);
    super(given.value.shape, [], given.value, options);
    this.odds = given;
  }

  /** Probability of 1, [batch]. */
  get probs(): Tensor {
    return this.odds.probs;
  }

  /** Logits `ln(p / (1 - p))`, [batch]. */
  get logits(): Tensor {
    return this.odds.logits;
  }

  /** Logarithms of the probabilities of 1 and of 0. */
  get logs(): readonly [one: Tensor, zero: Tensor] {
    return this.odds.logs;
  }

  override get support(): Constraint {
    return boolean;
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.probs;
  }

  /** The more probable value; NaN if both are equally probable. */
  override get mode(): Tensor {
    const { probs } = this;
    return where(probs.eq(0.5), Number.NaN, probs.ge(0.5).to(probs.dtype));
  }

  override get variance(): Tensor {
    const { probs } = this;
    return probs.mul(probs.neg().add(1));
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => bernoulli(this.probs.expand(this.extendedShape(sampleShape)), options));
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logProbability(this.checked("logProb", value), this.logits);
  }

  override entropy(): Tensor {
    return this.odds.entropy;
  }

  override enumerateSupport(expand = true): Tensor {
    const { dtype, device } = this.like;
    const values = arange(2, { dtype, device }).view(2, ...this.batchShape.map(() => 1));
    return expand ? values.expand(2, ...this.batchShape) : values;
  }

  override expand(batchShape: Shape): Bernoulli {
    return new Bernoulli(this.odds.expand(batchShape).given, this.options);
  }
}
