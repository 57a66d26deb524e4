/**
 * Sorting by a bitonic network over pairs of an order key and a position. Keys have the order of the elements, and
 * positions make the result stable. Lanes are copied into scratch memory, padded to a power of two. Blocks are sorted
 * within workgroups; only pairs that are farther apart need dispatches of their own.
 */

import type { SortCall, View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { orderKey } from "./argreduce.ts";
import { Draft } from "./draft.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { dropped, lanesOf } from "./scan.ts";
import { walk } from "./walk.ts";

const workgroup = 64;
/** Pairs per workgroup. */
const block = 1024;

/** Runs a sort along one dimension. */
export function sort(recorder: Recorder, call: SortCall): void {
  const { dim, input } = call;
  const count = sizeOf(dropped(input.shape, dim));
  const length = input.shape[dim] ?? 1;
  if (count * length === 0 || sizeOf(call.values.shape) === 0) return;
  const padded = Math.max(2, 2 ** Math.ceil(Math.log2(length)));
  const words = (): View => ({
    buffer: recorder.memory.allocate(count * padded * 4),
    dtype: "int32",
    shape: [],
    strides: [],
    offset: 0,
  });
  const pairs: Pairs = { keys: words(), places: words(), total: count * padded, padded };
  load(recorder, call, pairs, length, padded);
  within(recorder, pairs, 2, Math.min(block, padded));
  for (let size = 2 * block; size <= padded; size *= 2) {
    for (let distance = size / 2; distance >= block; distance /= 2) exchange(recorder, pairs, size, distance);
    within(recorder, pairs, size, size);
  }
  packed(recorder, [call.values], ([values]) => keep(recorder, { ...call, values }, pairs, padded));
  recorder.memory.free(pairs.keys.buffer as WebGpuBuffer); // safe: both were allocated above
  recorder.memory.free(pairs.places.buffer as WebGpuBuffer);
}

interface Pairs {
  readonly keys: View;
  readonly places: View;
  readonly total: number;
  /** Length of a lane, a power of two. */
  readonly padded: number;
}

/** Copies lanes into pairs. Padding has the largest key and the last positions, so it sorts to the end. */
function load(
  recorder: Recorder,
  { input, dim, descending }: SortCall,
  pairs: Pairs,
  length: number,
  padded: number,
): void {
  const draft = new Draft(`sort load ${descending}`);
  const from = draft.view(input, "read");
  const keys = draft.view(pairs.keys, "write");
  const places = draft.view(pairs.places, "write");
  const [size, all, step] = [length, padded, input.strides[dim] ?? 0].map((value) => draft.u32(value));
  const starts = walk(draft, dropped(input.shape, dim), [lanesOf(input, dim)]);
  recorder.each(draft, pairs.total, () => ({
    body: `let place = i % ${all};
let l = i / ${all};
var key = 0xffffffffu;
if (place < ${size}) {
  ${starts.index("l", "at")}
  let bits = ${from.bits(`at0 + place * ${step}`)};
  key = ${descending ? "~" : ""}${orderKey(input.dtype, "bits")};
}
${keys.putBits("i", "key")}
${places.putBits("i", "place")}`,
  }));
}

/** Whether pair `a` sorts after pair `b`. */
const after = "fn after(ka: u32, pa: u32, kb: u32, pb: u32) -> bool { return ka > kb || (ka == kb && pa > pb); }";

/** Runs all steps of the network from size `from` to `to` whose pairs are within one block. */
function within(recorder: Recorder, pairs: Pairs, from: number, to: number): void {
  const draft = new Draft("sort within");
  const keys = draft.view(pairs.keys, "write");
  const places = draft.view(pairs.places, "write");
  const [total, first, last, mask] = [pairs.total, from, to, pairs.padded - 1].map((value) => draft.u32(value));
  recorder.launch(
    draft,
    Math.ceil(pairs.total / block),
    () => ({
      declarations: `${after}
var<workgroup> k: array<u32, ${block}>;
var<workgroup> p: array<u32, ${block}>;`,
      body: `let base = group * ${block}u;
for (var t = lane; t < ${block}u; t += ${workgroup}u) {
  if (base + t < ${total}) {
    k[t] = ${keys.bits("base + t")};
    p[t] = ${places.bits("base + t")};
  }
}
workgroupBarrier();
for (var size = ${first}; size <= ${last}; size <<= 1u) {
  for (var distance = min(size, ${block}u) >> 1u; distance > 0u; distance >>= 1u) {
    for (var t = lane; t < ${block / 2}u; t += ${workgroup}u) {
      let a = (t / distance) * distance * 2u + t % distance;
      let b = a + distance;
      if (base + b < ${total}) {
        let up = ((base + a) & ${mask} & size) == 0u;
        if (after(k[a], p[a], k[b], p[b]) == up) {
          let key = k[a]; k[a] = k[b]; k[b] = key;
          let place = p[a]; p[a] = p[b]; p[b] = place;
        }
      }
    }
    workgroupBarrier();
  }
}
for (var t = lane; t < ${block}u; t += ${workgroup}u) {
  if (base + t < ${total}) {
    ${keys.putBits("base + t", "k[t]")}
    ${places.putBits("base + t", "p[t]")}
  }
}`,
    }),
    workgroup,
  );
}

/** Runs one step of the network over pairs that are farther apart than a block. */
function exchange(recorder: Recorder, pairs: Pairs, size: number, distance: number): void {
  const draft = new Draft("sort exchange");
  const keys = draft.view(pairs.keys, "write");
  const places = draft.view(pairs.places, "write");
  const [half, whole, apart, mask] = [pairs.total / 2, size, distance, pairs.padded - 1].map((value) =>
    draft.u32(value),
  );
  recorder.launch(
    draft,
    Math.ceil(pairs.total / 2 / workgroup),
    () => ({
      declarations: after,
      body: `let t = group * ${workgroup}u + lane;
if (t >= ${half}) { return; }
let a = (t / ${apart}) * ${apart} * 2u + t % ${apart};
let b = a + ${apart};
let ka = ${keys.bits("a")};
let pa = ${places.bits("a")};
let kb = ${keys.bits("b")};
let pb = ${places.bits("b")};
if (after(ka, pa, kb, pb) == ((a & ${mask} & ${whole}) == 0u)) {
  ${keys.putBits("a", "kb")}
  ${places.putBits("a", "pb")}
  ${keys.putBits("b", "ka")}
  ${places.putBits("b", "pa")}
}`,
    }),
    workgroup,
  );
}

/** Stores the positions, and the elements that they refer to, as far as they are kept. */
function keep(recorder: Recorder, { dim, skip, input, values, indices }: SortCall, pairs: Pairs, padded: number): void {
  const kept = values.shape[dim] ?? 1;
  const count = sizeOf(values.shape);
  const draft = new Draft("sort keep");
  const from = draft.view(input, "read");
  const places = draft.view(pairs.places, "read");
  const toValues = draft.view(values, "write");
  const toIndices = draft.view(indices, "write");
  const [size, all, first] = [kept, padded, skip].map((value) => draft.u32(value));
  const views = [input, values, indices];
  const steps = views.map((view) => draft.u32(view.strides[dim] ?? 0));
  const starts = walk(
    draft,
    dropped(values.shape, dim),
    views.map((view) => lanesOf(view, dim)),
  );
  recorder.each(draft, count, () => ({
    body: `let place = i % ${size};
let l = i / ${size};
${starts.index("l", "at")}
let source = ${places.bits(`l * ${all} + ${first} + place`)};
${toValues.putBits(`at1 + place * ${steps[1]}`, from.bits(`at0 + source * ${steps[0]}`))}
${toIndices.putBits(`at2 + place * ${steps[2]}`, "source")}`,
  }));
}
