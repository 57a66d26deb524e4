/**
 * Random numbers from Philox 4×32-10, the same as on every other device for a seed and a position. An invocation
 * computes one block of four words. The block's number, up to 2⁵¹, is passed as two words.
 */

import type { RandomCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft } from "./draft.ts";
import { writeCast } from "./formula.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { float } from "./wgsl-mathematics.ts";

const philox = `fn philox(low: u32, top: u32, key0: u32, key1: u32) -> vec4<u32> {
  var x = vec4<u32>(low, top, 0u, 0u);
  var k0 = key0;
  var k1 = key1;
  for (var round = 0; round < 10; round++) {
    let h0 = f_mulHigh(0xd2511f53u, x.x);
    let l0 = 0xd2511f53u * x.x;
    let h1 = f_mulHigh(0xcd9e8d57u, x.z);
    let l1 = 0xcd9e8d57u * x.z;
    x = vec4<u32>(h1 ^ x.y ^ k0, l1, h0 ^ x.w ^ k1, l0);
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  return x;
}`;

/** The value drawn from word `k` of a block. */
const values = {
  bits: (k: number) => `bitcast<i32>(words[${k}])`,
  uniform: (k: number) => `drawUniform(words[${k}])`,
  normal: (k: number) => `drawNormal(words[${k & 2}], words[${(k & 2) + 1}], ${k & 1 ? "0" : "1"})`,
} as const;

/** Runs a random call. */
export function random(recorder: Recorder, call: RandomCall): void {
  packed(recorder, [call.to], ([to]) => fill(recorder, { ...call, to }));
}

function fill(recorder: Recorder, { distribution, seed, offset, to }: RandomCall): void {
  const count = sizeOf(to.shape);
  if (count === 0) return;
  const block = Math.floor(offset / 4);
  const skip = offset % 4;
  const draft = new Draft(`random ${distribution}`);
  const target = draft.view(to, "write");
  const halves = [block % 2 ** 32, Math.floor(block / 2 ** 32), seed % 2 ** 32, Math.floor(seed / 2 ** 32)].map(
    (word) => draft.u32(word),
  );
  const first = draft.u32(skip);
  const start = draft.u32(to.offset);
  const total = draft.u32(count);
  recorder.each(draft, Math.ceil((count + skip) / 4), () => {
    const from = distribution === "bits" ? "int32" : "float32";
    const stores = [0, 1, 2, 3].map((k) => {
      const value = writeCast(values[distribution](k), from, to.dtype);
      const place = `4u * i + ${k}u - ${first}`;
      return `if (${place} < ${total}) { ${target.put(`${start} + ${place}`, value)} }`;
    });
    return {
      declarations: `${philox}
fn drawUniform(word: u32) -> f32 { return f32(word >> 8u) * 5.9604644775390625e-8; }
fn drawNormal(a: u32, b: u32, turn: i32) -> f32 {
  return sqrt(-2.0 * f_log1p(-drawUniform(a))) * f_wave(${float(2 * Math.PI)} * drawUniform(b), turn);
}`,
      body: `let low = ${halves[0]} + i;
let words = philox(low, ${halves[1]} + select(0u, 1u, low < i), ${halves[2]}, ${halves[3]});
${stores.join("\n")}`,
    };
  });
}
