/**
 * Records work for the device. Work is recorded as a list of plain commands and encoded only when something is read or
 * enough commands have accumulated: by then the kernels have compiled, and the heaps have their final size. Each submit
 * uses one encoder and as few compute passes as possible. Small arguments share one buffer that is written once per
 * submit. Writes and submits take effect in order, so the same buffer serves all submits.
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
      /** The clock that times it, if any, and its label. */
      readonly clock: DeviceClock | null;
      readonly label: number;
    }
  | {
      readonly kind: "write";
      readonly heap: Heap;
      readonly at: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** The buffer that this command, together with others of the same write, overwrites completely; null for none. */
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
  /** Why the data was never computed; set on submission. */
  fault: DeviceError | null;
}

/** Bytes of arguments per submit. */
const argumentRoom = 256 << 10;
/** Number of commands that triggers a submit, once their kernels have compiled. */
const enough = 512;
/** Number of commands at which a program that never waits must wait for its kernels to compile. */
const patience = 4096;
/** Maximum width of a grid in WebGPU. */
const gridWidth = 65_535;

/** Records dispatches, copies and host writes of one device. */
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
  /** The number of the batch being recorded. Blocks of memory are stamped with it when they are used. */
  #batch = 1;
  #clock: DeviceClock | null = null;
  /**
   * The first error of the device itself, which everything throws from then on. A kernel that fails to compile is not
   * such an error.
   */
  failure: DeviceError | null = null;

  /** Whether kernels avoid workgroup memory where they can, which is faster on a software adapter. */
  readonly direct: boolean;

  /** The memory that kernels use. */
  readonly memory: Memory;
  /** The record of failed checks. */
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
      // Takes effect after the commands recorded before.
      this.#record({ kind: "grow", heap, capacity: heap.capacity });
    });
    this.direct = direct;
    this.#arguments = device.createBuffer({ size: argumentRoom, usage: usage.uniform | usage.copyTarget });
    this.#pipelines = new Pipelines(device);
    this.faults = new Faults(this.memory);
  }

  /** Counts of the resources created and submitted so far. */
  get counters(): Counters {
    return { ...this.#counters, pipelines: this.#pipelines.count };
  }

  /** Times every dispatch until the clock is stopped. */
  startClock(): DeviceClock {
    const clock = new DeviceClock(this.#device, async () => {
      this.#clock = null;
      await this.#send();
    });
    this.#clock = clock;
    return clock;
  }

  /** Throws the device's error, if there is one. */
  check(): void {
    if (this.failure !== null) throw this.failure;
  }

  /**
   * Records the launch of a kernel.
   *
   * @param groups number of workgroups. More than fit into one dimension are folded into two.
   * @param text returns the shader; called only if there is no pipeline with the draft's key.
   * @param workgroup invocations per workgroup, the same for all kernels with the draft's key.
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

  /** Records the launch of a kernel with one invocation for each number below `count`, which the text finds in `i`. */
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
    else this.#send().catch(() => {}); // an error is thrown by every later call
  }

  /**
   * Copies bytes from the host. A direct write would overtake recorded commands. If those use the memory or create it,
   * the write is recorded too.
   */
  write(buffer: WebGpuBuffer, bytes: Uint8Array, offset: number): void {
    if (bytes.length === 0) return;
    this.check();
    const { heap, start, block } = buffer;
    if (block === null) throw new DeviceError("webgpu: write: this buffer was freed");
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
      // safe: checked above
      else
        this.#device.queue.writeBuffer(heap.memory as GPUBuffer, start + at, part.buffer, part.byteOffset, part.length);
    };
    if (inOrder) block.stamp = this.#batch;
    if (whole > 0) put(offset, bytes.subarray(0, whole));
    if (rest.length === 0) return;
    // The last word of a tensor may be padding beyond its bytes, which may be overwritten.
    if (offset + bytes.length >= buffer.bytes)
      put(
        offset + whole,
        Uint8Array.from({ length: 4 }, (_, k) => rest[k] ?? 0),
      );
    else this.#writeWithin(buffer, rest, offset + whole);
  }

  /** Writes some bytes of a word with a kernel, because copies move whole words. */
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
   * Reads bytes once all work issued before is done. Reads issued in the same turn of the event loop share a submit.
   * Throws the error of a failed check.
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
    if (block === null) throw new DeviceError("webgpu: read: this buffer was freed");
    block.stamp = this.#batch;
    const read: Read = { kind: "read", buffer, at: start + offset, bytes, into, to, fault: null };
    this.#record(read);
    return read;
  }

  /** Resolves when all work issued so far is done. Throws the error of a failed check. */
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
   * Submits all commands at the end of the current turn of the event loop, or once their kernels have compiled,
   * together with those recorded in the meantime.
   */
  #send(): Promise<void> {
    this.#sending ??= Promise.resolve().then(async () => {
      while (!this.#pipelines.ready) await this.#pipelines.settled();
      this.#sending = null;
      this.#submit();
    });
    return this.#sending;
  }

  /** Encodes and submits the commands. All kernels have compiled by now. */
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
          // Safe: nothing is submitted before its kernels have compiled, and kernels that failed to compile are
          // skipped.
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
          // Safe: a heap grows before it is read.
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
   * Whether a launch must be skipped, because its kernel failed to compile or one of its inputs was never computed.
   * Marks its outputs as not computed in that case.
   */
  #spoils(pipeline: Pipeline, { reads, writes, fills }: Pick<Draft, "reads" | "writes" | "fills">): boolean {
    const types = fills === null ? null : inputTypes(fills.program);
    const fault =
      pipeline.fault ?? reads.find((buffer, k) => buffer.fault !== null && types?.[k] !== null)?.fault ?? null;
    for (const buffer of writes) {
      // A check of data that was never computed must not fail later reads of other data.
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

/** Encodes commands and submits them together with their arguments. */
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

  /** Returns the encoder, outside any pass. */
  encoder(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = null;
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  /** Submits the encoded commands. */
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
