/**
 * The ASGD optimizer.
 */

import { checkNotNegative } from "./checks.ts";
import { type Elements, ElementwiseOptimizer, type Scalars, type Updated } from "./elementwise.ts";
import type { BaseOptions, Memory, ParamState, ParamsArgument } from "./optimizer.ts";

/** Options of `ASGD`. */
export interface ASGDOptions extends BaseOptions {
  /** Initial learning rate η₀. Default 1e-2. */
  lr: number;
  /** Decay term λ of the parameters and the learning rate. Default 1e-4. */
  lambd: number;
  /** Power α of the decay of the learning rate. Default 0.75. */
  alpha: number;
  /** Step t₀ at which averaging starts. Default 1e6. */
  t0: number;
  /** L2 penalty, added to the gradient. Default 0. */
  weightDecay: number;
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

/**
 * Averaged stochastic gradient descent: plain steps, and a running average of the parameters (`ax` in the state) to use
 * after training.
 *
 *     p ← (1-λη)p - ηg        a ← a + μ(p-a)        η = η₀/(1+λη₀t)^α        μ = 1/max(1, t-t₀)
 *
 * Polyak & Juditsky 1992, "Acceleration of stochastic approximation by averaging", https://doi.org/10.1137/0330046
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.ASGD.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class ASGD extends ElementwiseOptimizer<ASGDOptions> {
  static override name = "ASGD";

  constructor(params: ParamsArgument<ASGDOptions>, options: Partial<ASGDOptions> = {}) {
    super(params, { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false }, options);
  }

  protected override check(options: Readonly<ASGDOptions>): void {
    super.check(options);
    const { lambd, alpha, t0, weightDecay } = options;
    checkNotNegative("ASGD", { lambd, alpha, t0, weightDecay });
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "ax" }];
  }

  protected override numbers({ lr }: Readonly<ASGDOptions>): Readonly<Record<string, number>> {
    return { eta: Math.fround(lr), mu: 1 };
  }

  protected override scalars(options: Readonly<ASGDOptions>, step: number, state: ParamState): Scalars {
    const { lr, lambd, alpha, t0, weightDecay } = options;
    const [eta, mu] = [state.eta as number, state.mu as number]; // safe: declared by `numbers`
    // Values for the next step. PyTorch stores both in float32, whatever the dtype of the parameters.
    state.eta = Math.fround(lr / (1 + lambd * lr * step) ** alpha);
    state.mu = Math.fround(1 / Math.max(1, step - t0));
    return { eta, kept: 1 - lambd * eta, mu, weightDecay };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<ASGDOptions>): Updated {
    const average = state("ax");
    let g = options.maximize ? grad.neg() : grad;
    if (options.weightDecay !== 0) g = g.add(param.mul(scalar("weightDecay")));
    const p = param.mul(scalar("kept")).sub(g.mul(scalar("eta")));
    return {
      param: p,
      state: {
        ax: scalar("mu")
          .eq(1)
          .where(p, average.add(p.sub(average).mul(scalar("mu")))),
      },
    };
  }
}
