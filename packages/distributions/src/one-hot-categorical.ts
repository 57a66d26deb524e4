/** The categorical distribution with one-hot encoded samples. */

import {
  oneHot as encode,
  eye,
  type GeneratorOption,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { Categorical } from "./categorical.ts";
import { type Constraint, oneHot } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { type ClassOdds, classConstraints } from "./odds.ts";

/**
 * The categorical distribution whose samples are one-hot vectors: [..., classes].
 *
 *     P(x) = pₖ where xₖ = 1
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.one_hot_categorical.OneHotCategorical
 *
 * @example
 * new OneHotCategorical({ probs: tensor([0, 1, 0]) }).sample(); // [0, 1, 0]
 */
export class OneHotCategorical extends Distribution {
  static override name = "OneHotCategorical";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = classConstraints;
  /** The distribution of the class indices. */
  readonly categorical: Categorical;

  /**
   * @throws ArgumentError for negative probabilities.
   * @throws ShapeError for a scalar.
   */
  constructor(odds: ClassOdds, options: DistributionOptions = {}) {
    const categorical = new Categorical(odds, options);
    super(categorical.batchShape, [categorical.classes], categorical.probs.detach(), options);
    this.categorical = categorical;
  }

  /** Normalized probabilities, [batch, classes]. */
  get probs(): Tensor {
    return this.categorical.probs;
  }

  /** Logarithms of the normalized probabilities, [batch, classes]. */
  get logits(): Tensor {
    return this.categorical.logits;
  }

  override get support(): Constraint {
    return oneHot;
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    return encode(this.categorical.mode, this.categorical.classes).to(this.like.dtype);
  }

  override get variance(): Tensor {
    const { probs } = this;
    return probs.mul(probs.neg().add(1));
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return encode(this.categorical.sample(sampleShape, options), this.categorical.classes).to(this.like.dtype);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return this.categorical.logProb(this.checked("logProb", value).argmax(-1));
  }

  override entropy(): Tensor {
    return this.categorical.entropy();
  }

  override enumerateSupport(expand = true): Tensor {
    const { classes } = this.categorical;
    const { dtype, device } = this.like;
    const values = eye(classes, classes, { dtype, device }).view(classes, ...this.batchShape.map(() => 1), classes);
    return expand ? values.expand(classes, ...this.batchShape, classes) : values;
  }

  override expand(batchShape: Shape): OneHotCategorical {
    return new OneHotCategorical(this.categorical.expand(batchShape).given, this.options);
  }
}

/**
 * `OneHotCategorical` with a straight-through `rsample`: samples are one-hot, and their gradient is passed to the
 * probabilities unchanged.
 *
 * Bengio et al. 2013, "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional Computation",
 * https://arxiv.org/abs/1308.3432
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.one_hot_categorical.OneHotCategoricalStraightThrough
 */
export class OneHotCategoricalStraightThrough extends OneHotCategorical {
  static override name = "OneHotCategoricalStraightThrough";

  override get hasRsample(): boolean {
    return true;
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const { probs } = this;
    return this.sample(sampleShape, options).add(probs.sub(probs.detach()));
  }

  override expand(batchShape: Shape): OneHotCategoricalStraightThrough {
    return new OneHotCategoricalStraightThrough(this.categorical.expand(batchShape).given, this.options);
  }
}
