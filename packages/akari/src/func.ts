/**
 * Transformations of functions and models, as in PyTorch's `torch.func`: re-exports `@akari/autograd/func` and
 * `@akari/nn/func`.
 *
 * @packageDocumentation
 */

export * from "@akari/autograd/func";
export * from "@akari/nn/func";
