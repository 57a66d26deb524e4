/**
 * A storage is a piece of device memory that one or more tensors look at. It gives itself back in two ways: at once, when the last
 * handle on it is disposed of; or when the garbage collector finds that nobody can reach it any more. The engine does not know
 * that a small JavaScript object holds megabytes elsewhere, so for every few megabytes a storage holds an untouched ArrayBuffer of a
 * part of that size, which the engine counts. (Dropped at once, such a buffer would be gone with the next collection of the young, which looks at no
 * finalizers, and count for nothing.)
 */

import type { Backend, DeviceBuffer } from "./backend.ts";
import { DisposedError } from "./errors.ts";

let storages = 0;

/** Device memory shared by a tensor and its views. */
export class Storage {
  /** The device that holds the memory. */
  readonly backend: Backend;
  /** The size, in bytes. */
  readonly bytes: number;
  /** Tells one storage from another. Deep comparisons see it, who cannot see what the memory holds: they shall not call two tensors equal. */
  readonly id: number = ++storages;
  /** How often the contents were changed in place. A saved tensor whose version moved on is refused by the backward pass. */
  version = 0;
  #buffer: DeviceBuffer | null;
  /** What the memory held at some version, where the host can look at it. */
  #copy: { readonly version: number; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;
  #handles = 0;
  /** Memory that the engine can see, in the place of memory that it cannot: held as long as the storage is. */
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: it is there to be held.
  #ballast: unknown;

  /** Takes memory from `backend`. Throws a DeviceError when there is none left. */
  constructor(backend: Backend, bytes: number) {
    this.backend = backend;
    this.bytes = bytes;
    const buffer = backend.allocate(bytes);
    this.#buffer = buffer;
    collector.register(this, { backend, buffer }, this);
    this.#ballast = ballastFor(bytes);
  }

  /** The memory. Throws a DisposedError when it was given back. */
  get buffer(): DeviceBuffer {
    if (this.#buffer === null) throw new DisposedError("this tensor's memory was given back by dispose()");
    return this.#buffer;
  }

  /** Whether the memory was given back. */
  get disposed(): boolean {
    return this.#buffer === null;
  }

  /** Whether more than one tensor looks at this memory, as far as is known. */
  get shared(): boolean {
    return this.#handles > 1;
  }

  /** All that the memory holds, if `prefetch` has read it and nobody has written to it since; else null. */
  get prefetched(): Uint8Array<ArrayBuffer> | null {
    return this.#copy?.version === this.version ? this.#copy.bytes : null;
  }

  /** Reads the memory, for those who cannot wait later on. */
  async prefetch(): Promise<void> {
    while (this.prefetched === null) {
      const { version } = this;
      this.#copy = { version, bytes: await this.backend.read(this.buffer, 0, this.bytes) };
    }
  }

  /** Counts one more tensor that looks at this memory. */
  retain(): void {
    this.#handles++;
  }

  /** Counts one tensor less, and gives the memory back with the last. */
  release(): void {
    if (--this.#handles > 0 || this.#buffer === null) return;
    collector.unregister(this);
    this.backend.free(this.#buffer);
    this.#buffer = null;
    this.#copy = null;
    this.#ballast = null;
  }
}

const collector = /* @__PURE__ */ new FinalizationRegistry<{ backend: Backend; buffer: DeviceBuffer }>(({ backend, buffer }) =>
  backend.free(buffer),
);

/** How many bytes are handed out before the engine is told of them: many small tensors share one buffer. */
const notice = 4 << 20;
/** What part of it the engine is told: the more, the oftener it collects, and the less piles up in between. */
const share = 4;
/** How many bytes may be handed out between two turns of the event loop before a read waits for one. */
const patience = 16 << 20;

let untold = 0;
let sinceTurn = 0;

/** An untouched buffer for all that was handed out since the last one; null until that is worth the trouble. */
function ballastFor(bytes: number): unknown {
  sinceTurn += bytes;
  untold += bytes;
  if (untold < notice) return null;
  const ballast = untouched(untold / share);
  untold = 0;
  return ballast;
}

// Node's own allocator can leave memory unfilled, which makes the ballast free of charge.
const node = (globalThis as { Buffer?: { allocUnsafeSlow(bytes: number): unknown } }).Buffer;

function untouched(bytes: number): unknown {
  return node === undefined ? new ArrayBuffer(bytes) : node.allocUnsafeSlow(bytes);
}

/**
 * Lets the event loop turn once if much memory was handed out since it last did, since that is when the garbage collector's
 * findings reach us. Awaited reads and the data loader call it; a loop of one's own that awaits neither may do so too.
 */
export async function yieldToCollector(): Promise<void> {
  if (sinceTurn < patience) return;
  sinceTurn = 0;
  await new Promise<void>((resolve) => {
    const immediate = (globalThis as { setImmediate?: (f: () => void) => void }).setImmediate;
    if (immediate) immediate(resolve);
    else setTimeout(resolve, 0);
  });
}
