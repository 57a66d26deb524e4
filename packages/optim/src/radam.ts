/**
 * RAdam.
 */

import { checkBetas, checkNotNegative } from "./checks.ts";
import { type Elements, ElementwiseOptimizer, type Memory, type Updated } from "./elementwise.ts";
import type { BaseOptions, ParamsArgument } from "./optimizer.ts";

/** Options of `RAdam`. */
export interface RAdamOptions extends BaseOptions {
  /** The decay rates of the running means of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  eps: number;
  /** L2 penalty. Default 0. */
  weightDecay: number;
}

/** The factor r of a step; 0 while the running mean of squares has not seen enough to be trusted. */
function rectification(beta2: number, step: number): number {
  const limit = 2 / (1 - beta2) - 1;
  const length = limit - (2 * step * beta2 ** step) / (1 - beta2 ** step);
  return length > 5 ? Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length)) : 0;
}

/**
 * RAdam: Adam that steps by momentum alone until its running mean of squares has seen enough to be trusted.
 *
 *     ρ = ρ∞ - 2tβ₂ᵗ/(1-β₂ᵗ), ρ∞ = 2/(1-β₂) - 1        p ← p - η m̂ r √(1-β₂ᵗ) / (√v + ε) if ρ > 5, else p - η m̂
 *
 * with r = √((ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ)). Liu et al. 2020, "On the variance of the adaptive learning rate and beyond",
 * https://arxiv.org/abs/1908.03265
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.RAdam.html
 */
export class RAdam extends ElementwiseOptimizer<RAdamOptions> {
  constructor(params: ParamsArgument<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    super(params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 }, options);
  }

  protected override check(options: Readonly<RAdamOptions>): void {
    super.check(options);
    const { betas, eps, weightDecay } = options;
    checkBetas("RAdam", betas);
    checkNotNegative("RAdam", { eps, weightDecay });
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "exp_avg" }, { name: "exp_avg_sq" }];
  }

  protected override scalars({ lr, betas: [beta1, beta2], eps, weightDecay }: Readonly<RAdamOptions>, step: number): readonly number[] {
    const factor = rectification(beta2, step);
    const rate = lr / (1 - beta1 ** step);
    return [beta1, 1 - beta1, beta2, 1 - beta2, factor === 0 ? rate : 0, rate * factor * Math.sqrt(1 - beta2 ** step), eps, weightDecay];
  }

  protected override formula({ param, grad, state, scalars }: Elements, options: Readonly<RAdamOptions>): Updated {
    type E = typeof param;
    const [mean, squares] = state as [E, E]; // safe: as `memory` says
    const [beta1, rest1, beta2, rest2, plainRate, adaptiveRate, eps, weightDecay] = scalars as [E, E, E, E, E, E, E, E]; // safe: as `scalars` says
    const g = options.weightDecay === 0 ? grad : grad.add(param.mul(weightDecay));
    const m = mean.mul(beta1).add(g.mul(rest1));
    const v = squares.mul(beta2).add(g.mul(g).mul(rest2));
    // One of the rates is zero. The choice is made by comparing, since 0 / 0 would be no zero.
    const rate = plainRate.ne(0).where(plainRate, adaptiveRate.div(v.sqrt().add(eps)));
    return { param: param.sub(m.mul(rate)), state: [m, v] };
  }
}
