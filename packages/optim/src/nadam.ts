/**
 * The NAdam optimizer.
 */

import { checkNotNegative } from "./checks.ts";
import type { Elements, Scalars, Updated } from "./elementwise.ts";
import { MomentOptimizer } from "./moments.ts";
import type { BaseOptions, ParamState, ParamsArgument } from "./optimizer.ts";

/** Options of `NAdam`. */
export interface NAdamOptions extends BaseOptions {
  /** Learning rate η. Default 2e-3. */
  lr: number;
  /** Decay rates of the running averages of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Term ε added to the denominator for numerical stability. Default 1e-8. */
  eps: number;
  /** Weight decay (L2 penalty). Default 0. */
  weightDecay: number;
  /** Momentum decay ψ: the rate at which the momentum approaches β₁. Default 4e-3. */
  momentumDecay: number;
}

/**
 * NAdam: Adam with Nesterov momentum.
 *
 *     μₜ = β₁(1 - ½·0.96^(tψ))        p ← p - η (μₜ₊₁m/(1-Πμₜ₊₁) + (1-μₜ)g/(1-Π)) / (√v̂ + ε)
 *
 * with m and v as in Adam and Π = μ₁μ₂…μₜ. Dozat 2016, "Incorporating Nesterov momentum into Adam",
 * https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.NAdam.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class NAdam extends MomentOptimizer<NAdamOptions> {
  static override name = "NAdam";

  constructor(params: ParamsArgument<NAdamOptions>, options: Partial<NAdamOptions> = {}) {
    super(params, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3 }, options);
  }

  protected override check(options: Readonly<NAdamOptions>): void {
    super.check(options);
    checkNotNegative("NAdam", { momentumDecay: options.momentumDecay });
  }

  protected override numbers(): Readonly<Record<string, number>> {
    return { mu_product: 1 };
  }

  protected override scalars(options: Readonly<NAdamOptions>, step: number, state: ParamState): Scalars {
    const { lr, betas, eps, weightDecay, momentumDecay } = options;
    const [beta1, beta2] = betas;
    const momentum = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const [now, next] = [momentum(step), momentum(step + 1)];
    // PyTorch multiplies these in float32, whatever the dtype of the parameters.
    const times = (a: number, b: number): number => Math.fround(a * Math.fround(b));
    const product = times(state.mu_product as number, now); // safe: declared by `numbers`
    state.mu_product = product;
    // PyTorch 1.13, the reference of the tests, includes μₜ twice in the product with μₜ₊₁; the paper includes it once.
    const [gradientRate, meanRate] = [
      (lr * (1 - now)) / (1 - product),
      (lr * next) / (1 - times(times(product, now), next)),
    ];
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    return { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, gradientRate, meanRate, correction, eps, weightDecay };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<NAdamOptions>): Updated {
    const [mean, squares] = [state("exp_avg"), state("exp_avg_sq")];
    const g = options.weightDecay === 0 ? grad : grad.add(param.mul(scalar("weightDecay")));
    const m = mean.mul(scalar("beta1")).add(g.mul(scalar("rest1")));
    const v = squares.mul(scalar("beta2")).add(g.mul(g).mul(scalar("rest2")));
    const direction = g.mul(scalar("gradientRate")).add(m.mul(scalar("meanRate")));
    return {
      param: param.sub(direction.div(v.sqrt().mul(scalar("correction")).add(scalar("eps")))),
      state: { exp_avg: m, exp_avg_sq: v },
    };
  }
}
