/**
 * Pointwise programs: by quads where the layout of the operands allows it, otherwise with one invocation per element,
 * or per word where a result's elements are narrower than a word.
 */

import { computeType } from "../../dtype.ts";
import type { PointwiseCall, View } from "../../kernel.ts";
import { isContiguous, sizeOf } from "../../shape.ts";
import { Draft, type Elements, packingOf } from "./draft.ts";
import { writeCast, writeFormulas } from "./formula.ts";
import { packed } from "./pack.ts";
import { type Blocks, blocksOf, endsBuffer, type Quads, quadsOf, writeBlock, writeQuad } from "./quads.ts";
import type { Recorder } from "./recorder.ts";
import { ofLaunch, scalarArguments } from "./scalars.ts";
import { walk } from "./walk.ts";

const workgroup = 64;

type Call = Pick<PointwiseCall, "program" | "inputs" | "scalars" | "to">;

/** Runs a pointwise call. */
export function pointwise(recorder: Recorder, call: Call): void {
  if (sizeOf(call.to[0]?.shape ?? [0]) === 0) return;
  const inputs = call.inputs.slice(0, call.program.inputs);
  // Quads emit the expression four times and blocks sixteen times. For long programs, compiling that takes a driver
  // longer than it saves.
  const { nodes } = call.program;
  const quads = nodes > 200 ? null : quadsOf([...inputs, ...call.to], call.to.length);
  const blocks = quads === null && nodes <= 8 ? blocksOf([...inputs, ...call.to], call.to.length) : null;
  if (quads !== null) byQuad(recorder, { ...call, inputs }, quads);
  else if (blocks !== null) byBlock(recorder, { ...call, inputs }, blocks);
  else if (call.to.every(fillsWords)) byWord(recorder, call);
  else packed(recorder, call.to, (to) => byWord(recorder, { ...call, to }));
}

/**
 * Returns the invocations per workgroup, and the quads per workgroup: several per invocation if there are many. A
 * software adapter takes longer to start a workgroup than to continue one.
 */
function groupsOf({ direct }: Recorder, count: number): { readonly lanes: number; readonly perGroup: number } {
  if (direct) return { lanes: 16, perGroup: 16 * Math.ceil(count / 256) };
  return { lanes: workgroup, perGroup: count >= 1 << 14 ? 4 * workgroup : workgroup };
}

function byQuad(recorder: Recorder, { program, inputs, to, scalars }: Call, { shape, operands, moves }: Quads): void {
  const count = sizeOf(shape);
  const draft = new Draft(`pointwise ${program.id} ${moves.map(Number).join("")}`, true);
  const sources = inputs.map((view) => draft.view(view, "read"));
  const targets = to.map((view) => draft.view(view, "write"));
  draft.fills = { program, to };
  const { lanes, perGroup } = groupsOf(recorder, count);
  const [total, stride] = [count, perGroup].map((value) => draft.u32(value));
  const scalar = scalarArguments(program, ofLaunch(draft, scalars));
  const positions = walk(draft, shape, operands, true, 4);
  recorder.launch(
    draft,
    Math.ceil(count / perGroup),
    () => ({
      body: `let end = min(group * ${stride} + ${stride}, ${total});
for (var i = group * ${stride} + lane; i < end; i += ${lanes}u) {
${positions.index("i", "at")}
${targets.map((_, k) => `let to${k} = at${inputs.length + k};`).join("\n")}
${writeQuad(program, sources, moves, targets, scalar)}
}`,
    }),
    lanes,
  );
}

function byBlock(
  recorder: Recorder,
  { program, inputs, to, scalars }: Call,
  { shape, operands, kinds, paces }: Blocks,
): void {
  const count = sizeOf(shape);
  const draft = new Draft(`pointwise blocks ${program.id} ${kinds.join("")}`, true);
  const sources = inputs.map((view) => draft.view(view, "read"));
  const targets = to.map((view) => draft.view(view, "write"));
  draft.fills = { program, to };
  const steps = paces.map((pace) => draft.u32(pace));
  const scalar = scalarArguments(program, ofLaunch(draft, scalars));
  const positions = walk(draft, shape, operands);
  recorder.each(draft, count, () => ({
    body: `${positions.index("i", "at")}
${sources.map((_, k) => `let pace${k} = ${steps[k]};`).join("\n")}
${targets.map((_, k) => `let to${k} = at${inputs.length + k};\nlet step${k} = ${steps[inputs.length + k]};`).join("\n")}
${writeBlock(program, sources, kinds, targets, scalar)}`,
  }));
}

/** Whether a view shares no word with other memory. */
function fillsWords(view: View): boolean {
  const mask = (1 << packingOf(view).log) - 1;
  if (mask === 0) return true;
  const whole = (sizeOf(view.shape) & mask) === 0 || endsBuffer(view);
  return whole && (view.offset & mask) === 0 && isContiguous(view.shape, view.strides);
}

/** Computes word by word. Inputs that the program ignores are not bound. */
function byWord(recorder: Recorder, call: Call): void {
  const { program, to } = call;
  const { shape } = to[0] as View; // safe: a call with a result
  const count = sizeOf(shape);
  const draft = new Draft(`pointwise ${program.id}`);
  const inputs = call.inputs.slice(0, program.inputs);
  const sources = inputs.map((view) => draft.view(view, "read"));
  const targets = to.map((view) => draft.view(view, "write"));
  draft.fills = { program, to };
  const total = draft.u32(count);
  const scalar = scalarArguments(program, ofLaunch(draft, call.scalars));
  const positions = walk(draft, shape, [...inputs, ...to]);
  /** Elements per invocation: those of the word with the most elements. */
  const each = 1 << Math.max(...to.map((view) => packingOf(view).log));
  recorder.each(draft, Math.ceil(count / each), () => {
    const leaves = {
      input: (k: number) => sources[k]?.get(`at${k}`) ?? "",
      scalar,
      row: () => "",
    };
    const { code, values } = writeFormulas(program.outputs, leaves, "v");
    const stores = targets.map((target, k) => {
      // Storing rounds 16-bit floats.
      const value = writeCast(
        values[k] as string,
        program.outputs[k]?.dtype ?? target.dtype,
        computeType(target.dtype),
      );
      return { target, value, place: `at${inputs.length + k}`, packing: packingOf(to[k] as View) };
    });
    const element = `${positions.index("i", "at")}\n${code}`;
    if (each === 1) {
      return {
        body: `${element}
${stores.map(({ target, place, value }) => target.put(place, value)).join("\n")}`,
      };
    }
    return {
      body: `let first = i * ${each}u;
${stores.map(({ packing }, k) => (packing.log > 0 ? `var word${k} = 0u;` : "")).join("\n")}
for (var i = first; i < min(first + ${each}u, ${total}); i++) {
${element}
${stores.map((store, k) => collect(store, k, total)).join("\n")}
}`,
    };
  });
}

interface Store {
  readonly target: Elements;
  readonly value: string;
  readonly place: string;
  readonly packing: { readonly bits: number; readonly log: number };
}

/** Stores a value directly, or merges it into its word, which is stored with its last element. */
function collect({ target, value, place, packing: { bits, log } }: Store, k: number, total: string): string {
  if (log === 0) return target.put(place, value);
  const last = (1 << log) - 1;
  return `word${k} |= ${target.encode(value)} << ((i & ${last}u) * ${bits}u);
if ((i & ${last}u) == ${last}u || i + 1u == ${total}) {
  ${target.putWord(`(${place} >> ${log}u)`, `word${k}`)}
  word${k} = 0u;
}`;
}
