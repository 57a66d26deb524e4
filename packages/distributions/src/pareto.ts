/** The Pareto distribution. */

import {
  exponential_,
  type GeneratorOption,
  pointwise,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, greaterThanEq, positive, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { parameters } from "./parameters.ts";

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Pareto.logProb", (x, scale, alpha) =>
  alpha.log().add(alpha.mul(scale.log())).sub(alpha.add(1).mul(x.log())),
);
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Pareto.cdf", (x, scale, alpha) =>
  alpha.mul(scale.div(x).log()).expm1().neg(),
);
const quantile = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Pareto.icdf", (p, scale, alpha) =>
  scale.mul(p.neg().log1p().neg().div(alpha).exp()),
);

/**
 * The Pareto distribution, a power law above a minimum m = `scale`.
 *
 *     p(x) = α mᵅ / x^(α+1)        x ≥ m
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.pareto.Pareto
 *
 * @example
 * new Pareto(1, 3).mean; // 1.5
 */
export class Pareto extends Distribution {
  static override name = "Pareto";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { scale: positive, alpha: positive };
  /** Minimum m, [batch]. */
  readonly scale: Tensor;
  /** Exponent α, [batch]. */
  readonly alpha: Tensor;

  /** @throws ArgumentError for parameters that are not positive. */
  constructor(scale: TensorOrNumber, alpha: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("Pareto", { scale, alpha }, Pareto.argConstraints, options);
    super(given.scale.shape, [], given.scale, options);
    this.scale = given.scale;
    this.alpha = given.alpha;
  }

  override get support(): Constraint {
    return greaterThanEq(this.scale.detach());
  }

  override get hasRsample(): boolean {
    return true;
  }

  /** Infinite for α ≤ 1. */
  override get mean(): Tensor {
    const a = this.alpha.clamp(1);
    return a.mul(this.scale).div(a.sub(1));
  }

  override get mode(): Tensor {
    return this.scale;
  }

  /** Infinite for α ≤ 2. */
  override get variance(): Tensor {
    const a = this.alpha.clamp(2);
    return this.scale
      .square()
      .mul(a)
      .div(a.sub(1).square().mul(a.sub(2)));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const waited = exponential_(this.like.newEmpty(this.extendedShape(sampleShape)), 1, options);
    return waited.div(this.alpha).exp().mul(this.scale);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.scale, this.alpha);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.scale, this.alpha);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return quantile(this.checked("icdf", probability, unitInterval), this.scale, this.alpha);
  }

  override entropy(): Tensor {
    return this.scale.div(this.alpha).log().add(this.alpha.reciprocal()).add(1);
  }

  override expand(batchShape: Shape): Pareto {
    return new Pareto(this.scale.expand(batchShape), this.alpha.expand(batchShape), this.options);
  }
}
