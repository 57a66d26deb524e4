/** The Dirichlet distribution. */

import {
  computeType,
  digamma,
  type GeneratorOption,
  lgamma,
  oneHot,
  type Shape,
  ShapeError,
  type Tensor,
  type TensorOrNumber,
  where,
  xlogy,
} from "@akari/tensor";
import { type Constraint, independent, positive, simplex } from "./constraints.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { tensorsOf } from "./parameters.ts";
import { standardGamma } from "./sampling/gamma.ts";

/**
 * The Dirichlet distribution over probability vectors [..., classes], which sum to 1.
 *
 *     p(x) = Γ(Σ αₖ) Π xₖ^(αₖ-1) / Γ(αₖ)
 *
 * A sample is a vector of gamma variables divided by their sum, and is differentiated as such. After `manualSeed`,
 * draws on the CPU equal PyTorch's; the gradient of a single draw differs from PyTorch's, but has the same expectation.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.dirichlet.Dirichlet
 *
 * @example
 * new Dirichlet(tensor([1, 3])).mean; // [0.25, 0.75]
 */
export class Dirichlet extends Distribution {
  static override name = "Dirichlet";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    concentration: /* @__PURE__ */ independent(positive, 1),
  };
  /** Parameters α, [batch, classes]. */
  readonly concentration: Tensor;

  /**
   * @throws ArgumentError for parameters that are not positive.
   * @throws ShapeError for a scalar.
   */
  constructor(concentration: Tensor, options: DistributionOptions = {}) {
    const given = tensorsOf("Dirichlet", { concentration }, Dirichlet.argConstraints, options).concentration;
    if (given.ndim < 1)
      throw new ShapeError("Dirichlet: concentration must have the shape [..., classes], got a scalar");
    super(given.shape.slice(0, -1), given.shape.slice(-1), given, options);
    this.concentration = given;
  }

  override get support(): Constraint {
    return simplex;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.concentration.div(this.#total);
  }

  /** The most probable value. If all parameters are below 1, the one-hot vector of the largest. */
  override get mode(): Tensor {
    const { concentration } = this;
    const above = concentration.sub(1).clamp(0);
    const inner = above.div(above.sum(-1, { keepdim: true }));
    const corner = oneHot(concentration.argmax(-1), concentration.size(-1)).to(concentration.dtype);
    return where(concentration.lt(1).all(-1, { keepdim: true }), corner, inner);
  }

  override get variance(): Tensor {
    const total = this.#total;
    return this.concentration.mul(total.sub(this.concentration)).div(total.square().mul(total.add(1)));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    const { dtype, device } = this.like;
    const wide = device.supports("float64") ? "float64" : computeType(dtype);
    const draws = standardGamma(this.concentration.expand(this.extendedShape(sampleShape)).to(wide), options);
    return draws.div(draws.sum(-1, { keepdim: true })).to(dtype);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    const { concentration } = this;
    return xlogy(concentration.sub(1), x)
      .sub(lgamma(concentration))
      .sum(-1)
      .add(lgamma(concentration.sum(-1)));
  }

  override entropy(): Tensor {
    const { concentration } = this;
    const total = concentration.sum(-1);
    const k = concentration.size(-1);
    return lgamma(concentration)
      .sum(-1)
      .sub(lgamma(total))
      .sub(total.neg().add(k).mul(digamma(total)))
      .sub(concentration.sub(1).mul(digamma(concentration)).sum(-1));
  }

  override expand(batchShape: Shape): Dirichlet {
    return new Dirichlet(this.concentration.expand([batchShape, this.eventShape].flat()), this.options);
  }

  /** Sum of the parameters, [batch, 1]. */
  get #total(): Tensor {
    return this.concentration.sum(-1, { keepdim: true });
  }
}
