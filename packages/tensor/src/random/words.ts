/** The generator's words in an array that is used again and again: what draws are made of. */

import type { Generator } from "./generator.ts";
import { blockWords } from "./twister.ts";

/** How many words are made at a time: 64 of the generator's blocks, few enough to stay in a cache. */
export const most: number = 64 * blockWords;
let made: Uint32Array | null = null;

/** The generator's next words, `most` at most; they hold until the next call. */
export function nextWords(generator: Generator, count: number): Uint32Array {
  made ??= new Uint32Array(most);
  return generator.fill(made.subarray(0, count));
}
