/**
 * The WebGPU backend: tensors on the GPU, in browsers and in Node.
 *
 * @packageDocumentation
 */

export type { Counters } from "./counters.ts";
export { type WebGpuBackend, type WebGpuOptions, webgpu } from "./webgpu.ts";
