/**
 * The Adamax optimizer.
 */

import type { Elements, Scalars, Updated } from "./elementwise.ts";
import { MomentOptimizer } from "./moments.ts";
import type { BaseOptions, Memory, ParamsArgument } from "./optimizer.ts";

/** Options of `Adamax`. */
export interface AdamaxOptions extends BaseOptions {
  /** Learning rate η. Default 2e-3. */
  lr: number;
  /** Decay rates of the running average of the gradient and of its running maximum. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Term ε added to the absolute value of the gradient for numerical stability. Default 1e-8. */
  eps: number;
  /** Weight decay λ (L2 penalty). Default 0. */
  weightDecay: number;
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

/**
 * Adamax: the variant of Adam that divides by a running maximum of the gradient (the ∞-norm), which decays with β₂,
 * instead of the square root of a running average of squares.
 *
 *     g ← g + λp        m ← β₁m + (1-β₁)g        u ← max(β₂u, |g| + ε)        p ← p - η m̂ / u
 *
 * with m̂ = m/(1-β₁ᵗ). Kingma & Ba 2015, "Adam: a method for stochastic optimization", section 7,
 * https://arxiv.org/abs/1412.6980
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.Adamax.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class Adamax extends MomentOptimizer<AdamaxOptions> {
  static override name = "Adamax";

  constructor(params: ParamsArgument<AdamaxOptions>, options: Partial<AdamaxOptions> = {}) {
    super(params, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false }, options);
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "exp_avg" }, { name: "exp_inf" }];
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], eps, weightDecay }: Readonly<AdamaxOptions>,
    step: number,
  ): Scalars {
    return { beta1, rest1: 1 - beta1, beta2, rate: lr / (1 - beta1 ** step), eps, weightDecay };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<AdamaxOptions>): Updated {
    const [mean, most] = [state("exp_avg"), state("exp_inf")];
    let g = options.maximize ? grad.neg() : grad;
    if (options.weightDecay !== 0) g = g.add(param.mul(scalar("weightDecay")));
    const m = mean.mul(scalar("beta1")).add(g.mul(scalar("rest1")));
    const u = most.mul(scalar("beta2")).max(g.abs().add(scalar("eps")));
    return { param: param.sub(m.div(u).mul(scalar("rate"))), state: { exp_avg: m, exp_inf: u } };
  }
}
