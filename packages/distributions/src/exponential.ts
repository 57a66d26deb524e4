/** The exponential distribution. */

import {
  exponential_,
  type GeneratorOption,
  pointwise,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, nonnegative, positive, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { parameters } from "./parameters.ts";

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("Exponential.logProb", (x, rate) =>
  rate.log().sub(rate.mul(x)),
);
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("Exponential.cdf", (x, rate) =>
  rate.mul(x).neg().expm1().neg(),
);
const quantile = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("Exponential.icdf", (p, rate) =>
  p.neg().log1p().neg().div(rate),
);

/**
 * The exponential distribution of the waiting time for an event that occurs at a constant rate.
 *
 *     p(x) = λ e^(-λx)
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.exponential.Exponential
 *
 * @example
 * new Exponential(4).mean; // 0.25
 */
export class Exponential extends Distribution {
  static override name = "Exponential";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { rate: positive };
  /** Rate λ, the reciprocal of the mean, [batch]. */
  readonly rate: Tensor;

  /** @throws ArgumentError for a rate that is not positive. */
  constructor(rate: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("Exponential", { rate }, Exponential.argConstraints, options);
    super(given.rate.shape, [], given.rate, options);
    this.rate = given.rate;
  }

  override get support(): Constraint {
    return nonnegative;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.rate.reciprocal();
  }

  override get mode(): Tensor {
    return this.filled(0);
  }

  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }

  override get variance(): Tensor {
    return this.rate.pow(-2);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return exponential_(this.like.newEmpty(this.extendedShape(sampleShape)), 1, options).div(this.rate);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.rate);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.rate);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return quantile(this.checked("icdf", probability, unitInterval), this.rate);
  }

  override entropy(): Tensor {
    return this.rate.log().neg().add(1);
  }

  override expand(batchShape: Shape): Exponential {
    return new Exponential(this.rate.expand(batchShape), this.options);
  }
}
