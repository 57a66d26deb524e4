/**
 * Element-wise optimizers: those whose update is one formula from an element of the parameter, its gradient and its
 * state to the new values. The formula is compiled to one kernel, and a step is one kernel call for all parameters of
 * all groups. To write an optimizer, extend this class, name the state tensors, and write the formula.
 */

import {
  ArgumentError,
  type Backend,
  type DType,
  type Expr,
  gradOf,
  input,
  once,
  type Program,
  program,
  scalar,
  type Tensor,
  type View,
} from "@akari/tensor";
import { type BaseOptions, Optimizer, type ParamGroup, type ParamState } from "./optimizer.ts";

/** The scalars of a step, by name. */
export type Scalars = Readonly<Record<string, number>>;

/** The operands of a formula, for one element. */
export interface Elements {
  /** The parameter. */
  readonly param: Expr;
  /** Its gradient. */
  readonly grad: Expr;
  /** Returns the state tensor that `memory` declares under a name. */
  readonly state: (name: string) => Expr;
  /** Returns the scalar that `scalars` declares under a name. */
  readonly scalar: (name: string) => Expr;
}

/** The new values of one element. */
export interface Updated {
  /** The parameter after the step, converted to the dtype of the parameter. */
  readonly param: Expr;
  /** New values of the state tensors, by name. State tensors that are omitted keep their values. */
  readonly state?: Readonly<Record<string, Expr>>;
}

/** The compiled programs of a formula, shared by all groups whose options select it. */
interface Plan {
  /** Whether each parameter has scalar state besides `step`. */
  readonly numbers: boolean;
  readonly programs: Map<DType, Program>;
}

/** The kernel arguments of one parameter. Reused from step to step to avoid allocations. */
interface Item {
  readonly plan: Plan;
  readonly state: ParamState;
  readonly inputs: View[];
  readonly to: View[];
  scalars: readonly number[];
  /** Whether the next step is the first one with this state. */
  fresh: boolean;
}

/** The parameters updated by one kernel call. */
interface Batch {
  readonly device: Backend;
  readonly program: Program;
  readonly items: Item[];
}

/**
 * Base class of element-wise optimizers.
 *
 * @example
 * class SignSGD extends ElementwiseOptimizer<{ lr: number }> {
 *   constructor(params: ParamsArgument<{ lr: number }>, options: { lr?: number } = {}) {
 *     super(params, { lr: 1e-3 }, options);
 *   }
 *   protected scalars({ lr }: { lr: number }): Scalars {
 *     return { lr };
 *   }
 *   protected formula({ param, grad, scalar }: Elements): Updated {
 *     return { param: param.sub(grad.sign().mul(scalar("lr"))) };
 *   }
 * }
 */
export abstract class ElementwiseOptimizer<Options extends BaseOptions> extends Optimizer<Options> {
  readonly #plans = new Map<string, Plan>();
  readonly #items = new Map<Tensor, Item>();
  readonly #batches: Batch[] = [];

  /**
   * Computes the scalars that the formula reads, by name. They are passed to the kernel at every step and never
   * compiled into it. The names and their order must always be the same.
   *
   * @param options the options of the group.
   * @param step the number of the step of this parameter, from 1.
   * @param state the state of the parameter, for the numbers declared by `numbers`.
   * @param fresh whether the state tensors are new. They are in step 1, and later when an option that was changed
   * needs others.
   */
  protected abstract scalars(options: Readonly<Options>, step: number, state: ParamState, fresh: boolean): Scalars;

  /**
   * Returns the update of one element. The formula may depend on options that are booleans, strings or null, and on
   * whether a numeric option is zero. All other numbers must come from `scalars`.
   */
  protected abstract formula(elements: Elements, options: Readonly<Options>): Updated;

  protected override update(): void {
    this.checkGradients();
    for (const group of this.paramGroups) this.#collect(group);
    for (const { device, program: compiled, items } of this.#batches) {
      if (items.length > 0) device.run({ kind: "foreach", program: compiled, items });
      items.length = 0;
    }
  }

  /** Adds the parameters of a group that have a gradient to their batches. */
  #collect(group: ParamGroup<Options>): void {
    const plan = this.#planOf(group);
    let named: Scalars = {};
    let scalars: readonly number[] = [];
    let scalarsOf = 0;
    for (const param of group.params) {
      const grad = gradOf(param);
      if (grad === null) continue;
      const item = this.#itemOf(param, plan, group);
      const step = (item.state.step as number) + 1; // safe: created with the state
      item.state.step = step;
      // Parameters with the same step count share their scalars.
      const key = item.fresh ? -step : step;
      if (scalarsOf !== key || plan.numbers) {
        named = this.scalars(group, step, item.state, item.fresh);
        scalars = Object.values(named);
        scalarsOf = key;
      }
      item.fresh = false;
      item.scalars = scalars;
      item.inputs[1] = grad;
      for (const view of item.to) (view as Tensor).storage.version++; // safe: filled with tensors below
      if (param.numel() > 0) this.#batchOf(param.device, this.#program(plan, group, param, named)).items.push(item);
    }
  }

  /** Returns the plan for a combination of the options a formula may depend on: non-numeric ones and zeros. */
  #planOf(options: ParamGroup<Options>): Plan {
    let key = "";
    const values = options as unknown as Readonly<Record<string, unknown>>; // safe: an object of options by name
    for (const name in values) {
      const value = values[name];
      if (value === 0) key += ` ${name}=0`;
      else if (typeof value === "boolean" || value === null || typeof value === "string") key += ` ${name}=${value}`;
    }
    return once(this.#plans, key, () => ({ numbers: this.numbers(options) !== null, programs: new Map() }));
  }

  #itemOf(param: Tensor, plan: Plan, options: Readonly<Options>): Item {
    const item = this.#items.get(param);
    if (item !== undefined && item.plan === plan && item.state === this.state.get(param) && follows(item, param))
      return item;
    const before = this.state.get(param);
    const memory = this.memory(options, param.shape);
    const fresh = !before?.step || memory.some(({ name }) => !before[name]);
    const state = this.stateOf(param, options);
    const kept = memory.map(({ name }) => state[name] as Tensor); // safe: created above
    const made: Item = { plan, state, inputs: [param, param, ...kept], to: [param, ...kept], scalars: [], fresh };
    this.#items.set(param, made);
    return made;
  }

  #batchOf(device: Backend, compiled: Program): Batch {
    for (const batch of this.#batches) if (batch.program === compiled && batch.device === device) return batch;
    const batch: Batch = { device, program: compiled, items: [] };
    this.#batches.push(batch);
    return batch;
  }

  /** Compiles the formula for the dtype of a parameter. */
  #program({ programs }: Plan, options: Readonly<Options>, { dtype, shape }: Tensor, scalars: Scalars): Program {
    return once(programs, dtype, () => {
      const named = (what: string, names: readonly string[], make: (i: number) => Expr) => (name: string) => {
        const at = names.indexOf(name);
        if (at >= 0) return make(at);
        throw new ArgumentError(
          `${this.constructor.name}: the formula reads "${name}", but ${what} declares ${names.join(", ") || "nothing"}`,
        );
      };
      const kept = this.memory(options, shape).map(({ name }) => name);
      const state = named("memory", kept, (i) => input(2 + i, dtype));
      const [param, grad] = [input(0, dtype), input(1, dtype)];
      const updated = this.formula(
        { param, grad, state, scalar: named("scalars", Object.keys(scalars), (i) => scalar(i, dtype)) },
        options,
      );
      const results = [updated.param, ...kept.map((name) => updated.state?.[name] ?? state(name))];
      return program(results.map((e) => (e.dtype === param.dtype ? e : e.cast(param.dtype))));
    });
  }
}

/** Returns whether the state still has the dtype and device of the parameter. */
function follows({ to }: Item, param: Tensor): boolean {
  const [, first] = to;
  // safe: filled with tensors
  return first === undefined || (first.dtype === param.dtype && (first as Tensor).device === param.device);
}
