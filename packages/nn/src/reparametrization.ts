/**
 * Parameters that are computed from others before each call, as in weight and spectral normalization. The parameter's
 * property then holds an ordinary tensor, so that `forward` is not affected, and only the other parameters are learned
 * and saved. A pre-hook computes the tensor. It uses the module that it is called with, so that it also works for a
 * copy of the module.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, changed, keep, type Tensor } from "@akari/tensor";
import { expectModule, type Module, stateOf } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** A property that is computed, and the function that turns it into a parameter again. */
interface Reparametrization {
  readonly property: string;
  readonly undo: (module: Module) => void;
}

const registry = /* @__PURE__ */ new WeakMap<object, Reparametrization>();

/** Returns how a property of a module is computed, or undefined. */
function reparametrizationOf(module: Module, property: string): Reparametrization | undefined {
  return reparametrizationsOf(module).find((found) => found.property === property);
}

function reparametrizationsOf(module: Module): Reparametrization[] {
  return Array.from(stateOf(module).hooks.lists.before, ({ hook }) => registry.get(hook) ?? []).flat();
}

/** Returns the names of the properties that are computed from others. */
export function reparametrized(module: Module): string[] {
  return reparametrizationsOf(module).map(({ property }) => property);
}

/**
 * Returns the parameter with a name. Throws an ArgumentError when there is none or it is already computed from others.
 */
export function parameterOf(operation: string, module: Module, property: string): Parameter {
  expectModule(operation, module);
  const value: unknown = Reflect.get(module, property);
  if (value instanceof Parameter) return value;
  const why = reparametrizationOf(module, property) ? "is already reparametrized" : "is not a parameter";
  throw new ArgumentError(`${operation}: "${property}" ${why}; the module is ${module}`);
}

/**
 * Computes a property of a module before each call.
 *
 * @param parts Names of the properties it is computed from. `restore` removes them.
 * @param final Function that computes the final value for `restore`. Default `compute`.
 */
export function reparametrize(
  module: Module,
  property: string,
  parts: readonly string[],
  compute: (module: Module) => Tensor,
  final: (module: Module) => Tensor = compute,
): void {
  // The property outlives a scope around the call.
  const hook = (of: Module) => void Reflect.set(of, property, keep(compute(of)));
  const undo = (of: Module) => {
    const { before } = stateOf(of).hooks.lists;
    for (const entry of before) if (entry.hook === hook) before.delete(entry);
    changed();
    const last = noGrad(() => final(of));
    for (const part of parts) Reflect.deleteProperty(of, part);
    Reflect.set(of, property, new Parameter(last.detach()));
  };
  registry.set(hook, { property, undo });
  module.registerForwardPreHook(hook);
}

/** Turns a computed property into a parameter again. Throws an ArgumentError for any other property. */
export function restore<M extends Module>(operation: string, module: M, property: string): M {
  expectModule(operation, module);
  const found = reparametrizationOf(module, property);
  if (!found) throw new ArgumentError(`${operation}: "${property}" is not reparametrized; the module is ${module}`);
  found.undo(module);
  return module;
}
