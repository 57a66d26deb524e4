/** The Weibull distribution. */

import {
  exponential_,
  type GeneratorOption,
  lgamma,
  pointwise,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, positive, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { euler } from "./gumbel.ts";
import { parameters } from "./parameters.ts";

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Weibull.logProb", (x, scale, k) => {
  const z = x.div(scale);
  return k.div(scale).log().add(k.sub(1).mul(z.log())).sub(z.log().mul(k).exp());
});
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Weibull.cdf", (x, scale, k) =>
  x.div(scale).log().mul(k).exp().neg().expm1().neg(),
);
const quantile = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Weibull.icdf", (p, scale, k) =>
  scale.mul(p.neg().log1p().neg().pow(k.reciprocal())),
);

/**
 * The Weibull distribution, for example of lifetimes with a failure rate that changes with age.
 *
 *     p(x) = k/λ · (x/λ)^(k-1) e^(-(x/λ)ᵏ)
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.weibull.Weibull
 *
 * @example
 * new Weibull(2, 1).sample([5]).shape; // [5]
 */
export class Weibull extends Distribution {
  static override name = "Weibull";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    scale: positive,
    concentration: positive,
  };
  /** Scale λ, [batch]. */
  readonly scale: Tensor;
  /** Shape k, [batch]. The failure rate increases with age for k > 1. */
  readonly concentration: Tensor;

  /** @throws ArgumentError for parameters that are not positive. */
  constructor(scale: TensorOrNumber, concentration: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("Weibull", { scale, concentration }, Weibull.argConstraints, options);
    super(given.scale.shape, [], given.scale, options);
    this.scale = given.scale;
    this.concentration = given.concentration;
  }

  override get support(): Constraint {
    return positive;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.scale.mul(lgamma(this.concentration.reciprocal().add(1)).exp());
  }

  override get mode(): Tensor {
    const k = this.concentration;
    return this.scale.mul(k.sub(1).div(k).pow(k.reciprocal()));
  }

  override get variance(): Tensor {
    const inverse = this.concentration.reciprocal();
    const squares = lgamma(inverse.mul(2).add(1)).exp();
    return this.scale.square().mul(squares.sub(lgamma(inverse.add(1)).mul(2).exp()));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const waited = exponential_(this.like.newEmpty(this.extendedShape(sampleShape)), 1, options);
    return waited.pow(this.concentration.reciprocal()).mul(this.scale);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.scale, this.concentration);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.scale, this.concentration);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return quantile(this.checked("icdf", probability, unitInterval), this.scale, this.concentration);
  }

  override entropy(): Tensor {
    const inverse = this.concentration.reciprocal();
    return inverse.neg().add(1).mul(euler).add(this.scale.mul(inverse).log()).add(1);
  }

  override expand(batchShape: Shape): Weibull {
    return new Weibull(this.scale.expand(batchShape), this.concentration.expand(batchShape), this.options);
  }
}
