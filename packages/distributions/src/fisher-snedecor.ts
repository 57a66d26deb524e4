/** The F-distribution. */

import {
  finfo,
  type GeneratorOption,
  lgamma,
  pointwise,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  where,
} from "@akari/tensor";
import { type Constraint, positive } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { Gamma } from "./gamma.ts";
import { parameters } from "./parameters.ts";

const kernel = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("FisherSnedecor.logProb", (x, df1, df2) => {
  const [half1, half2, ratio] = [df1.mul(0.5), df2.mul(0.5), df1.div(df2)];
  return half1
    .mul(ratio.log())
    .add(half1.sub(1).mul(x.log()))
    .sub(half1.add(half2).mul(ratio.mul(x).log1p()));
});

/**
 * The F-distribution (Fisher-Snedecor), that of the ratio of two mean squares of normal variables with df1 and df2
 * degrees of freedom.
 *
 *     p(x) ∝ (x df1/df2)^(df1/2) / (x (1 + x df1/df2)^((df1 + df2)/2))
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.fishersnedecor.FisherSnedecor
 *
 * @example
 * new FisherSnedecor(4, 6).mean; // 1.5
 */
export class FisherSnedecor extends Distribution {
  static override name = "FisherSnedecor";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = { df1: positive, df2: positive };
  /** Degrees of freedom of the numerator, [batch]. */
  readonly df1: Tensor;
  /** Degrees of freedom of the denominator, [batch]. */
  readonly df2: Tensor;

  /** @throws ArgumentError for degrees of freedom that are not positive. */
  constructor(df1: TensorOrNumber, df2: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("FisherSnedecor", { df1, df2 }, FisherSnedecor.argConstraints, options);
    super(given.df1.shape, [], given.df1, options);
    this.df1 = given.df1;
    this.df2 = given.df2;
  }

  override get support(): Constraint {
    return positive;
  }

  override get hasRsample(): boolean {
    return true;
  }

  /** NaN for df2 ≤ 2. */
  override get mean(): Tensor {
    return where(this.df2.gt(2), this.df2.div(this.df2.sub(2)), Number.NaN);
  }

  /** NaN for df1 ≤ 2. */
  override get mode(): Tensor {
    const { df1, df2 } = this;
    return where(df1.gt(2), df1.sub(2).div(df1).mul(df2).div(df2.add(2)), Number.NaN);
  }

  /** NaN for df2 ≤ 4. */
  override get variance(): Tensor {
    const { df1, df2 } = this;
    const finite = df2
      .square()
      .mul(2)
      .mul(df1.add(df2).sub(2))
      .div(df1.mul(df2.sub(2).square()).mul(df2.sub(4)));
    return where(df2.gt(4), finite, Number.NaN);
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const squares = (df: Tensor) => new Gamma(df.mul(0.5), df, { validateArgs: false }).rsample(sampleShape, options);
    return squares(this.df1).div(squares(this.df2)).clamp(finfo(this.like.dtype).tiny);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const { df1, df2 } = this;
    const x = this.checked("logProb", value);
    const norm = lgamma(df1.add(df2).mul(0.5))
      .sub(lgamma(df1.mul(0.5)))
      .sub(lgamma(df2.mul(0.5)));
    return kernel(x, df1, df2).add(norm);
  }

  override expand(batchShape: Shape): FisherSnedecor {
    return new FisherSnedecor(this.df1.expand(batchShape), this.df2.expand(batchShape), this.options);
  }
}
