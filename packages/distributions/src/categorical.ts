/**
 * The categorical distribution.
 */

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
 * The categorical distribution: the number of a class, each with a probability of its own.
 *
 *     P(k) = pₖ
 *
 * Probabilities stand along the last dimension, [batch, classes]; they are divided by their sum, and logits are
 * normalised. Draws are int32, and after `manualSeed` PyTorch's own, on the CPU; single draws those of newer versions
 * than 1.13.
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
  readonly #odds: CategoricalOdds;

  /** @throws ArgumentError for probabilities that are negative. @throws ShapeError for a scalar. */
  constructor(odds: ClassOdds, options: DistributionOptions = {}) {
    const given = CategoricalOdds.of("Categorical", odds, options);
    super(given.value.shape.slice(0, -1), [], given.value, options);
    this.#odds = given;
  }

  /** The probabilities: [batch, classes]. */
  get probs(): Tensor {
    return this.#odds.probs;
  }

  /** Their logarithms: [batch, classes]. */
  get logits(): Tensor {
    return this.#odds.logits;
  }

  /** What it was made of: probabilities or logits, normalised. */
  get given(): { readonly probs: Tensor } | { readonly logits: Tensor } {
    return this.#odds.given;
  }

  /** How many classes there are. */
  get classes(): number {
    return this.#odds.classes;
  }

  override get support(): Constraint {
    return integerInterval(0, this.classes - 1);
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  /** NaN: the numbers of classes have no mean. */
  override get mean(): Tensor {
    return this.filled(Number.NaN);
  }

  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }

  /** NaN: the numbers of classes have no variance. */
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
    return entropyOf(this.#odds);
  }

  override enumerateSupport(expand = true): Tensor {
    const { device } = this.like;
    const values = arange(this.classes, { dtype: "int32", device }).view(this.classes, ...this.batchShape.map(() => 1));
    return expand ? values.expand(this.classes, ...this.batchShape) : values;
  }

  override expand(batchShape: Shape): Categorical {
    return new Categorical(this.#odds.expand(batchShape).given, this.options);
  }
}

/** `-Σ p ln p`, in which a class without a chance counts nothing. */
function entropyOf({ probs, logits }: CategoricalOdds): Tensor {
  return probs
    .mul(logits.clamp(finfo(logits.dtype).min))
    .sum(-1)
    .neg();
}
