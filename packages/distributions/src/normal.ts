/** The normal distribution. */

import {
  erfinv,
  type GeneratorOption,
  pointwise,
  randn,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { unitInterval } from "./constraints.ts";
import { LocationScale } from "./location-scale.ts";

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Normal.logProb", (x, loc, scale) =>
  x
    .sub(loc)
    .div(scale)
    .square()
    .mul(-0.5)
    .sub(scale.log())
    .sub(0.5 * Math.log(2 * Math.PI)),
);
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Normal.cdf", (x, loc, scale) =>
  x.sub(loc).div(scale).mul(-Math.SQRT1_2).erfc().mul(0.5),
);

/**
 * The normal (Gaussian) distribution, with mean `loc` = μ and standard deviation `scale` = σ.
 *
 *     p(x) = e^(-(x - μ)² / 2σ²) / (σ √2π)
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.normal.Normal
 *
 * @example
 * const normal = new Normal(0, tensor([1, 2]));
 * normal.variance; // [1, 4]
 * normal.rsample([3]).shape; // [3, 2]
 */
export class Normal extends LocationScale {
  static override name = "Normal";

  override get stddev(): Tensor {
    return this.scale;
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return randn(this.extendedShape(sampleShape), this.source(options)).mul(this.scale).add(this.loc);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.loc, this.scale);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.loc, this.scale);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    const p = this.checked("icdf", probability, unitInterval);
    return erfinv(p.mul(2).sub(1)).mul(this.scale).mul(Math.SQRT2).add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }
}
