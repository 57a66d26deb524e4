/** The binomial distribution. */

import {
  arange,
  broadcastTensors,
  type GeneratorOption,
  pointwise,
  type Shape,
  Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, integerInterval, nonnegativeInteger, real, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";
import { BinaryOdds, type Odds } from "./odds.ts";
import { drawnBinomial } from "./sampling/binomial.ts";
import { expectWithin } from "./validation.ts";

/** `x l - n ln(1 + eˡ)` */
const weighted = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Binomial.logProb", (x, n, logit) =>
  x
    .mul(logit)
    .sub(n.mul(logit.max(0)))
    .sub(n.mul(logit.abs().neg().exp().log1p())),
);

/**
 * The binomial distribution of the number of successes in `totalCount` independent trials.
 *
 *     P(k) = n! / (k! (n - k)!) · pᵏ (1 - p)ⁿ⁻ᵏ
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.binomial.Binomial
 *
 * @example
 * new Binomial(8, 0.25).mean; // 2
 */
export class Binomial extends Distribution {
  static override name = "Binomial";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    totalCount: nonnegativeInteger,
    probs: unitInterval,
    logits: real,
  };
  /** Number of trials n, [batch]. */
  readonly totalCount: Tensor;
  /** @hidden */
  protected override readonly odds: BinaryOdds;
  /** The number of trials, if it was passed as a number. */
  readonly #count: number | null;

  /** @throws ArgumentError for counts that are not nonnegative integers, and for probabilities outside of [0, 1]. */
  constructor(totalCount: TensorOrNumber, odds: Odds, options: DistributionOptions = {}) {
    const given = BinaryOdds.of("Binomial", odds, options);
    const { value } = given;
    const counts =
      totalCount instanceof Tensor ? totalCount.to(value.dtype) : value.detach().newFull([], Number(totalCount));
    const [total, shaped] = broadcastTensors(counts, value);
    super(total.shape, [], value, options);
    if (this.validateArgs) expectWithin(counts, nonnegativeInteger, "Binomial: totalCount");
    this.totalCount = total;
    this.odds = given.expand(shaped.shape);
    this.#count = totalCount instanceof Tensor ? null : Number(totalCount);
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
    return integerInterval(0, this.#count ?? this.totalCount);
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.totalCount.mul(this.probs);
  }

  override get mode(): Tensor {
    return this.totalCount.add(1).mul(this.probs).floor().minimum(this.totalCount);
  }

  override get variance(): Tensor {
    const { probs } = this;
    return this.totalCount.mul(probs).mul(probs.neg().add(1));
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const shape = this.extendedShape(sampleShape);
    return unrecorded(() => drawnBinomial(this.totalCount.expand(shape), this.probs.expand(shape), options));
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    const n = this.totalCount;
    const ways = n.add(1).lgamma().sub(x.add(1).lgamma()).sub(n.sub(x).add(1).lgamma());
    return weighted(x, n, this.logits).add(ways);
  }

  /**
   * Computes the entropy by enumerating the support: [batch]. @throws ArgumentError unless `totalCount` was passed as a
   * number.
   */
  override entropy(): Tensor {
    const logs = this.logProb(this.enumerateSupport(false));
    return logs.exp().mul(logs).sum(0).neg();
  }

  /** Returns the numbers from 0 to `totalCount`. @throws ArgumentError unless `totalCount` was passed as a number. */
  override enumerateSupport(expand = true): Tensor {
    if (this.#count === null)
      throw this.missing("enumerateSupport", "totalCount is a tensor, whose elements may differ; pass a number");
    const { dtype, device } = this.like;
    const values = arange(this.#count + 1, { dtype, device }).view(-1, ...this.batchShape.map(() => 1));
    return expand ? values.expand(-1, ...this.batchShape) : values;
  }

  override expand(batchShape: Shape): Binomial {
    return new Binomial(
      this.#count ?? this.totalCount.expand(batchShape),
      this.odds.expand(batchShape).given,
      this.options,
    );
  }
}
