/**
 * Counter-based random numbers. Operations on this device draw on the host instead; this kernel serves calls that
 * another device passes on.
 */

import { encoder } from "../../encode.ts";
import type { RandomCall } from "../../kernel.ts";
import { drawings } from "../../random/philox.ts";
import { sizeOf } from "../../shape.ts";
import { indexOf, type LinearMemory } from "./memory.ts";

/** Fills a contiguous view with random numbers. */
export function runRandom(memory: LinearMemory, { distribution, seed, offset, to }: RandomCall): void {
  const elements = memory.of(to.dtype);
  const encode = encoder(to.dtype);
  const first = indexOf(to);
  for (let i = 0; i < sizeOf(to.shape); i++) elements[first + i] = encode(drawings[distribution](seed, offset + i));
}
