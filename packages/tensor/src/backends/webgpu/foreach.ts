/**
 * Lists of pointwise calls, such as an optimizer's step over all parameters: one dispatch for all items whose views are
 * contiguous. The length, positions and scalars of each item are in a table among the arguments, in which a workgroup
 * looks up its item.
 */

import type { ForeachCall, View } from "../../kernel.ts";
import { isContiguous, sizeOf } from "../../shape.ts";
import { Draft, floatBits } from "./draft.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { pointwise } from "./pointwise.ts";
import { quadsOf, writeQuad } from "./quads.ts";
import type { Recorder } from "./recorder.ts";
import { scalarArguments } from "./scalars.ts";

const workgroup = 64;
/** Quads per invocation, which amortize the lookup. */
const each = 2;
/** Maximum words of a table: a quarter of the uniform buffer that every device can bind. */
const tableRoom = 4096;

type Item = ForeachCall["items"][number];

/** Runs a list of pointwise calls. */
export function foreach(recorder: Recorder, { program, items }: ForeachCall): void {
  const lists = new Map<string, Item[]>();
  for (const item of items) {
    const views = [...item.inputs, ...item.to];
    const inRow =
      views.every((view) => isContiguous(view.shape, view.strides)) &&
      quadsOf(views, item.to.length)?.moves.every(Boolean);
    if (!inRow) {
      pointwise(recorder, { program, ...item });
      continue;
    }
    // safe: buffers of this device
    const key = views.map(({ buffer, dtype }) => `${dtype}${(buffer as WebGpuBuffer).heap.id}`).join(" ");
    const list = lists.get(key);
    if (list) list.push(item);
    else lists.set(key, [item]);
  }
  for (const list of lists.values()) {
    const [first] = list as [Item]; // safe: no list is empty
    const most = Math.max(
      1,
      Math.floor(tableRoom / (2 + first.inputs.length + first.to.length + first.scalars.length)),
    );
    for (let i = 0; i < list.length; i += most) inOne(recorder, program, list.slice(i, i + most));
  }
}

/** Runs contiguous items with the same dtypes in one dispatch. */
function inOne(recorder: Recorder, program: ForeachCall["program"], all: readonly Item[]): void {
  const items = all.filter(({ to }) => sizeOf((to[0] as View).shape) > 0); // safe: an item has an output
  const [item] = items;
  if (item === undefined) return;
  const draft = new Draft(`foreach ${program.id}`, true);
  const sources = item.inputs.slice(0, program.inputs).map((view) => draft.anywhere(view, "read"));
  const targets = item.to.map((view) => draft.anywhere(view, "write"));
  const moves = sources.map(() => true);
  const count = draft.u32(items.length);
  const table = draft.words.length;
  let columns = 0;
  /** Adds a column to the table. Returns the name of its value for the workgroup's item. */
  const column = (value: (item: Item, number: number) => number): string => {
    for (const [number, one] of items.entries()) draft.u32(value(one, number));
    return `c${columns++}`;
  };
  const lengths = items.map(({ to }) => Math.ceil(sizeOf((to[0] as View).shape) / 4));
  let groups = 0;
  const begins = lengths.map((length) => {
    const begin = groups;
    groups += Math.ceil(length / (workgroup * each));
    return begin;
  });
  const begin = column((_, number) => begins[number] as number);
  const length = column((_, number) => lengths[number] as number);
  const position = (view: View, use: "read" | "write"): number => draft.start(view, use) + view.offset;
  const inputs = sources.map((_, k) => column(({ inputs }) => position(inputs[k] as View, "read")));
  const outputs = targets.map((_, k) => column(({ to }) => position(to[k] as View, "write")));
  const scalar = scalarArguments(program, {
    f32: (k) => `bitcast<f32>(${column(({ scalars }) => floatBits(scalars[k] as number))})`,
    i32: (k) => `bitcast<i32>(${column(({ scalars }) => Math.trunc(scalars[k] as number) >>> 0)})`,
  });
  // Tables have few distinct sizes, whatever the number of items, so that few kernels are compiled.
  const words = 2 ** Math.ceil(Math.log2(Math.max(64, draft.words.length)));
  draft.key += ` ${words}`;
  while (draft.words.length < words) draft.u32(0);
  recorder.launch(
    draft,
    groups,
    () => ({
      declarations: "fn cell(at: u32) -> u32 { return args[at >> 2u][at & 3u]; }",
      body: `var item = 0u;
var past = ${count};
while (past - item > 1u) {
  let middle = (item + past) / 2u;
  if (cell(${table}u + middle) <= group) { item = middle; } else { past = middle; }
}
${Array.from({ length: columns }, (_, k) => `let c${k} = cell(${table}u + ${k}u * ${count} + item);`).join("\n")}
let first = (group - ${begin}) * ${workgroup * each}u + lane;
let end = min(first + ${workgroup * each}u, ${length});
for (var i = first; i < end; i += ${workgroup}u) {
${inputs.map((at, k) => `let at${k} = ${at} + 4u * i;`).join("\n")}
${outputs.map((at, k) => `let to${k} = ${at} + 4u * i;`).join("\n")}
${writeQuad(program, sources, moves, targets, scalar)}
}`,
    }),
    workgroup,
  );
}
