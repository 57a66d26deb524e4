/**
 * Device memory: one large buffer in which all tensors lie, as in the CPU's linear memory. A kernel binds that one
 * buffer and gets positions in it as arguments, so a step that repeats itself binds nothing new, whatever memory the
 * garbage collector happens to give back in between. When the heap is full it is copied into a larger one, in which
 * everything keeps its place. Only beyond the largest buffer that a device binds is there a second heap.
 *
 * All work of a device is done in the order in which it was given, so memory that was given back may be handed out at
 * once: what is computed into it next comes after what still reads it. Only writes from the host overtake what is
 * recorded; each block's stamp tells the recorder where that would matter.
 */

import type { DeviceBuffer, MemoryUse } from "../../backend.ts";
import { DeviceError } from "../../errors.ts";
import { Allocator, type Block } from "../allocator.ts";

/** WebGPU's buffer usages by number: Node has no global that holds them. */
export const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

/** Memory of a tensor: a range of a heap. */
export class WebGpuBuffer implements DeviceBuffer {
  readonly bytes: number;
  readonly heap: Heap;
  /** Where it begins in the heap, in bytes: a multiple of 64. */
  readonly start: number;
  /** The allocator's block; null when given back. */
  block: Block | null;
  /** Why what should be in it was never computed; null when all is well. As of the work that was submitted. */
  fault: DeviceError | null = null;

  constructor(bytes: number, heap: Heap, block: Block) {
    this.bytes = bytes;
    this.heap = heap;
    this.start = block.address;
    this.block = block;
  }
}

/** One buffer of the device, and which parts of it are in use. */
export class Heap {
  /** Its number among the heaps of its device. */
  readonly id: number;
  readonly allocator: Allocator = new Allocator(0);
  /** How large it is to be once all that is recorded has been done, in bytes. */
  capacity = 0;
  /** The buffer as it is now; null until work first needs it. */
  memory: GPUBuffer | null = null;

  constructor(id: number) {
    this.id = id;
  }
}

/** The least size of a heap, in bytes. */
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
   * @param largest the most bytes of one heap.
   * @param limit the most bytes to hold, in use or not.
   * @param grow told of a heap whose `capacity` has grown.
   */
  constructor(largest: number, limit: number, grow: (heap: Heap) => void) {
    // the allocator counts so far, in units of 64 bytes
    this.#largest = Math.floor(Math.min(largest, 2 ** 32) / 64) * 64;
    this.#limit = limit;
    this.#grow = grow;
  }

  /** Memory for so many bytes. Throws a DeviceError when one buffer cannot be as large, or `memoryLimit` is reached. */
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

  /** Takes memory back; twice is once. */
  free(buffer: WebGpuBuffer): void {
    if (buffer.block === null) return;
    this.#live -= sizeOf(buffer.block);
    buffer.heap.allocator.give(buffer.block); // which may merge it into a larger one
    buffer.block = null;
  }

  /** Bytes handed out, held besides, and the most that were handed out. */
  use(): MemoryUse {
    return { live: this.#live, pooled: this.#held() - this.#live, peak: this.#peak };
  }

  #handOut(heap: Heap, block: Block, bytes: number): WebGpuBuffer {
    this.#live += sizeOf(block);
    this.#peak = Math.max(this.#peak, this.#live);
    return new WebGpuBuffer(bytes, heap, block);
  }

  /** Lets a heap grow until there is room on top; null when it may not. */
  #takeMore(heap: Heap, bytes: number): Block | null {
    const end = heap.allocator.topAfter(bytes);
    const most = Math.min(this.#largest, this.#limit - this.#held() + heap.capacity);
    if (end > most) return null;
    heap.capacity = Math.min(most, Math.max(end, first, 2 * heap.capacity));
    heap.capacity -= heap.capacity % 16; // kernels see whole words or quads of them; blocks end at a multiple of 64
    this.#grow(heap);
    return heap.allocator.take(bytes, heap.capacity);
  }

  #held(): number {
    return this.#heaps.reduce((sum, { capacity }) => sum + capacity, 0);
  }

  #full(bytes: number): DeviceError {
    const held = this.#held();
    return new DeviceError(
      `webgpu: out of memory: ${this.#live} bytes are in use and ${held - this.#live} are free in smaller pieces; ${bytes} more would pass the memoryLimit of ${this.#limit}; dispose of tensors, use smaller batches, raise the limit, or await yieldToCollector() in a loop that awaits nothing`,
    );
  }
}

function sizeOf(block: Block): number {
  return block.units * 64;
}
