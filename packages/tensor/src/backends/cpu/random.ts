/** Random numbers by position: the sequence of `random/philox.ts`, stored where it is wanted. */

import { encoder } from "../../encode.ts";
import type { RandomCall } from "../../kernel.ts";
import { philox, philoxNormal } from "../../random/philox.ts";
import { sizeOf } from "../../shape.ts";
import { indexOf, type LinearMemory } from "./memory.ts";

/** Fills a contiguous view. */
export function runRandom(memory: LinearMemory, { distribution, seed, offset, to }: RandomCall): void {
  const count = sizeOf(to.shape);
  const elements = memory.of(to.dtype);
  const encode = encoder(to.dtype);
  const first = indexOf(to);
  const [key0, key1] = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  let words = philox(0, 0, key0, key1);
  for (let i = 0; i < count; i++) {
    const index = offset + i;
    const place = index % 4;
    // Four numbers come from one block.
    if (distribution !== "normal" && (i === 0 || place === 0)) {
      const block = Math.floor(index / 4);
      words = philox(block % 2 ** 32, Math.floor(block / 2 ** 32), key0, key1);
    }
    const word = words[place as 0 | 1 | 2 | 3]; // safe: a remainder modulo 4
    const value = distribution === "normal" ? philoxNormal(seed, index) : distribution === "bits" ? word : (word >>> 8) / 2 ** 24;
    elements[first + i] = encode(value);
  }
}
