/**
 * The optimizers Adam and AdamW, which differ only in how the weight decay is applied.
 */

import type { Elements, Scalars, Updated } from "./elementwise.ts";
import { MomentOptimizer } from "./moments.ts";
import type { BaseOptions, Memory, ParamsArgument } from "./optimizer.ts";

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions extends BaseOptions {
  /** Learning rate η. Default 1e-3. */
  lr: number;
  /** Decay rates of the running averages of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Term ε added to the denominator for numerical stability. Default 1e-8. */
  eps: number;
  /** Weight decay λ: an L2 penalty for `Adam`, default 0; decoupled for `AdamW`, default 0.01. */
  weightDecay: number;
  /**
   * Whether to divide by the maximum of all running averages of squares so far (Reddi et al. 2018, "On the convergence
   * of Adam and beyond"). Default false.
   */
  amsgrad: boolean;
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

const defaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

abstract class AdamBase extends MomentOptimizer<AdamOptions> {
  /** Whether the weight decay is decoupled from the gradient. */
  protected abstract readonly decoupled: boolean;

  protected override memory(options: Readonly<AdamOptions>): readonly Memory[] {
    const means = super.memory(options);
    return options.amsgrad ? [...means, { name: "max_exp_avg_sq" }] : means;
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], eps, weightDecay }: Readonly<AdamOptions>,
    step: number,
  ): Scalars {
    const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
    return {
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      stepSize: lr / correction1,
      correction: 1 / Math.sqrt(correction2),
      eps,
      decay: this.decoupled ? 1 - lr * weightDecay : weightDecay,
    };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<AdamOptions>): Updated {
    const [m, v] = [state("exp_avg"), state("exp_avg_sq")];
    let g = options.maximize ? grad.neg() : grad;
    let p = param;
    if (options.weightDecay !== 0) {
      if (this.decoupled) p = p.mul(scalar("decay"));
      else g = g.add(p.mul(scalar("decay")));
    }
    const m2 = m.mul(scalar("beta1")).add(g.mul(scalar("rest1")));
    const v2 = v.mul(scalar("beta2")).add(g.mul(g).mul(scalar("rest2")));
    const largest = options.amsgrad ? state("max_exp_avg_sq").max(v2) : v2;
    const denominator = largest.sqrt().mul(scalar("correction")).add(scalar("eps"));
    return {
      param: p.sub(m2.div(denominator).mul(scalar("stepSize"))),
      state: { exp_avg: m2, exp_avg_sq: v2, max_exp_avg_sq: largest },
    };
  }
}

/**
 * Adam: steps by the running average of the gradient divided by the square root of the running average of its square.
 *
 *     g ← g + λp        m ← β₁m + (1-β₁)g        v ← β₂v + (1-β₂)g²        p ← p - η m̂ / (√v̂ + ε)
 *
 * with m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ). Kingma & Ba 2015, "Adam: a method for stochastic optimization",
 * https://arxiv.org/abs/1412.6980
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.Adam.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 * @example
 * const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
 */
export class Adam extends AdamBase {
  static override name = "Adam";

  constructor(params: ParamsArgument<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, defaults, options);
  }

  protected override get decoupled(): boolean {
    return false;
  }
}

/**
 * AdamW: Adam with decoupled weight decay, `p ← p - ηλp` before the step of Adam. Loshchilov & Hutter 2019,
 * "Decoupled weight decay regularization", https://arxiv.org/abs/1711.05101
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class AdamW extends AdamBase {
  static override name = "AdamW";

  constructor(params: ParamsArgument<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, { ...defaults, weightDecay: 0.01 }, options);
  }

  protected override get decoupled(): boolean {
    return true;
  }
}
