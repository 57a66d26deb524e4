/**
 * Sorting. Every element gets a whole number whose order is the element's order, and these keys are sorted with their positions by radix, from the lowest
 * digit to the highest: stable, and linear in the length. Short lanes are sorted by insertion. It runs in JavaScript, on the linear memory.
 */

import { bytesOf, type DType } from "../../dtype.ts";
import { decoder } from "../../encode.ts";
import type { SortCall, View } from "../../kernel.ts";
import { indexOf, type LinearMemory } from "./memory.ts";
import { without } from "./scan.ts";

/** Below this length insertion is faster. */
const short = 48;
/** Bits per digit. */
const digit = 11;

/** Sorts along one dimension. */
export function runSort(memory: LinearMemory, call: SortCall): void {
  const { dim, descending, input, values, indices } = call;
  const length = input.shape.length === 0 ? 1 : (input.shape[dim] as number);
  const kept = values.shape.length === 0 ? 1 : (values.shape[dim] as number);
  if (length === 0 || kept === 0) return;
  const [from, to, places] = [memory.of(input.dtype), memory.of(values.dtype), memory.i32];
  const decode = decoder(input.dtype);
  const stride = (view: View) => view.strides[dim] ?? 0;
  const starts = [input, values, indices].map((view) => origins(without(view, dim)));
  const work = new Lane(length, bytesOf(input.dtype) === 8 ? 2 : 1);
  starts[0]?.forEach((start, l) => {
    if (input.dtype === "float64")
      for (let i = 0; i < length; i++) work.setDouble(i, from[start + i * stride(input)] as number, descending);
    else for (let i = 0; i < length; i++) work.set(i, keyOf(input.dtype, decode(from[start + i * stride(input)] as number)), descending);
    work.sort();
    const target = starts[1]?.[l] as number;
    const place = starts[2]?.[l] as number;
    for (let i = 0; i < kept; i++) {
      const position = work.order[i] as number;
      to[target + i * stride(values)] = from[start + position * stride(input)] as number;
      places[place + i * stride(indices)] = position;
    }
  });
}

/** The keys of one lane, least significant word first, and the order of its elements. */
class Lane {
  order: Uint32Array;
  readonly #words: Uint32Array[];
  readonly #length: number;
  #other: Uint32Array;
  readonly #counts = new Uint32Array(1 << digit);
  readonly #double = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#double.buffer);

  constructor(length: number, words: number) {
    this.#length = length;
    this.#words = Array.from({ length: words }, () => new Uint32Array(length));
    this.order = new Uint32Array(length);
    this.#other = new Uint32Array(length);
  }

  set(i: number, key: number, descending: boolean): void {
    (this.#words[0] as Uint32Array)[i] = descending ? ~key : key;
  }

  /** The key of a float64: its bits, such that they are ordered as unsigned numbers. */
  setDouble(i: number, value: number, descending: boolean): void {
    this.#double[0] = value + 0; // both zeros are one
    let low = this.#halves[0] as number;
    let high = this.#halves[1] as number;
    if (Number.isNaN(value)) [low, high] = [0xffffffff, 0xffffffff];
    else if (high >>> 31 === 1) [low, high] = [~low, ~high];
    else high |= 0x80000000;
    (this.#words[0] as Uint32Array)[i] = descending ? ~low : low;
    (this.#words[1] as Uint32Array)[i] = descending ? ~high : high;
  }

  sort(): void {
    const n = this.#length;
    for (let i = 0; i < n; i++) this.order[i] = i;
    if (n <= short) this.#insert();
    else for (const word of this.#words) for (let shift = 0; shift < 32; shift += digit) this.#pass(word, shift);
  }

  #insert(): void {
    const { order } = this;
    const words = this.#words;
    const after = (a: number, b: number): boolean => {
      for (let w = words.length - 1; w >= 0; w--) {
        const [x, y] = [(words[w] as Uint32Array)[a] as number, (words[w] as Uint32Array)[b] as number];
        if (x !== y) return x > y;
      }
      return false;
    };
    for (let i = 1; i < order.length; i++) {
      const moving = order[i] as number;
      let j = i;
      for (; j > 0 && after(order[j - 1] as number, moving); j--) order[j] = order[j - 1] as number;
      order[j] = moving;
    }
  }

  /** One pass of the radix sort: by the digit at `shift`, keeping the order of equals. */
  #pass(word: Uint32Array, shift: number): void {
    const { order } = this;
    const counts = this.#counts.fill(0);
    const mask = counts.length - 1;
    for (let i = 0; i < order.length; i++) {
      const d = ((word[i] as number) >>> shift) & mask;
      counts[d] = (counts[d] as number) + 1;
    }
    let sum = 0;
    for (let d = 0; d < counts.length; d++) {
      const count = counts[d] as number;
      if (count === order.length) return; // all digits equal: nothing moves
      counts[d] = sum;
      sum += count;
    }
    const to = this.#other;
    for (let i = 0; i < order.length; i++) {
      const position = order[i] as number;
      const d = ((word[position] as number) >>> shift) & mask;
      const place = counts[d] as number;
      counts[d] = place + 1;
      to[place] = position;
    }
    this.#other = order;
    this.order = to;
  }
}

const single = /* @__PURE__ */ new Float32Array(1);
const bits = /* @__PURE__ */ new Uint32Array(single.buffer);

/** A number whose order among unsigned 32-bit numbers is the element's among its like. NaN comes last, and both zeros are one. */
function keyOf(dtype: DType, element: number): number {
  switch (dtype) {
    case "float16":
    case "bfloat16":
    case "float32": {
      single[0] = element + 0;
      const word = bits[0] as number;
      if ((word & 0x7fffffff) > 0x7f800000) return 0xffffffff;
      return word >>> 31 === 1 ? ~word : word | 0x80000000;
    }
    case "int32":
      return element ^ 0x80000000;
    default:
      return element;
  }
}

/** Where the elements of a view lie in the memory, in row-major order. */
function origins(view: View): number[] {
  const { shape, strides } = view;
  let list = [indexOf(view)];
  shape.forEach((size, d) => {
    const stride = strides[d] as number;
    list = list.flatMap((position) => Array.from({ length: size }, (_, i) => position + i * stride));
  });
  return list;
}
