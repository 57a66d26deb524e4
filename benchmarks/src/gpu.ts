/**
 * The runtime's WebGPU: that of the page, or in Node that of the package `webgpu`, which Akari uses there too.
 */

/** The WebGPU classes whose methods every library calls. */
export interface GpuClasses {
  readonly GPUQueue: { readonly prototype: GPUQueue };
  readonly GPUComputePassEncoder: { readonly prototype: GPUComputePassEncoder };
}

/** Dawn frees its memory with the object that `create` returns, so this reference keeps it alive. */
let instance: GPU | null = null;

/** Returns the entry point of WebGPU and its classes. */
export async function findGpu(): Promise<{ gpu: GPU; classes: GpuClasses }> {
  if (typeof navigator !== "undefined" && "gpu" in navigator) return { gpu: navigator.gpu, classes: globalThis };
  const { create, globals } = await import("webgpu");
  instance ??= create([]);
  // Safe: the package documents that `globals` contains the same names as a page.
  return { gpu: instance, classes: globals as GpuClasses };
}
