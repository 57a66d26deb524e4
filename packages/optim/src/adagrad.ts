/**
 * The Adagrad optimizer.
 */

import { checkNotNegative } from "./checks.ts";
import { type Elements, ElementwiseOptimizer, type Scalars, type Updated } from "./elementwise.ts";
import type { BaseOptions, Memory, ParamsArgument } from "./optimizer.ts";

/** Options of `Adagrad`. */
export interface AdagradOptions extends BaseOptions {
  /** Learning rate η. Default 1e-2. */
  lr: number;
  /** Decay of the learning rate, which is η / (1 + (t-1)·lrDecay) at step t. Default 0. */
  lrDecay: number;
  /** Weight decay λ (L2 penalty). Default 0. */
  weightDecay: number;
  /** Initial value of the sum of squared gradients. Default 0. */
  initialAccumulatorValue: number;
  /** Term ε added to the denominator for numerical stability. Default 1e-10. */
  eps: number;
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

/**
 * Adagrad: divides the gradient by the square root of the sum of all its squares so far.
 *
 *     g ← g + λp        s ← s + g²        p ← p - η/(1 + (t-1)·lrDecay) · g / (√s + ε)
 *
 * Duchi et al. 2011, "Adaptive subgradient methods for online learning and stochastic optimization"
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class Adagrad extends ElementwiseOptimizer<AdagradOptions> {
  static override name = "Adagrad";

  constructor(params: ParamsArgument<AdagradOptions>, options: Partial<AdagradOptions> = {}) {
    super(
      params,
      { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, maximize: false },
      options,
    );
  }

  protected override check(options: Readonly<AdagradOptions>): void {
    super.check(options);
    const { lrDecay, weightDecay, initialAccumulatorValue, eps } = options;
    checkNotNegative("Adagrad", { lrDecay, weightDecay, initialAccumulatorValue, eps });
  }

  protected override memory({ initialAccumulatorValue }: Readonly<AdagradOptions>): readonly Memory[] {
    return [{ name: "sum", initial: initialAccumulatorValue }];
  }

  protected override scalars({ lr, lrDecay, weightDecay, eps }: Readonly<AdagradOptions>, step: number): Scalars {
    return { rate: lr / (1 + (step - 1) * lrDecay), weightDecay, eps };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<AdagradOptions>): Updated {
    let g = options.maximize ? grad.neg() : grad;
    if (options.weightDecay !== 0) g = g.add(param.mul(scalar("weightDecay")));
    const sum = state("sum").add(g.mul(g));
    return { param: param.sub(g.div(sum.sqrt().add(scalar("eps"))).mul(scalar("rate"))), state: { sum } };
  }
}
