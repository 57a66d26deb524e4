/** The uniform distribution. */

import {
  ArgumentError,
  expectBetween,
  type GeneratorOption,
  pointwise,
  rand,
  type Shape,
  type Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import { type Constraint, interval, real, unitInterval } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { parameters } from "./parameters.ts";

const logDensity = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Uniform.logProb", (x, low, high) =>
  low.le(x).and(x.lt(high)).where(high.sub(low).log().neg(), Number.NEGATIVE_INFINITY),
);
const below = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("Uniform.cdf", (x, low, high) =>
  x.sub(low).div(high.sub(low)).max(0).min(1),
);

/**
 * The uniform distribution on [low, high).
 *
 *     p(x) = 1 / (high - low)
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.uniform.Uniform
 *
 * @example
 * new Uniform(0, 4).mean; // 2
 */
export class Uniform extends Distribution {
  static override name = "Uniform";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { low: real, high: real };
  /** Lower end, [batch]. */
  readonly low: Tensor;
  /** Upper end, [batch]. */
  readonly high: Tensor;

  /** @throws ArgumentError unless low < high. */
  constructor(low: TensorOrNumber, high: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("Uniform", { low, high }, Uniform.argConstraints, options);
    super(given.low.shape, [], given.low, options);
    this.low = given.low;
    this.high = given.high;
    if (!this.validateArgs) return;
    if (typeof low === "number" && typeof high === "number") {
      if (!(low < high)) throw new ArgumentError(`Uniform: low must be less than high, got ${low} and ${high}`);
    } else
      expectBetween(given.low.detach().lt(given.high.detach()), 1, 1, "Uniform: low must be less than high everywhere");
  }

  override get support(): Constraint {
    return interval(this.low.detach(), this.high.detach());
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.low.add(this.high).mul(0.5);
  }

  /** NaN: the density is constant. */
  override get mode(): Tensor {
    return this.filled(Number.NaN);
  }

  override get variance(): Tensor {
    return this.high.sub(this.low).square().div(12);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return rand(this.extendedShape(sampleShape), this.source(options)).mul(this.high.sub(this.low)).add(this.low);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return logDensity(this.checked("logProb", value), this.low, this.high);
  }

  override cdf(value: TensorOrNumber): Tensor {
    return below(this.checked("cdf", value), this.low, this.high);
  }

  override icdf(probability: TensorOrNumber): Tensor {
    return this.checked("icdf", probability, unitInterval).mul(this.high.sub(this.low)).add(this.low);
  }

  override entropy(): Tensor {
    return this.high.sub(this.low).log();
  }

  override expand(batchShape: Shape): Uniform {
    return new Uniform(this.low.expand(batchShape), this.high.expand(batchShape), this.options);
  }
}
