/** The distributions of absolute values of zero-centered normal and Cauchy variables. */

import { type GeneratorOption, type Shape, type Tensor, type TensorOrNumber, where } from "@akari/tensor";
import { Cauchy } from "./cauchy.ts";
import { type Constraint, nonnegative, positive, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import type { LocationScale } from "./location-scale.ts";
import { Normal } from "./normal.ts";
import { tensorsOf } from "./parameters.ts";

/** A distribution symmetric about 0, folded: twice the density above 0 and none below. */
abstract class Half<Whole extends LocationScale> extends Distribution {
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { scale: positive };
  /** The symmetric distribution. */
  readonly base: Whole;

  protected constructor(base: Whole, options: DistributionOptions) {
    super(base.batchShape, [], base.scale, options);
    this.base = base;
  }

  /** Scale of the symmetric distribution, [batch]. */
  get scale(): Tensor {
    return this.base.scale;
  }

  override get support(): Constraint {
    return nonnegative;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mode(): Tensor {
    return this.filled(0);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return this.base.rsample(sampleShape, options).abs();
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    return where(x.ge(0), this.base.logProb(x).add(Math.LN2), Number.NEGATIVE_INFINITY);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return this.base.cdf(this.checked("cdf", value)).mul(2).sub(1);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return this.base.icdf(this.checked("icdf", probability, unitInterval).add(1).div(2));
  }

  override entropy(): Tensor {
    return this.base.entropy().sub(Math.LN2);
  }
}

/** Returns the location 0 and the checked scale. */
function around0(label: string, scale: TensorOrNumber, options: DistributionOptions): [loc: Tensor, scale: Tensor] {
  const given = tensorsOf(label, { scale }, { scale: positive }, options).scale;
  return [given.detach().newZeros([]), given];
}

/**
 * The half-normal distribution: that of |x| if x is drawn from `Normal(0, scale)`.
 *
 *     p(x) = √2 e^(-x² / 2σ²) / (σ √π)        x ≥ 0
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.half_normal.HalfNormal
 *
 * @example
 * new HalfNormal(2).sample([5]).shape; // [5]
 */
export class HalfNormal extends Half<Normal> {
  static override name = "HalfNormal";

  /** @throws ArgumentError for a scale that is not positive. */
  constructor(scale: TensorOrNumber, options: DistributionOptions = {}) {
    super(new Normal(...around0("HalfNormal", scale, options), { validateArgs: false }), options);
  }

  override get mean(): Tensor {
    return this.scale.mul(Math.sqrt(2 / Math.PI));
  }

  override get variance(): Tensor {
    return this.scale.square().mul(1 - 2 / Math.PI);
  }

  override expand(batchShape: Shape): HalfNormal {
    return new HalfNormal(this.scale.expand(batchShape), this.options);
  }
}

/**
 * The half-Cauchy distribution: that of |x| if x is drawn from `Cauchy(0, scale)`.
 *
 *     p(x) = 2 / (πσ (1 + (x / σ)²))        x ≥ 0
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.half_cauchy.HalfCauchy
 *
 * @example
 * new HalfCauchy(2).mean; // Infinity
 */
export class HalfCauchy extends Half<Cauchy> {
  static override name = "HalfCauchy";

  /** @throws ArgumentError for a scale that is not positive. */
  constructor(scale: TensorOrNumber, options: DistributionOptions = {}) {
    super(new Cauchy(...around0("HalfCauchy", scale, options), { validateArgs: false }), options);
  }

  /** Infinite. */
  override get mean(): Tensor {
    return this.filled(Number.POSITIVE_INFINITY);
  }

  /** Infinite. */
  override get variance(): Tensor {
    return this.base.variance;
  }

  override expand(batchShape: Shape): HalfCauchy {
    return new HalfCauchy(this.scale.expand(batchShape), this.options);
  }
}
