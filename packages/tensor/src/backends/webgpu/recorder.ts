/**
 * Work on its way to the device. Launches are recorded into one encoder and as few compute passes as possible; it is submitted when something is
 * read or enough has piled up. Pipelines are found by a draft's key, bind groups by the buffers they bind, and small arguments lie in one
 * buffer that is written once per submit: writes and submits take effect in order, so the same buffer serves them all.
 */

import { DeviceError } from "../../errors.ts";
import { classOf, usage, type WebGpuBuffer } from "./buffer.ts";
import { DeviceClock } from "./clock.ts";
import { Draft, type ShaderText } from "./draft.ts";

/** How much was made and submitted so far: a steady program makes nothing new. */
export interface Counters {
  /** Command buffers submitted. */
  readonly submits: number;
  /** Kernels launched. */
  readonly launches: number;
  /** Pipelines compiled. */
  readonly pipelines: number;
  /** Bind groups created. */
  readonly bindGroups: number;
}

interface Pipeline {
  readonly number: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly argumentBytes: number;
}

/** Bytes of arguments for one submit, and how many launches one may have. */
const argumentRoom = 256 << 10;
const launchesAtMost = 512;
const bindGroupsAtMost = 8192;
/** A grid may be so wide, and no wider. */
const gridWidth = 65_535;

/** Records launches, copies and host writes of one device. */
export class Recorder {
  readonly #device: GPUDevice;
  readonly #arguments: GPUBuffer;
  readonly #staging = new Uint32Array(argumentRoom / 4);
  #argumentsUsed = 0;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #launchesPending = 0;
  #planned: Promise<void> | null = null;
  #serial = 0;
  #clock: DeviceClock | null = null;
  readonly #layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #bindGroups = new Map<string, GPUBindGroup>();
  readonly #readers = new Map<number, GPUBuffer[]>();
  readonly #counters = { submits: 0, launches: 0, pipelines: 0, bindGroups: 0 };
  /** The first thing that went wrong on the device; from then on everything throws it. */
  failure: DeviceError | null = null;

  /** Whether kernels do without workgroup memory where they can: better on a device that is a program on the CPU. */
  readonly direct: boolean;

  constructor(device: GPUDevice, direct: boolean) {
    this.#device = device;
    this.direct = direct;
    this.#arguments = device.createBuffer({ size: argumentRoom, usage: usage.uniform | usage.copyTarget });
  }

  /** How much was made and submitted so far. */
  get counters(): Counters {
    return { ...this.#counters };
  }

  /** Times every launch from now on, until the clock is stopped. */
  startClock(): DeviceClock {
    this.submit();
    this.#clock = new DeviceClock(this.#device, () => {
      this.submit();
      this.#clock = null;
    });
    return this.#clock;
  }

  /** Throws what went wrong on the device, if anything did. */
  check(): void {
    if (this.failure !== null) throw this.failure;
  }

  /**
   * Launches a kernel.
   *
   * @param groups how many workgroups; more than fit into one dimension fold into two.
   * @param text the shader; asked for only when there is no pipeline under the draft's key.
   * @param workgroup invocations in a workgroup; part of the kernel's identity.
   */
  launch(draft: Draft, groups: number, text: () => ShaderText, workgroup = 64): void {
    if (groups === 0) return;
    this.check();
    const { words, slots } = draft;
    const width = Math.min(groups, gridWidth);
    words[0] = width;
    words[1] = groups;
    const pipeline = this.#pipeline(draft, text, workgroup);
    if (this.#argumentsUsed + pipeline.argumentBytes > argumentRoom || this.#launchesPending >= launchesAtMost) this.submit();
    const offset = this.#argumentsUsed;
    this.#staging.set(words, offset / 4);
    this.#argumentsUsed += pipeline.argumentBytes;
    let key = `${pipeline.number}`;
    for (const { buffer } of slots) {
      key += ` ${buffer.id}`;
      buffer.use.last = this.#serial;
    }
    let group = this.#bindGroups.get(key);
    if (group === undefined) {
      group = this.#bind(pipeline, draft);
      this.#bindGroups.set(key, group);
    }
    const pass = this.#openPass();
    pass.setPipeline(pipeline.pipeline);
    pass.setBindGroup(0, group, [offset]);
    pass.dispatchWorkgroups(width, Math.ceil(groups / width));
    this.#launchesPending++;
    this.#counters.launches++;
  }

  #openPass(): GPUComputePassEncoder {
    this.#encoder ??= this.#device.createCommandEncoder();
    if (this.#clock !== null) {
      this.#pass?.end();
      this.#pass = this.#encoder.beginComputePass({ timestampWrites: this.#clock.next() });
    }
    this.#pass ??= this.#encoder.beginComputePass();
    return this.#pass;
  }

  #pipeline(draft: Draft, text: () => ShaderText, workgroup: number): Pipeline {
    let found = this.#pipelines.get(draft.key);
    if (found !== undefined) return found;
    const { maxStorageBuffersPerShaderStage: most } = this.#device.limits;
    if (draft.slots.length > most) {
      throw new DeviceError(
        `webgpu: a kernel uses ${draft.slots.length} buffers and this device binds at most ${most}; split the operation into smaller ones`,
      );
    }
    const argumentBytes = Math.max(256, 2 ** Math.ceil(Math.log2(draft.words.length * 4)));
    const code = draft.shader(text, workgroup, argumentBytes);
    const { group, pipeline: layout } = this.#layout(draft);
    const module = this.#device.createShaderModule({ code, label: draft.key });
    const pipeline = this.#device.createComputePipeline({ layout, compute: { module, entryPoint: "main" }, label: draft.key });
    found = { number: this.#counters.pipelines++, pipeline, layout: group, argumentBytes };
    this.#pipelines.set(draft.key, found);
    return found;
  }

  #layout(draft: Draft) {
    const key = draft.slots.map((slot) => (slot.writes ? "w" : "r")).join("");
    let found = this.#layouts.get(key);
    if (found === undefined) {
      const visibility = 4; // compute
      const storage = draft.slots.map(
        ({ writes }, k): GPUBindGroupLayoutEntry => ({
          binding: k + 1,
          visibility,
          buffer: { type: writes ? "storage" : "read-only-storage" },
        }),
      );
      const group = this.#device.createBindGroupLayout({
        entries: [{ binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true } }, ...storage],
      });
      found = { group, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }) };
      this.#layouts.set(key, found);
    }
    return found;
  }

  #bind({ layout, argumentBytes }: Pipeline, draft: Draft): GPUBindGroup {
    if (this.#bindGroups.size >= bindGroupsAtMost) this.#bindGroups.clear();
    this.#counters.bindGroups++;
    const storage = draft.slots.map(({ buffer }, k) => ({ binding: k + 1, resource: { buffer: memoryOf(buffer) } }));
    return this.#device.createBindGroup({
      layout,
      entries: [{ binding: 0, resource: { buffer: this.#arguments, size: argumentBytes } }, ...storage],
    });
  }

  /** Sends everything recorded to the device. */
  submit(): void {
    if (this.#encoder === null) return;
    this.#pass?.end();
    this.#pass = null;
    const used = this.#argumentsUsed / 4;
    if (used > 0) this.#device.queue.writeBuffer(this.#arguments, 0, this.#staging, 0, used);
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = null;
    this.#argumentsUsed = 0;
    this.#launchesPending = 0;
    this.#serial++;
    this.#counters.submits++;
  }

  /** Submits, and forgets bindings of memory that is about to be destroyed. */
  settle(): void {
    this.submit();
    this.#bindGroups.clear();
  }

  /** Copies bytes from the host. A write overtakes what is recorded, so where that uses the buffer it is submitted first. */
  write(buffer: WebGpuBuffer, bytes: Uint8Array, offset: number): void {
    if (bytes.length === 0) return;
    this.check();
    const memory = memoryOf(buffer);
    if (buffer.use.last === this.#serial) this.submit();
    const { buffer: host, byteOffset } = bytes;
    const before = offset & 3;
    if (before === 0) {
      const whole = bytes.length & ~3;
      if (whole > 0) this.#device.queue.writeBuffer(memory, offset, host, byteOffset, whole);
      const rest = bytes.length - whole;
      // The last word of the memory may hold more than the buffer's own bytes; beyond a tensor's end nothing is of worth.
      if (rest > 0 && offset + bytes.length >= buffer.bytes) {
        const last = new Uint8Array(4);
        last.set(bytes.subarray(whole));
        this.#device.queue.writeBuffer(memory, offset + whole, last);
      } else if (rest > 0) {
        this.#writeWithin(buffer, bytes.subarray(whole), offset + whole);
      }
      return;
    }
    const head = Math.min(4 - before, bytes.length);
    this.#writeWithin(buffer, bytes.subarray(0, head), offset);
    this.write(buffer, bytes.subarray(head), offset + head);
  }

  /** Writes some bytes of one word, by a kernel, since copies move whole words. */
  #writeWithin(buffer: WebGpuBuffer, bytes: Uint8Array, offset: number): void {
    const draft = new Draft("patch");
    const elements = draft.view({ buffer, dtype: "uint8" }, "write");
    const at = draft.u32(offset);
    const count = draft.u32(bytes.length);
    const value = draft.u32(bytes.reduce((word, byte, k) => word + byte * 2 ** (8 * k), 0));
    this.launch(draft, 1, () => ({
      body: `if (lane < ${count}) { ${elements.putBits(`${at} + lane`, `(${value} >> (lane * 8u)) & 255u`)} }`,
    }));
  }

  /** A copy of some bytes once all work issued before is done. Reads asked for in one turn share a submit. */
  async read(buffer: WebGpuBuffer, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (length === 0) return new Uint8Array(0);
    this.check();
    const from = offset & ~3;
    const size = ((offset + length + 3) & ~3) - from;
    const capacity = classOf(size);
    const list = this.#readers.get(capacity) ?? [];
    this.#readers.set(capacity, list);
    const reader = list.pop() ?? this.#device.createBuffer({ size: capacity, usage: usage.mapRead | usage.copyTarget });
    this.#pass?.end();
    this.#pass = null;
    this.#encoder ??= this.#device.createCommandEncoder();
    this.#encoder.copyBufferToBuffer(memoryOf(buffer), from, reader, 0, size);
    buffer.use.last = this.#serial;
    await this.#submitSoon();
    try {
      await reader.mapAsync(1, 0, size); // for reading
    } catch (cause) {
      this.check();
      throw new DeviceError("webgpu: a read failed; the device was lost or is out of memory", { cause });
    }
    const bytes = new Uint8Array(reader.getMappedRange(0, size)).slice(offset - from, offset - from + length);
    reader.unmap();
    list.push(reader);
    this.check();
    return bytes;
  }

  /** Submits at the end of the current turn, so that all that is asked for in it goes together. */
  #submitSoon(): Promise<void> {
    this.#planned ??= Promise.resolve().then(() => {
      this.#planned = null;
      this.submit();
    });
    return this.#planned;
  }

  /** Resolves when all work issued so far is done. */
  async flush(): Promise<void> {
    this.check();
    this.submit();
    await this.#device.queue.onSubmittedWorkDone();
    this.check();
  }
}

function memoryOf(buffer: WebGpuBuffer): GPUBuffer {
  if (buffer.memory === null) throw new DeviceError("webgpu: this buffer was given back by free()");
  return buffer.memory;
}
