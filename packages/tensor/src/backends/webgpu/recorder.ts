/**
 * Work on its way to the device. What is to be done is recorded as a list of plain commands, and only turned into the
 * device's own when something is read or enough has piled up: by then the kernels have compiled, and the heaps are as
 * large as they need to be. Everything goes into one encoder and as few compute passes as possible. Small arguments lie
 * in one buffer that is written once per submit: writes and submits take effect in order, so the same buffer serves
 * them all.
 */

import { DeviceError } from "../../errors.ts";
import { inputTypes } from "../../expr/program.ts";
import { isContiguous } from "../../shape.ts";
import { DeviceClock } from "./clock.ts";
import type { Counters } from "./counters.ts";
import { Draft, type ShaderText } from "./draft.ts";
import { Faults, recordBytes } from "./faults.ts";
import { type Heap, Memory, usage, type WebGpuBuffer } from "./heap.ts";
import { type Pipeline, Pipelines } from "./pipelines.ts";
import { endsBuffer } from "./quads.ts";

type Command =
  | {
      readonly kind: "launch";
      readonly pipeline: Pipeline;
      readonly heaps: readonly Heap[];
      readonly uses: Pick<Draft, "reads" | "writes" | "fills">;
      readonly words: readonly number[];
      readonly width: number;
      readonly height: number;
      /** Whose clock times it, and under which label. */
      readonly clock: DeviceClock | null;
      readonly label: number;
    }
  | {
      readonly kind: "write";
      readonly heap: Heap;
      readonly at: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** What is written from end to end by it and its like. */
      readonly fills: WebGpuBuffer | null;
    }
  | Read
  | { readonly kind: "grow"; readonly heap: Heap; readonly capacity: number };

interface Read {
  readonly kind: "read";
  readonly buffer: WebGpuBuffer;
  readonly at: number;
  readonly bytes: number;
  readonly into: GPUBuffer;
  readonly to: number;
  /** Why there is nothing to be read; known when it is submitted. */
  fault: DeviceError | null;
}

/** Bytes of arguments for one submit. */
const argumentRoom = 256 << 10;
/** So many commands are submitted without anyone asking, as soon as their kernels have compiled. */
const enough = 512;
/** With so many, a program that never waits has to wait for its kernels to compile. */
const patience = 4096;
/** A grid may be so wide, and no wider. */
const gridWidth = 65_535;

/** Records launches, copies and host writes of one device. */
export class Recorder {
  readonly #device: GPUDevice;
  readonly #pipelines: Pipelines;
  readonly #arguments: GPUBuffer;
  readonly #staging = new Uint32Array(argumentRoom / 4);
  readonly #bindGroups = new Map<string, GPUBindGroup>();
  readonly #readers = new Map<number, GPUBuffer[]>();
  readonly #counters = { submits: 0, launches: 0, bindGroups: 0 };
  #commands: Command[] = [];
  #sending: Promise<void> | null = null;
  /** The number of the batch that is being recorded: what a block of memory is stamped with when it is used. */
  #batch = 1;
  #clock: DeviceClock | null = null;
  /**
   * The first thing that went wrong with the device itself; from then on everything throws it. A kernel that does not
   * compile is no such thing.
   */
  failure: DeviceError | null = null;

  /** Whether kernels do without workgroup memory where they can: better on a device that is a program on the CPU. */
  readonly direct: boolean;

  /** The memory that kernels work on. */
  readonly memory: Memory;
  /** What checks found. */
  readonly faults: Faults;

  constructor(
    device: GPUDevice,
    limits: { readonly memoryLimit: number; readonly largestBuffer: number },
    direct: boolean,
  ) {
    this.#device = device;
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    const largest = Math.min(limits.largestBuffer, maxBufferSize, maxStorageBufferBindingSize);
    this.memory = new Memory(largest, limits.memoryLimit, (heap) => {
      // After what was recorded before.
      this.#record({ kind: "grow", heap, capacity: heap.capacity });
    });
    this.direct = direct;
    this.#arguments = device.createBuffer({ size: argumentRoom, usage: usage.uniform | usage.copyTarget });
    this.#pipelines = new Pipelines(device);
    this.faults = new Faults(this.memory);
  }

  /** How much was made and submitted so far. */
  get counters(): Counters {
    return { ...this.#counters, pipelines: this.#pipelines.count };
  }

  /** Times every launch from now on, until the clock is stopped. */
  startClock(): DeviceClock {
    const clock = new DeviceClock(this.#device, async () => {
      this.#clock = null;
      await this.#send();
    });
    this.#clock = clock;
    return clock;
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
   * @param workgroup invocations in a workgroup; the same for all kernels with the draft's key.
   */
  launch(draft: Draft, groups: number, text: () => ShaderText, workgroup = 64): void {
    if (groups === 0) return;
    this.check();
    const { words, slots, reads, writes, fills } = draft;
    const width = Math.min(groups, gridWidth);
    words[0] = width;
    words[1] = groups;
    const pipeline = this.#pipelines.find(draft, text, workgroup);
    for (const buffers of [reads, writes])
      for (const { block } of buffers) if (block !== null) block.stamp = this.#batch;
    const clock = this.#clock;
    const heaps = slots.map(({ heap }) => heap);
    const uses = { reads, writes, fills };
    const height = Math.ceil(groups / width);
    this.#record({ kind: "launch", pipeline, heaps, uses, words, width, height, clock, label: clock?.label ?? -1 });
    this.#counters.launches++;
  }

  /** Launches a kernel that runs its text once for each number below `count`, which it finds as `i`. */
  each(draft: Draft, count: number, text: () => ShaderText): void {
    const size = 64;
    const total = draft.u32(count);
    const guarded = ({ body, ...rest }: ShaderText): ShaderText => ({
      ...rest,
      body: `let i = group * ${size}u + lane;\nif (i >= ${total}) { return; }\n${body}`,
    });
    this.launch(draft, Math.ceil(count / size), () => guarded(text()), size);
  }

  #record(command: Command): void {
    this.#commands.push(command);
    if (this.#commands.length < enough) return;
    if (this.#commands.length >= patience) this.#pipelines.finish();
    if (this.#pipelines.ready) this.#submit();
    else this.#send().catch(() => {}); // whatever went wrong, everything throws it from now on
  }

  /**
   * Copies bytes from the host. A write would overtake what is recorded, so where that uses the memory, or makes it, it
   * waits its turn.
   */
  write(buffer: WebGpuBuffer, bytes: Uint8Array, offset: number): void {
    if (bytes.length === 0) return;
    this.check();
    const { heap, start, block } = buffer;
    if (block === null) throw new DeviceError("webgpu: write: this buffer was given back by free()");
    const before = offset & 3;
    if (before !== 0) {
      const head = Math.min(4 - before, bytes.length);
      this.#writeWithin(buffer, bytes.subarray(0, head), offset);
      this.write(buffer, bytes.subarray(head), offset + head);
      return;
    }
    const whole = bytes.length & ~3;
    const rest = bytes.subarray(whole);
    const inOrder = block.stamp >= this.#batch || heap.memory === null || heap.memory.size < heap.capacity;
    const fills = offset === 0 && bytes.length >= buffer.bytes ? buffer : null;
    if (!inOrder && fills !== null) fills.fault = null;
    const put = (at: number, part: Uint8Array): void => {
      if (inOrder) this.#record({ kind: "write", heap, at: start + at, bytes: part.slice(), fills });
      // safe: looked at above
      else
        this.#device.queue.writeBuffer(heap.memory as GPUBuffer, start + at, part.buffer, part.byteOffset, part.length);
    };
    if (inOrder) block.stamp = this.#batch;
    if (whole > 0) put(offset, bytes.subarray(0, whole));
    if (rest.length === 0) return;
    // The last word of the memory may hold more than the buffer's own bytes; beyond a tensor's end nothing is of worth.
    if (offset + bytes.length >= buffer.bytes)
      put(
        offset + whole,
        Uint8Array.from({ length: 4 }, (_, k) => rest[k] ?? 0),
      );
    else this.#writeWithin(buffer, rest, offset + whole);
  }

  /** Writes some bytes of one word, by a kernel, since copies move whole words. */
  #writeWithin(buffer: WebGpuBuffer, bytes: Uint8Array, offset: number): void {
    const draft = new Draft("patch");
    const word = draft.view({ buffer, dtype: "int32" }, "write");
    const shift = 8 * (offset & 3);
    const mask = (2 ** (8 * bytes.length) - 1) * 2 ** shift;
    const value = bytes.reduce((sum, byte, k) => sum + byte * 2 ** (8 * k), 0) * 2 ** shift;
    const [at, covered, fresh] = [offset >> 2, mask, value].map((number) => draft.u32(number));
    this.launch(draft, 1, () => ({
      body: `if (lane == 0u) { ${word.putBits(`${at}`, `(${word.bits(`${at}`)} & ~${covered}) | ${fresh}`)} }`,
    }));
  }

  /**
   * A copy of some bytes once all work issued before is done. Reads asked for in one turn share a submit. Throws what a
   * check found.
   */
  async read(buffer: WebGpuBuffer, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (length === 0) return new Uint8Array(0);
    this.check();
    const from = offset & ~3;
    const size = ((offset + length + 3) & ~3) - from;
    const noted = this.faults.any ? recordBytes : 0;
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(256, size + noted)));
    const list = this.#readers.get(capacity) ?? [];
    this.#readers.set(capacity, list);
    const into = list.pop() ?? this.#device.createBuffer({ size: capacity, usage: usage.mapRead | usage.copyTarget });
    const copy = this.#copyOut(buffer, from, size, into, 0);
    const record = noted > 0 ? this.#copyOut(this.faults.record.buffer, 0, noted, into, size) : null;
    await this.#send();
    try {
      await into.mapAsync(1, 0, size + noted); // for reading
    } catch (cause) {
      this.check();
      throw new DeviceError("webgpu: a read failed; the device was lost or is out of memory", { cause });
    }
    const read = into.getMappedRange(0, size + noted);
    const bytes = new Uint8Array(read).slice(offset - from, offset - from + length);
    const fault = record === null ? null : (record.fault ?? this.faults.errorOf(new DataView(read, size)));
    into.unmap();
    list.push(into);
    this.check();
    if (fault !== null) {
      this.write(this.faults.record.buffer, new Uint8Array(recordBytes), 0);
      throw fault;
    }
    if (copy.fault !== null) throw copy.fault;
    return bytes;
  }

  #copyOut(buffer: WebGpuBuffer, offset: number, bytes: number, into: GPUBuffer, to: number): Read {
    const { start, block } = buffer;
    if (block === null) throw new DeviceError("webgpu: read: this buffer was given back by free()");
    block.stamp = this.#batch;
    const read: Read = { kind: "read", buffer, at: start + offset, bytes, into, to, fault: null };
    this.#record(read);
    return read;
  }

  /** Resolves when all work issued so far is done. Throws what a check found. */
  async flush(): Promise<void> {
    if (this.faults.any) {
      await this.read(this.faults.record.buffer, 0, recordBytes);
      return;
    }
    this.check();
    await this.#send();
    await this.#device.queue.onSubmittedWorkDone();
    this.check();
  }

  /**
   * Submits everything at the end of the current turn, or when its kernels have compiled, so that all that is asked for
   * meanwhile goes together.
   */
  #send(): Promise<void> {
    this.#sending ??= Promise.resolve().then(async () => {
      while (!this.#pipelines.ready) await this.#pipelines.settled();
      this.#sending = null;
      this.#submit();
    });
    return this.#sending;
  }

  /** Turns the commands into the device's own. All kernels have compiled by now. */
  #submit(): void {
    const commands = this.#commands;
    if (commands.length === 0) return;
    this.#commands = [];
    this.#batch++;
    this.check();
    const batch = new Batch(this.#device, this.#arguments, this.#staging, this.#counters);
    for (const command of commands) {
      switch (command.kind) {
        case "launch": {
          const { pipeline, heaps, uses, words, width, height, clock, label } = command;
          if (this.#pipelines.failed && this.#spoils(pipeline, uses)) break;
          const group = this.#bindGroup(pipeline, heaps);
          // Safe: nothing is submitted before its kernels have compiled, and one that does not is not launched.
          batch.launch(
            pipeline.compiled as GPUComputePipeline,
            group,
            words,
            pipeline.argumentBytes,
            [width, height],
            clock?.next(label),
          );
          break;
        }
        case "read":
          command.fault = command.buffer.fault;
          // Safe: whoever reads a heap has it grow first.
          batch
            .encoder()
            .copyBufferToBuffer(
              command.buffer.heap.memory as GPUBuffer,
              command.at,
              command.into,
              command.to,
              command.bytes,
            );
          break;
        case "write":
          batch.submit();
          if (command.fills !== null) command.fills.fault = null;
          this.#device.queue.writeBuffer(command.heap.memory as GPUBuffer, command.at, command.bytes); // safe, as above
          break;
        case "grow":
          this.#enlarge(command.heap, command.capacity, batch);
          break;
        default:
          throw command satisfies never;
      }
    }
    batch.submit();
  }

  /**
   * Whether a launch cannot be done, since its kernel did not compile or what it reads was not computed. What it was to
   * write is not computed then either.
   */
  #spoils(pipeline: Pipeline, { reads, writes, fills }: Pick<Draft, "reads" | "writes" | "fills">): boolean {
    const types = fills === null ? null : inputTypes(fills.program);
    const fault =
      pipeline.fault ?? reads.find((buffer, k) => buffer.fault !== null && types?.[k] !== null)?.fault ?? null;
    for (const buffer of writes) {
      // A check of what was not computed finds nothing wrong with other things.
      if (fault !== null && (pipeline.fault !== null || buffer !== this.faults.record.buffer)) buffer.fault = fault;
    }
    if (fault !== null) return true;
    for (const view of fills?.to ?? []) {
      if (view.offset === 0 && isContiguous(view.shape, view.strides) && endsBuffer(view))
        (view.buffer as WebGpuBuffer).fault = null; // safe: a buffer of this device
    }
    return false;
  }

  #enlarge(heap: Heap, capacity: number, batch: Batch): void {
    const before = heap.memory;
    heap.memory = this.#device.createBuffer({
      size: capacity,
      usage: usage.storage | usage.copySource | usage.copyTarget,
    });
    this.#bindGroups.clear();
    if (before === null) return;
    batch.encoder().copyBufferToBuffer(before, 0, heap.memory, 0, before.size);
    batch.submit();
    before.destroy();
  }

  #bindGroup({ layout, argumentBytes }: Pipeline, heaps: readonly Heap[]): GPUBindGroup {
    let key = `${argumentBytes}`;
    for (const { id } of heaps) key += ` ${id}`;
    let group = this.#bindGroups.get(key);
    if (group === undefined) {
      this.#counters.bindGroups++;
      group = this.#device.createBindGroup({
        layout,
        entries: [
          { binding: 0, resource: { buffer: this.#arguments, size: argumentBytes } },
          // safe: a heap grows before it is used
          ...heaps.map(({ memory }, k) => ({ binding: k + 1, resource: { buffer: memory as GPUBuffer } })),
        ],
      });
      this.#bindGroups.set(key, group);
    }
    return group;
  }
}

/** One encoder after the other, with their arguments. */
class Batch {
  readonly #device: GPUDevice;
  readonly #arguments: GPUBuffer;
  readonly #staging: Uint32Array<ArrayBuffer>;
  readonly #counters: { submits: number };
  #used = 0;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;

  constructor(device: GPUDevice, args: GPUBuffer, staging: Uint32Array<ArrayBuffer>, counters: { submits: number }) {
    this.#device = device;
    this.#arguments = args;
    this.#staging = staging;
    this.#counters = counters;
  }

  launch(
    pipeline: GPUComputePipeline,
    group: GPUBindGroup,
    words: readonly number[],
    argumentBytes: number,
    [width, height]: readonly [number, number],
    timestampWrites: GPUComputePassTimestampWrites | undefined,
  ): void {
    if (this.#used + argumentBytes > argumentRoom) this.submit();
    this.#staging.set(words, this.#used / 4);
    this.#encoder ??= this.#device.createCommandEncoder();
    if (timestampWrites) {
      this.#pass?.end();
      this.#pass = this.#encoder.beginComputePass({ timestampWrites });
    }
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(pipeline);
    this.#pass.setBindGroup(0, group, [this.#used]);
    this.#pass.dispatchWorkgroups(width, height);
    this.#used += argumentBytes;
  }

  /** The encoder, outside of any pass. */
  encoder(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = null;
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  /** Sends what is encoded. */
  submit(): void {
    if (this.#encoder === null) return;
    const encoder = this.encoder();
    if (this.#used > 0) this.#device.queue.writeBuffer(this.#arguments, 0, this.#staging, 0, this.#used / 4);
    this.#device.queue.submit([encoder.finish()]);
    this.#encoder = null;
    this.#used = 0;
    this.#counters.submits++;
  }
}
