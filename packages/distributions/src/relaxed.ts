/**
 * Continuous relaxations of the Bernoulli and categorical distributions, whose samples are differentiable. As the
 * temperature approaches 0, samples approach 0 and 1.
 *
 * Maddison et al. 2017, "The Concrete Distribution", https://arxiv.org/abs/1611.00712, and Jang et al. 2017,
 * "Categorical Reparameterization with Gumbel-Softmax", https://arxiv.org/abs/1611.01144
 */

import {
  finfo,
  type GeneratorOption,
  lgamma,
  pointwise,
  rand,
  type Shape,
  ShapeError,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, nonnegative, positive, real, realVector, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { BinaryOdds, CategoricalOdds, type ClassOdds, type Odds } from "./odds.ts";
import { tensorsOf } from "./parameters.ts";
import { TransformedDistribution } from "./transformed-distribution.ts";
import { ExpTransform, SigmoidTransform } from "./transforms/elementary.ts";

/** Converts a temperature to the dtype and device of the probabilities and checks it. */
function temperatureOf(label: string, temperature: TensorOrNumber, like: Tensor, options: DistributionOptions): Tensor {
  return tensorsOf(label, { temperature, like: like.detach() }, { temperature: positive }, options).temperature;
}

/** Draws uniform numbers clamped away from 0 and 1, whose logarithms are finite. */
function uniforms(
  shape: Shape,
  options: { readonly dtype: Tensor["dtype"]; readonly device: Tensor["device"] } & GeneratorOption,
): Tensor {
  const least = finfo(options.dtype).eps;
  return rand(shape, options).clamp(least, 1 - least);
}

const softened = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>(
  "RelaxedBernoulli.rsample",
  (u, logit, temperature) => u.log().sub(u.neg().log1p()).add(logit).div(temperature),
);
const logistic = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>(
  "RelaxedBernoulli.logProb",
  (x, logit, temperature) => {
    const d = logit.sub(x.mul(temperature));
    // ln(e^d / (1 + e^d)²), which is symmetric in d.
    return temperature.log().sub(d.abs()).sub(d.abs().neg().exp().log1p().mul(2));
  },
);

/** The distribution of the logit of a relaxed Bernoulli variable. */
class LogitRelaxedBernoulli extends Distribution {
  readonly temperature: Tensor;
  /** @hidden */
  protected override readonly odds: BinaryOdds;

  constructor(temperature: Tensor, odds: BinaryOdds, options: DistributionOptions) {
    super(odds.value.shape, [], odds.value, options);
    this.temperature = temperature;
    this.odds = odds;
  }

  override get support(): Constraint {
    return real;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return softened(
      uniforms(this.extendedShape(sampleShape), this.source(options)),
      this.odds.logits,
      this.temperature,
    );
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logistic(this.checked("logProb", value), this.odds.logits, this.temperature);
  }

  override expand(batchShape: Shape): LogitRelaxedBernoulli {
    return new LogitRelaxedBernoulli(this.temperature, this.odds.expand(batchShape), this.options);
  }
}

/** The distribution of the logarithms of a relaxed categorical variable. */
class LogRelaxedCategorical extends Distribution {
  readonly temperature: Tensor;
  /** @hidden */
  protected override readonly odds: CategoricalOdds;

  constructor(temperature: Tensor, odds: CategoricalOdds, options: DistributionOptions) {
    super(odds.value.shape.slice(0, -1), odds.value.shape.slice(-1), odds.value, options);
    this.temperature = temperature;
    this.odds = odds;
  }

  override get support(): Constraint {
    return realVector;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const gumbels = uniforms(this.extendedShape(sampleShape), this.source(options)).log().neg().log().neg();
    return this.odds.logits.add(gumbels).div(this.temperature).logSoftmax(-1);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const { temperature, odds } = this;
    const k = odds.classes;
    const scale = temperature
      .log()
      .mul(k - 1)
      .add(lgamma(temperature.newFull([], k)));
    const score = odds.logits.sub(this.checked("logProb", value).mul(temperature));
    return score.logSoftmax(-1).sum(-1).add(scale);
  }

  override expand(batchShape: Shape): LogRelaxedCategorical {
    return new LogRelaxedCategorical(this.temperature, this.odds.expand(batchShape), this.options);
  }
}

/**
 * The relaxed Bernoulli distribution on (0, 1), with a temperature.
 *
 *     x = sigmoid((logit(u) + l) / t)        u uniform, l the logit
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.relaxed_bernoulli.RelaxedBernoulli
 *
 * @example
 * new RelaxedBernoulli(0.5, { logits: zeros([3]) }).rsample().shape; // [3]
 */
export class RelaxedBernoulli extends TransformedDistribution {
  static override name = "RelaxedBernoulli";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    temperature: positive,
    probs: unitInterval,
    logits: real,
  };
  /** Temperature t: the lower, the closer samples are to 0 or 1. */
  readonly temperature: Tensor;
  /** @hidden */
  protected override readonly odds: BinaryOdds;

  /** @throws ArgumentError for a temperature that is not positive, and for probabilities outside of [0, 1]. */
  constructor(temperature: TensorOrNumber, odds: Odds, options: DistributionOptions = {}) {
    const given = BinaryOdds.of("RelaxedBernoulli", odds, options);
    const warm = temperatureOf("RelaxedBernoulli", temperature, given.value, options);
    super(new LogitRelaxedBernoulli(warm, given, { validateArgs: false }), new SigmoidTransform(), options);
    this.temperature = warm;
    this.odds = given;
  }

  /** Probability of 1 without the relaxation, [batch]. */
  get probs(): Tensor {
    return this.odds.probs;
  }

  /** Logits `ln(p / (1 - p))`, [batch]. */
  get logits(): Tensor {
    return this.odds.logits;
  }

  override expand(batchShape: Shape): RelaxedBernoulli {
    return new RelaxedBernoulli(this.temperature, this.odds.expand(batchShape).given, this.options);
  }
}

/**
 * The relaxed one-hot categorical distribution over probability vectors [..., classes], with a temperature
 * (Gumbel-Softmax).
 *
 *     x = softmax((l + g) / t)        g from Gumbel(0, 1), l the logits
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.relaxed_categorical.RelaxedOneHotCategorical
 *
 * @example
 * new RelaxedOneHotCategorical(0.5, { logits: zeros([2, 3]) }).rsample().shape; // [2, 3]
 */
export class RelaxedOneHotCategorical extends TransformedDistribution {
  static override name = "RelaxedOneHotCategorical";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    temperature: positive,
    probs: nonnegative,
    logits: realVector,
  };
  /** Temperature t: the lower, the closer samples are to one-hot vectors. */
  readonly temperature: Tensor;
  /** @hidden */
  protected override readonly odds: CategoricalOdds;

  /**
   * @throws ArgumentError for a temperature that is not positive, and for negative probabilities.
   * @throws ShapeError for a temperature with more than one element, and for scalar probabilities.
   */
  constructor(temperature: TensorOrNumber, odds: ClassOdds, options: DistributionOptions = {}) {
    const given = CategoricalOdds.of("RelaxedOneHotCategorical", odds, options);
    const warm = temperatureOf("RelaxedOneHotCategorical", temperature, given.value, options);
    if (warm.numel() !== 1) throw new ShapeError("RelaxedOneHotCategorical: the temperature must be one number");
    super(new LogRelaxedCategorical(warm.reshape([]), given, { validateArgs: false }), new ExpTransform(), options);
    this.temperature = warm.reshape([]);
    this.odds = given;
  }

  /** Normalized probabilities without the relaxation, [batch, classes]. */
  get probs(): Tensor {
    return this.odds.probs;
  }

  /** Logarithms of the normalized probabilities, [batch, classes]. */
  get logits(): Tensor {
    return this.odds.logits;
  }

  override expand(batchShape: Shape): RelaxedOneHotCategorical {
    return new RelaxedOneHotCategorical(this.temperature, this.odds.expand(batchShape).given, this.options);
  }
}
