/**
 * Modules as functions of their parameters, as in PyTorch's `torch.func`. The transformations of such functions are in
 * `@akari/autograd/func`.
 *
 * @packageDocumentation
 */

export { functionalCall } from "./functional-call.ts";
export { stackModuleState } from "./module-state.ts";
