/**
 * The SGD optimizer.
 */

import { ArgumentError } from "@akari/tensor";
import { checkNotNegative } from "./checks.ts";
import { type Elements, ElementwiseOptimizer, type Scalars, type Updated } from "./elementwise.ts";
import type { BaseOptions, Memory, ParamState, ParamsArgument } from "./optimizer.ts";

/** Options of `SGD`. */
export interface SGDOptions extends BaseOptions {
  /** Learning rate η. Default 1e-3. */
  lr: number;
  /** Momentum μ. Default 0. */
  momentum: number;
  /** Dampening τ of the gradient in the momentum. Default 0. */
  dampening: number;
  /** Weight decay λ (L2 penalty). Default 0. */
  weightDecay: number;
  /** Whether to use Nesterov momentum. Requires a positive momentum and zero dampening. Default false. */
  nesterov: boolean;
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

/**
 * Stochastic gradient descent, optionally with momentum.
 *
 *     g ← g + λp        b ← μb + (1-τ)g  (b = g at first)        g ← b, or g + μb with Nesterov        p ← p - ηg
 *
 * Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 * @example
 * const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 */
export class SGD extends ElementwiseOptimizer<SGDOptions> {
  static override name = "SGD";

  constructor(params: ParamsArgument<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super(params, { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false }, options);
  }

  protected override check(options: Readonly<SGDOptions>): void {
    super.check(options);
    const { momentum, weightDecay, dampening, nesterov } = options;
    checkNotNegative("SGD", { momentum, weightDecay });
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw new ArgumentError(
        `SGD: nesterov needs a positive momentum and zero dampening, got momentum ${momentum} and dampening ${dampening}`,
      );
    }
  }

  protected override memory({ momentum }: Readonly<SGDOptions>): readonly Memory[] {
    return momentum === 0 ? [] : [{ name: "momentum_buffer" }];
  }

  protected override scalars(
    { lr, momentum, dampening, weightDecay }: Readonly<SGDOptions>,
    _step: number,
    _state: ParamState,
    fresh: boolean,
  ): Scalars {
    // The momentum starts as the gradient, without dampening.
    return { lr, weightDecay, momentum, entering: fresh ? 1 : 1 - dampening };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<SGDOptions>): Updated {
    let g = options.maximize ? grad.neg() : grad;
    if (options.weightDecay !== 0) g = g.add(param.mul(scalar("weightDecay")));
    if (options.momentum === 0) return { param: param.sub(g.mul(scalar("lr"))) };
    const b = state("momentum_buffer")
      .mul(scalar("momentum"))
      .add(g.mul(scalar("entering")));
    const direction = options.nesterov ? g.add(b.mul(scalar("momentum"))) : b;
    return { param: param.sub(direction.mul(scalar("lr"))), state: { momentum_buffer: b } };
  }
}
