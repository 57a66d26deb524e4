/**
 * A parameter that is computed from others before each call: what weight normalisation and spectral normalisation have in common. The parameter's property holds
 * an ordinary tensor from then on, so the module's `forward` does not notice; only the others are learned and saved.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, type Tensor } from "@akari/tensor";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

const ways = /* @__PURE__ */ new WeakMap<Module, Map<string, () => void>>();

function waysOf(module: Module): Map<string, () => void> {
  const known = ways.get(module) ?? new Map<string, () => void>();
  ways.set(module, known);
  return known;
}

/** The parameter of a name. Throws an ArgumentError when there is none, or it is computed already. */
export function parameterOf(operation: string, module: Module, property: string): Parameter {
  const value: unknown = Reflect.get(module, property);
  if (value instanceof Parameter) return value;
  const why = waysOf(module).has(property) ? "is computed from others already" : "is no parameter of it";
  throw new ArgumentError(`${operation}: "${property}" ${why}; the module is ${module}`);
}

/**
 * Computes a property before each call of the module, beginning now.
 *
 * @param parts the names of the properties it is computed from, which go when it becomes a parameter again.
 * @param still computes it one last time, for the parameter that it becomes then.
 */
export function reparametrize(
  module: Module,
  property: string,
  parts: readonly string[],
  compute: () => Tensor,
  still: () => Tensor = compute,
): void {
  const renew = () => void Reflect.set(module, property, compute());
  const stop = module.registerForwardPreHook(renew);
  waysOf(module).set(property, () => {
    stop();
    const last = noGrad(still);
    for (const part of parts) Reflect.deleteProperty(module, part);
    Reflect.set(module, property, new Parameter(last.detach()));
  });
}

/** Makes a property that is computed a parameter again. */
export function restore<M extends Module>(operation: string, module: M, property: string): M {
  const end = waysOf(module).get(property);
  if (end === undefined) throw new ArgumentError(`${operation}: "${property}" is not computed from others; the module is ${module}`);
  end();
  waysOf(module).delete(property);
  return module;
}
