/** A wrapper that turns batch dimensions into event dimensions. */

import { ArgumentError, type GeneratorOption, type Shape, type Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, independent } from "./constraints.ts";
import { Distribution, type DistributionOptions, expectDistribution, sumRightmost } from "./distribution.ts";

/**
 * Reinterprets the last batch dimensions of a distribution as event dimensions, by summing the log-probabilities over
 * them.
 *
 *     ln p(x) = Σᵢ ln pᵢ(xᵢ)
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.independent.Independent
 *
 * @example
 * const pixels = new Independent(new Bernoulli(full([64, 28, 28], 0.5)), 2);
 * pixels.logProb(ones([64, 28, 28])).shape; // [64]
 */
export class Independent<Base extends Distribution = Distribution> extends Distribution {
  static override name = "Independent";
  /** The wrapped distribution. */
  readonly base: Base;
  /** Number of batch dimensions that become event dimensions. */
  readonly reinterpretedBatchNdims: number;

  /** @throws ArgumentError unless `reinterpretedBatchNdims` is an integer from 0 to the number of batch dimensions. */
  constructor(base: Base, reinterpretedBatchNdims: number, options: DistributionOptions = {}) {
    expectDistribution("Independent", base);
    const rank = base.batchShape.length;
    if (!Number.isInteger(reinterpretedBatchNdims) || reinterpretedBatchNdims < 0 || reinterpretedBatchNdims > rank) {
      throw new ArgumentError(
        `Independent: reinterpretedBatchNdims must be an integer from 0 to ${rank} for ${base}, got ${reinterpretedBatchNdims}`,
      );
    }
    const cut = rank - reinterpretedBatchNdims;
    super(base.batchShape.slice(0, cut), [...base.batchShape.slice(cut), ...base.eventShape], base.like, options);
    this.base = base;
    this.reinterpretedBatchNdims = reinterpretedBatchNdims;
  }

  override get support(): Constraint {
    return independent(this.base.support, this.reinterpretedBatchNdims);
  }

  override get hasRsample(): boolean {
    return this.base.hasRsample;
  }

  override get mean(): Tensor {
    return this.base.mean;
  }

  override get mode(): Tensor {
    return this.base.mode;
  }

  override get variance(): Tensor {
    return this.base.variance;
  }

  override get stddev(): Tensor {
    return this.base.stddev;
  }

  override sample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return this.base.sample(sampleShape, options);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return this.base.rsample(sampleShape, options);
  }

  override logProb(value: TensorOrNumber): Tensor {
    return sumRightmost(
      this.base.logProb(this.validateArgs ? this.checked("logProb", value) : value),
      this.reinterpretedBatchNdims,
    );
  }

  override entropy(): Tensor {
    return sumRightmost(this.base.entropy(), this.reinterpretedBatchNdims);
  }

  /** Returns the name, the wrapped distribution and the number of dimensions. */
  override toString(): string {
    return `Independent(${this.base}, ${this.reinterpretedBatchNdims})`;
  }

  override expand(batchShape: Shape): Independent<Base> {
    const parts = this.base.batchShape.slice(this.batchShape.length);
    // Safe: `expand` returns a distribution of the same class.
    return new Independent(
      this.base.expand([batchShape, parts].flat()) as Base,
      this.reinterpretedBatchNdims,
      this.options,
    );
  }
}
