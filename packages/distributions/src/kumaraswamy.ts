/** The Kumaraswamy distribution. */

import { lgamma, type Shape, type Tensor, type TensorOrNumber, where } from "@akari/tensor";
import { type Constraint, positive, unitInterval } from "./constraints.ts";
import type { DistributionOptions } from "./distribution.ts";
import { euler } from "./gumbel.ts";
import { parameters } from "./parameters.ts";
import { TransformedDistribution } from "./transformed-distribution.ts";
import { AffineTransform } from "./transforms/affine.ts";
import { PowerTransform } from "./transforms/elementary.ts";
import { Uniform } from "./uniform.ts";

/**
 * The Kumaraswamy distribution on [0, 1]: similar to the beta distribution, with a closed-form quantile function.
 *
 *     p(x) = a b xᵃ⁻¹ (1 - xᵃ)ᵇ⁻¹
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's. (`mode` follows the formula; PyTorch's is NaN for b > 1.)
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.kumaraswamy.Kumaraswamy
 *
 * @example
 * new Kumaraswamy(1, 3).mean; // about 0.25
 */
export class Kumaraswamy extends TransformedDistribution<Uniform> {
  static override name = "Kumaraswamy";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    concentration1: positive,
    concentration0: positive,
  };
  /** Parameter a, [batch]. Larger values shift the distribution toward 1. */
  readonly concentration1: Tensor;
  /** Parameter b, [batch]. Larger values shift the distribution toward 0. */
  readonly concentration0: Tensor;

  /** @throws ArgumentError for parameters that are not positive. */
  constructor(concentration1: TensorOrNumber, concentration0: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("Kumaraswamy", { concentration1, concentration0 }, Kumaraswamy.argConstraints, options);
    const { concentration1: a, concentration0: b } = given;
    const zero = a.detach().mul(0);
    const transforms = [
      new PowerTransform(b.reciprocal()),
      new AffineTransform(1, -1),
      new PowerTransform(a.reciprocal()),
    ];
    super(new Uniform(zero, zero.add(1), { validateArgs: false }), transforms, options);
    this.concentration1 = a;
    this.concentration0 = b;
  }

  override get support(): Constraint {
    return unitInterval;
  }

  override get mean(): Tensor {
    return this.#moment(1);
  }

  /** The most probable value; NaN for a < 1 or b < 1. */
  override get mode(): Tensor {
    const { concentration1: a, concentration0: b } = this;
    const inner = a.sub(1).div(a.mul(b).sub(1)).pow(a.reciprocal());
    return where(a.lt(1).logicalOr(b.lt(1)), Number.NaN, inner);
  }

  override get variance(): Tensor {
    return this.#moment(2).sub(this.mean.square());
  }

  override entropy(): Tensor {
    const { concentration1: a, concentration0: b } = this;
    const harmonic = b.add(1).digamma().add(euler);
    return b.reciprocal().neg().add(1).add(a.reciprocal().neg().add(1).mul(harmonic)).sub(a.log()).sub(b.log());
  }

  override expand(batchShape: Shape): Kumaraswamy {
    return new Kumaraswamy(
      this.concentration1.expand(batchShape),
      this.concentration0.expand(batchShape),
      this.options,
    );
  }

  /** `E[xⁿ]` */
  #moment(n: number): Tensor {
    const { concentration1: a, concentration0: b } = this;
    const first = a.reciprocal().mul(n).add(1);
    return b.mul(
      lgamma(first)
        .add(lgamma(b))
        .sub(lgamma(first.add(b)))
        .exp(),
    );
  }
}
