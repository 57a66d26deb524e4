/**
 * Random numbers by position, as a device whose memory the host does not read is asked for them and may hand that on to
 * this one. The operations draw on the host for this one.
 */

import { encoder } from "../../encode.ts";
import type { RandomCall } from "../../kernel.ts";
import { drawings } from "../../random/philox.ts";
import { sizeOf } from "../../shape.ts";
import { indexOf, type LinearMemory } from "./memory.ts";

/** Fills a contiguous view. */
export function runRandom(memory: LinearMemory, { distribution, seed, offset, to }: RandomCall): void {
  const elements = memory.of(to.dtype);
  const encode = encoder(to.dtype);
  const first = indexOf(to);
  for (let i = 0; i < sizeOf(to.shape); i++) elements[first + i] = encode(drawings[distribution](seed, offset + i));
}
