/**
 * Ballast: memory that the engine counts, in place of the device memory that it does not. The engine does not know that
 * a small JavaScript object holds megabytes elsewhere, so for every few megabytes allocated, one storage holds untouched
 * ArrayBuffers. It holds them for its whole life: a buffer dropped at once would be freed by the next minor collection,
 * which runs no finalizers, and have no effect. Those of storages that were disposed of are used again, so that only
 * memory left to the engine makes it collect.
 */

/** The ballast of one storage. */
export interface Ballast {
  readonly buffers: readonly unknown[];
  /** How much more it is than the storage's share, in bytes; negative for most storages, whose share others hold. */
  readonly excess: number;
}

/** The size of a buffer, in bytes: many small tensors share one. */
const size = 1 << 20;
/** How many buffers of storages that were disposed of are kept. */
const most = 64;

/** The shares of all storages, less the ballast that they hold. */
let missing = 0;
const spare: unknown[] = [];
/** The buffers of a storage without any. */
export const none: readonly unknown[] = [];

/**
 * Returns a storage's share, in bytes. The larger it is, the more often the engine collects, and the less memory
 * accumulates in between. Programs with large tensors would collect in every step if it were proportional.
 */
function shareOf(bytes: number): number {
  return Math.min(bytes, Math.sqrt(bytes * size));
}

/**
 * Returns the ballast of a new storage: what is missing with its share, which is nothing until that amounts to a whole
 * buffer.
 *
 * @param grown by how many bytes the device's own memory grew for it. They count fully: collecting earlier is cheaper
 * than touching new pages, and once the device has enough it takes no more.
 */
export function ballastFor(bytes: number, grown: number): Ballast {
  const share = Math.max(shareOf(bytes), grown);
  missing += share;
  if (missing < size) return { buffers: none, excess: -share };
  const buffers: unknown[] = [];
  for (; missing >= size; missing -= size) buffers.push(spare.pop() ?? untouched(size));
  return { buffers, excess: buffers.length * size - share };
}

/** Accounts for a storage whose memory was freed, and whose ballast no longer counts. */
export function settle(excess: number): void {
  missing += excess;
}

/** Keeps the buffers of a storage that was disposed of for the next ones. */
export function reuse(buffers: readonly unknown[]): void {
  spare.push(...buffers.slice(0, most - spare.length));
}

// Node's own allocator can leave memory uninitialized, so the ballast costs almost nothing.
const node = (globalThis as { Buffer?: { allocUnsafeSlow(bytes: number): unknown } }).Buffer;

function untouched(bytes: number): unknown {
  return node === undefined ? new ArrayBuffer(bytes) : node.allocUnsafeSlow(bytes);
}
