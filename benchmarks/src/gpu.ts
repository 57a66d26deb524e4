/**
 * WebGPU as the runtime has it: a page's own, or in Node that of the package `webgpu`, which is what Akari takes there
 * too.
 */

/** The classes whose methods every program that uses a GPU calls. */
export interface GpuClasses {
  readonly GPUQueue: { readonly prototype: GPUQueue };
  readonly GPUComputePassEncoder: { readonly prototype: GPUComputePassEncoder };
}

/** Dawn's memory goes with the object that `create` returns, so it is kept. */
let instance: GPU | null = null;

/** The way in, and the classes. */
export async function findGpu(): Promise<{ gpu: GPU; classes: GpuClasses }> {
  if (typeof navigator !== "undefined" && "gpu" in navigator) return { gpu: navigator.gpu, classes: globalThis };
  const { create, globals } = await import("webgpu");
  instance ??= create([]);
  // Safe: the package documents that `globals` holds the names that a page has.
  return { gpu: instance, classes: globals as GpuClasses };
}
