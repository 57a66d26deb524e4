/**
 * An allocator for a device's single linear memory. Free blocks are kept in one list per power of two of their size
 * and merged with free neighbors immediately, so a training loop that allocates the same sizes every step reaches a
 * steady state after the first. All bookkeeping is in JavaScript objects; the memory itself is not touched. (Masmano
 * et al. 2004, "TLSF".)
 */

/** The alignment of blocks in bytes: a cache line. */
const unit = 64;
/** The number of free lists: one per power of two, up to 2²⁶ units (4 GiB). */
const classes = 27;
/** How many blocks are tried in the list in which only some are large enough, before a larger list is used. */
const tries = 8;

/**
 * A range of addresses. Sizes count units of 64 bytes. `below` and `above` are the neighbors in memory, `before` and
 * `after` those in a free list.
 */
export interface Block {
  readonly address: number;
  units: number;
  free: boolean;
  /**
   * When any part of the range was last used, by the caller's own clock. It survives freeing, merging and splitting.
   */
  stamp: number;
  below: Block | null;
  above: Block | null;
  before: Block | null;
  after: Block | null;
}

/** Allocates ranges of addresses from `base` upward. */
export class Allocator {
  /** The first address that was never allocated, and so the required size of the memory. */
  highWater: number;
  /** Bytes in allocated blocks, rounded up to whole units. */
  used = 0;
  readonly #base: number;
  readonly #lists: (Block | null)[] = new Array<Block | null>(classes).fill(null);
  /** The lists that are not empty, one bit for each. */
  #filled = 0;
  #top: number;
  /** The latest stamp of the memory above the top. */
  #topStamp = 0;
  #last: Block | null = null;

  constructor(base: number) {
    this.#base = base;
    this.#top = base;
    this.highWater = base;
  }

  /** Bytes in free blocks that were allocated before. */
  get pooled(): number {
    return this.highWater - this.#base - this.used;
  }

  /** Allocates a block of at least `bytes` bytes that ends at or below `limit`. Returns null when there is none. */
  take(bytes: number, limit: number): Block | null {
    if (bytes > limit) return null;
    const units = Math.max(1, Math.ceil(bytes / unit));
    const found = this.#find(units);
    if (found !== null) {
      this.#unlist(found);
      this.#split(found, units);
      found.free = false;
      this.used += found.units * unit;
      return found;
    }
    const end = this.#top + units * unit;
    if (end > limit) return null;
    const block: Block = {
      address: this.#top,
      units,
      free: false,
      stamp: this.#topStamp,
      below: this.#last,
      above: null,
      before: null,
      after: null,
    };
    if (this.#last !== null) this.#last.above = block;
    this.#last = block;
    this.#top = end;
    if (end > this.highWater) this.highWater = end;
    this.used += units * unit;
    return block;
  }

  /** Returns the end address of a block of `bytes` bytes placed at the top. */
  topAfter(bytes: number): number {
    return this.#top + Math.max(1, Math.ceil(bytes / unit)) * unit;
  }

  /** Frees a block. */
  give(block: Block): void {
    this.used -= block.units * unit;
    block.free = true;
    let whole = block;
    const { below, above } = block;
    if (above?.free) {
      this.#unlist(above);
      this.#absorb(block, above);
    }
    if (below?.free) {
      this.#unlist(below);
      this.#absorb(below, block);
      whole = below;
    }
    if (whole === this.#last) {
      this.#last = whole.below;
      if (whole.below !== null) whole.below.above = null;
      this.#topStamp = Math.max(this.#topStamp, whole.stamp);
      this.#top = whole.address;
    } else this.#list(whole);
  }

  #find(units: number): Block | null {
    const exact = classOf(units);
    let block = this.#lists[exact] as Block | null;
    for (let i = 0; block !== null && i < tries; i++, block = block.after) if (block.units >= units) return block;
    const larger = this.#filled & (-2 << exact);
    return larger === 0 ? null : (this.#lists[classOf(larger & -larger)] as Block);
  }

  /** Shrinks the block to `units` and makes the rest a free block. */
  #split(block: Block, units: number): void {
    const rest = block.units - units;
    if (rest === 0) return;
    const tail: Block = {
      address: block.address + units * unit,
      units: rest,
      free: true,
      stamp: block.stamp,
      below: block,
      above: block.above,
      before: null,
      after: null,
    };
    if (block.above !== null) block.above.below = tail;
    else this.#last = tail;
    block.above = tail;
    block.units = units;
    this.#list(tail);
  }

  #absorb(block: Block, above: Block): void {
    block.units += above.units;
    block.stamp = Math.max(block.stamp, above.stamp);
    block.above = above.above;
    if (above.above !== null) above.above.below = block;
    else this.#last = block;
  }

  #list(block: Block): void {
    const k = classOf(block.units);
    const head = this.#lists[k] as Block | null;
    block.before = null;
    block.after = head;
    if (head !== null) head.before = block;
    this.#lists[k] = block;
    this.#filled |= 1 << k;
  }

  #unlist(block: Block): void {
    const k = classOf(block.units);
    if (block.before !== null) block.before.after = block.after;
    else {
      this.#lists[k] = block.after;
      if (block.after === null) this.#filled &= ~(1 << k);
    }
    if (block.after !== null) block.after.before = block.before;
    block.before = null;
    block.after = null;
  }
}

/** Returns the size class of a block, which is its free list: the binary logarithm of its size, rounded down. */
function classOf(units: number): number {
  return 31 - Math.clz32(units);
}
