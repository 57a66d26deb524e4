/**
 * What Adam and its relatives share: running averages of the gradient and mostly of its square, which decay with β₁ and
 * β₂.
 */

import { checkBetas, checkNotNegative } from "./checks.ts";
import { ElementwiseOptimizer } from "./elementwise.ts";
import type { BaseOptions, Memory } from "./optimizer.ts";

/** Options of Adam and its relatives. */
interface MomentOptions extends BaseOptions {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
}

/** Base class of Adam and its relatives. */
export abstract class MomentOptimizer<Options extends MomentOptions> extends ElementwiseOptimizer<Options> {
  /**
   * Checks `lr`, `eps`, `weightDecay` and `betas`.
   *
   * @throws ArgumentError for an invalid value.
   */
  protected override check(options: Readonly<Options>): void {
    super.check(options);
    const { eps, weightDecay, betas } = options;
    checkNotNegative(this.constructor.name, { eps, weightDecay });
    checkBetas(this.constructor.name, betas);
  }

  /** Declares the running averages of the gradient and of its square. */
  protected override memory(_options: Readonly<Options>): readonly Memory[] {
    return [{ name: "exp_avg" }, { name: "exp_avg_sq" }];
  }
}
