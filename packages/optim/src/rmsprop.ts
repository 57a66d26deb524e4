/**
 * The RMSprop optimizer.
 */

import { checkNotNegative } from "./checks.ts";
import { type Elements, ElementwiseOptimizer, type Scalars, type Updated } from "./elementwise.ts";
import type { BaseOptions, Memory, ParamsArgument } from "./optimizer.ts";

/** Options of `RMSprop`. */
export interface RMSpropOptions extends BaseOptions {
  /** Learning rate η. Default 1e-2. */
  lr: number;
  /** Decay rate α of the running averages. Default 0.99. */
  alpha: number;
  /** Term ε added to the denominator for numerical stability. Default 1e-8. */
  eps: number;
  /** Weight decay λ (L2 penalty). Default 0. */
  weightDecay: number;
  /** Momentum μ. Default 0. */
  momentum: number;
  /** Whether to divide by the standard deviation of the gradient instead of its root mean square. Default false. */
  centered: boolean;
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

/**
 * RMSprop: divides the gradient by the square root of the running average of its square.
 *
 *     g ← g + λp        v ← αv + (1-α)g²        b ← μb + g / (√v + ε)        p ← p - ηb
 *
 * With `centered`, v is replaced by v - a² under the root, where a is the running average of the gradient (Graves 2013,
 * https://arxiv.org/abs/1308.0850). Hinton 2012, lecture 6.
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class RMSprop extends ElementwiseOptimizer<RMSpropOptions> {
  static override name = "RMSprop";

  constructor(params: ParamsArgument<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    super(
      params,
      { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false, maximize: false },
      options,
    );
  }

  protected override check(options: Readonly<RMSpropOptions>): void {
    super.check(options);
    const { alpha, eps, weightDecay, momentum } = options;
    checkNotNegative("RMSprop", { alpha, eps, weightDecay, momentum });
  }

  protected override memory({ centered, momentum }: Readonly<RMSpropOptions>): readonly Memory[] {
    const names = ["square_avg", ...(centered ? ["grad_avg"] : []), ...(momentum === 0 ? [] : ["momentum_buffer"])];
    return names.map((name) => ({ name }));
  }

  protected override scalars({ lr, alpha, eps, weightDecay, momentum }: Readonly<RMSpropOptions>): Scalars {
    return { lr, alpha, rest: 1 - alpha, eps, weightDecay, momentum };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<RMSpropOptions>): Updated {
    let g = options.maximize ? grad.neg() : grad;
    if (options.weightDecay !== 0) g = g.add(param.mul(scalar("weightDecay")));
    const squares = state("square_avg")
      .mul(scalar("alpha"))
      .add(g.mul(g).mul(scalar("rest")));
    const mean = options.centered
      ? state("grad_avg")
          .mul(scalar("alpha"))
          .add(g.mul(scalar("rest")))
      : null;
    const spread = mean === null ? squares : squares.sub(mean.mul(mean));
    const step = g.div(spread.sqrt().add(scalar("eps")));
    const direction = options.momentum === 0 ? step : state("momentum_buffer").mul(scalar("momentum")).add(step);
    return {
      param: param.sub(direction.mul(scalar("lr"))),
      state: { square_avg: squares, momentum_buffer: direction, ...(mean && { grad_avg: mean }) },
    };
  }
}
