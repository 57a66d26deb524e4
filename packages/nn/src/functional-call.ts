/** Calls of a module with other tensors in place of its own. */

import { ArgumentError, describeValue, expectTensor, type Tensor } from "@akari/tensor";
import { expectModule, type Module } from "./module.ts";

/**
 * Calls a module with other tensors in place of some of its parameters and buffers, which may be computed from others
 * that require gradients. The module itself does not change. A parameter that the module has under several names is
 * replaced everywhere.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.functional_call.html
 *
 * @param tensors the tensors by the names of the parameters and buffers they replace, in one object or in several.
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
  tensors: Readonly<Record<string, Tensor>> | readonly Readonly<Record<string, Tensor>>[],
  ...inputs: Inputs
): Output {
  expectModule("functionalCall", module);
  const given = [tensors].flat();
  for (const kind of given.map(describeValue))
    if (kind !== "an object") throw new ArgumentError(`functionalCall: expected tensors by name, got ${kind}`);
  const others = new Map<unknown, Tensor>();
  for (const [name, tensor] of given.flatMap(Object.entries<Tensor>)) {
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

/** Returns the parameter or buffer with a dotted name. */
function tensorOf(module: Module, name: string): Tensor {
  for (const [own, buffer] of module.namedBuffers()) if (own === name) return buffer;
  return module.getParameter(name);
}
