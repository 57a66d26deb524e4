/**
 * Mixtures.
 */

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
import { Distribution, type DistributionOptions, unrecorded } from "./distribution.ts";

/**
 * A mixture of distributions of one family: a class is drawn, then a value from the component of that number, which is
 * the last dimension of the components' batch.
 *
 *     p(x) = Σₖ πₖ pₖ(x)
 *
 * Draws are no smooth function of the parameters, so there is no `rsample`. After `manualSeed` they are PyTorch's own
 * where those of the components are, on the CPU.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.mixture_same_family.MixtureSameFamily
 *
 * @example
 * const mixture = new MixtureSameFamily(new Categorical(tensor([1, 3])), new Normal(tensor([0, 4]), 1));
 * mixture.mean; // 3
 */
export class MixtureSameFamily<Component extends Distribution = Distribution> extends Distribution {
  static override name = "MixtureSameFamily";
  /** The distribution of the components' numbers. */
  readonly mixture: Categorical;
  /** The components, along the last dimension of the batch. */
  readonly components: Component;

  /**
   * @throws ArgumentError when there are not as many components as classes. @throws ShapeError when the batches do not
   * fit.
   */
  constructor(mixture: Categorical, components: Component, options: DistributionOptions = {}) {
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
    // Safe: a distribution expands to one of its own class.
    const components = this.components.expand([...batchShape, this.mixture.classes]) as Component;
    return new MixtureSameFamily(this.mixture.expand(batchShape), components, this.options);
  }

  /** A value with a dimension for the components, before those of the event. */
  #spread(x: Tensor): Tensor {
    return x.unsqueeze(-1 - this.eventShape.length);
  }

  /** The mean over the components. */
  #weighted(x: Tensor): Tensor {
    const { probs } = this.mixture;
    const dims = this.eventShape.length;
    return x.mul(probs.view(...probs.shape, ...this.eventShape.map(() => 1))).sum(-1 - dims);
  }
}
