/** Random numbers by position. The sequence itself is the generator's; this file only stores it. */

import type { RandomCall } from "../../kernel.ts";
import { philoxBits, philoxNormal, philoxUniform } from "../../random/philox.ts";
import { sizeOf } from "../../shape.ts";
import { store } from "./memory.ts";
import { round } from "./primitives.ts";

/** Runs a random call. */
export function random(call: RandomCall): void {
  const draw = drawing(call.distribution);
  const values = Array.from({ length: sizeOf(call.to.shape) }, (_, i) => round(draw(call.seed, call.offset + i), call.to.dtype));
  store(call.to, values);
}

function drawing(distribution: RandomCall["distribution"]): (seed: number, index: number) => number {
  switch (distribution) {
    case "uniform":
      return philoxUniform;
    case "normal":
      return philoxNormal;
    case "bits":
      return philoxBits;
    default:
      throw distribution satisfies never;
  }
}
