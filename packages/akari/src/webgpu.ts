/**
 * The GPU as a device, for those who install `akari` alone: what `@akari/tensor/webgpu` exports.
 *
 * @packageDocumentation
 */

export * from "@akari/tensor/webgpu";
