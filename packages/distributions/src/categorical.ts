/** The categorical distribution. */

import {
  arange,
  broadcastShapes,
  finfo,
  type GeneratorOption,
  multinomial,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, integerInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { CategoricalOdds, type ClassOdds, classConstraints } from "./odds.ts";

/**
 * The categorical distribution of class indices, each with its own probability.
 *
 *     P(k) = pₖ
 *
 * Probabilities or logits are [..., classes] and are normalized along the last dimension. Samples are int32. After
 * `manualSeed`, draws on the CPU equal PyTorch's (single draws equal those of versions after 1.13).
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.categorical.Categorical
 *
 * @example
 * const policy = new Categorical({ logits: zeros([5, 3]) });
 * const action = policy.sample(); // [5], int32
 * policy.logProb(action).shape; // [5]
 */
export class Categorical extends Distribution {
  static override name = "Categorical";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = classConstraints;
  /** @hidden */
  protected override readonly odds: CategoricalOdds;

  /**
   * @throws ArgumentError for negative probabilities.
   * @throws ShapeError for a scalar.
   */
  constructor(odds: ClassOdds, options: DistributionOptions = {}) {
    const given = CategoricalOdds.of("Categorical", odds, options);
    super(given.value.shape.slice(0, -1), [], given.value, options);
    this.odds = given;
  }

  /** Normalized probabilities, [batch, classes]. */
  get probs(): Tensor {
    return this.odds.probs;
  }

  /** Logarithms of the normalized probabilities, [batch, classes]. */
  get logits(): Tensor {
    return this.odds.logits;
  }

  /** The normalized probabilities or logits, whichever was passed to the constructor. */
  get given(): { readonly probs: Tensor } | { readonly logits: Tensor } {
    return this.odds.given;
  }

  /** Number of classes. */
  get classes(): number {
    return this.odds.classes;
  }

  override get support(): Constraint {
    return integerInterval(0, this.classes - 1);
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  /** NaN: class indices have no mean. */
  override get mean(): Tensor {
    return this.filled(Number.NaN);
  }

  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }

  /** NaN: class indices have no variance. */
  override get variance(): Tensor {
    return this.filled(Number.NaN);
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const shape = this.extendedShape(sampleShape);
    const count = sizeOf(sampleShape);
    if (sizeOf(shape) === 0) return this.like.newEmpty(shape, { dtype: "int32" });
    const rows = this.probs.detach().reshape(-1, this.classes);
    return multinomial(rows, count, { replacement: true, ...options })
      .t()
      .reshape(shape);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const index = this.checked("logProb", value).to("int32");
    const shape = broadcastShapes("Categorical.logProb", [index.shape, this.batchShape]);
    const logits = this.logits.expand([...shape, this.classes]);
    return logits.gather(-1, index.expand(shape).unsqueeze(-1)).squeeze(-1);
  }

  override entropy(): Tensor {
    return entropyOf(this.odds);
  }

  override enumerateSupport(expand = true): Tensor {
    const { device } = this.like;
    const values = arange(this.classes, { dtype: "int32", device }).view(this.classes, ...this.batchShape.map(() => 1));
    return expand ? values.expand(this.classes, ...this.batchShape) : values;
  }

  override expand(batchShape: Shape): Categorical {
    return new Categorical(this.odds.expand(batchShape).given, this.options);
  }
}

/** `-Σ p ln p`, where classes of probability 0 contribute 0. */
function entropyOf({ probs, logits }: CategoricalOdds): Tensor {
  return probs
    .mul(logits.clamp(finfo(logits.dtype).min))
    .sum(-1)
    .neg();
}
