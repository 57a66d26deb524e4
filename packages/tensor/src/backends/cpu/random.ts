/** Random numbers by position: the sequence of `random/philox.ts`, stored where it is wanted. */

import { viewBytes } from "../../dtype.ts";
import { encode } from "../../encode.ts";
import type { RandomCall } from "../../kernel.ts";
import { philox, philoxNormal } from "../../random/philox.ts";
import { sizeOf } from "../../shape.ts";
import { addressOf, type LinearMemory } from "./memory.ts";

/** Fills a contiguous view. */
export function runRandom(memory: LinearMemory, call: RandomCall): void {
  const { to } = call;
  const count = sizeOf(to.shape);
  const address = addressOf(to);
  switch (to.dtype) {
    case "float64":
      draw(call, count, new Float64Array(memory.wasm.buffer, address, count));
      return;
    case "float32":
      draw(call, count, new Float32Array(memory.wasm.buffer, address, count));
      return;
    case "int32":
      draw(call, count, new Int32Array(memory.wasm.buffer, address, count));
      return;
    case "uint8":
      draw(call, count, new Uint8Array(memory.wasm.buffer, address, count));
      return;
    default: {
      const wide = new Float64Array(count);
      draw(call, count, wide);
      viewBytes(to.dtype, memory.wasm.buffer, address, count).set(encode(wide, to.dtype));
    }
  }
}

function draw({ distribution, seed, offset }: RandomCall, count: number, to: Float64Array | Float32Array | Int32Array | Uint8Array): void {
  if (distribution === "normal") {
    for (let i = 0; i < count; i++) to[i] = philoxNormal(seed, offset + i);
    return;
  }
  const [key0, key1] = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  let words = philox(0, 0, key0, key1);
  for (let i = 0; i < count; i++) {
    const index = offset + i;
    const place = index % 4;
    // Four numbers come from one block.
    if (i === 0 || place === 0) {
      const block = Math.floor(index / 4);
      words = philox(block % 2 ** 32, Math.floor(block / 2 ** 32), key0, key1);
    }
    const word = words[place as 0 | 1 | 2 | 3]; // safe: a remainder modulo 4
    to[i] = distribution === "bits" ? word : (word >>> 8) / 2 ** 24;
  }
}
