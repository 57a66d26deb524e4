/**
 * Compiled kernels, found by a draft's key. They compile while the program goes on, side by side: whoever records work
 * need not wait for them, only who submits it. One that does not compile spoils what is computed by it, and nothing
 * else.
 */

import { DeviceError } from "../../errors.ts";
import type { Draft, ShaderText } from "./draft.ts";

/** A kernel of a device. */
export interface Pipeline {
  /** What its launches bind: the arguments, and so many heaps. */
  readonly layout: GPUBindGroupLayout;
  /** The room that its arguments take, in bytes. */
  readonly argumentBytes: number;
  /** Null while it compiles, and for ever when it does not. */
  compiled: GPUComputePipeline | null;
  /** Why it does not compile. */
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

  /** Whether any kernel did not compile so far. */
  failed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many were made so far. */
  get count(): number {
    return this.#known.size;
  }

  /** Whether all can be used. */
  get ready(): boolean {
    return this.#compiling.size === 0;
  }

  /**
   * The kernel under the draft's key, compiling from now on if it is new.
   *
   * @param text the shader; asked for only when the kernel is new.
   */
  find(draft: Draft, text: () => ShaderText, workgroup: number): Pipeline {
    const found = this.#known.get(draft.key);
    if (found !== undefined) return found;
    const { maxStorageBuffersPerShaderStage: most } = this.#device.limits;
    if (draft.slots.length > most) {
      throw new DeviceError(
        `webgpu: the operands of one kernel lie in ${draft.slots.length} buffers, and this device binds at most ${most}; raise largestBuffer, or split the operation`,
      );
    }
    const argumentBytes = Math.max(256, 2 ** Math.ceil(Math.log2(draft.words.length * 4)));
    const code = draft.shader(text, workgroup, argumentBytes);
    const { group, pipeline: layout } = this.#layout(draft.slots.length);
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ code, label: draft.key });
    // as when the device is lost, which is told elsewhere
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
        const cause = (await invalid) ?? error; // the text's own fault says more than that it has one
        made.fault = new DeviceError(
          `webgpu: the kernel "${draft.key}" did not compile, so what is computed by it cannot be read; the fault is Akari's or the driver's: ${cause.message}`,
          { cause },
        );
        this.failed = true;
        this.#compiling.delete(made);
      },
    );
    this.#compiling.set(made, { descriptor, done });
    return made;
  }

  /** Resolves when all that compile at the moment can be used. */
  async settled(): Promise<void> {
    await Promise.all([...this.#compiling.values()].map(({ done }) => done));
  }

  /** Compiles what is missing here and now. */
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
