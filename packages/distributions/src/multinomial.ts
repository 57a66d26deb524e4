/** The multinomial distribution. */

import {
  ArgumentError,
  type GeneratorOption,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  where,
} from "@akari/tensor";
import { Binomial } from "./binomial.ts";
import { Categorical } from "./categorical.ts";
import { type Constraint, multinomial } from "./constraints.ts";
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";
import { type ClassOdds, classConstraints } from "./odds.ts";

/**
 * The multinomial distribution of the class counts in `totalCount` draws from a categorical distribution:
 * [..., classes].
 *
 *     P(x) = n! Π pₖ^xₖ / xₖ!
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.multinomial.Multinomial
 *
 * @example
 * new Multinomial(8, tensor([1, 3])).mean; // [2, 6]
 */
export class Multinomial extends Distribution {
  static override name = "Multinomial";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = classConstraints;
  /** Number of draws n. */
  readonly totalCount: number;
  readonly #categorical: Categorical;

  /**
   * @throws ArgumentError unless `totalCount` is a nonnegative integer, and for negative probabilities.
   * @throws ShapeError for scalar probabilities.
   */
  constructor(totalCount: number, odds: ClassOdds, options: DistributionOptions = {}) {
    if (!Number.isInteger(totalCount) || totalCount < 0) {
      throw new ArgumentError(`Multinomial: totalCount must be a nonnegative integer, got ${String(totalCount)}`);
    }
    const categorical = new Categorical(odds, options);
    super(categorical.batchShape, [categorical.classes], categorical.probs.detach(), options);
    this.totalCount = totalCount;
    this.#categorical = categorical;
  }

  /** Normalized probabilities, [batch, classes]. */
  get probs(): Tensor {
    return this.#categorical.probs;
  }

  /** Logarithms of the normalized probabilities, [batch, classes]. */
  get logits(): Tensor {
    return this.#categorical.logits;
  }

  override get support(): Constraint {
    return multinomial(this.totalCount);
  }

  override get mean(): Tensor {
    return this.probs.mul(this.totalCount);
  }

  override get variance(): Tensor {
    const { probs } = this;
    return probs.mul(probs.neg().add(1)).mul(this.totalCount);
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => {
      const shape = this.extendedShape(sampleShape);
      const drawn = this.#categorical.sample([this.totalCount, ...sampleShape], options).movedim(0, -1);
      const { dtype } = this.like;
      return this.like.newZeros(shape, { dtype }).scatterAdd(-1, drawn, drawn.newOnes(drawn.shape, { dtype }));
    });
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    const arrangements = x.sum(-1).add(1).lgamma().sub(x.add(1).lgamma().sum(-1));
    // As in PyTorch, a class of probability 0 that was not drawn contributes 0, not 0 · -∞.
    const { logits } = this;
    const absent = x.eq(0).logicalAnd(logits.eq(Number.NEGATIVE_INFINITY));
    return arrangements.add(x.mul(where(absent, 0, logits)).sum(-1));
  }

  override entropy(): Tensor {
    const n = this.totalCount;
    const single = new Binomial(n, this.given, { validateArgs: false });
    const counts = single.enumerateSupport(false).slice(0, 1);
    const expected = single.logProb(counts).exp().mul(counts.add(1).lgamma()).sum([0, -1]);
    return this.#categorical
      .entropy()
      .mul(n)
      .sub(this.like.newFull([], n + 1).lgamma())
      .add(expected);
  }

  /** Probabilities of the individual classes, in the form that `Binomial` accepts. */
  private get given(): { readonly probs: Tensor } {
    return { probs: this.probs };
  }

  override expand(batchShape: Shape): Multinomial {
    return new Multinomial(this.totalCount, this.#categorical.expand(batchShape).given, this.options);
  }
}
