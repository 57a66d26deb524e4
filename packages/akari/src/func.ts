/**
 * Transformations of functions and models, as in PyTorch's `torch.func`: re-exports `@akari/autograd/func`,
 * `@akari/nn/func` and `@akari/tensor/vmap`.
 *
 * @packageDocumentation
 */

export * from "@akari/autograd/func";
export * from "@akari/nn/func";
export * from "@akari/tensor/vmap";
