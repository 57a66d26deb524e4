/**
 * Elements narrower than a word. Two invocations must not write to one word, so kernels write such results to scratch
 * memory, one word per element, and another dispatch packs them. Targets with gaps are written element by element,
 * atomically.
 */

import type { View } from "../../kernel.ts";
import { contiguousStrides, isContiguous, sizeOf } from "../../shape.ts";
import { Draft, packingOf } from "./draft.ts";
import type { WebGpuBuffer } from "./heap.ts";
import type { Recorder } from "./recorder.ts";
import { walk } from "./walk.ts";

/** A view, or scratch memory with one word per element. */
export type WideView = View & { readonly wide?: boolean };

/**
 * Runs a kernel that stores single elements: directly into targets whose elements are words, and otherwise into scratch
 * memory that is packed afterward.
 */
export function packed<const T extends readonly (View | null)[]>(
  recorder: Recorder,
  targets: T,
  run: (targets: { readonly [K in keyof T]: T[K] extends View ? WideView : WideView | null }) => void,
): void {
  const scratch: { readonly from: WideView; readonly to: View }[] = [];
  const wide = targets.map((to) => {
    if (to === null || packingOf(to).log === 0) return to;
    const count = sizeOf(to.shape);
    const from = {
      buffer: recorder.memory.allocate(count * 4),
      dtype: to.dtype,
      shape: to.shape,
      strides: contiguousStrides(to.shape),
      offset: 0,
      wide: true,
    };
    scratch.push({ from, to });
    return from;
  });
  // Safe: one entry per target, null where the target is null.
  run(wide as unknown as Parameters<typeof run>[0]);
  for (const { from, to } of scratch) {
    if (isContiguous(to.shape, to.strides)) packWords(recorder, from, to);
    else packElements(recorder, from, to);
    recorder.memory.free(from.buffer as WebGpuBuffer); // safe: it was allocated above
  }
}

/** Packs with one invocation per word of the target. Other elements in its first and last word are preserved. */
function packWords(recorder: Recorder, from: WideView, to: View): void {
  const count = sizeOf(to.shape);
  if (count === 0) return;
  const { bits, log } = packingOf(to);
  const first = to.offset >> log;
  const words = ((to.offset + count - 1) >> log) - first + 1;
  const draft = new Draft("pack words");
  const source = draft.view(from, "read");
  const target = draft.view(to, "write");
  const [start, length, word] = [to.offset, count, first].map((value) => draft.u32(value));
  recorder.each(draft, words, () => ({
    body: `let word = ${word} + i;
var value = 0u;
var mask = 0u;
for (var k = 0u; k < ${1 << log}u; k++) {
  let element = (word << ${log}u) + k - ${start};
  if (element < ${length}) {
    value |= ${source.bits("element")} << (k * ${bits}u);
    mask |= ${2 ** bits - 1}u << (k * ${bits}u);
  }
}
if (mask != 0xffffffffu) { value |= ${target.wordAt("word")} & ~mask; }
${target.putWord("word", "value")}`,
  }));
}

function packElements(recorder: Recorder, from: WideView, to: View): void {
  const count = sizeOf(to.shape);
  const draft = new Draft("pack elements");
  const source = draft.view(from, "read");
  const target = draft.view(to, "combine");
  const positions = walk(draft, to.shape, [to]);
  recorder.each(draft, count, () => ({
    body: `${positions.index("i", "at")}
${target.combine("at0", source.get("i"), "v")}`,
  }));
}
