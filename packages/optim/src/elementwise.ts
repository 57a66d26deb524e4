/**
 * Optimizers that treat every element alike: one formula from a parameter's element, its gradient and what is remembered of it to the new
 * values. The formula becomes one kernel, and a step is one call for all parameters of all groups. To write an optimizer of your own, extend
 * this class, name what is remembered, and write the formula.
 */

import { type Expr, input, type Program, program, scalar, type Tensor, type View } from "@akari/tensor";
import { type BaseOptions, Optimizer, type ParamGroup, type ParamState } from "./optimizer.ts";

/** What a formula is given, for one element. */
export interface Elements {
  /** The parameter. */
  readonly param: Expr;
  /** Its gradient. */
  readonly grad: Expr;
  /** What is remembered, in the order of `memory`. */
  readonly state: readonly Expr[];
  /** The numbers that `scalars` gives, in its order. */
  readonly scalars: readonly Expr[];
}

/** The new values of one element. */
export interface Updated {
  readonly param: Expr;
  /** What is remembered from now on, in the order of `memory`. */
  readonly state: readonly Expr[];
}

/** A tensor that an optimizer keeps for each parameter. */
export interface Memory {
  /** The name in `stateDict`, as PyTorch has it. */
  readonly name: string;
  /** What it starts as. Default 0. */
  readonly initial?: number;
}

/**
 * The base of element-wise optimizers.
 *
 * @example
 * class SignSGD extends ElementwiseOptimizer<{ lr: number }> {
 *   constructor(params: ParamsArgument<{ lr: number }>, options: { lr?: number } = {}) {
 *     super(params, { lr: 1e-3 }, options);
 *   }
 *   protected scalars({ lr }: { lr: number }): number[] {
 *     return [lr];
 *   }
 *   protected formula({ param, grad, scalars: [lr] }: Elements): Updated {
 *     return { param: param.sub(grad.sign().mul(lr)), state: [] };
 *   }
 * }
 */
export abstract class ElementwiseOptimizer<Options extends BaseOptions> extends Optimizer<Options> {
  readonly #programs = new Map<string, Program>();

  /** The tensors kept for each parameter. They may depend on options, but not on numbers. */
  protected memory(_options: Readonly<Options>): readonly Memory[] {
    return [];
  }

  /**
   * The numbers that the formula reads, computed anew for each step, so that nothing is ever compiled into it. `step` counts from 1. Numbers
   * may be remembered in `state`.
   */
  protected abstract scalars(options: Readonly<Options>, step: number, state: ParamState): readonly number[];

  /** The formula. It may depend on `options` that are true or false (or null); numbers come as `scalars`. */
  protected abstract formula(elements: Elements, options: Readonly<Options>): Updated;

  protected override update(): void {
    const calls = new Map<Program, { device: Tensor["device"]; items: { inputs: View[]; scalars: readonly number[]; to: View[] }[] }[]>();
    for (const group of this.paramGroups) {
      const memory = this.memory(group);
      for (const param of group.params) {
        const { grad } = param;
        if (grad === null) continue;
        const state = this.#stateOf(param, memory);
        const step = (state.step as number) + 1; // safe: made with the state
        state.step = step;
        const kept = memory.map(({ name }) => state[name] as Tensor); // safe: made with the state
        const scalars = this.scalars(group, step, state);
        const compiled = this.#program(group, param, memory.length, scalars.length);
        let lists = calls.get(compiled);
        if (lists === undefined) calls.set(compiled, (lists = []));
        let list = lists.find(({ device }) => device === param.device);
        if (list === undefined) lists.push((list = { device: param.device, items: [] }));
        if (param.numel() > 0) list.items.push({ inputs: [param, grad, ...kept], scalars, to: [param, ...kept] });
        param.storage.version++;
      }
    }
    for (const [compiled, lists] of calls) {
      for (const { device, items } of lists) if (items.length > 0) device.run({ kind: "foreach", program: compiled, items });
    }
  }

  #stateOf(param: Tensor, memory: readonly Memory[]): ParamState {
    let state = this.state.get(param);
    if (state === undefined) {
      state = { step: 0 };
      this.state.set(param, state);
    }
    state.step ??= 0;
    for (const { name, initial = 0 } of memory) state[name] ??= param.newEmpty(param.shape).fill_(initial);
    return state;
  }

  /** The formula as a program: one for each dtype and each combination of options that are not numbers. */
  #program(options: ParamGroup<Options>, { dtype, grad }: Tensor, memory: number, scalars: number): Program {
    let key = `${dtype} ${grad?.dtype}`;
    for (const [name, value] of Object.entries(options)) {
      if (typeof value === "boolean" || value === null || typeof value === "string") key += ` ${name}=${value}`;
    }
    // Whether an option is zero may choose a simpler formula.
    for (const [name, value] of Object.entries(options)) if (value === 0) key += ` ${name}=0`;
    let found = this.#programs.get(key);
    if (found === undefined) {
      const elements: Elements = {
        param: input(0, dtype),
        grad: input(1, grad?.dtype ?? dtype),
        state: Array.from({ length: memory }, (_, i) => input(2 + i, dtype)),
        scalars: Array.from({ length: scalars }, (_, i) => scalar(i, dtype)),
      };
      const updated = this.formula(elements, options);
      found = program([updated.param, ...updated.state].map((e) => (e.dtype === elements.param.dtype ? e : e.cast(elements.param.dtype))));
      this.#programs.set(key, found);
    }
    return found;
  }
}
