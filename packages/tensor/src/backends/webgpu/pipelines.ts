/**
 * Compiled kernels by draft key. They compile concurrently in the background: recording does not wait for them, only
 * submitting does. A kernel that fails to compile invalidates its own results and nothing else.
 */

import { DeviceError } from "../../errors.ts";
import type { Draft, ShaderText } from "./draft.ts";

/** A kernel of a device. */
export interface Pipeline {
  /** The layout of its bind groups: the arguments, and some number of heaps. */
  readonly layout: GPUBindGroupLayout;
  /** Size of its arguments, in bytes. */
  readonly argumentBytes: number;
  /** Null while it compiles, and forever if that fails. */
  compiled: GPUComputePipeline | null;
  /** Why it failed to compile. */
  fault: DeviceError | null;
}

/** The kernels of one device. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #known = new Map<string, Pipeline>();
  readonly #layouts = new Map<number, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  readonly #compiling = new Map<
    Pipeline,
    { readonly descriptor: GPUComputePipelineDescriptor; readonly done: Promise<void> }
  >();

  /** Whether any kernel has failed to compile. */
  failed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Number of kernels created so far. */
  get count(): number {
    return this.#known.size;
  }

  /** Whether no kernel is still compiling. */
  get ready(): boolean {
    return this.#compiling.size === 0;
  }

  /**
   * Returns the kernel with the draft's key, and starts to compile it if it is new.
   *
   * @param text returns the shader; called only if the kernel is new.
   */
  find(draft: Draft, text: () => ShaderText, workgroup: number): Pipeline {
    const found = this.#known.get(draft.key);
    if (found !== undefined) return found;
    const { maxStorageBuffersPerShaderStage: most } = this.#device.limits;
    if (draft.slots.length > most) {
      throw new DeviceError(
        `webgpu: the operands of one kernel are in ${draft.slots.length} buffers, but this device binds at most ${most}; raise largestBuffer, or split the operation`,
      );
    }
    const argumentBytes = Math.max(256, 2 ** Math.ceil(Math.log2(draft.words.length * 4)));
    const code = draft.shader(text, workgroup, argumentBytes);
    const { group, pipeline: layout } = this.#layout(draft.slots.length);
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ code, label: draft.key });
    // fails when the device is lost, which is reported elsewhere
    const invalid = this.#device.popErrorScope().catch(() => null);
    const descriptor: GPUComputePipelineDescriptor = {
      layout,
      compute: { module, entryPoint: "main" },
      label: draft.key,
    };
    const made: Pipeline = { layout: group, argumentBytes, compiled: null, fault: null };
    this.#known.set(draft.key, made);
    const done = this.#device.createComputePipelineAsync(descriptor).then(
      (compiled) => {
        made.compiled ??= compiled;
        this.#compiling.delete(made);
      },
      async (error: Error) => {
        const cause = (await invalid) ?? error; // the validation error of the text is more specific
        made.fault = new DeviceError(
          `webgpu: the kernel "${draft.key}" did not compile, so its results cannot be read; this is a bug in Akari or the driver: ${cause.message}`,
          { cause },
        );
        this.failed = true;
        this.#compiling.delete(made);
      },
    );
    this.#compiling.set(made, { descriptor, done });
    return made;
  }

  /** Resolves when all kernels that are compiling now have finished. */
  async settled(): Promise<void> {
    await Promise.all([...this.#compiling.values()].map(({ done }) => done));
  }

  /** Compiles the remaining kernels synchronously. */
  finish(): void {
    for (const [pipeline, { descriptor }] of this.#compiling)
      pipeline.compiled = this.#device.createComputePipeline(descriptor);
    this.#compiling.clear();
  }

  #layout(heaps: number) {
    let found = this.#layouts.get(heaps);
    if (found === undefined) {
      const visibility = 4; // compute
      const storage = Array.from({ length: heaps }, (_, k): GPUBindGroupLayoutEntry => {
        return { binding: k + 1, visibility, buffer: { type: "storage" } };
      });
      const group = this.#device.createBindGroupLayout({
        entries: [{ binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true } }, ...storage],
      });
      found = { group, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }) };
      this.#layouts.set(heaps, found);
    }
    return found;
  }
}
