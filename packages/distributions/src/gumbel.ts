/** The Gumbel distribution. */

import {
  finfo,
  type GeneratorOption,
  pointwise,
  rand,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { unitInterval } from "./constraints.ts";
import { LocationScale } from "./location-scale.ts";

/** Euler's constant γ. */
export const euler = 0.5772156649015329;

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Gumbel.logProb", (x, loc, scale) => {
  const y = loc.sub(x).div(scale);
  return y.sub(y.exp()).sub(scale.log());
});
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Gumbel.cdf", (x, loc, scale) =>
  loc.sub(x).div(scale).exp().neg().exp(),
);
const quantile = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Gumbel.icdf", (p, loc, scale) =>
  loc.sub(scale.mul(p.log().neg().log())),
);

/**
 * The Gumbel distribution, the limit distribution of the maximum of many samples.
 *
 *     p(x) = e^(-(z + e⁻ᶻ)) / σ        z = (x - μ) / σ
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.gumbel.Gumbel
 *
 * @example
 * new Gumbel(1, 2).mode; // 1
 */
export class Gumbel extends LocationScale {
  static override name = "Gumbel";

  override get mean(): Tensor {
    return this.loc.add(this.scale.mul(euler));
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.PI / Math.sqrt(6));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const { dtype } = this.like;
    const [least, most] = [finfo(dtype).tiny, 1 - finfo(dtype).eps];
    const u = rand(this.extendedShape(sampleShape), this.source(options))
      .mul(most - least)
      .add(least);
    return quantile(u, this.loc, this.scale);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.loc, this.scale);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.loc, this.scale);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return quantile(this.checked("icdf", probability, unitInterval), this.loc, this.scale);
  }

  override entropy(): Tensor {
    return this.scale.log().add(1 + euler);
  }
}
