/**
 * The linear memory that holds all tensors of a CPU device, so that any kernel can reach any of them. It reserves as
 * large an address range as the engine allows and grows on demand. Freed memory is reused, never returned to the
 * system.
 */

import type { DeviceBuffer, MemoryUse } from "../../backend.ts";
import { bytesOf, type DType } from "../../dtype.ts";
import { DeviceError } from "../../errors.ts";
import type { View } from "../../kernel.ts";
import { Allocator, type Block } from "../allocator.ts";

/** Memory of one tensor: a range of addresses. */
export interface CpuBuffer extends DeviceBuffer {
  readonly address: number;
  readonly bytes: number;
  readonly grown: number;
  /** The allocator's block; null once freed. */
  block: Block | null;
}

/** Returns the address of a view's first element. */
export function addressOf(view: View): number {
  // Safe: a backend is only given its own buffers.
  return (view.buffer as CpuBuffer).address + view.offset * bytesOf(view.dtype);
}

/** Returns the index of a view's first element in the typed array over the whole memory. */
export function indexOf(view: View): number {
  return addressOf(view) / bytesOf(view.dtype);
}

/** Rounds bytes up to whole cache lines. */
export function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Bytes of a WebAssembly page. */
const page = 65536;
/** Minimum growth in bytes, so that the memory rarely has to grow. */
const step = 16 << 20;
/**
 * Bytes at the start of the memory that belong to the runtime. The last page also stays unused, because vector loads
 * may read past the end of a tensor.
 */
const reserved = 4096;

/** Linear memory with an allocator and typed arrays over all of it. */
export class LinearMemory {
  readonly wasm: WebAssembly.Memory;
  /** Whether worker threads can access it. */
  readonly shared: boolean;
  /** Typed arrays over the whole memory. Growth replaces them, so read them from here each time. */
  u8!: Uint8Array;
  u16!: Uint16Array;
  i32!: Int32Array;
  f32!: Float32Array;
  f64!: Float64Array;
  readonly #allocator = new Allocator(reserved);
  readonly #maximum: number;
  #live = 0;
  #peak = 0;

  /** @throws DeviceError if the engine cannot provide any memory. */
  constructor(shared: boolean) {
    const { wasm, maximum } = reserve(shared);
    this.wasm = wasm;
    this.shared = shared;
    this.#maximum = maximum * page - page;
    this.#refresh();
  }

  /**
   * Allocates at least `bytes` bytes, aligned to 64.
   *
   * @throws DeviceError, with the sizes involved, when the memory is exhausted.
   */
  allocate(bytes: number): CpuBuffer {
    const { highWater } = this.#allocator;
    const block = this.reserve(bytes);
    this.#live += bytes;
    if (this.#live > this.#peak) this.#peak = this.#live;
    return { address: block.address, bytes, grown: this.#allocator.highWater - highWater, block };
  }

  /** Frees a buffer. Freeing it again has no effect. */
  free(buffer: CpuBuffer): void {
    const { block } = buffer;
    if (block === null) return;
    buffer.block = null;
    this.#allocator.give(block);
    this.#live -= buffer.bytes;
  }

  /** Returns the typed array over the whole memory whose elements store a dtype. */
  of(dtype: DType): Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array {
    switch (bytesOf(dtype)) {
      case 8:
        return this.f64;
      case 4:
        return dtype === "int32" ? this.i32 : this.f32;
      case 2:
        return this.u16;
      default:
        return this.u8;
    }
  }

  /** Allocates memory for the runtime itself, which is not counted in `live`. */
  reserve(bytes: number): Block {
    const block = this.#allocator.take(bytes, this.u8.byteLength - page);
    if (block !== null) return block;
    this.#grow(this.#allocator.topAfter(bytes), bytes);
    // Safe: the memory now extends past the top block.
    return this.#allocator.take(bytes, this.u8.byteLength - page) as Block;
  }

  /** Frees a block from `reserve`. */
  release(block: Block): void {
    this.#allocator.give(block);
  }

  use(): MemoryUse {
    return { live: this.#live, pooled: this.#allocator.pooled, peak: this.#peak };
  }

  #grow(end: number, bytes: number): void {
    const have = this.u8.byteLength;
    const least = end + page - have;
    const wanted = Math.min(Math.max(least, step, have >> 3), this.#maximum + page - have);
    for (const more of end > this.#maximum ? [] : [wanted, least]) {
      try {
        this.wasm.grow(Math.ceil(more / page));
        this.#refresh();
        return;
      } catch {
        // the engine or the system has no more
      }
    }
    throw new DeviceError(
      `cpu: out of memory: ${show(bytes)} requested, ${show(this.#live)} in tensors, ${show(this.#allocator.pooled)} free in smaller blocks, ` +
        `${show(this.#maximum)} in total; dispose of unneeded tensors, or await yieldToCollector() in a loop that awaits nothing`,
    );
  }

  #refresh(): void {
    const { buffer } = this.wasm;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}

function reserve(shared: boolean): { wasm: WebAssembly.Memory; maximum: number } {
  const initial = step / page;
  let cause: unknown;
  // In pages, largest first: 4 GiB down to 256 MiB.
  for (const maximum of [65536, 49152, 32768, 16384, 8192, 4096]) {
    try {
      return { wasm: new WebAssembly.Memory({ initial, maximum, shared }), maximum };
    } catch (error) {
      cause = error; // the engine cannot reserve that many addresses: try fewer
    }
  }
  throw new DeviceError(`cpu: no WebAssembly memory, not even 256 MiB: ${cause}`, { cause });
}

function show(bytes: number): string {
  return bytes < 1 << 20 ? `${bytes} bytes` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
