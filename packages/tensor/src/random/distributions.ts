/**
 * Typed arrays filled with draws from distributions, in the order and by the formulas of PyTorch's CPU kernels. Values are numbers; the caller
 * stores them in the tensor's dtype. Precisions are drawn differently: float64 takes 64 bits of randomness for a number, the others 32, of which
 * a uniform draw keeps as many as the dtype has digits.
 */

import type { DType } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from "../half.ts";
import type { Generator } from "./generator.ts";
import { blockWords } from "./twister.ts";

/** How many random words are made at a time: 64 of the generator's blocks, few enough to stay in a cache. */
export const most: number = 64 * blockWords;
let made: Uint32Array | null = null;

/** The generator's next words, `most` at most; the array is used again. */
export function nextWords(generator: Generator, count: number): Uint32Array {
  made ??= new Uint32Array(most);
  return generator.fill(made.subarray(0, count));
}

/** An array of `count` draws. */
function filled(count: number, draw: () => number): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = draw();
  return values;
}

/** Rounds to the precision of the elements, for what is computed in it step by step. */
function roundedTo(dtype: DType): (x: number) => number {
  if (dtype === "float16") return (x) => fromHalf(toHalf(x));
  if (dtype === "bfloat16") return (x) => fromBfloat16(toBfloat16(x));
  return dtype === "float64" ? (x) => x : Math.fround;
}

/** What a draw from [0, 1) is multiplied by to be one from [from, to), and what is added then. */
export function stretch(dtype: DType, from: number, to: number): readonly [range: number, low: number] {
  const round = roundedTo(dtype);
  const low = round(from);
  return [round(round(to) - low), low];
}

/** `word % range`, exactly, for numbers below 2³²: engines find remainders of what may have 32 bits as those of floats, digit by digit. */
const remainder = (word: number, range: number): number => word - Math.floor(word / range) * range;

/** `count` integers from [low, high). */
export function drawIntegers(generator: Generator, count: number, low: number, high: number): Float64Array {
  if (!(Number.isInteger(low) && Number.isInteger(high) && low < high)) {
    throw new ArgumentError(`randint: expected integers low < high, got ${low} and ${high}`);
  }
  const range = high - low;
  if (range >= 2 ** 32) {
    const wide = BigInt(range);
    return filled(count, () => Number(generator.random64() % wide) + low);
  }
  const values = new Float64Array(count);
  for (let first = 0; first < count; first += most) {
    const words = nextWords(generator, Math.min(most, count - first));
    for (let i = 0; i < words.length; i++) values[first + i] = remainder(words[i] as number, range) + low;
  }
  return values;
}

/** The integers from 0 to n - 1 in random order. */
export function drawPermutation(generator: Generator, n: number): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + remainder(generator.random(), n - i);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
