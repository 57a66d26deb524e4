/** The Cauchy distribution. */

import { type GeneratorOption, pointwise, rand, type Shape, type Tensor, type TensorOrNumber } from "@akari/tensor";
import { unitInterval } from "./constraints.ts";
import { LocationScale } from "./location-scale.ts";

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Cauchy.logProb", (x, loc, scale) =>
  x.sub(loc).div(scale).square().log1p().add(scale.log()).neg().sub(Math.log(Math.PI)),
);
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Cauchy.cdf", (x, loc, scale) =>
  x
    .sub(loc)
    .div(scale)
    .atan()
    .mul(1 / Math.PI)
    .add(0.5),
);
/** Quantile function of the standard Cauchy distribution. */
const standard = /* @__PURE__ */ pointwise<[Tensor]>("Cauchy.icdf", (p) => p.sub(0.5).mul(Math.PI).tan());

/**
 * The Cauchy (Lorentz) distribution, that of the ratio of two independent normal variables. `loc` is the median,
 * `scale` the half width at half maximum. The mean is undefined.
 *
 *     p(x) = 1 / (πσ (1 + ((x - μ) / σ)²))
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.cauchy.Cauchy
 *
 * @example
 * new Cauchy(1, 2).icdf(0.5); // 1
 */
export class Cauchy extends LocationScale {
  static override name = "Cauchy";

  /** NaN: the mean is undefined. */
  override get mean(): Tensor {
    return this.filled(Number.NaN);
  }

  override get variance(): Tensor {
    return this.filled(Number.POSITIVE_INFINITY);
  }

  override get stddev(): Tensor {
    return this.filled(Number.POSITIVE_INFINITY);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const { dtype, device } = this.like;
    // In float64 if the device supports it, as in PyTorch.
    const wide = device.supports("float64") ? "float64" : dtype;
    const u = rand(this.extendedShape(sampleShape), { ...this.source(options), dtype: wide });
    return standard(u).to(dtype).mul(this.scale).add(this.loc);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.loc, this.scale);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.loc, this.scale);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return standard(this.checked("icdf", probability, unitInterval))
      .mul(this.scale)
      .add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(Math.log(4 * Math.PI));
  }
}
