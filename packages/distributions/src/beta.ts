/** The beta distribution. */

import { type GeneratorOption, type Shape, stack, type Tensor, type TensorOrNumber } from "@akari/tensor";
import { type Constraint, positive, unitInterval } from "./constraints.ts";
import { Dirichlet } from "./dirichlet.ts";
import { Distribution, type DistributionOptions } from "./distribution.ts";
import { parameters } from "./parameters.ts";

/**
 * The beta distribution on [0, 1], the Dirichlet distribution for two classes.
 *
 *     p(x) = Γ(α + β) / (Γ(α) Γ(β)) · x^(α-1) (1 - x)^(β-1)
 *
 * After `manualSeed`, draws on the CPU equal PyTorch's.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.beta.Beta
 *
 * @example
 * new Beta(1, 3).mean; // 0.25
 */
export class Beta extends Distribution {
  static override name = "Beta";
  static override readonly argConstraints: Readonly<Record<string, Constraint>> = {
    concentration1: positive,
    concentration0: positive,
  };
  /** Parameter α, [batch]. Larger values shift the distribution toward 1. */
  readonly concentration1: Tensor;
  /** Parameter β, [batch]. Larger values shift the distribution toward 0. */
  readonly concentration0: Tensor;
  /** The equivalent Dirichlet distribution of two classes. */
  readonly #dirichlet: Dirichlet;

  /** @throws ArgumentError for parameters that are not positive. */
  constructor(concentration1: TensorOrNumber, concentration0: TensorOrNumber, options: DistributionOptions = {}) {
    const given = parameters("Beta", { concentration1, concentration0 }, Beta.argConstraints, options);
    super(given.concentration1.shape, [], given.concentration1, options);
    this.concentration1 = given.concentration1;
    this.concentration0 = given.concentration0;
    this.#dirichlet = new Dirichlet(stack([this.concentration1, this.concentration0], -1), { validateArgs: false });
  }

  override get support(): Constraint {
    return unitInterval;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.concentration1.div(this.concentration1.add(this.concentration0));
  }

  override get mode(): Tensor {
    return this.#dirichlet.mode.select(-1, 0);
  }

  override get variance(): Tensor {
    const total = this.concentration1.add(this.concentration0);
    return this.concentration1.mul(this.concentration0).div(total.square().mul(total.add(1)));
  }

  override rsample(sampleShape: Shape = [], options: GeneratorOption = {}): Tensor {
    return this.#dirichlet.rsample(sampleShape, options).select(-1, 0);
  }

  override logProb(value: TensorOrNumber): Tensor {
    const x = this.checked("logProb", value);
    return this.#dirichlet.logProb(stack([x, x.neg().add(1)], -1));
  }

  override entropy(): Tensor {
    return this.#dirichlet.entropy();
  }

  override expand(batchShape: Shape): Beta {
    return new Beta(this.concentration1.expand(batchShape), this.concentration0.expand(batchShape), this.options);
  }
}
