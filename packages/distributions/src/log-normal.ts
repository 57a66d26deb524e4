/** The log-normal distribution. */

import type { Shape, Tensor, TensorOrNumber } from "@akari/tensor";
import { type Constraint, positive, real } from "./constraints.ts";
import type { DistributionOptions } from "./distribution.ts";
import { Normal } from "./normal.ts";
import { parameters } from "./parameters.ts";
import { TransformedDistribution } from "./transformed-distribution.ts";
import { ExpTransform } from "./transforms/elementary.ts";

/**
 * The log-normal distribution: that of eˣ if x is drawn from `Normal(loc, scale)`.
 *
 *     p(x) = e^(-(ln x - μ)² / 2σ²) / (x σ √2π)
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.log_normal.LogNormal
 *
 * @example
 * new LogNormal(0, 1).icdf(0.5); // 1
 */
export class LogNormal extends TransformedDistribution<Normal> {
  static override name = "LogNormal";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { loc: real, scale: positive };

  /**
   * @param loc the mean of the logarithm.
   * @param scale the standard deviation of the logarithm.
   * @throws ArgumentError for a scale that is not positive.
   */
  constructor(loc: TensorOrNumber, scale: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("LogNormal", { loc, scale }, LogNormal.argConstraints, options);
    super(new Normal(given.loc, given.scale, { validateArgs: false }), new ExpTransform(), options);
  }

  /** Mean of the logarithm, [batch]. */
  get loc(): Tensor {
    return this.base.loc;
  }

  /** Standard deviation of the logarithm, [batch]. */
  get scale(): Tensor {
    return this.base.scale;
  }

  override get mean(): Tensor {
    return this.scale.square().mul(0.5).add(this.loc).exp();
  }

  override get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }

  override get variance(): Tensor {
    const square = this.scale.square();
    return square.expm1().mul(this.loc.mul(2).add(square).exp());
  }

  override entropy(): Tensor {
    return this.base.entropy().add(this.loc);
  }

  override expand(batchShape: Shape): LogNormal {
    return new LogNormal(this.loc.expand(batchShape), this.scale.expand(batchShape), this.options);
  }
}
