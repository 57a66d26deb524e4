/**
 * The RAdam optimizer.
 */

import type { Elements, Scalars, Updated } from "./elementwise.ts";
import { MomentOptimizer } from "./moments.ts";
import type { BaseOptions, ParamsArgument } from "./optimizer.ts";

/** Options of `RAdam`. */
export interface RAdamOptions extends BaseOptions {
  /** Learning rate η. Default 1e-3. */
  lr: number;
  /** Decay rates of the running averages of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Term ε added to the denominator for numerical stability. Default 1e-8. */
  eps: number;
  /** Weight decay (L2 penalty). Default 0. */
  weightDecay: number;
}

/** Returns the rectification r of a step; 0 while the variance of the running average of squares is intractable. */
function rectification(beta2: number, step: number): number {
  const limit = 2 / (1 - beta2) - 1;
  const length = limit - (2 * step * beta2 ** step) / (1 - beta2 ** step);
  return length > 5 ? Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length)) : 0;
}

/**
 * RAdam (rectified Adam): steps by momentum alone until enough gradients have been seen to estimate their variance.
 *
 *     ρ = ρ∞ - 2tβ₂ᵗ/(1-β₂ᵗ), ρ∞ = 2/(1-β₂) - 1        p ← p - η m̂ r √(1-β₂ᵗ) / (√v + ε) if ρ > 5, else p - η m̂
 *
 * with m, m̂ and v as in Adam and r = √((ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ)). Liu et al. 2020, "On the variance of the
 * adaptive learning rate and beyond", https://arxiv.org/abs/1908.03265
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.RAdam.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class RAdam extends MomentOptimizer<RAdamOptions> {
  static override name = "RAdam";

  constructor(params: ParamsArgument<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    super(params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 }, options);
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], eps, weightDecay }: Readonly<RAdamOptions>,
    step: number,
  ): Scalars {
    const factor = rectification(beta2, step);
    const rate = lr / (1 - beta1 ** step);
    return {
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      plainRate: factor === 0 ? rate : 0,
      adaptiveRate: rate * factor * Math.sqrt(1 - beta2 ** step),
      eps,
      weightDecay,
    };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<RAdamOptions>): Updated {
    const [mean, squares] = [state("exp_avg"), state("exp_avg_sq")];
    const g = options.weightDecay === 0 ? grad : grad.add(param.mul(scalar("weightDecay")));
    const m = mean.mul(scalar("beta1")).add(g.mul(scalar("rest1")));
    const v = squares.mul(scalar("beta2")).add(g.mul(g).mul(scalar("rest2")));
    // One of the rates is zero. The two steps are not added, because 0 / 0 is NaN.
    const rate = scalar("plainRate")
      .ne(0)
      .where(scalar("plainRate"), scalar("adaptiveRate").div(v.sqrt().add(scalar("eps"))));
    return { param: param.sub(m.mul(rate)), state: { exp_avg: m, exp_avg_sq: v } };
  }
}
