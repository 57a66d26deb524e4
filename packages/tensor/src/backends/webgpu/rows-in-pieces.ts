/**
 * Row programs over a few very long rows. Each stage reduces pieces of rows into memory, one workgroup per piece, and
 * then combines them.
 */

import { bytesOf, type DType, isFloating } from "../../dtype.ts";
import type { Stage } from "../../expr/program.ts";
import type { RowsCall, View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import { type Draft, type Elements, wgslType } from "./draft.ts";
import { writeCast } from "./formula.ts";
import type { WebGpuBuffer } from "./heap.ts";
import type { Recorder } from "./recorder.ts";
import { combined, identity, lanesFor, RowFrame, share } from "./row-frame.ts";

/** Invocations per workgroup of the kernel that stores element results. */
const workgroup = 64;

/** Maximum number of rows that are split into pieces. More rows keep the device busy by themselves. */
export function few({ direct }: Recorder): number {
  return direct ? 8 : 256;
}

/**
 * Returns the elements per piece, a multiple of `chunk`, the elements that a workgroup processes at once. A GPU needs
 * thousands of invocations to be busy, a software adapter a few per core. No invocation adds more than 64 elements to
 * one accumulator, so that sums stay accurate.
 */
function pieceOf({ direct }: Recorder, chunk: number, count: number, length: number): number {
  const pieces = Math.floor((direct ? 16 : 2048) / count);
  return chunk * Math.min(64, Math.ceil(length / pieces / chunk));
}

/**
 * Runs each stage as two dispatches, one workgroup per piece of each row and then one per row, followed by one for the
 * element results.
 */
export function inPieces(recorder: Recorder, call: RowsCall, count: number, length: number): void {
  const { stages, elements } = call.program;
  const results: View[] = [];
  stages.forEach((stage, k) => {
    const partial = reducePieces(recorder, call, k, results, count, length);
    const last = k === stages.length - 1;
    const result = last && elements.length === 0 ? null : scratch(recorder, stored(stage.of.dtype), [count]);
    const frame = new RowFrame(`rows combine ${last} ${result !== null}`, call, length);
    const earlier = rowResults(frame.draft, call, results);
    combinePieces(recorder, stage, partial, result, frame, last ? (n) => (n === k ? "total0" : earlier(n)) : null);
    recorder.memory.free(partial.buffer as WebGpuBuffer); // safe: it was allocated above
    if (result !== null) results.push(result);
  });
  if (elements.length > 0) storeElements(recorder, call, results, count, length);
  for (const result of results) recorder.memory.free(result.buffer as WebGpuBuffer); // safe: as above
}

/** Returns the dtype in which a stage's result is stored: one word per element. */
function stored(dtype: DType): DType {
  return isFloating(dtype) ? "float32" : "int32";
}

function scratch(recorder: Recorder, dtype: DType, shape: readonly number[]): View {
  const buffer = recorder.memory.allocate(sizeOf(shape) * bytesOf(dtype));
  return { buffer, dtype, shape, strides: contiguousStrides(shape), offset: 0 };
}

/** Returns the results of earlier stages for row `r`, as expressions. */
function rowResults(draft: Draft, { program }: RowsCall, results: readonly View[]): (k: number) => string {
  const loaded = results.map((view) => draft.view(view, "read"));
  return (k) => {
    const of = (program.stages[k] as Stage).of.dtype;
    return writeCast((loaded[k] as Elements).get("r"), stored(of), of);
  };
}

/** Reduces each piece of each row for stage `k`, into [rows, pieces, words per result]. */
function reducePieces(
  recorder: Recorder,
  call: RowsCall,
  k: number,
  results: readonly View[],
  count: number,
  length: number,
): View {
  const stage = call.program.stages[k] as Stage;
  const { dtype } = stage.of;
  const lanes = lanesFor(recorder, length);
  const frame = new RowFrame(`rows piece ${k}`, { ...call, toElements: [] }, length, true);
  const { draft, each } = frame;
  const size = pieceOf(recorder, lanes * each * frame.unroll(stage), count, length);
  const pieces = Math.ceil(length / size);
  // Quads are stored whole, so each piece gets one.
  const partial = scratch(recorder, stored(dtype), [count, pieces, each]);
  const row = rowResults(draft, call, results);
  const to = draft.view(partial, "write");
  const [perRow, piece] = [pieces, size].map((value) => draft.u32(value));
  const starts = frame.starts([]);
  const steps = frame.steps([]);
  const text = () => {
    const shared = share(k, stage.reduce, dtype, lanes);
    const result = writeCast(`total${k}`, dtype, stored(dtype));
    return {
      declarations: shared.declaration,
      body: `let r = group / ${perRow};
let start = (group % ${perRow}) * ${piece};
let end = min(start + ${piece}, ${frame.length});
${starts.index("r", "row")}
${frame.total(k, { from: "start", to: "end", lane: "lane", lanes }, steps, row)}
${shared.code}
if (lane == 0u) { ${each === 1 ? to.put("group", result) : to.putQuad("(group * 4u)", [result, result, result, result])} }`,
    };
  };
  recorder.launch(draft, count * pieces, text, lanes);
  return partial;
}

/**
 * Combines the pieces of every row, into `result` if there is one. After the last stage, for which `row` is given, it
 * also stores the row results.
 */
function combinePieces(
  recorder: Recorder,
  { reduce, of: { dtype } }: Stage,
  partial: View,
  result: View | null,
  frame: RowFrame,
  row: ((k: number) => string) | null,
): void {
  const { draft, call } = frame;
  const from = draft.view(partial, "read");
  const to = result === null ? null : draft.view(result, "write");
  const targets = row === null ? [] : call.toRows.map((view) => draft.view(view, "write"));
  draft.key += ` ${reduce} ${dtype}`;
  const starts = frame.starts(row === null ? [] : call.toRows);
  const [pieces, apart] = [partial.shape[1], partial.shape[2]].map((size) => draft.u32(size as number));
  const lanes = lanesFor(recorder, 0);
  const text = () => {
    const shared = share(0, reduce, dtype, lanes);
    return {
      declarations: shared.declaration,
      body: `var total0: ${wgslType(dtype)} = ${identity(reduce, dtype)};
let r = group;
for (var i = lane; i < ${pieces}; i += ${lanes}u) {
  let next = ${writeCast(from.get(`(r * ${pieces} + i) * ${apart}`), from.dtype, dtype)};
  total0 = ${combined(reduce, dtype, "total0", "next")};
}
${shared.code}
${starts.index("r", "row")}
if (lane == 0u) {
${to?.put("r", writeCast("total0", dtype, to.dtype)) ?? ""}
${row === null ? "" : frame.storeRow(targets, frame.inputs.length, row)}
}`,
    };
  };
  recorder.launch(draft, partial.shape[0] as number, text, lanes); // safe: [rows, pieces, words per result]
}

/** Computes the element results from the stages' results. */
function storeElements(
  recorder: Recorder,
  call: RowsCall,
  results: readonly View[],
  count: number,
  length: number,
): void {
  const frame = new RowFrame("rows elements", call, length);
  const { draft } = frame;
  const row = rowResults(draft, call, results);
  const targets = call.toElements.map((view) => draft.view(view, "write"));
  const starts = frame.starts(call.toElements);
  const steps = frame.steps(call.toElements);
  const perRow = Math.ceil(length / workgroup);
  const groups = draft.u32(perRow);
  const text = () => ({
    body: `let r = group / ${groups};
let i = (group % ${groups}) * ${workgroup}u + lane;
if (i >= ${frame.length}) { return; }
${starts.index("r", "row")}
${frame.storeElement(targets, frame.inputs.length, steps, row)}`,
  });
  recorder.launch(draft, count * perRow, text, workgroup);
}
