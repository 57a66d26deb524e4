/**
 * A storage is a piece of device memory that one or more tensors look at. It gives itself back in two ways: at once,
 * when the last handle on it is disposed of; or when the garbage collector finds that nobody can reach it any more. The
 * engine does not know that a small JavaScript object holds megabytes elsewhere, so for every few megabytes a storage
 * holds an untouched ArrayBuffer of a part of that size, which the engine counts. (Dropped at once, such a buffer would
 * be gone with the next collection of the young, which looks at no finalizers, and count for nothing.)
 */

import type { Backend, DeviceBuffer } from "./backend.ts";
import { capturing } from "./capture.ts";
import { DisposedError } from "./errors.ts";

/** Device memory shared by a tensor and its views. */
export class Storage {
  /** How many were made so far: the id of the last one. */
  static count = 0;
  /** The device that holds the memory. */
  readonly backend: Backend;
  /** The size, in bytes. */
  readonly bytes: number;
  /**
   * Tells one storage from another. Deep comparisons see it, who cannot see what the memory holds: they shall not call
   * two tensors equal.
   */
  readonly id: number = ++Storage.count;
  /**
   * How often the contents were changed in place. A saved tensor whose version moved on is refused by the backward
   * pass.
   */
  version = 0;
  readonly #held: Held;
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
    const held: Held = { backend, buffer: backend.allocate(bytes) };
    this.#held = held;
    collector.register(this, held, this);
    this.#ballast = ballastFor(bytes);
    if (bytes >= large) watch(this, held);
  }

  /** The memory. Throws a DisposedError when it was given back. */
  get buffer(): DeviceBuffer {
    const { buffer } = this.#held;
    if (buffer === null) throw new DisposedError("a tensor was used after dispose()");
    if (capturing.by !== null) capturing.by.uses(this);
    return buffer;
  }

  /** Whether the memory was given back. */
  get disposed(): boolean {
    return this.#held.buffer === null;
  }

  /** Whether more than one tensor looks at this memory, as far as is known. */
  get shared(): boolean {
    return this.#handles > 1;
  }

  /** All that the memory holds, if `prefetch` has read it and nobody has written to it since; else null. */
  get prefetched(): Uint8Array<ArrayBuffer> | null {
    capturing.by?.reads();
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
    if (--this.#handles > 0 || this.disposed) return;
    collector.unregister(this);
    giveBack(this.#held);
    this.#copy = null;
    this.#ballast = null;
  }
}

/** What we need of Node's module `vm`. */
interface Contexts {
  createContext(globals: object, options: { readonly microtaskMode: "afterEvaluate" }): object;
  runInContext(code: string, context: object): unknown;
}

/** What a storage has of its device; null once it was given back. */
interface Held {
  readonly backend: Backend;
  buffer: DeviceBuffer | null;
}

function giveBack(held: Held): void {
  if (held.buffer !== null) held.backend.free(held.buffer);
  held.buffer = null;
}

const collector = /* @__PURE__ */ new FinalizationRegistry<Held>(giveBack);

/** How many bytes are handed out before the engine is told of them: many small tensors share one buffer. */
const notice = 4 << 20;
/** What part of it the engine is told: the more, the oftener it collects, and the less piles up in between. */
const share = 4;
/** How many bytes may be handed out between two turns of the event loop before a read waits for one. */
const patience = 16 << 20;

/** From how many bytes on a storage is watched while the event loop stands still. */
const large = 64 << 10;
/** How many bytes of such storages come between two looks at them. */
const stride = 128 << 20;

let untold = 0;
let sinceTurn = 0;

// A loop that awaits nothing never lets a finalizer run. What it drops is seen through weak references, though, as soon
// as the engine forgets that this job looked at them; in Node it forgets with the microtasks of a context of their own.
const vm = (globalThis as { process?: { getBuiltinModule?(name: string): Contexts } }).process?.getBuiltinModule?.(
  "node:vm",
);
let apart: object | null = null;
let watched: { readonly storage: WeakRef<Storage>; readonly held: Held }[] = [];
let sinceLook = 0;

/**
 * Remembers a storage until the event loop turns, and from time to time gives back the memory of those that nobody can
 * reach any more.
 */
function watch(storage: Storage, held: Held): void {
  if (vm === undefined) return;
  watched.push({ storage: new WeakRef(storage), held });
  sinceLook += storage.bytes;
  if (sinceLook < stride) return;
  sinceLook = 0;
  watched = watched.filter(({ storage, held }) => {
    if (storage.deref() === undefined) giveBack(held);
    return held.buffer !== null;
  });
  apart ??= vm.createContext({}, { microtaskMode: "afterEvaluate" });
  vm.runInContext("0", apart);
}

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
 * Lets the event loop turn once if much memory was handed out since it last did, since that is when the garbage
 * collector's findings reach us. Awaited reads and the data loader call it; a loop of one's own that awaits neither may
 * do so too.
 */
export async function yieldToCollector(): Promise<void> {
  if (sinceTurn < patience) return;
  sinceTurn = sinceLook = 0;
  watched = [];
  await new Promise<void>((resolve) => {
    const immediate = (globalThis as { setImmediate?: (f: () => void) => void }).setImmediate;
    if (immediate) immediate(resolve);
    else setTimeout(resolve, 0);
  });
}
