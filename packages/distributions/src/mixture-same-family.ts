/** Mixture distributions. */

import {
  ArgumentError,
  broadcastShapes,
  type GeneratorOption,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import type { Categorical } from "./categorical.ts";
import type { Constraint } from "./constraints.ts";
import { Distribution, type DistributionOptions, expectDistribution, unrecorded } from "./distribution.ts";

/**
 * A mixture of distributions of one family. The components are the last dimension of a distribution's batch; a
 * categorical distribution holds their weights.
 *
 *     p(x) = Σₖ πₖ pₖ(x)
 *
 * Samples are not a differentiable function of the parameters, so there is no `rsample`. After `manualSeed`, draws on
 * the CPU equal PyTorch's if those of the components do.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.mixture_same_family.MixtureSameFamily
 *
 * @example
 * const mixture = new MixtureSameFamily(new Categorical(tensor([1, 3])), new Normal(tensor([0, 4]), 1));
 * mixture.mean; // 3
 */
export class MixtureSameFamily<Component extends Distribution = Distribution> extends Distribution {
  static override name = "MixtureSameFamily";
  /** Distribution of the component indices. */
  readonly mixture: Categorical;
  /** The components, along the last batch dimension. */
  readonly components: Component;

  /**
   * @throws ArgumentError when the number of components differs from the number of classes.
   * @throws ShapeError when the batch shapes do not broadcast.
   */
  constructor(mixture: Categorical, components: Component, options: DistributionOptions = {}) {
    for (const each of [mixture, components]) expectDistribution("MixtureSameFamily", each);
    const count = components.batchShape.at(-1);
    if (count !== mixture.classes) {
      throw new ArgumentError(
        `MixtureSameFamily: the mixture has ${mixture.classes} classes, but the components' batch ends in ${count}`,
      );
    }
    const batch = components.batchShape.slice(0, -1);
    broadcastShapes("MixtureSameFamily", [mixture.batchShape, batch]);
    super(batch, components.eventShape, components.like, options);
    this.mixture = mixture;
    this.components = components;
  }

  override get support(): Constraint {
    return this.components.support;
  }

  override get mean(): Tensor {
    return this.#weighted(this.components.mean);
  }

  override get variance(): Tensor {
    const { mean, variance } = this.components;
    const away = mean.sub(this.#spread(this.mean)).square();
    return this.#weighted(variance.add(away));
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return unrecorded(() => {
      const shape = this.extendedShape(sampleShape);
      const batch = shape.slice(0, shape.length - this.eventShape.length);
      const which = this.mixture.expand(this.batchShape).sample(sampleShape, options);
      const values = this.components.sample(sampleShape, options);
      const index = which.view(...batch, 1, ...this.eventShape.map(() => 1)).expand([...batch, 1, ...this.eventShape]);
      return values.gather(batch.length, index).squeeze(batch.length);
    });
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.#spread(this.checked("logProb", value));
    return this.components.logProb(x).add(this.mixture.logits.logSoftmax(-1)).logsumexp(-1);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return this.components
      .cdf(this.#spread(this.checked("cdf", value)))
      .mul(this.mixture.probs)
      .sum(-1);
  }

  override expand(batchShape: Shape): MixtureSameFamily<Component> {
    // Safe: `expand` returns a distribution of the same class.
    const components = this.components.expand([...batchShape, this.mixture.classes]) as Component;
    return new MixtureSameFamily(this.mixture.expand(batchShape), components, this.options);
  }

  /** Returns the name, the mixture and the components. */
  override toString(): string {
    return `MixtureSameFamily(\n  ${this.mixture},\n  ${this.components})`;
  }

  /** Inserts the component dimension before the event dimensions. */
  #spread(x: Tensor): Tensor {
    return x.unsqueeze(-1 - this.eventShape.length);
  }

  /** Computes the weighted mean over the components. */
  #weighted(x: Tensor): Tensor {
    const { probs } = this.mixture;
    const dims = this.eventShape.length;
    return x.mul(probs.view(...probs.shape, ...this.eventShape.map(() => 1))).sum(-1 - dims);
  }
}
