/**
 * The WebGPU device: re-exports `@akari/tensor/webgpu`.
 *
 * @packageDocumentation
 */

export * from "@akari/tensor/webgpu";
