/** The logistic-normal distribution. */

import type { Shape, Tensor, TensorOrNumber } from "@akari/tensor";
import { type Constraint, positive, real, simplex } from "./constraints.ts";
import type { Distribution, DistributionOptions } from "./distribution.ts";
import { Independent } from "./independent.ts";
import { Normal } from "./normal.ts";
import { parameters } from "./parameters.ts";
import { TransformedDistribution } from "./transformed-distribution.ts";
import { StickBreakingTransform } from "./transforms/simplex.ts";

/** The base distribution; scalar parameters become vectors of length 1. */
function normalOf(loc: TensorOrNumber, scale: TensorOrNumber, options: DistributionOptions): Distribution {
  const given = parameters("LogisticNormal", { loc, scale }, LogisticNormal.argConstraints, options);
  const shape = given.loc.ndim === 0 ? [1] : given.loc.shape;
  return new Independent(new Normal(given.loc.expand(shape), given.scale.expand(shape), { validateArgs: false }), 1);
}

/**
 * The logistic-normal distribution over probability vectors [n + 1], the stick-breaking transform of n normal
 * variables.
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.logistic_normal.LogisticNormal
 *
 * @example
 * new LogisticNormal(zeros([2]), ones([2])).sample().shape; // [3]
 */
export class LogisticNormal extends TransformedDistribution {
  static override name = "LogisticNormal";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { loc: real, scale: positive };

  /**
   * @param loc the means of the normal variables, [..., n].
   * @param scale their standard deviations, [..., n].
   * @throws ArgumentError for a scale that is not positive.
   */
  constructor(loc: TensorOrNumber, scale: TensorOrNumber, options: DistributionOptions = {}) {
    super(normalOf(loc, scale, options), new StickBreakingTransform(), options);
  }

  /** Means of the normal variables, [batch, n]. */
  get loc(): Tensor {
    return this.base.mean;
  }

  /** Standard deviations of the normal variables, [batch, n]. */
  get scale(): Tensor {
    return this.base.stddev;
  }

  override get support(): Constraint {
    return simplex;
  }

  override expand(batchShape: Shape): LogisticNormal {
    const shape = [...batchShape, this.loc.size(-1)];
    return new LogisticNormal(this.loc.expand(shape), this.scale.expand(shape), this.options);
  }
}
