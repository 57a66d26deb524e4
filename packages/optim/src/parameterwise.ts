/**
 * Parameterwise optimizers: those whose update treats a parameter as a whole, such as a matrix that is orthogonalized
 * or normalized by its rows. The update is written with tensor operations. If it is one formula for all elements,
 * extend `ElementwiseOptimizer` instead, which updates all parameters in one kernel call.
 */

import { ArgumentError, gradOf, scope, Tensor } from "@akari/tensor";
import { type BaseOptions, Optimizer } from "./optimizer.ts";

/** What the update of one parameter works with. */
export interface ParameterUpdate {
  /** The parameter, without its history: to be overwritten in place. */
  readonly param: Tensor;
  /** Its gradient, of the same shape and dtype. It must not be modified. */
  readonly grad: Tensor;
  /** Returns the state tensor that `memory` declares under a name: to be overwritten in place. */
  readonly state: (name: string) => Tensor;
  /** The number of the step of this parameter, from 1. */
  readonly step: number;
}

/**
 * Base class of optimizers that update one parameter at a time with tensor operations.
 *
 * @example
 * class NormalizedSGD extends ParameterwiseOptimizer<{ lr: number }> {
 *   constructor(params: ParamsArgument<{ lr: number }>, options: { lr?: number } = {}) {
 *     super(params, { lr: 1e-2 }, options);
 *   }
 *   protected updateParam({ param, grad }: ParameterUpdate, { lr }: { lr: number }): void {
 *     param.sub_(grad.mul(grad.norm().clamp(1e-7).reciprocal().mul(lr)));
 *   }
 * }
 */
export abstract class ParameterwiseOptimizer<Options extends BaseOptions> extends Optimizer<Options> {
  /** Updates one parameter and its state in place. Tensors that are created here are freed afterwards. */
  protected abstract updateParam(update: ParameterUpdate, options: Readonly<Options>): void;

  /**
   * Updates all parameters that have a gradient, by calling `updateParam` for each. An optimizer whose updates depend
   * on all parameters, for example on the norm of all gradients, computes what they share and then calls
   * `super.updateAll(updates)`. Tensors that are created here are freed afterwards.
   *
   * @param updates what `updateParam` is called with.
   */
  protected updateAll(updates: readonly (readonly [ParameterUpdate, Readonly<Options>])[]): void {
    for (const [update, options] of updates) scope(() => this.updateParam(update, options));
  }

  protected override update(): void {
    this.checkGradients();
    const updates = this.paramGroups.flatMap((group) =>
      group.params.flatMap((param): (readonly [ParameterUpdate, Readonly<Options>])[] => {
        const grad = gradOf(param);
        if (grad === null) return [];
        const kept = this.stateOf(param, group);
        const step = (kept.step as number) + 1; // safe: created with the state
        kept.step = step;
        const state = (name: string): Tensor => {
          const found = kept[name];
          if (found instanceof Tensor) return found;
          throw new ArgumentError(
            `${this.constructor.name}: the update reads "${name}", which memory does not declare`,
          );
        };
        return [[{ param: param.detach(), grad: grad.detach(), state, step }, group]];
      }),
    );
    scope(() => this.updateAll(updates));
  }
}
