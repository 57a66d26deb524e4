/**
 * Row programs. Where rows are short or many, one invocation goes over a row by itself; where they are longer, a workgroup shares one; and where
 * a few of them are very long, they are cut into pieces.
 */

import type { RowsCall, View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { wgslType } from "./draft.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { identity, RowFrame, share, workgroup } from "./row-frame.ts";
import { inPieces } from "./rows-in-pieces.ts";

/** Rows up to this length are gone over by one invocation each. */
const short = 32;
/** From this length on, a row among few is cut into pieces. */
const long = 8192;

/** Runs a row program. */
export function rows(recorder: Recorder, call: RowsCall): void {
  const { shape } = call.inputs[0] as View; // safe: a row program reads at least one input
  const count = sizeOf(shape.slice(0, shape.length - call.dims));
  const length = sizeOf(shape.slice(shape.length - call.dims));
  if (count === 0) return;
  packed(recorder, [...call.toRows, ...call.toElements], (targets) => {
    const wide = { ...call, toRows: targets.slice(0, call.toRows.length), toElements: targets.slice(call.toRows.length) };
    if (call.program.stages.length > 0 && length >= long && count <= 256) inPieces(recorder, wide, count, length);
    else inOne(recorder, wide, count, length);
  });
}

/** A whole row by one invocation or one workgroup. */
function inOne(recorder: Recorder, call: RowsCall, count: number, length: number): void {
  const { stages, rows, elements } = call.program;
  const alone = length <= short || (recorder.direct ? count >= 64 : count >= 2048 && length <= 1024);
  // A row's result is a word by itself, which quads cannot store.
  const frame = new RowFrame(alone ? "rows alone" : "rows shared", call, length, rows.length === 0);
  const { draft } = frame;
  const toRows = call.toRows.map((view) => draft.view(view, "write"));
  const toElements = call.toElements.map((view) => draft.view(view, "write"));
  const total = draft.u32(count);
  const starts = frame.starts([...call.toRows, ...call.toElements]);
  const steps = frame.steps(call.toElements);
  const first = frame.inputs.length;
  const result = (k: number) => `result${k}`;
  const text = () => {
    const { each } = frame;
    const loop = (body: string) =>
      alone
        ? `for (var i = 0u; i < ${frame.length}; i += ${each}u) {\n${body}\n}`
        : `for (var i = lane * ${each}u; i < ${frame.length}; i += ${workgroup * each}u) {\n${body}\n}`;
    const parts = [
      alone ? `let r = group * ${workgroup}u + lane;\nif (r >= ${total}) { return; }` : "let r = group;",
      starts.index("r", "row"),
    ];
    stages.forEach((stage, k) => {
      const { reduce, of } = stage;
      parts.push(
        `var total${k}: ${wgslType(of.dtype)} = ${identity(reduce, of.dtype)};`,
        loop(`${frame.load(steps)}\n${frame.reduce(stage, `total${k}`, result)}`),
      );
      if (alone) parts.push(`let result${k} = total${k};`);
      else parts.push(share(k, reduce, of.dtype), `let result${k} = shared${k}[0];`);
    });
    const store = frame.storeRow(toRows, first, result);
    if (rows.length > 0) parts.push(alone ? `{\n${store}\n}` : `if (lane == 0u) {\n${store}\n}`);
    if (elements.length > 0) parts.push(loop(frame.storeElement(toElements, first + rows.length, steps, result)));
    const declarations = alone
      ? ""
      : stages.map(({ of }, k) => `var<workgroup> shared${k}: array<${wgslType(of.dtype)}, ${workgroup}>;`).join("\n");
    return { body: parts.join("\n"), declarations };
  };
  recorder.launch(draft, alone ? Math.ceil(count / workgroup) : count, text, workgroup);
}
