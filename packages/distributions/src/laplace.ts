/** The Laplace distribution. */

import {
  finfo,
  type GeneratorOption,
  pointwise,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  uniform_,
} from "@akari/tensor";
import { unitInterval } from "./constraints.ts";
import { LocationScale } from "./location-scale.ts";

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Laplace.logProb", (x, loc, scale) =>
  x.sub(loc).abs().div(scale).neg().sub(scale.mul(2).log()),
);
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Laplace.cdf", (x, loc, scale) => {
  const z = x.sub(loc);
  return z.sign().mul(z.abs().div(scale).neg().expm1()).mul(-0.5).add(0.5);
});
/** `μ - σ sign(u) ln(1 - |u|)` for u in (-1, 1). */
const placed = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Laplace.rsample", (u, loc, scale) =>
  loc.sub(scale.mul(u.sign()).mul(u.abs().neg().log1p())),
);

/**
 * The Laplace (double exponential) distribution, with mean `loc` = μ and scale σ.
 *
 *     p(x) = e^(-|x - μ| / σ) / 2σ
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.laplace.Laplace
 *
 * @example
 * new Laplace(1, 2).variance; // 8
 */
export class Laplace extends LocationScale {
  static override name = "Laplace";

  override get variance(): Tensor {
    return this.scale.square().mul(2);
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.SQRT2);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const u = uniform_(this.like.newEmpty(this.extendedShape(sampleShape)), finfo(this.like.dtype).eps - 1, 1, options);
    return placed(u, this.loc, this.scale);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.loc, this.scale);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.loc, this.scale);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return placed(this.checked("icdf", probability, unitInterval).mul(2).sub(1), this.loc, this.scale);
  }

  override entropy(): Tensor {
    return this.scale.mul(2).log().add(1);
  }
}
