/**
 * The Rprop optimizer.
 */

import { refuse } from "@akari/tensor";
import { type Elements, ElementwiseOptimizer, type Scalars, type Updated } from "./elementwise.ts";
import type { BaseOptions, Memory, ParamsArgument } from "./optimizer.ts";

/** Options of `Rprop`. */
export interface RpropOptions extends BaseOptions {
  /** Initial step size of every element. Default 1e-2. */
  lr: number;
  /** Factors η⁻ and η⁺ by which a step size shrinks and grows. Default [0.5, 1.2]. */
  etas: readonly [number, number];
  /** Minimum and maximum step size. Default [1e-6, 50]. */
  stepSizes: readonly [number, number];
  /** Whether to maximize the objective instead of minimizing it. Default false. */
  maximize: boolean;
}

/**
 * Rprop (resilient backpropagation): uses only the sign of the gradient. Each element has its own step size Δ
 * (initially `lr`), which grows while the sign of the gradient stays the same and shrinks when it changes. An element
 * whose sign changed is not updated in that step. Meant for full-batch training rather than mini-batches.
 *
 *     Δ ← Δη⁺ if g·g' > 0, Δη⁻ if g·g' < 0        p ← p - Δ sign(g)
 *
 * where g' is the previous gradient, and Δ is clamped to `stepSizes`.
 *
 * Riedmiller & Braun 1993, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm"
 *
 * https://pytorch.org/docs/stable/generated/torch.optim.Rprop.html
 *
 * @throws ArgumentError for parameters that cannot be optimized, unknown options and invalid values.
 */
export class Rprop extends ElementwiseOptimizer<RpropOptions> {
  static override name = "Rprop";

  constructor(params: ParamsArgument<RpropOptions>, options: Partial<RpropOptions> = {}) {
    super(params, { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false }, options);
  }

  protected override check(options: Readonly<RpropOptions>): void {
    super.check(options);
    const { etas, stepSizes } = options;
    const [shrink, grow] = [etas].flat() as [number, number]; // safe: anything else fails the check
    if (!(shrink > 0 && shrink < 1 && grow > 1)) refuse("Rprop", "etas", etas, "be one factor below and one above 1");
    const [smallest, largest] = [stepSizes].flat() as [number, number]; // safe: likewise
    if (!(smallest >= 0 && largest >= smallest)) refuse("Rprop", "stepSizes", stepSizes, "be a minimum and a maximum");
  }

  protected override memory({ lr }: Readonly<RpropOptions>): readonly Memory[] {
    return [{ name: "prev" }, { name: "step_size", initial: lr }];
  }

  protected override scalars({
    etas: [shrink, grow],
    stepSizes: [smallest, largest],
  }: Readonly<RpropOptions>): Scalars {
    return { shrink, grow, smallest, largest };
  }

  protected override formula({ param, grad, state, scalar }: Elements, options: Readonly<RpropOptions>): Updated {
    const [before, size] = [state("prev"), state("step_size")];
    const g = options.maximize ? grad.neg() : grad;
    const agreement = g.mul(before);
    const next = size
      .mul(agreement.gt(0).where(scalar("grow"), agreement.lt(0).where(scalar("shrink"), 1)))
      .max(scalar("smallest"))
      .min(scalar("largest"));
    const kept = agreement.lt(0).where(0, g);
    return { param: param.sub(kept.sign().mul(next)), state: { prev: kept, step_size: next } };
  }
}
