/**
 * Row programs. Short or numerous rows are processed by one invocation each, longer ones by a workgroup each, and a few
 * very long ones are split into pieces.
 */

import type { RowsCall, View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { lanesFor, RowFrame, share } from "./row-frame.ts";
import { few, inPieces } from "./rows-in-pieces.ts";

/** Maximum length of rows that one invocation processes regardless of their number. */
const short = 32;
/** Minimum length of rows that are split into pieces if there are few. */
const long = 8192;

/** Runs a row program. */
export function rows(recorder: Recorder, call: RowsCall): void {
  const { shape } = call.inputs[0] as View; // safe: a row program reads at least one input
  const count = sizeOf(shape.slice(0, shape.length - call.dims));
  const length = sizeOf(shape.slice(shape.length - call.dims));
  if (count === 0) return;
  packed(recorder, [...call.toRows, ...call.toElements], (targets) => {
    const wide = {
      ...call,
      toRows: targets.slice(0, call.toRows.length),
      toElements: targets.slice(call.toRows.length),
    };
    if (call.program.stages.length > 0 && length >= long && count <= few(recorder))
      inPieces(recorder, wide, count, length);
    else inOne(recorder, wide, count, length);
  });
}

/** Whether one invocation processes each row. */
function alone(recorder: Recorder, { inputs, dims }: RowsCall, count: number, length: number): boolean {
  if (length <= short) return true;
  if (recorder.direct) return count >= 64 && length <= 4096;
  // Adjacent invocations then read different rows. Their reads only coalesce if the rows are adjacent in memory, as
  // columns are.
  const beside = inputs.some(({ strides }) => strides[strides.length - dims - 1] === 1);
  return count >= 2048 && length <= (beside ? 1024 : 128);
}

/** Processes a whole row by one invocation or one workgroup. */
function inOne(recorder: Recorder, call: RowsCall, count: number, length: number): void {
  const { stages, rows, elements } = call.program;
  const single = alone(recorder, call, count, length);
  const lanes = lanesFor(recorder, single ? 0 : length);
  // A row's result is a single word, which kernels of quads cannot store.
  const frame = new RowFrame(single ? "rows alone" : `rows shared ${lanes}`, call, length, rows.length === 0);
  const { draft, each } = frame;
  const toRows = call.toRows.map((view) => draft.view(view, "write"));
  const toElements = call.toElements.map((view) => draft.view(view, "write"));
  const total = draft.u32(count);
  const starts = frame.starts([...call.toRows, ...call.toElements]);
  const steps = frame.steps(call.toElements);
  const first = frame.inputs.length;
  const result = (k: number) => `total${k}`;
  const span = { from: "0u", to: frame.length, ...(single ? { lane: "0u", lanes: 1 } : { lane: "lane", lanes }) };
  const text = () => {
    const shares = stages.map(({ reduce, of }, k) => (single ? null : share(k, reduce, of.dtype, lanes)));
    const parts = [
      single ? `let r = group * ${lanes}u + lane;\nif (r >= ${total}) { return; }` : "let r = group;",
      starts.index("r", "row"),
    ];
    for (const k of stages.keys()) parts.push(frame.total(k, span, steps, result), shares[k]?.code ?? "");
    const store = frame.storeRow(toRows, first, result);
    if (rows.length > 0) parts.push(single ? `{\n${store}\n}` : `if (lane == 0u) {\n${store}\n}`);
    if (elements.length > 0)
      parts.push(`for (var i = ${span.lane} * ${each}u; i < ${frame.length}; i += ${span.lanes * each}u) {
${frame.storeElement(toElements, first + rows.length, steps, result)}
}`);
    return { body: parts.join("\n"), declarations: shares.map((one) => one?.declaration ?? "").join("\n") };
  };
  recorder.launch(draft, single ? Math.ceil(count / lanes) : count, text, lanes);
}
