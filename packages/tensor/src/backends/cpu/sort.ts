/**
 * Sorting. Each element is mapped to integers with the same order, and these keys are sorted together with their
 * positions by a least-significant-digit radix sort, which is stable and linear in the length. If only some of the
 * sorted elements are kept, the others are first left out, by counting the most significant digits. Short lanes, and
 * the first few elements of long ones, are sorted by insertion. It runs in JavaScript, on the linear memory.
 */

import { bytesOf, type DType } from "../../dtype.ts";
import type { SortCall } from "../../kernel.ts";
import { positionsOf, without } from "../../view.ts";
import { indexOf, type LinearMemory } from "./memory.ts";

/** Maximum length at which insertion is faster. */
const short = 48;
/** Maximum rank of the kept elements at which insertion is faster for longer lanes. */
const few = 16;

/** Sorts along one dimension. */
export function runSort(memory: LinearMemory, call: SortCall): void {
  const { dim, descending, skip, input, values, indices } = call;
  const [length, kept] = [input.shape[dim] ?? 1, values.shape[dim] ?? 1];
  if (length === 0 || kept === 0) return;
  const [step, stepValues, stepPlaces] = [input, values, indices].map(({ strides }) => strides[dim] ?? 0) as [
    number,
    number,
    number,
  ]; // safe: three
  const [starts, targets, places] = [input, values, indices].map((view) =>
    positionsOf(without(view, [dim]), indexOf(view)),
  ) as [number[], number[], number[]]; // safe: three
  const words = bytesOf(input.dtype) === 8 ? 2 : 1;
  const block = memory.reserve(4 * length * (words + 2));
  const work = new Lane(memory.i32.subarray(block.address >>> 2), length, words);
  // After the memory may have grown.
  const [from, to, { i32 }] = [memory.of(input.dtype), memory.of(values.dtype), memory];
  starts.forEach((start, l) => {
    work.load(memory, input.dtype, start, step, descending);
    const first = work.sort(skip, kept);
    const target = targets[l] as number;
    const place = places[l] as number;
    const { order } = work;
    for (let i = 0; i < kept; i++) {
      const position = order[first + i] as number;
      to[target + i * stepValues] = from[start + position * step] as number;
      i32[place + i * stepPlaces] = position;
    }
  });
  memory.release(block);
}

/** The sort keys of one lane, least significant word first, and the order of its elements. */
class Lane {
  order: Int32Array;
  readonly #words: Int32Array[];
  readonly #length: number;
  #other: Int32Array;
  readonly #digit: number;
  readonly #counts: Int32Array;

  /** @param space at least `(words + 2) * length` integers. */
  constructor(space: Int32Array, length: number, words: number) {
    const part = (k: number) => space.subarray(k * length, (k + 1) * length);
    this.#length = length;
    // Fewer bits for short lanes, where clearing and summing the counts would take longer than moving the elements.
    this.#digit = length < 2048 ? 8 : 11;
    this.#counts = new Int32Array(1 << this.#digit);
    this.#words = Array.from({ length: words }, (_, k) => part(k));
    this.order = part(words);
    this.#other = part(words + 1);
  }

  /**
   * Computes the keys of the elements from `start` on. NaN is largest (smallest when descending), and both zeros are
   * equal.
   */
  load(memory: LinearMemory, dtype: DType, start: number, stride: number, descending: boolean): void {
    const flip = descending ? -1 : 0;
    if (dtype === "float64") {
      this.#loadDoubles(memory, start, stride, flip);
      return;
    }
    const key = this.#words[0] as Int32Array; // safe: a key has a word
    const n = this.#length;
    const infinity = infinities[dtype];
    if (infinity === undefined) {
      const source = memory.of(dtype);
      for (let i = 0, at = start; i < n; i++, at += stride) key[i] = (source[at] as number) ^ flip;
      return;
    }
    const half = bytesOf(dtype) === 2;
    const source = half ? memory.u16 : memory.i32;
    const shift = half ? 16 : 0;
    for (let i = 0, at = start; i < n; i++, at += stride)
      key[i] = floatKey((source[at] as number) << shift, infinity) ^ flip;
  }

  /** Computes the keys of float64 elements, which have two words. */
  #loadDoubles({ f64, i32 }: LinearMemory, start: number, stride: number, flip: number): void {
    const [low, high] = this.#words as [Int32Array, Int32Array]; // safe: see above
    const n = this.#length;
    // As unsigned integers, the bits of numbers are in order once the sign of positive numbers and all bits of negative
    // ones are flipped. Flipping the first bit of a word makes the order that of signed integers.
    const turn = flip ^ lowest;
    for (let i = 0, at = start; i < n; i++, at += stride) {
      const value = f64[at] as number;
      const nan = Number.isNaN(value) ? -1 : 0;
      const negative = value < 0 ? -1 : 0;
      const top = value === 0 ? lowest : (i32[2 * at + 1] as number) ^ (negative | lowest);
      low[i] = (nan | ((i32[2 * at] as number) ^ negative)) ^ turn;
      high[i] = (nan | top) ^ turn;
    }
  }

  /** Sorts `kept` elements, after `skip` smaller ones. Returns where they start in `order`. */
  sort(skip: number, kept: number): number {
    const n = this.#length;
    const end = skip + kept;
    if (n <= short || end <= few) {
      this.#insert(end);
      return skip;
    }
    for (let i = 0; i < n; i++) this.order[i] = i;
    const [count, first] = kept < n ? this.#select(skip, end) : [n, 0];
    for (const word of this.#words)
      for (let shift = 0; shift < 32; shift += this.#digit) this.#pass(word, shift, count);
    return first;
  }

  /**
   * Moves the elements of ranks `from` to `to` to the front of `order`, and few others: smaller and larger leading
   * digits are left out. Returns the number of elements that remain, and the rank of the first among them.
   */
  #select(from: number, to: number): [count: number, from: number] {
    const { order } = this;
    const counts = this.#counts;
    const mask = counts.length - 1;
    let count = order.length;
    let below = 0;
    for (const word of this.#words.toReversed()) {
      for (let shift = Math.floor(31 / this.#digit) * this.#digit; shift >= 0; shift -= this.#digit) {
        this.#count(word, shift, count);
        let low = 0;
        for (; below + (counts[low] as number) <= from; low++) below += counts[low] as number;
        let high = low;
        for (let end = below + (counts[low] as number); end < to; end += counts[high] as number) high++;
        let remain = 0;
        for (let i = 0; i < count; i++) {
          const position = order[i] as number;
          const d = (((word[position] as number) ^ lowest) >>> shift) & mask;
          if (d >= low && d <= high) order[remain++] = position;
        }
        count = remain;
        if (low < high || count <= short) return [count, from - below];
      }
    }
    return [count, from - below];
  }

  /** Insertion sort that keeps only the first `kept` elements seen so far. */
  #insert(kept: number): void {
    const { order } = this;
    const [low, high] = [this.#words[0] as Int32Array, this.#words.at(-1) as Int32Array]; // safe: a key has a word
    let count = 0;
    let worst = 0x7fffffff;
    for (let i = 0; i < low.length; i++) {
      const top = high[i] as number;
      if (count === kept && top > worst) continue;
      const rest = low[i] as number;
      let j = count;
      while (j > 0) {
        const before = order[j - 1] as number;
        const other = high[before] as number;
        if (other < top || (other === top && (low[before] as number) <= rest)) break;
        if (j < kept) order[j] = before;
        j--;
      }
      if (j < kept) order[j] = i;
      if (count < kept) count++;
      worst = high[order[count - 1] as number] as number;
    }
  }

  /** Counts each digit at `shift` of the first `n` elements in `order`. */
  #count(word: Int32Array, shift: number, n: number): void {
    const { order } = this;
    const counts = this.#counts.fill(0);
    const mask = counts.length - 1;
    const all = n === order.length; // the order does not matter
    for (let i = 0; i < n; i++) {
      const d = (((word[all ? i : (order[i] as number)] as number) ^ lowest) >>> shift) & mask;
      counts[d] = (counts[d] as number) + 1;
    }
  }

  /** One pass of the radix sort: a stable counting sort of the first `n` elements by the digit at `shift`. */
  #pass(word: Int32Array, shift: number, n: number): void {
    const { order } = this;
    const counts = this.#counts;
    const mask = counts.length - 1;
    this.#count(word, shift, n);
    // all digits are equal: nothing moves
    if (counts[(((word[order[0] as number] as number) ^ lowest) >>> shift) & mask] === n) return;
    for (let d = 0, sum = 0; d <= mask; d++) {
      const count = counts[d] as number;
      counts[d] = sum;
      sum += count;
    }
    const to = this.#other;
    for (let i = 0; i < n; i++) {
      const position = order[i] as number;
      const d = (((word[position] as number) ^ lowest) >>> shift) & mask;
      const place = counts[d] as number;
      counts[d] = place + 1;
      to[place] = position;
    }
    this.#other = order;
    this.order = to;
  }
}

/** The sign bit, which is the lowest 32-bit integer. */
const lowest = -(2 ** 31);

/** The bits of infinity, left-aligned in a 32-bit word. */
const infinities: Readonly<Partial<Record<DType, number>>> = {
  float16: 0x7c000000,
  bfloat16: 0x7f800000,
  float32: 0x7f800000,
};

/** Maps the bits of a floating-point number to an integer with the same order; NaN becomes the largest integer. */
function floatKey(word: number, infinity: number): number {
  const size = word & 0x7fffffff;
  const sign = word >> 31;
  return size > infinity ? 0x7fffffff : (size ^ sign) - sign; // no branch on the sign, which is unpredictable
}
