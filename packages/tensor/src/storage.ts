/**
 * A storage is a block of device memory that one or more tensors share. It is freed when the last handle on it is
 * disposed of, or when the garbage collector finds it unreachable, which its ballast makes it do in time.
 */

import type { Backend, DeviceBuffer } from "./backend.ts";
import { ballastFor, none, reuse, settle } from "./ballast.ts";
import { capturing } from "./capture.ts";
import { DisposedError } from "./errors.ts";

/** Device memory shared by a tensor and its views. */
export class Storage {
  /** The number of storages created so far, which is the id of the last one. */
  static count = 0;
  /** The device that holds the memory. */
  readonly backend: Backend;
  /** The size, in bytes. */
  readonly bytes: number;
  /**
   * A unique number. It makes deep comparisons, which cannot see the contents of device memory, treat tensors of
   * different storages as unequal.
   */
  readonly id: number = ++Storage.count;
  /** The number of in-place modifications. The backward pass rejects a saved tensor whose version has changed. */
  version = 0;
  readonly #held: Held;
  /** A copy of the contents at some version, read by `prefetch`. */
  #copy: { readonly version: number; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;
  #handles = 0;
  /** Held as long as the storage. */
  #ballast: readonly unknown[];

  /** Allocates memory from `backend`, unless `buffer` is given. Throws a DeviceError when out of memory. */
  constructor(backend: Backend, bytes: number, buffer: DeviceBuffer = backend.allocate(bytes)) {
    this.backend = backend;
    this.bytes = bytes;
    sinceTurn += bytes;
    const { buffers, excess } = ballastFor(bytes, buffer.grown ?? 0);
    this.#ballast = buffers;
    const held: Held = { backend, buffer, excess };
    this.#held = held;
    collector.register(this, held, this);
    if (bytes >= large) watch(this, held);
  }

  /** The device memory. Throws a DisposedError after it was freed. */
  get buffer(): DeviceBuffer {
    const { buffer } = this.#held;
    if (buffer === null) throw new DisposedError("a tensor was used after dispose()");
    if (capturing.by !== null) capturing.by.uses(this);
    return buffer;
  }

  /** Whether the memory was freed. */
  get disposed(): boolean {
    return this.#held.buffer === null;
  }

  /** Whether more than one handle refers to this memory. Handles collected without `dispose` still count. */
  get shared(): boolean {
    return this.#handles > 1;
  }

  /** The contents, if `prefetch` has read them and they were not modified since; otherwise null. */
  get prefetched(): Uint8Array<ArrayBuffer> | null {
    capturing.by?.reads();
    return this.#copy?.version === this.version ? this.#copy.bytes : null;
  }

  /** Reads the contents, for later synchronous access. */
  async prefetch(): Promise<void> {
    while (this.prefetched === null) {
      const { version } = this;
      this.#copy = { version, bytes: await this.backend.read(this.buffer, 0, this.bytes) };
    }
  }

  /** Counts one more handle on this memory. */
  retain(): void {
    this.#handles++;
  }

  /** Counts one handle less, and frees the memory with the last one. */
  release(): void {
    if (--this.#handles > 0 || this.disposed) return;
    collector.unregister(this);
    freeHeld(this.#held);
    this.#copy = null;
    reuse(this.#ballast);
    this.#ballast = none;
  }
}

/** The parts of Node's module `vm` that are used here. */
interface Contexts {
  createContext(globals: object, options: { readonly microtaskMode: "afterEvaluate" }): object;
  runInContext(code: string, context: object): unknown;
}

/** The device memory of a storage; `buffer` is null after it was freed. */
interface Held {
  readonly backend: Backend;
  buffer: DeviceBuffer | null;
  /** As in the storage's ballast. */
  readonly excess: number;
}

function freeHeld(held: Held): void {
  if (held.buffer === null) return;
  held.backend.free(held.buffer);
  held.buffer = null;
  settle(held.excess);
}

const collector = /* @__PURE__ */ new FinalizationRegistry<Held>(freeHeld);

/** How many bytes may be allocated between two turns of the event loop before a read waits for one. */
const patience = 16 << 20;

/** The minimum size of storages, in bytes, that are watched while the event loop does not turn. */
const large = 64 << 10;
/** How many bytes of such storages are allocated until the engine is made to forget what the current job referenced. */
const stride = 16 << 20;
/** How many times that happens until a scan for storages that have become unreachable. */
const strides = 8;

let sinceTurn = 0;

// Finalizers never run in a loop that awaits nothing. Weak references reveal what such a loop has dropped, but only
// once the engine forgets that the current job created or dereferenced them; in Node, running the microtasks of a
// separate context makes it forget.
const vm = (globalThis as { process?: { getBuiltinModule?(name: string): Contexts } }).process?.getBuiltinModule?.(
  "node:vm",
);
let apart: object | null = null;
let watched: { readonly storage: WeakRef<Storage>; readonly held: Held }[] = [];
let sinceForgotten = 0;
let timesForgotten = 0;

/**
 * Remembers a storage until the event loop turns, and periodically frees the memory of storages that have become
 * unreachable.
 */
function watch(storage: Storage, held: Held): void {
  if (vm === undefined) return;
  watched.push({ storage: new WeakRef(storage), held });
  sinceForgotten += storage.bytes;
  if (sinceForgotten < stride) return;
  sinceForgotten = 0;
  if (++timesForgotten % strides === 0) {
    watched = watched.filter(({ storage, held }) => {
      if (storage.deref() === undefined) freeHeld(held);
      return held.buffer !== null;
    });
  }
  apart ??= vm.createContext({}, { microtaskMode: "afterEvaluate" });
  vm.runInContext("0", apart);
}

/**
 * Waits for one turn of the event loop if much memory was allocated since the last one, because finalizers run only
 * then. Awaited reads and the data loader call it. A custom loop that uses neither may call it too.
 */
export async function yieldToCollector(): Promise<void> {
  if (sinceTurn < patience) return;
  sinceTurn = sinceForgotten = 0;
  watched = [];
  await new Promise<void>((resolve) => {
    const immediate = (globalThis as { setImmediate?: (f: () => void) => void }).setImmediate;
    if (immediate) immediate(resolve);
    else setTimeout(resolve, 0);
  });
}
