/**
 * A parameter that is computed from others before each call: what weight normalisation and spectral normalisation have
 * in common. The parameter's property holds an ordinary tensor from then on, so the module's `forward` does not notice;
 * only the others are learned and saved. What computes it is a hook that knows its module by being told, so that it
 * serves a copy of the module as well.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, changed, type Tensor } from "@akari/tensor";
import { type Module, stateOf } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** What computes a property, and how to make that a parameter of a module again. */
interface Way {
  readonly property: string;
  readonly undo: (module: Module) => void;
}

const ways = /* @__PURE__ */ new WeakMap<object, Way>();

/** How a property of a module is computed; undefined when it is not. */
function wayOf(module: Module, property: string): Way | undefined {
  for (const { hook } of stateOf(module).hooks.lists.before) {
    const way = ways.get(hook);
    if (way?.property === property) return way;
  }
  return undefined;
}

/** The parameter of a name. Throws an ArgumentError when there is none, or it is computed already. */
export function parameterOf(operation: string, module: Module, property: string): Parameter {
  const value: unknown = Reflect.get(module, property);
  if (value instanceof Parameter) return value;
  const why = wayOf(module, property) ? "is computed from others already" : "is no parameter of it";
  throw new ArgumentError(`${operation}: "${property}" ${why}; the module is ${module}`);
}

/**
 * Computes a property before each call of the module.
 *
 * @param parts the names of the properties it is computed from, which go when it becomes a parameter again.
 * @param still computes it one last time, for the parameter that it becomes then.
 */
export function reparametrize(
  module: Module,
  property: string,
  parts: readonly string[],
  compute: (module: Module) => Tensor,
  still: (module: Module) => Tensor = compute,
): void {
  const hook = (of: Module) => void Reflect.set(of, property, compute(of));
  const undo = (of: Module) => {
    const { before } = stateOf(of).hooks.lists;
    for (const entry of before) if (entry.hook === hook) before.delete(entry);
    changed();
    const last = noGrad(() => still(of));
    for (const part of parts) Reflect.deleteProperty(of, part);
    Reflect.set(of, property, new Parameter(last.detach()));
  };
  ways.set(hook, { property, undo });
  module.registerForwardPreHook(hook);
}

/** Makes a property that is computed a parameter again. */
export function restore<M extends Module>(operation: string, module: M, property: string): M {
  const way = wayOf(module, property);
  if (!way) throw new ArgumentError(`${operation}: "${property}" is not computed from others; the module is ${module}`);
  way.undo(module);
  return module;
}
