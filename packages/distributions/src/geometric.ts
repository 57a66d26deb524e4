/** The geometric distribution. */

import {
  finfo,
  type GeneratorOption,
  pointwise,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  uniform_,
} from "@akari/tensor";
import { type Constraint, nonnegativeInteger, real } from "./constraints.ts";
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";
import { BinaryOdds, type Odds } from "./odds.ts";

const logProbability = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("Geometric.logProb", (x, p) =>
  x.eq(0).where(0, x.mul(p.neg().log1p())).add(p.log()),
);
const waiting = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("Geometric.sample", (u, p) =>
  u.log().div(p.neg().log1p()).floor(),
);

/**
 * The geometric distribution of the number of failed trials before the first success.
 *
 *     P(k) = (1 - p)ᵏ p
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.geometric.Geometric
 *
 * @example
 * new Geometric(0.25).mean; // 3
 */
export class Geometric extends Distribution {
  static override name = "Geometric";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    probs: {
      name: "above 0 and at most 1",
      isDiscrete: false,
      eventDim: 0,
      ends: [Number.MIN_VALUE, 1],
      limits: [0, 1],
      check: (p) => p.gt(0).logicalAnd(p.le(1)),
    },
    logits: real,
  };
  /** @hidden */
  protected override readonly odds: BinaryOdds;

  /** @throws ArgumentError for probabilities outside of (0, 1]. */
  constructor(odds: Odds, options: DistributionOptions = {}) {
    const given = BinaryOdds.of("Geometric", odds, options, Geometric.argConstraints);
    super(given.value.shape, [], given.value, options);
    this.odds = given;
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
    return this.probs.reciprocal().sub(1);
  }

  override get mode(): Tensor {
    return this.filled(0);
  }

  override get variance(): Tensor {
    const { probs } = this;
    return probs.reciprocal().sub(1).div(probs);
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => {
      const u = uniform_(this.like.newEmpty(this.extendedShape(sampleShape)), finfo(this.like.dtype).tiny, 1, options);
      return waiting(u, this.probs);
    });
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logProbability(this.checked("logProb", value), this.probs);
  }

  override entropy(): Tensor {
    return this.odds.entropy.div(this.probs);
  }

  override expand(batchShape: Shape): Geometric {
    return new Geometric(this.odds.expand(batchShape).given, this.options);
  }
}
