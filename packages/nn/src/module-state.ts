/** The state of several modules of one structure, stacked, to run them all at once with `vmap`. */

import { requiresGrad } from "@akari/autograd";
import { ArgumentError, stack, type Tensor } from "@akari/tensor";
import { expectModule, type Module } from "./module.ts";

/**
 * Stacks the parameters of modules of the same structure, and their buffers, each along a new first dimension. With
 * `vmap` and `functionalCall`, an ensemble then takes one call. The results are copies, and leaves: they require a
 * gradient if the parameters do.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.stack_module_state.html
 *
 * @returns the parameters and the buffers by name.
 * @throws ArgumentError without modules, and when they differ in their class, mode, names, or in what requires a
 * gradient.
 * @example
 * import { functionalCall, stackModuleState } from "@akari/nn/func";
 * import { vmap } from "@akari/tensor/vmap";
 * const models = [new Linear(2, 1), new Linear(2, 1)];
 * const [params, buffers] = stackModuleState(models);
 * vmap((p: typeof params) => functionalCall(models[0]!, p, ones([4, 2])))(params).shape; // [2, 4, 1]
 */
export function stackModuleState(
  models: Iterable<Module>,
): [params: Record<string, Tensor>, buffers: Record<string, Tensor>] {
  if (!(Symbol.iterator in Object(models)))
    throw new ArgumentError("stackModuleState: expected several modules, such as an array of them");
  const list = [...models];
  const [first] = list;
  if (first === undefined) throw new ArgumentError("stackModuleState: expected at least one module, got none");
  for (const model of list) {
    expectModule("stackModuleState", model);
    if (model.constructor !== first.constructor)
      throw new ArgumentError(
        `stackModuleState: the modules must be of one class, got ${first.constructor.name} and ${model.constructor.name}`,
      );
    if (model.training !== first.training)
      throw new ArgumentError("stackModuleState: some modules are in training mode and others in evaluation mode");
  }
  return [stacked(list.map((m) => m.namedParameters())), stacked(list.map((m) => m.namedBuffers()))];
}

/** Stacks the tensors that have the same name. */
function stacked(states: readonly Iterable<readonly [string, Tensor]>[]): Record<string, Tensor> {
  const [first = new Map<string, Tensor>(), ...others] = states.map((state) => new Map(state));
  for (const other of others) {
    const odd = [...first.keys(), ...other.keys()].find((name) => !(first.has(name) && other.has(name)));
    if (odd !== undefined) throw new ArgumentError(`stackModuleState: only some of the modules have "${odd}"`);
  }
  return Object.fromEntries(
    Array.from(first, ([name, tensor]) => {
      const same = [tensor, ...others.map((other) => other.get(name) as Tensor)]; // safe: checked
      if (same.some((x) => x.requiresGrad !== tensor.requiresGrad))
        throw new ArgumentError(`stackModuleState: "${name}" requires a gradient in only some of the modules`);
      const copy = stack(same.map((x) => x.detach()));
      return [name, tensor.requiresGrad ? requiresGrad(copy) : copy];
    }),
  );
}
