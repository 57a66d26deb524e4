/**
 * Which addresses of a device's one linear memory are in use. Freed blocks are kept in lists by size (sixteen per power
 * of two) and merged with free neighbours at once, so a training loop that asks for the same sizes every step settles
 * after the first and stays flat. All of it is bookkeeping in JavaScript objects: the memory itself is never touched.
 * (Masmano et al. 2004, "TLSF".)
 */

/** Every block starts at a multiple of this many bytes, a cache line. */
const unit = 64;
/** Lists of free blocks: one per size up to 15 units, then 16 per power of two, up to 2²⁶ units (4 GiB). */
const classes = 384;
/** How many blocks of the list that only partly fits are tried before a larger list is taken. */
const tries = 8;

/** A range of addresses. Sizes count units of 64 bytes. */
export interface Block {
  readonly address: number;
  units: number;
  free: boolean;
  /**
   * The latest of the caller's own notes on any part of the range, of when it was used: they outlive being freed,
   * merged and split.
   */
  stamp: number;
  below: Block | null;
  above: Block | null;
  before: Block | null;
  after: Block | null;
}

/** Hands out ranges of addresses from `base` upwards. */
export class Allocator {
  /** The first address never handed out so far, and so how large the memory has to be. */
  highWater: number;
  /** Bytes in blocks that are in use, rounded up to whole units. */
  used = 0;
  readonly #base: number;
  readonly #lists: (Block | null)[] = new Array<Block | null>(classes).fill(null);
  readonly #filled = new Int32Array(classes / 32);
  #top: number;
  /** The latest stamp of what lay above the top once. */
  #topStamp = 0;
  #last: Block | null = null;

  constructor(base: number) {
    this.#base = base;
    this.#top = base;
    this.highWater = base;
  }

  /** Bytes that were in use once and wait to be used again. */
  get pooled(): number {
    return this.highWater - this.#base - this.used;
  }

  /** A block of at least `bytes` bytes whose end does not pass `limit`, or null when there is none. */
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

  /** Where a block of `bytes` bytes would end if it were put on top. */
  topAfter(bytes: number): number {
    return this.#top + Math.max(1, Math.ceil(bytes / unit)) * unit;
  }

  /** Gives a block back. */
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
    let word = (exact + 1) >> 5;
    let bits = word < this.#filled.length ? (this.#filled[word] as number) & (-1 << ((exact + 1) & 31)) : 0;
    while (bits === 0) {
      if (++word >= this.#filled.length) return null;
      bits = this.#filled[word] as number;
    }
    return this.#lists[word * 32 + (31 - Math.clz32(bits & -bits))] as Block | null;
  }

  /** Leaves `units` in the block and makes a free one of the rest. */
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
    this.#filled[k >> 5] = (this.#filled[k >> 5] as number) | (1 << (k & 31));
  }

  #unlist(block: Block): void {
    const k = classOf(block.units);
    if (block.before !== null) block.before.after = block.after;
    else {
      this.#lists[k] = block.after;
      if (block.after === null) this.#filled[k >> 5] = (this.#filled[k >> 5] as number) & ~(1 << (k & 31));
    }
    if (block.after !== null) block.after.before = block.before;
    block.before = null;
    block.after = null;
  }
}

/**
 * The list in which a free block of this size stands: every block there is at least as large as the list's smallest
 * size.
 */
function classOf(units: number): number {
  if (units < 16) return units;
  const power = 31 - Math.clz32(units);
  return (power - 3) * 16 + ((units >> (power - 4)) & 15);
}
