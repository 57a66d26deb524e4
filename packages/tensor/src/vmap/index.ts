/**
 * Functions of one example, run on all examples of a batch at once, as in PyTorch's `torch.vmap`.
 *
 * @packageDocumentation
 */

export type { Randomness } from "./device.ts";
export { type BatchDims, type VmapOptions, vmap } from "./vmap.ts";
