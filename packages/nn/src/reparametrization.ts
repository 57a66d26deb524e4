/**
 * A parameter that is computed from others before each call: what weight normalisation and spectral normalisation have in common. The parameter's property holds
 * an ordinary tensor from then on, so the module's `forward` does not notice; only the others are learned and saved. What computes it is a hook that knows its
 * module by being told, so that it serves a copy of the module as well.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, type Tensor } from "@akari/tensor";
import { type Module, stateOf } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** How a hook computes a property, and the properties it is computed from. */
interface Way {
  readonly property: string;
  readonly parts: readonly string[];
  readonly still: (module: Module) => Tensor;
}

const ways = /* @__PURE__ */ new WeakMap<object, Way>();

/** What computes a property of a module, if anything does, and the hook that it stands for. */
function wayOf(module: Module, property: string): [hook: object, way: Way] | null {
  for (const hook of stateOf(module).hooks.before) {
    const way = ways.get(hook);
    if (way?.property === property) return [hook, way];
  }
  return null;
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
  const hook = (module: Module) => void Reflect.set(module, property, compute(module));
  ways.set(hook, { property, parts, still });
  module.registerForwardPreHook(hook);
}

/** Makes a property that is computed a parameter again. */
export function restore<M extends Module>(operation: string, module: M, property: string): M {
  const found = wayOf(module, property);
  if (found === null) throw new ArgumentError(`${operation}: "${property}" is not computed from others; the module is ${module}`);
  const [hook, { parts, still }] = found;
  stateOf(module).hooks.remove(hook);
  const last = noGrad(() => still(module));
  for (const part of parts) Reflect.deleteProperty(module, part);
  Reflect.set(module, property, new Parameter(last.detach()));
  return module;
}
