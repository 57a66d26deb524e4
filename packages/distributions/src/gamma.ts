/** The gamma distribution and the χ² distribution. */

import {
  computeType,
  digamma,
  finfo,
  type GeneratorOption,
  lgamma,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  xlogy,
} from "@akari/tensor";
import { type Constraint, nonnegative, positive } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { parameters, tensorsOf } from "./parameters.ts";
import { standardGamma } from "./sampling/gamma.ts";

/**
 * The gamma distribution, with shape α = `concentration` and inverse scale β = `rate`.
 *
 *     p(x) = βᵅ x^(α-1) e^(-βx) / Γ(α)
 *
 * Samples of `rsample` are differentiable with respect to both parameters; with respect to the concentration by
 * implicit reparameterization. After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.gamma.Gamma
 *
 * @example
 * new Gamma(3, 2).mean; // 1.5
 */
export class Gamma extends Distribution {
  static override name = "Gamma";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    concentration: positive,
    rate: positive,
  };
  /** Shape α, [batch]. */
  readonly concentration: Tensor;
  /** Inverse scale β, [batch]. */
  readonly rate: Tensor;

  /** @throws ArgumentError for parameters that are not positive. */
  constructor(concentration: TensorOrNumber, rate: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters(new.target.name, { concentration, rate }, Gamma.argConstraints, options);
    super(given.rate.shape, [], given.rate, options);
    this.concentration = given.concentration;
    this.rate = given.rate;
  }

  override get support(): Constraint {
    return nonnegative;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.concentration.div(this.rate);
  }

  override get mode(): Tensor {
    return this.concentration.sub(1).div(this.rate).clamp(0);
  }

  override get variance(): Tensor {
    return this.concentration.div(this.rate.square());
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const { dtype } = this.like;
    const shaped = this.concentration.expand(this.extendedShape(sampleShape)).to(computeType(dtype));
    // Keeps samples away from 0, where the density may be infinite.
    return standardGamma(shaped, options).to(dtype).div(this.rate).clamp(finfo(dtype).tiny);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    const { concentration, rate } = this;
    return xlogy(concentration, rate)
      .add(xlogy(concentration.sub(1), x))
      .sub(rate.mul(x))
      .sub(lgamma(concentration));
  }

  override entropy(): Tensor {
    const { concentration, rate } = this;
    return concentration
      .sub(rate.log())
      .add(lgamma(concentration))
      .add(concentration.neg().add(1).mul(digamma(concentration)));
  }

  override expand(batchShape: Shape): Gamma {
    return new Gamma(this.concentration.expand(batchShape), this.rate.expand(batchShape), this.options);
  }
}

/**
 * The χ² distribution, that of the sum of `df` squared standard normal variables. It equals `Gamma(df / 2, 1 / 2)`.
 *
 *     p(x) = x^(k/2 - 1) e^(-x/2) / (2^(k/2) Γ(k/2))
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.chi2.Chi2
 *
 * @example
 * new Chi2(3).variance; // 6
 */
export class Chi2 extends Gamma {
  static override name = "Chi2";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { df: positive };
  /** Degrees of freedom k, [batch]. */
  readonly df: Tensor;

  /** @throws ArgumentError for degrees of freedom that are not positive. */
  constructor(df: TensorOrNumber, options: DistributionOptions = {}) {
    const given = tensorsOf("Chi2", { df }, Chi2.argConstraints, options).df;
    super(given.mul(0.5), 0.5, options);
    this.df = given;
  }

  override expand(batchShape: Shape): Chi2 {
    return new Chi2(this.df.expand(batchShape), this.options);
  }
}
