/**
 * The AdaBelief optimizer.
 */

import type { Elements, Scalars, Updated } from "./elementwise.ts";
import { MomentOptimizer } from "./moments.ts";
import type { BaseOptions, Memory, ParamsArgument } from "./optimizer.ts";

/** Options of `AdaBelief`. */
export interface AdaBeliefOptions extends BaseOptions {
  /** Learning rate η. Default 1e-3. */
  lr: number;
  /** Decay rates of the running averages of the gradient and of its squared deviation. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Term added to the running average of the squared deviation and to the denominator. Default 1e-16. */
  eps: number;
  /** Weight decay λ. Default 0. */
  weightDecay: number;
  /** Whether to decouple the weight decay from the gradient, as in AdamW. Default true. */
  decoupledWeightDecay: boolean;
}

/**
 * AdaBelief: Adam with steps scaled by the deviation of the gradient from its running average, so that steps are large
 * where the gradient is as predicted.
 *
 *     m ← β₁m + (1-β₁)g        s ← β₂s + (1-β₂)(g-m)² + ε        p ← p - η m̂ / (√ŝ + ε)
 *
 * with m̂ = m/(1-β₁ᵗ) and ŝ = s/(1-β₂ᵗ). Zhuang et al. 2020, "AdaBelief Optimizer", https://arxiv.org/abs/2010.07468
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 * @example
 * const optimizer = new AdaBelief(model.parameters(), { lr: 1e-3 });
 */
export class AdaBelief extends MomentOptimizer<AdaBeliefOptions> {
  static override name = "AdaBelief";

  constructor(params: ParamsArgument<AdaBeliefOptions>, options: Partial<AdaBeliefOptions> = {}) {
    super(params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-16, weightDecay: 0, decoupledWeightDecay: true }, options);
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "exp_avg" }, { name: "exp_avg_var" }];
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], eps, weightDecay, decoupledWeightDecay }: Readonly<AdaBeliefOptions>,
    step: number,
  ): Scalars {
    const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
    return {
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      stepSize: lr / correction1,
      correction: 1 / correction2,
      eps,
      decay: decoupledWeightDecay ? 1 - lr * weightDecay : weightDecay,
    };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<AdaBeliefOptions>): Updated {
    const [m, s] = [state("exp_avg"), state("exp_avg_var")];
    let [p, g] = [param, grad];
    if (options.weightDecay !== 0) {
      if (options.decoupledWeightDecay) p = p.mul(scalar("decay"));
      else g = g.add(p.mul(scalar("decay")));
    }
    const m2 = m.mul(scalar("beta1")).add(g.mul(scalar("rest1")));
    const surprise = g.sub(m2);
    const s2 = s
      .mul(scalar("beta2"))
      .add(surprise.mul(surprise).mul(scalar("rest2")))
      .add(scalar("eps"));
    return {
      param: p.sub(m2.div(s2.mul(scalar("correction")).sqrt().add(scalar("eps"))).mul(scalar("stepSize"))),
      state: { exp_avg: m2, exp_avg_var: s2 },
    };
  }
}
