/** Calls of a module with other tensors in place of its own. */

import { noGrad, requiresGrad } from "@akari/autograd";
import { ArgumentError, describeValue, expectTensor, stack, type Tensor } from "@akari/tensor";
import { expectModule, type Module } from "./module.ts";

/** Tensors by the names of parameters and buffers. */
export type TensorsByName = Readonly<Record<string, Tensor>>;

/**
 * Calls a module with other tensors in place of some of its parameters and buffers, which may be computed from others
 * that require gradients. The module itself does not change. A parameter that the module has under several names is
 * replaced everywhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.functional_call.html
 *
 * @param tensors the tensors by the names of the parameters and buffers they replace, or an array of several such
 * objects.
 * @param inputs the inputs of the call. If `forward` is asynchronous, the module's own tensors are back when it first
 * waits.
 * @throws ArgumentError, before the call, for a name that the module does not have, and for two tensors for one
 * parameter.
 * @example
 * import { functionalCall } from "@akari/nn/func";
 * const model = new Linear(2, 1);
 * functionalCall(model, { weight: ones([1, 2]) }, ones([4, 2])); // [4, 1], with the module's own bias
 */
export function functionalCall<Inputs extends readonly unknown[], Output>(
  module: Module & { forward(...inputs: Inputs): Output },
  tensors: TensorsByName | readonly TensorsByName[],
  ...inputs: Inputs
): Output {
  expectModule("functionalCall", module);
  const given = Array.isArray(tensors) ? tensors : [tensors];
  for (const kind of given.map(describeValue))
    if (kind !== "an object") throw new ArgumentError(`functionalCall: expected tensors by name, got ${kind}`);
  const others = new Map<unknown, Tensor>();
  for (const [name, tensor] of given.flatMap((some) => Object.entries<Tensor>(some))) {
    expectTensor("functionalCall", tensor);
    const own = tensorOf(module, name);
    if (others.has(own) && others.get(own) !== tensor)
      throw new ArgumentError(`functionalCall: "${name}" is shared, and there is another tensor for it`);
    others.set(own, tensor);
  }
  const swapped = module
    .modules()
    .flatMap((part) =>
      Object.entries(part).flatMap(([property, value]) => (others.has(value) ? [{ part, property, value }] : [])),
    );
  try {
    for (const { part, property, value } of swapped) Reflect.set(part, property, others.get(value));
    // Safe: a module is called with the inputs of its `forward`, and returns its output.
    return (module as unknown as (...inputs: Inputs) => Output)(...inputs);
  } finally {
    for (const { part, property, value } of swapped) Reflect.set(part, property, value);
  }
}

/**
 * Stacks the parameters and the buffers of several models of the same structure, to call all of them at once through
 * `vmap` and `functionalCall`. Returns the parameters by name, [models, ...shape], new tensors that require gradients,
 * and the buffers.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.stack_module_state.html
 *
 * @throws ArgumentError when there is no model, or the models differ in their class, in the names of their parameters
 * and buffers, or in whether they are in training mode.
 * @throws ShapeError when the shapes of their parameters differ.
 * @example
 * import { functionalCall, stackModuleState } from "@akari/nn/func";
 * import { vmap } from "@akari/tensor/vmap";
 * const models = [new Linear(2, 1), new Linear(2, 1)];
 * const [parameters, buffers] = stackModuleState(models);
 * const call = (own: Record<string, Tensor>, rest: Record<string, Tensor>, x: Tensor) =>
 *   functionalCall(new Linear(2, 1), [own, rest], x);
 * vmap(call, { inDims: [0, 0, null] })(parameters, buffers, ones([4, 2])); // [2, 4, 1]
 */
export function stackModuleState(
  models: readonly Module[],
): [parameters: Record<string, Tensor>, buffers: Record<string, Tensor>] {
  const operation = "stackModuleState";
  if (!Array.isArray(models) || models.length === 0)
    throw new ArgumentError(`${operation}: expected an array of at least one model`);
  for (const model of models) expectModule(operation, model);
  const stacked = (namedOf: (model: Module) => readonly (readonly [string, Tensor])[]): [string, Tensor][] => {
    const all = models.map((model) => new Map(namedOf(model)));
    return [...new Set(all.flatMap((tensors) => [...tensors.keys()]))].map((name) => {
      const tensors = all.flatMap((each) => each.get(name) ?? []);
      if (tensors.length < models.length) throw new ArgumentError(`${operation}: some models lack "${name}"`);
      return [name, noGrad(() => stack(tensors))];
    });
  };
  const kinds = new Set(models.map((model) => model.constructor));
  if (kinds.size > 1) throw new ArgumentError(`${operation}: the models are of different classes`);
  if (new Set(models.map(({ training }) => training)).size > 1)
    throw new ArgumentError(`${operation}: some models are in training mode and some are not`);
  const parameters = stacked((model) => model.namedParameters());
  const buffers = stacked((model) => model.namedBuffers());
  for (const [, x] of parameters) requiresGrad(x);
  return [Object.fromEntries(parameters), Object.fromEntries(buffers)];
}

/** Returns the parameter or buffer with a dotted name. */
function tensorOf(module: Module, name: string): Tensor {
  for (const [own, buffer] of module.namedBuffers()) if (own === name) return buffer;
  return module.getParameter(name);
}
