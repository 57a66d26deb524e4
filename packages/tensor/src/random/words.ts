/** Words of a generator in a reused array, from which draws are computed. */

import type { Generator } from "./generator.ts";
import { blockWords } from "./twister.ts";

/** The maximum number of words per call: 64 of the generator's blocks, small enough to stay in cache. */
export const most: number = 64 * blockWords;
let made: Uint32Array | null = null;

/** Returns the generator's next words, at most `most`. The array is reused by the next call. */
export function nextWords(generator: Generator, count: number): Uint32Array {
  made ??= new Uint32Array(most);
  return generator.fill(made.subarray(0, count));
}
