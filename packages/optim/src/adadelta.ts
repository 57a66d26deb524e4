/**
 * The Adadelta optimizer.
 */

import { checkFraction, checkNotNegative } from "./checks.ts";
import { type Elements, ElementwiseOptimizer, type Scalars, type Updated } from "./elementwise.ts";
import type { BaseOptions, Memory, ParamsArgument } from "./optimizer.ts";

/** Options of `Adadelta`. */
export interface AdadeltaOptions extends BaseOptions {
  /** Learning rate η, a factor of the step. Default 1. */
  lr: number;
  /** Decay rate ρ of the running averages. Default 0.9. */
  rho: number;
  /**
   * Term ε added under both square roots, for numerical stability and so that the first step is not zero. Default 1e-6.
   */
  eps: number;
  /** Weight decay λ (L2 penalty). Default 0. */
  weightDecay: number;
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

/**
 * Adadelta: RMSprop with steps scaled by the size of recent steps, so that no learning rate needs to be tuned.
 *
 *     g ← g + λp        s ← ρs + (1-ρ)g²        Δ = g √(d + ε) / √(s + ε)        d ← ρd + (1-ρ)Δ²        p ← p - ηΔ
 *
 * Zeiler 2012, "ADADELTA: an adaptive learning rate method", https://arxiv.org/abs/1212.5701
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class Adadelta extends ElementwiseOptimizer<AdadeltaOptions> {
  static override name = "Adadelta";

  constructor(params: ParamsArgument<AdadeltaOptions>, options: Partial<AdadeltaOptions> = {}) {
    super(params, { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false }, options);
  }

  protected override check(options: Readonly<AdadeltaOptions>): void {
    super.check(options);
    const { rho, eps, weightDecay } = options;
    checkFraction("Adadelta", { rho });
    checkNotNegative("Adadelta", { eps, weightDecay });
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "square_avg" }, { name: "acc_delta" }];
  }

  protected override scalars({ lr, rho, eps, weightDecay }: Readonly<AdadeltaOptions>): Scalars {
    return { lr, rho, rest: 1 - rho, eps, weightDecay };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<AdadeltaOptions>): Updated {
    const [squares, deltas] = [state("square_avg"), state("acc_delta")];
    let g = options.maximize ? grad.neg() : grad;
    if (options.weightDecay !== 0) g = g.add(param.mul(scalar("weightDecay")));
    const s = squares.mul(scalar("rho")).add(g.mul(g).mul(scalar("rest")));
    const delta = deltas
      .add(scalar("eps"))
      .sqrt()
      .div(s.add(scalar("eps")).sqrt())
      .mul(g);
    return {
      param: param.sub(delta.mul(scalar("lr"))),
      state: { square_avg: s, acc_delta: deltas.mul(scalar("rho")).add(delta.mul(delta).mul(scalar("rest"))) },
    };
  }
}
