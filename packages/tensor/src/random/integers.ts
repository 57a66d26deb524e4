/** Random integers, drawn exactly as PyTorch's CPU kernels draw them. */

import { ArgumentError } from "../errors.ts";
import type { Generator } from "./generator.ts";
import { most, nextWords } from "./words.ts";

/**
 * Returns `word % range` exactly, for numbers below 2³². For operands of up to 32 bits, engines compute `%` as a slow
 * floating-point remainder.
 */
const remainder = (word: number, range: number): number => word - Math.floor(word / range) * range;

/** Throws an ArgumentError unless there is an integer in [low, high), given as integers. */
export function checkRange(operation: string, low: number, high: number): void {
  if (!(Number.isInteger(low) && Number.isInteger(high) && low < high))
    throw new ArgumentError(`${operation}: expected integers low < high, got ${low} and ${high}`);
}

/** Draws `count` integers from [low, high). */
export function drawIntegers(
  generator: Generator,
  count: number,
  low: number,
  high: number,
): Float64Array | Int32Array {
  checkRange("randint", low, high);
  const range = high - low;
  if (range >= 2 ** 32) {
    const wide = BigInt(range);
    return Float64Array.from({ length: count }, () => Number(generator.random64() % wide) + low);
  }
  const values = new (low >= -(2 ** 31) && high <= 2 ** 31 ? Int32Array : Float64Array)(count);
  for (let first = 0; first < count; first += most) {
    const words = nextWords(generator, Math.min(most, count - first));
    for (let i = 0; i < words.length; i++) values[first + i] = remainder(words[i] as number, range) + low;
  }
  return values;
}

/** Draws a random permutation of the integers from 0 to n - 1. */
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
