/**
 * A storage is a piece of device memory that one or more tensors look at. It gives itself back in two ways: at once, when the last
 * handle on it is disposed of; or when the garbage collector finds that nobody can reach it any more. The engine does not know
 * that a small JavaScript object holds megabytes elsewhere, so every few megabytes an untouched ArrayBuffer of that size is dropped,
 * which makes it collect in time.
 */

import type { Backend, DeviceBuffer } from "./backend.ts";
import { DisposedError } from "./errors.ts";

/** Device memory shared by a tensor and its views. */
export class Storage {
  /** The device that holds the memory. */
  readonly backend: Backend;
  /** The size, in bytes. */
  readonly bytes: number;
  /** How often the contents were changed in place. A saved tensor whose version moved on is refused by the backward pass. */
  version = 0;
  #buffer: DeviceBuffer | null;
  #handles = 0;

  /** Takes memory from `backend`. Throws a DeviceError when there is none left. */
  constructor(backend: Backend, bytes: number) {
    this.backend = backend;
    this.bytes = bytes;
    const buffer = backend.allocate(bytes);
    this.#buffer = buffer;
    collector.register(this, { backend, buffer }, this);
    tellCollector(bytes);
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
    outstanding -= this.bytes;
  }
}

const collector = /* @__PURE__ */ new FinalizationRegistry<{ backend: Backend; buffer: DeviceBuffer }>(({ backend, buffer }) => {
  outstanding -= buffer.bytes;
  backend.free(buffer);
});

/** How many bytes are handed out before the engine is told of them. */
const notice = 4 << 20;
/** How many bytes may be handed out between two turns of the event loop before a read waits for one. */
const patience = 64 << 20;

let untold = 0;
let outstanding = 0;
let atLastTurn = 0;

/** Accounts for memory that the engine cannot see, by allocating as much of a kind that it can see, and dropping it. */
function tellCollector(bytes: number): void {
  outstanding += bytes;
  untold += bytes;
  if (untold < notice) return;
  // Twice the size makes it collect twice as often, which halves what piles up in between.
  dropBallast(2 * untold);
  untold = 0;
}

// Node's own allocator can leave memory unfilled, which makes the ballast free of charge.
const node = (globalThis as { Buffer?: { allocUnsafeSlow(bytes: number): unknown } }).Buffer;

function dropBallast(bytes: number): void {
  if (node === undefined) new ArrayBuffer(bytes);
  else node.allocUnsafeSlow(bytes);
}

/**
 * Lets the event loop turn once if much memory was handed out since it last did, since that is when the garbage collector's
 * findings reach us. Awaited reads and the data loader call it; a loop of one's own that awaits neither may do so too.
 */
export async function yieldToCollector(): Promise<void> {
  if (outstanding - atLastTurn < patience) return;
  await new Promise<void>((resolve) => {
    const immediate = (globalThis as { setImmediate?: (f: () => void) => void }).setImmediate;
    if (immediate) immediate(resolve);
    else setTimeout(resolve, 0);
  });
  atLastTurn = outstanding;
}
