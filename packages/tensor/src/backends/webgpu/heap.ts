/**
 * Device memory: one large buffer that holds all tensors, like the CPU's linear memory. Kernels bind this one buffer
 * and receive positions in it as arguments, so a repeated step binds nothing new, whatever memory the garbage collector
 * frees in between. When the heap is full, it is copied into a larger buffer at the same addresses. A second heap only
 * exists beyond the largest buffer that a device can bind.
 *
 * A device executes its work in order, so freed memory may be reused at once: whatever is computed into it next runs
 * after the work that still reads it. Only host writes overtake recorded work; the stamp of each block tells the
 * recorder where that matters.
 */

import type { DeviceBuffer, MemoryUse } from "../../backend.ts";
import { DeviceError } from "../../errors.ts";
import { Allocator, type Block } from "../allocator.ts";

/** WebGPU's buffer usage flags, which have no global in Node. */
export const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

/** Memory of a tensor: a range of a heap. */
export class WebGpuBuffer implements DeviceBuffer {
  readonly bytes: number;
  readonly heap: Heap;
  /** Start in the heap, in bytes: a multiple of 64. */
  readonly start: number;
  /** The allocator's block; null once freed. */
  block: Block | null;
  /** Why the contents were never computed; null if they were. Reflects the submitted work. */
  fault: DeviceError | null = null;

  constructor(bytes: number, heap: Heap, block: Block) {
    this.bytes = bytes;
    this.heap = heap;
    this.start = block.address;
    this.block = block;
  }
}

/** A buffer of the device and its allocator. */
export class Heap {
  /** Index among the heaps of its device. */
  readonly id: number;
  readonly allocator: Allocator = new Allocator(0);
  /** Size in bytes after all recorded commands have run. */
  capacity = 0;
  /** The current buffer; null until work first needs it. */
  memory: GPUBuffer | null = null;

  constructor(id: number) {
    this.id = id;
  }
}

/** Minimum size of a heap, in bytes. */
const first = 16 << 20;

/** The memory of one device. */
export class Memory {
  readonly #limit: number;
  readonly #largest: number;
  readonly #heaps: Heap[] = [];
  readonly #grow: (heap: Heap) => void;
  #live = 0;
  #peak = 0;

  /**
   * @param largest maximum bytes of one heap.
   * @param limit maximum bytes to hold, in use or not.
   * @param grow called with a heap whose `capacity` has grown.
   */
  constructor(largest: number, limit: number, grow: (heap: Heap) => void) {
    // the allocator's range, in units of 64 bytes
    this.#largest = Math.floor(Math.min(largest, 2 ** 32) / 64) * 64;
    this.#limit = limit;
    this.#grow = grow;
  }

  /**
   * Allocates memory.
   *
   * @throws DeviceError if the size exceeds the largest buffer, or `memoryLimit` is reached.
   */
  allocate(bytes: number): WebGpuBuffer {
    if (bytes > this.#largest) {
      throw new DeviceError(
        `webgpu: a tensor of ${bytes} bytes is too large; one buffer of this device holds at most ${this.#largest}. Split it, or use the CPU`,
      );
    }
    for (const heap of this.#heaps) {
      const block = heap.allocator.take(bytes, heap.capacity) ?? this.#takeMore(heap, bytes);
      if (block !== null) return this.#handOut(heap, block, bytes);
    }
    const heap = new Heap(this.#heaps.length);
    const block = this.#takeMore(heap, bytes);
    if (block === null) throw this.#full(bytes);
    this.#heaps.push(heap);
    return this.#handOut(heap, block, bytes);
  }

  /** Frees a buffer. Freeing it again has no effect. */
  free(buffer: WebGpuBuffer): void {
    if (buffer.block === null) return;
    this.#live -= sizeOf(buffer.block);
    buffer.heap.allocator.give(buffer.block); // may merge it into a larger block
    buffer.block = null;
  }

  /** Returns the bytes in use, the other bytes held, and the peak of those in use. */
  use(): MemoryUse {
    return { live: this.#live, pooled: this.#held() - this.#live, peak: this.#peak };
  }

  #handOut(heap: Heap, block: Block, bytes: number): WebGpuBuffer {
    this.#live += sizeOf(block);
    this.#peak = Math.max(this.#peak, this.#live);
    return new WebGpuBuffer(bytes, heap, block);
  }

  /** Grows a heap to make room at its end; null if it may not grow. */
  #takeMore(heap: Heap, bytes: number): Block | null {
    const end = heap.allocator.topAfter(bytes);
    const most = Math.min(this.#largest, this.#limit - this.#held() + heap.capacity);
    if (end > most) return null;
    heap.capacity = Math.min(most, Math.max(end, first, 2 * heap.capacity));
    heap.capacity -= heap.capacity % 16; // kernels access words or quads of words; blocks end at a multiple of 64
    this.#grow(heap);
    return heap.allocator.take(bytes, heap.capacity);
  }

  #held(): number {
    return this.#heaps.reduce((sum, { capacity }) => sum + capacity, 0);
  }

  #full(bytes: number): DeviceError {
    const held = this.#held();
    return new DeviceError(
      `webgpu: out of memory: ${bytes} bytes requested, ${this.#live} in use, ${held - this.#live} free in smaller blocks; memoryLimit is ${this.#limit}; dispose of tensors, use smaller batches, raise the limit, or await yieldToCollector() in a loop that awaits nothing`,
    );
  }
}

function sizeOf(block: Block): number {
  return block.units * 64;
}
