/**
 * Counter-based random numbers. Operations on this device draw on the host instead, so no bundle contains this kernel
 * unless a program issues such a call itself.
 */

import { encoder } from "../../encode.ts";
import type { RandomCall } from "../../kernel.ts";
import { drawings } from "../../random/philox.ts";
import { sizeOf } from "../../shape.ts";
import { indexOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Fills a contiguous view with random numbers. */
export function runRandom({ memory }: Runtime, { distribution, seed, offset, to }: RandomCall): void {
  const elements = memory.of(to.dtype);
  const encode = encoder(to.dtype);
  const first = indexOf(to);
  for (let i = 0; i < sizeOf(to.shape); i++) elements[first + i] = encode(drawings[distribution](seed, offset + i));
}
