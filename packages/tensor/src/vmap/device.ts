/**
 * The device of tensors that stand for many, one for each example of a batch. Its tensors have the shape of one example,
 * so operations, gradients and user code see nothing of the batch, and what they issue is the kernel calls of one
 * example. The device adds a dimension to each view of such a call and passes it to the device below, which computes
 * all examples at once. Memory whose contents are the same for all examples exists once, and what is computed from such
 * memory alone is computed once.
 */

import type { Backend, DeviceBuffer, MemoryUse } from "../backend.ts";
import { bytesOf, type DType } from "../dtype.ts";
import { ArgumentError, DeviceError } from "../errors.ts";
import type { KernelCall, View } from "../kernel.ts";
import { mapViews } from "../kernel-views.ts";
import { once } from "../once.ts";
import { copyInto } from "../ops/copy.ts";
import { Storage } from "../storage.ts";
import { windowOn } from "../view.ts";
import { runBatched } from "./rules.ts";

/** How random numbers are drawn for the examples of a batch. */
export type Randomness = "error" | "different" | "same";

/** Thrown by a read of values that differ between examples. */
export class ExamplesRead extends DeviceError {
  override name = "DeviceError";

  constructor() {
    super(
      "vmap: the function reads the values of a tensor, which differ between examples; use where instead of a condition, and a mask as a factor instead of an index",
    );
  }
}

/** The memory of a tensor that stands for many. */
export class BatchedMemory implements DeviceBuffer {
  readonly device: BatchedDevice;
  /** The size of one example, in bytes. */
  readonly bytes: number;
  /** The memory on the device below; null before the first use. */
  storage: Storage | null;
  /** The distance between two examples, in bytes; null if all examples share one copy. */
  stride: number | null;
  /** Whether the memory belongs to a tensor of the device below. */
  readonly borrowed: boolean;

  constructor(device: BatchedDevice, bytes: number, storage: Storage | null = null, stride: number | null = null) {
    this.device = device;
    this.bytes = bytes;
    this.storage = storage;
    this.stride = stride;
    this.borrowed = storage !== null;
    storage?.retain();
  }

  /** The memory on the device below, which is allocated for one example if there is none yet. */
  get held(): Storage {
    if (this.storage === null) this.hold(this.device.base, this.bytes);
    return this.storage as Storage; // safe: see above
  }

  /** Allocates memory on the device below in place of the present one. */
  hold(base: Backend, bytes: number): void {
    const before = this.storage;
    this.storage = new Storage(base, bytes);
    this.storage.retain();
    before?.release();
  }
}

/** A device that runs each kernel call for all examples of a batch, on another device. */
export class BatchedDevice implements Backend {
  readonly name: string;
  /** The device that computes. */
  readonly base: Backend;
  /** The number of examples. */
  readonly size: number;
  readonly randomness: Randomness;
  /** The call of `vmap`, which all devices that have its examples share. */
  readonly level: object;
  readonly readSync?: NonNullable<Backend["readSync"]>;
  /** The only example that is computed at present; null for all. */
  #example: number | null = null;
  readonly #counterparts = new Map<Backend, BatchedDevice>();

  constructor(base: Backend, size: number, randomness: Randomness, level: object = {}) {
    this.name = base.name;
    this.base = base;
    this.size = size;
    this.randomness = randomness;
    this.level = level;
    if (base.readSync !== undefined) {
      this.readSync = (buffer, offset, length) => {
        const [below, start] = this.#readable(buffer);
        return base.readSync?.(below, start + offset, length) as Uint8Array<ArrayBuffer>; // safe: see above
      };
    }
  }

  allocate(bytes: number): DeviceBuffer {
    return new BatchedMemory(this, bytes);
  }

  free(buffer: DeviceBuffer): void {
    const memory = buffer as BatchedMemory; // safe: buffers come from this device
    memory.storage?.release();
    memory.storage = null;
  }

  write(buffer: DeviceBuffer, bytes: Uint8Array, offset = 0): void {
    for (const start of this.places(buffer)) this.base.write(below(buffer), bytes, start + offset);
  }

  async read(buffer: DeviceBuffer, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const [held, start] = this.#readable(buffer);
    return this.base.read(held, start + offset, length);
  }

  flush(): Promise<void> {
    return this.base.flush();
  }

  memory(): MemoryUse {
    return this.base.memory();
  }

  supports(dtype: DType): boolean {
    return this.base.supports(dtype);
  }

  run(call: KernelCall): void {
    const random = call.kind === "random";
    if (random) this.expectRandomness();
    let batched = random && this.randomness === "different";
    mapViews(call, (view) => {
      batched ||= this.varies(view.buffer);
      return view;
    });
    if (!batched || this.#example !== null) {
      if (this.size > 0) this.base.run(mapViews(call, (view, written) => this.single(view, written)));
      return;
    }
    mapViews(call, (view, written) => {
      if (written) this.spread(view.buffer);
      return view;
    });
    if (this.size > 0) runBatched(call, this);
  }

  /** Returns the device of the same examples on top of another device. */
  over(base: Backend): BatchedDevice {
    return once(this.#counterparts, base, () => new BatchedDevice(base, this.size, this.randomness, this.level));
  }

  /** Throws unless the function may draw random numbers. */
  expectRandomness(): void {
    if (this.randomness === "error")
      throw new ArgumentError(
        'vmap: the function draws random numbers; pass randomness: "different" for new ones for each example, or "same"',
      );
  }

  /** Returns whether a buffer has contents of its own for each example. */
  varies(buffer: DeviceBuffer): boolean {
    return this.#owns(buffer) && buffer.stride !== null;
  }

  /** Calls `fn` once for each example. What it issues then concerns this example alone. */
  each(fn: () => void): void {
    const { base } = this;
    const before = this.#example;
    try {
      for (let i = 0; i < this.size; i++) {
        this.#example = i;
        if (base instanceof BatchedDevice) base.each(fn);
        else fn();
      }
    } finally {
      this.#example = before;
    }
  }

  /** Returns the view of the device below on one example, by default the present one, or on what all examples share. */
  single(view: View, written = false, example: number = this.#example ?? 0): View {
    const { buffer, dtype, shape, strides, offset } = view;
    if (written) this.#touch(buffer);
    const start = this.#startOf(buffer, example) / bytesOf(dtype);
    return { buffer: below(buffer), dtype, shape, strides, offset: offset + start };
  }

  /** Returns the view of the device below on all examples, [examples, ...shape]. */
  lifted(view: View, written = false): View {
    const { buffer, dtype, shape, strides, offset } = view;
    if (written) this.#touch(buffer);
    const step = this.#owns(buffer) ? (buffer.stride ?? 0) / bytesOf(dtype) : 0;
    return { buffer: below(buffer), dtype, shape: [this.size, ...shape], strides: [step, ...strides], offset };
  }

  /** Gives each example its own copy of a buffer, to be written to. */
  spread(buffer: DeviceBuffer): void {
    if (!this.#owns(buffer) || (buffer.borrowed && buffer.stride === null)) {
      throw new ArgumentError(
        "vmap: an operation in place would write the values of single examples into a tensor that all examples share; clone() it first, or use the operation that returns a new tensor",
      );
    }
    if (buffer.stride !== null) return;
    const { base, size } = this;
    const { storage, bytes } = buffer;
    storage?.retain();
    const stride = Math.ceil(bytes / 4) * 4; // devices write whole words
    buffer.hold(base, size * stride);
    buffer.stride = stride; // only once there is memory for it
    if (storage === null) return;
    const dtype = bytes % 4 === 0 ? "int32" : "uint8";
    const count = bytes / bytesOf(dtype);
    const shared: View = { buffer: storage.buffer, dtype, shape: [size, count], strides: [0, 1], offset: 0 };
    const own = windowOn(shared, shared.shape, [stride / bytesOf(dtype), 1]);
    copyInto({ ...own, buffer: below(buffer) }, shared, base);
    storage.release();
  }

  /** Does the same on the devices below, so that a single example can be written to. */
  spreadAll(buffer: DeviceBuffer): void {
    this.spread(buffer);
    if (this.base instanceof BatchedDevice) this.base.spreadAll(below(buffer));
  }

  /** Returns the first byte of each copy of a buffer that is written at present. */
  places(buffer: DeviceBuffer): readonly number[] {
    this.#touch(buffer);
    if (this.#example !== null || !this.varies(buffer)) return [this.#startOf(buffer)];
    const { stride } = buffer as BatchedMemory; // safe: it varies
    return Array.from({ length: this.size }, (_, i) => i * (stride ?? 0));
  }

  #owns(buffer: DeviceBuffer): buffer is BatchedMemory {
    return buffer instanceof BatchedMemory && buffer.device === this;
  }

  /** Counts a write into memory that belongs to a tensor of the device below. */
  #touch(buffer: DeviceBuffer): void {
    if (this.#owns(buffer) && buffer.borrowed) buffer.held.version++;
  }

  /** Returns the first byte of an example. */
  #startOf(buffer: DeviceBuffer, example: number = this.#example ?? 0): number {
    return this.#owns(buffer) ? (buffer.stride ?? 0) * example : 0;
  }

  #readable(buffer: DeviceBuffer): readonly [below: DeviceBuffer, start: number] {
    if (this.#example === null && this.varies(buffer)) throw new ExamplesRead();
    return [below(buffer), this.#startOf(buffer)];
  }
}

/** Returns the memory on the device below. */
export function below(buffer: DeviceBuffer): DeviceBuffer {
  return buffer instanceof BatchedMemory ? buffer.held.buffer : buffer;
}
