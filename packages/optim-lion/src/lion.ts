/**
 * Lion.
 */

import {
  type BaseOptions,
  checkBetas,
  checkNotNegative,
  type Elements,
  ElementwiseOptimizer,
  type Memory,
  type ParamsArgument,
  type Scalars,
  type Updated,
} from "@akari/optim";

/** Options of `Lion`. */
export interface LionOptions extends BaseOptions {
  /** The learning rate. Default 1e-4. */
  lr: number;
  /**
   * How much of the mean of past gradients goes into a step's direction, and into the mean that is kept. Default
   * [0.9, 0.99].
   */
  betas: readonly [number, number];
  /** How fast the weights decay, apart from the gradient. Default 0. */
  weightDecay: number;
}

/**
 * Lion ("evolved sign momentum"): every element steps equally far, only the sign is learned. It keeps one tensor for
 * each parameter where Adam keeps two, and wants a learning rate three to ten times smaller than Adam's, with a weight
 * decay as much larger.
 *
 *     p ← p - η(sign(β₁m + (1-β₁)g) + λp)        m ← β₂m + (1-β₂)g
 *
 * Throws an ArgumentError for a negative learning rate or weight decay, and for betas outside of [0, 1).
 *
 * Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", https://arxiv.org/abs/2302.06675
 *
 * @example
 * import { Lion } from "@akari/optim-lion";
 * const optimizer = new Lion(model.parameters(), { lr: 1e-4, weightDecay: 0.1 });
 */
export class Lion extends ElementwiseOptimizer<LionOptions> {
  static override name = "Lion";

  constructor(params: ParamsArgument<LionOptions>, options: Partial<LionOptions> = {}) {
    super(params, { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0 }, options);
  }

  protected override check(options: Readonly<LionOptions>): void {
    super.check(options);
    checkBetas("Lion", options.betas);
    checkNotNegative("Lion", { weightDecay: options.weightDecay });
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "exp_avg" }];
  }

  protected override scalars({ lr, betas: [beta1, beta2], weightDecay }: Readonly<LionOptions>): Scalars {
    return { lr, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, decay: 1 - lr * weightDecay };
  }

  protected override formula({ param, grad, state, scalar }: Elements): Updated {
    const m = state("exp_avg");
    const direction = m
      .mul(scalar("beta1"))
      .add(grad.mul(scalar("rest1")))
      .sign();
    return {
      param: param.mul(scalar("decay")).sub(direction.mul(scalar("lr"))),
      state: { exp_avg: m.mul(scalar("beta2")).add(grad.mul(scalar("rest2"))) },
    };
  }
}
