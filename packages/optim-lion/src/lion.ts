/**
 * The Lion optimizer.
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
  /** Learning rate η. Default 1e-4. */
  lr: number;
  /**
   * Decay rates of the running average of gradients: β₁ for the direction of a step, β₂ for the average that is kept.
   * Default [0.9, 0.99].
   */
  betas: readonly [number, number];
  /** Decoupled weight decay λ. Default 0. */
  weightDecay: number;
}

/**
 * Lion ("evolved sign momentum"): every element moves by the same distance, in the direction of the sign of an
 * interpolated momentum. It keeps one state tensor per parameter where Adam keeps two. The learning rate should be
 * three to ten times smaller than for AdamW, and the weight decay larger by the same factor.
 *
 *     p ← p - η(sign(β₁m + (1-β₁)g) + λp)        m ← β₂m + (1-β₂)g
 *
 * Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", https://arxiv.org/abs/2302.06675
 *
 * @throws ArgumentError for a negative learning rate or weight decay, and for betas outside of [0, 1).
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
