/**
 * Sorting. Each element is mapped to integers with the same order, and these keys are sorted together with their
 * positions by a least-significant-digit radix sort, which is stable and linear in the length. Short lanes, and the
 * first few elements of long ones, are sorted by insertion. It runs in JavaScript, on the linear memory.
 */

import { bytesOf, type DType } from "../../dtype.ts";
import type { SortCall } from "../../kernel.ts";
import { positionsOf, without } from "../../view.ts";
import { indexOf, type LinearMemory } from "./memory.ts";

/** Maximum length at which insertion is faster. */
const short = 48;
/** Maximum number of kept elements at which insertion is faster for a lane at least eight times as long. */
const few = 128;
/**
 * Bits per digit: fewer for short lanes, where clearing and summing the counts would take longer than moving the
 * elements.
 */
const digitOf = (length: number): number => (length < 2048 ? 8 : 11);

/** Sorts along one dimension. */
export function runSort(memory: LinearMemory, call: SortCall): void {
  const { dim, descending, input, values, indices } = call;
  const length = input.shape.length === 0 ? 1 : (input.shape[dim] as number);
  const kept = values.shape.length === 0 ? 1 : (values.shape[dim] as number);
  if (length === 0 || kept === 0) return;
  const [from, to, places] = [memory.of(input.dtype), memory.of(values.dtype), memory.i32];
  const [step, stepValues, stepPlaces] = [input, values, indices].map(({ strides }) => strides[dim] ?? 0) as [
    number,
    number,
    number,
  ]; // safe: three
  const starts = [input, values, indices].map((view) => positionsOf(without(view, [dim]), indexOf(view)));
  const work = new Lane(length, bytesOf(input.dtype) === 8 ? 2 : 1);
  starts[0]?.forEach((start, l) => {
    work.load(memory, input.dtype, start, step, descending);
    work.sort(kept);
    const target = starts[1]?.[l] as number;
    const place = starts[2]?.[l] as number;
    const { order } = work;
    for (let i = 0; i < kept; i++) {
      const position = order[i] as number;
      to[target + i * stepValues] = from[start + position * step] as number;
      places[place + i * stepPlaces] = position;
    }
  });
}

/** The sort keys of one lane, least significant word first, and the order of its elements. */
class Lane {
  order: Int32Array;
  readonly #words: Int32Array[];
  readonly #length: number;
  #other: Int32Array;
  readonly #digit: number;
  readonly #counts: Int32Array;

  constructor(length: number, words: number) {
    this.#length = length;
    this.#digit = digitOf(length);
    this.#counts = new Int32Array(1 << this.#digit);
    this.#words = Array.from({ length: words }, () => new Int32Array(length));
    this.order = new Int32Array(length);
    this.#other = new Int32Array(length);
  }

  /**
   * Computes the keys of the elements from `start` on. NaN is largest (smallest when descending), and both zeros are
   * equal.
   */
  load(memory: LinearMemory, dtype: DType, start: number, stride: number, descending: boolean): void {
    // safe: there are one or two words
    const [first, last] = [this.#words[0] as Int32Array, this.#words.at(-1) as Int32Array];
    const flip = descending ? -1 : 0;
    const n = this.#length;
    const infinity = infinities[dtype];
    if (dtype === "float64") {
      const { f64, i32 } = memory;
      for (let i = 0, at = start; i < n; i++, at += stride) {
        const value = f64[at] as number;
        const same = Number.isNaN(value) ? -1 : 0;
        const negative = value < 0 ? -1 : 0;
        first[i] = (same | ((i32[2 * at] as number) ^ negative)) ^ flip ^ lowest;
        last[i] = (same | (value === 0 ? lowest : (i32[2 * at + 1] as number) ^ (negative | lowest))) ^ flip ^ lowest;
      }
    } else if (infinity === undefined) {
      const source = memory.of(dtype);
      for (let i = 0, at = start; i < n; i++, at += stride) first[i] = (source[at] as number) ^ flip;
    } else {
      const half = bytesOf(dtype) === 2;
      const source = half ? memory.u16 : memory.i32;
      const shift = half ? 16 : 0;
      for (let i = 0, at = start; i < n; i++, at += stride)
        first[i] = floatKey((source[at] as number) << shift, infinity) ^ flip;
    }
  }

  /** Sorts at least the first `kept` elements. */
  sort(kept: number): void {
    const n = this.#length;
    if (n <= short || (kept <= few && 8 * kept <= n)) {
      this.#insert(kept);
      return;
    }
    for (let i = 0; i < n; i++) this.order[i] = i;
    for (const word of this.#words) for (let shift = 0; shift < 32; shift += this.#digit) this.#pass(word, shift);
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

  /** One pass of the radix sort: a stable counting sort by the digit at `shift`. */
  #pass(word: Int32Array, shift: number): void {
    const { order } = this;
    const counts = this.#counts.fill(0);
    const mask = counts.length - 1;
    for (let i = 0; i < order.length; i++) {
      const d = (((word[i] as number) ^ lowest) >>> shift) & mask; // counts do not depend on the order of the elements
      counts[d] = (counts[d] as number) + 1;
    }
    // all digits are equal: nothing moves
    if (counts[(((word[0] as number) ^ lowest) >>> shift) & mask] === order.length) return;
    for (let d = 0, sum = 0; d <= mask; d++) {
      const count = counts[d] as number;
      counts[d] = sum;
      sum += count;
    }
    const to = this.#other;
    for (let i = 0; i < order.length; i++) {
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
