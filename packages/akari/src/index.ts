/**
 * All of Akari in one package: tensors, automatic differentiation, modules, optimizers, data loading and files.
 *
 * @packageDocumentation
 */

export * from "@akari/autograd";
export * from "@akari/data";
export * from "@akari/io";
export * from "@akari/nn";
export * from "@akari/optim";
export * from "@akari/tensor";
export { empty, full, type GradOption, ones, rand, randn, tensor, zeros } from "./creation.ts";
export { autograd, data, io, nn, optim } from "./namespaces.ts";
