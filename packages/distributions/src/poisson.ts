/** The Poisson distribution. */

import { type GeneratorOption, type Shape, type Tensor, type TensorOrNumber, xlogy } from "@akari/tensor";
import { type Constraint, nonnegative, nonnegativeInteger } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { parameters } from "./parameters.ts";
import { drawPoisson } from "./sampling/poisson.ts";

/**
 * The Poisson distribution of the number of independent events that occur on average `rate` times.
 *
 *     P(k) = λᵏ e^(-λ) / k!
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.poisson.Poisson
 *
 * @example
 * new Poisson(2.5).mode; // 2
 */
export class Poisson extends Distribution {
  static override name = "Poisson";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { rate: nonnegative };
  /** Rate λ, which is the mean, [batch]. */
  readonly rate: Tensor;

  /** @throws ArgumentError for a negative rate. */
  constructor(rate: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("Poisson", { rate }, Poisson.argConstraints, options);
    super(given.rate.shape, [], given.rate, options);
    this.rate = given.rate;
  }

  override get support(): Constraint {
    return nonnegativeInteger;
  }

  override get mean(): Tensor {
    return this.rate;
  }

  override get mode(): Tensor {
    return this.rate.floor();
  }

  override get variance(): Tensor {
    return this.rate;
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return drawPoisson(this.rate.expand(this.extendedShape(sampleShape)), options);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    return xlogy(x, this.rate).sub(this.rate).sub(x.add(1).lgamma());
  }

  override expand(batchShape: Shape): Poisson {
    return new Poisson(this.rate.expand(batchShape), this.options);
  }
}
