/** Student's t-distribution. */

import {
  type GeneratorOption,
  lgamma,
  pointwise,
  randn,
  type Shape,
  type Tensor,
  type TensorOrNumber,
  where,
} from "@akari/tensor";
import { type Constraint, positive, real } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { Chi2 } from "./gamma.ts";
import { parameters } from "./parameters.ts";

const kernel = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("StudentT.logProb", (x, df, loc, scale) =>
  df.add(1).mul(-0.5).mul(x.sub(loc).div(scale).square().div(df).log1p()).sub(scale.log()),
);

/**
 * Student's t-distribution with `df` = ν degrees of freedom, location `loc` = μ (default 0) and `scale` = σ (default
 * 1).
 *
 *     p(x) = Γ((ν+1)/2) / (Γ(ν/2) √(νπ) σ) · (1 + z²/ν)^(-(ν+1)/2)        z = (x - μ) / σ
 *
 * For μ = 0 and σ = 1 it is the distribution of `z / √(s/ν)` with a standard normal z and a χ² variable s. After
 * `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.studentT.StudentT
 *
 * @example
 * new StudentT(4).variance; // 2
 */
export class StudentT extends Distribution {
  static override name = "StudentT";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    df: positive,
    loc: real,
    scale: positive,
  };
  /** Degrees of freedom ν, [batch]. */
  readonly df: Tensor;
  /** Location μ, [batch]. */
  readonly loc: Tensor;
  /** Scale σ, [batch]. */
  readonly scale: Tensor;

  /** @throws ArgumentError for degrees of freedom or a scale that are not positive. */
  constructor(
    df: TensorOrNumber,
    loc: TensorOrNumber = 0,
    scale: TensorOrNumber = 1,
    options: DistributionOptions = {},
  ) {
    const given = parameters("StudentT", { df, loc, scale }, StudentT.argConstraints, options);
    super(given.df.shape, [], given.df, options);
    this.df = given.df;
    this.loc = given.loc;
    this.scale = given.scale;
  }

  override get support(): Constraint {
    return real;
  }

  override get hasRsample(): boolean {
    return true;
  }

  /** NaN for ν ≤ 1. */
  override get mean(): Tensor {
    return where(this.df.gt(1), this.loc, Number.NaN);
  }

  override get mode(): Tensor {
    return this.loc;
  }

  /** NaN for ν ≤ 1, infinite for 1 < ν ≤ 2. */
  override get variance(): Tensor {
    const { df, scale } = this;
    const finite = scale.square().mul(df).div(df.sub(2));
    return where(df.gt(2), finite, where(df.gt(1), df.mul(0).add(Number.POSITIVE_INFINITY), Number.NaN));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const x = randn(this.extendedShape(sampleShape), this.source(options));
    const squares = new Chi2(this.df, { validateArgs: false }).rsample(sampleShape, options);
    return x.mul(squares.div(this.df).rsqrt()).mul(this.scale).add(this.loc);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const { df, loc, scale } = this;
    const x = this.checked("logProb", value);
    const norm = lgamma(df.add(1).mul(0.5))
      .sub(lgamma(df.mul(0.5)))
      .sub(df.mul(Math.PI).log().mul(0.5));
    return kernel(x, df, loc, scale).add(norm);
  }

  override entropy(): Tensor {
    const { df, scale } = this;
    const [half, next] = [df.mul(0.5), df.add(1).mul(0.5)];
    const beta = lgamma(half)
      .add(lgamma(df.newFull([], 0.5)))
      .sub(lgamma(next));
    return scale
      .log()
      .add(next.mul(next.digamma().sub(half.digamma())))
      .add(df.log().mul(0.5))
      .add(beta);
  }

  override expand(batchShape: Shape): StudentT {
    return new StudentT(
      this.df.expand(batchShape),
      this.loc.expand(batchShape),
      this.scale.expand(batchShape),
      this.options,
    );
  }
}
