/**
 * Device memory. Buffers come in size classes, four to an octave, and go back to a pool. All work of a device is done in the order in which it was
 * given, so a buffer that was given back may be handed out at once: what is computed into it next comes after what still reads it. Only writes
 * from the host overtake work that is recorded and not yet submitted; the recorder submits first where that would matter.
 */

import type { DeviceBuffer, MemoryUse } from "../../backend.ts";
import { DeviceError } from "../../errors.ts";

/** WebGPU's buffer usages by number: Node has no global that holds them. */
export const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

/** A buffer of this device. */
export class WebGpuBuffer implements DeviceBuffer {
  readonly bytes: number;
  /** What is really held. An empty buffer has memory too: WebGPU binds none of no size. */
  readonly capacity: number;
  /** A number unique among the memory of this device: bind groups are found by it. */
  readonly id: number;
  /** The memory; null when given back. */
  memory: GPUBuffer | null;
  /** The number of the submit that the last work on this buffer belongs to. */
  readonly use: { last: number };

  constructor(bytes: number, held: Held) {
    this.bytes = bytes;
    this.capacity = held.memory.size;
    this.id = held.id;
    this.memory = held.memory;
    this.use = held.use;
  }
}

interface Held {
  readonly memory: GPUBuffer;
  readonly id: number;
  readonly use: { last: number };
}

/** The memory of one device. */
export class Pool {
  readonly #device: GPUDevice;
  readonly #limit: number;
  readonly #largest: number;
  readonly #free = new Map<number, Held[]>();
  readonly #settle: () => void;
  #live = 0;
  #pooled = 0;
  #peak = 0;
  #ids = 1;

  /**
   * @param limit the most bytes to hold, handed out and pooled together.
   * @param settle called before pooled memory is destroyed: submits what may still use it.
   */
  constructor(device: GPUDevice, limit: number, settle: () => void) {
    this.#device = device;
    this.#limit = limit;
    this.#largest = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
    this.#settle = settle;
  }

  /** Memory for so many bytes. Throws a DeviceError when one buffer cannot be as large, or `memoryLimit` is reached. */
  allocate(bytes: number): WebGpuBuffer {
    if (bytes > this.#largest) {
      throw new DeviceError(
        `webgpu: a tensor of ${bytes} bytes is too large; one buffer of this device holds at most ${this.#largest}. Split it, or use the CPU`,
      );
    }
    const capacity = Math.min(classOf(bytes), this.#largest);
    let held = this.#free.get(capacity)?.pop();
    if (held !== undefined) {
      this.#pooled -= capacity;
    } else {
      if (this.#live + this.#pooled + capacity > this.#limit) this.trim();
      if (this.#live + capacity > this.#limit) {
        throw new DeviceError(
          `webgpu: out of memory: ${this.#live} bytes are in use and ${capacity} more would pass the memoryLimit of ${this.#limit}; dispose of tensors, use smaller batches or raise the limit`,
        );
      }
      const memory = this.#device.createBuffer({ size: capacity, usage: usage.storage | usage.copySource | usage.copyTarget });
      held = { memory, id: this.#ids++, use: { last: -1 } };
    }
    this.#live += capacity;
    this.#peak = Math.max(this.#peak, this.#live);
    return new WebGpuBuffer(bytes, held);
  }

  /** Takes memory back. */
  free(buffer: WebGpuBuffer): void {
    const { memory, capacity, id, use } = buffer;
    if (memory === null) return;
    buffer.memory = null;
    this.#live -= capacity;
    this.#pooled += capacity;
    let list = this.#free.get(capacity);
    if (list === undefined) {
      list = [];
      this.#free.set(capacity, list);
    }
    // The oldest is handed out first: so a step that repeats itself gets the same memory again, and its bind groups are found again.
    let at = list.length;
    while (at > 0 && (list[at - 1] as Held).id < id) at--;
    list.splice(at, 0, { memory, id, use });
    if (this.#pooled > pooledAtMost + this.#live) this.trim();
  }

  /** Gives all pooled memory back to the system. */
  trim(): void {
    if (this.#pooled === 0) return;
    this.#settle();
    for (const list of this.#free.values()) for (const { memory } of list) memory.destroy();
    this.#free.clear();
    this.#pooled = 0;
  }

  /** Bytes handed out, pooled, and the most that were handed out. */
  use(): MemoryUse {
    return { live: this.#live, pooled: this.#pooled, peak: this.#peak };
  }
}

/** The pool never holds more than this beyond what is in use. */
const pooledAtMost = 512 << 20;

/** The size class of a request: a power of two, or a quarter, half or three quarters of the way to the next; at least 256. */
export function classOf(bytes: number): number {
  if (bytes <= 256) return 256;
  const octave = 2 ** Math.floor(Math.log2(bytes - 1));
  return octave + Math.ceil((bytes - octave) / (octave / 4)) * (octave / 4);
}
