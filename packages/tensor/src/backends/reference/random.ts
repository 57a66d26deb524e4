/** Random numbers by position in a sequence. The generator defines the sequence; this file only stores it. */

import type { RandomCall } from "../../kernel.ts";
import { drawings } from "../../random/philox.ts";
import { sizeOf } from "../../shape.ts";
import { store } from "./memory.ts";
import { round } from "./primitives.ts";

/** Runs a random call. */
export function random({ distribution, seed, offset, to }: RandomCall): void {
  const draw = drawings[distribution];
  store(
    to,
    Array.from({ length: sizeOf(to.shape) }, (_, i) => round(draw(seed, offset + i), to.dtype)),
  );
}
