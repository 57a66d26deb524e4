/**
 * Row programs. Where rows are short or many, one invocation goes over a row by itself; where they are longer, a workgroup shares one; and where
 * a few of them are very long, each stage is computed piece by piece, into memory, by as many workgroups as there are pieces, and then combined.
 */

import { bytesOf, type DType, isFloating } from "../../dtype.ts";
import type { Expr } from "../../expr/expr.ts";
import type { Reduction } from "../../expr/program.ts";
import type { RowsCall, View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import { Draft, type Elements, wgslType } from "./draft.ts";
import { type Leaves, literal, writeBinary, writeCast, writeFormulas } from "./formula.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { ofLaunch, scalarArguments } from "./scalars.ts";
import { type Walk, walk } from "./walk.ts";

const workgroup = 64;
/** Rows up to this length are gone over by one invocation each. */
const short = 32;
/** From this length on, a row among few is cut into pieces. */
const long = 8192;
const piece = 4096;

/** What a reduction of values of a dtype begins with. */
export function identity(reduce: Reduction, dtype: DType): string {
  if (reduce === "sum") return literal(0, dtype);
  if (reduce === "product") return literal(1, dtype);
  const low = reduce === "max";
  if (isFloating(dtype)) return literal(low ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, "float32");
  if (dtype === "int32") return literal(low ? -(2 ** 31) : 2 ** 31 - 1, dtype);
  return literal(low ? 0 : dtype === "uint8" ? 255 : 1, dtype);
}

const primitive = { sum: "add", product: "mul", max: "max", min: "min" } as const;

/** The combination of two values. */
export function combined(reduce: Reduction, dtype: DType, a: string, b: string): string {
  return writeBinary(primitive[reduce], dtype, a, b);
}

/** Runs a row program. */
export function rows(recorder: Recorder, call: RowsCall): void {
  const { shape } = call.inputs[0] as View; // safe: a row program reads at least one input
  const count = sizeOf(shape.slice(0, shape.length - call.dims));
  const length = sizeOf(shape.slice(shape.length - call.dims));
  if (count === 0) return;
  packed(recorder, [...call.toRows, ...call.toElements], (targets) => {
    const wide = { ...call, toRows: targets.slice(0, call.toRows.length), toElements: targets.slice(call.toRows.length) };
    if (length >= long && count <= 256) inPieces(recorder, wide, count, length);
    else inOne(recorder, wide, count, length);
  });
}

/** What all forms of a row kernel share: operands, positions and scalars. */
class RowFrame {
  readonly draft: Draft;
  readonly call: RowsCall;
  readonly sources: readonly Elements[];
  readonly scalar: (leaf: Expr) => string;
  readonly inputs: readonly View[];
  readonly length: string;

  constructor(kind: string, call: RowsCall, length: number) {
    this.draft = new Draft(`${kind} ${call.program.id}`);
    this.call = call;
    this.inputs = call.inputs.slice(0, Math.max(call.program.inputs, 1));
    this.sources = this.inputs.map((view) => this.draft.view(view, "read"));
    this.scalar = scalarArguments(call.program, ofLaunch(this.draft, call.scalars));
    this.length = this.draft.u32(length);
  }

  /** The walk over rows: positions of the inputs' first elements, then of what `more` holds. */
  starts(more: readonly View[]): Walk {
    const outer = this.outer;
    const heads = [...this.inputs, ...more].map(({ strides, offset }) => ({ strides: strides.slice(0, outer), offset }));
    return walk(this.draft, this.shape.slice(0, outer), heads);
  }

  /** The walk within a row: how far an element lies from its row's first. */
  steps(more: readonly View[]): Walk {
    const outer = this.outer;
    const tails = [...this.inputs, ...more].map(({ strides }) => ({ strides: strides.slice(outer), offset: 0 }));
    return walk(this.draft, this.shape.slice(outer), tails, false);
  }

  get shape(): readonly number[] {
    return (this.call.inputs[0] as View).shape;
  }

  get outer(): number {
    return this.shape.length - this.call.dims;
  }

  /** The leaves of formulas for an element, or with `steps` empty for a whole row. */
  leaves(steps: string, row: (k: number) => string): Leaves {
    return {
      input: (k) => (this.sources[k] as Elements).get(steps === "" ? `row${k}` : `row${k} + ${steps}${k}`),
      scalar: this.scalar,
      row,
    };
  }

  /** Statements that store a row's results. */
  storeRow(targets: readonly Elements[], first: number, row: (k: number) => string): string {
    const { rows } = this.call.program;
    if (rows.length === 0) return "";
    const { code, values } = writeFormulas(rows, this.leaves("", row), "q");
    const stores = targets.map((to, k) => to.put(`row${first + k}`, writeCast(values[k] as string, (rows[k] as Expr).dtype, to.dtype)));
    return [code, ...stores].join("\n");
  }

  /** Statements that store the results of element `i`. `first` is the number of the first target among the starts. */
  storeElement(targets: readonly Elements[], first: number, steps: Walk, row: (k: number) => string): string {
    const { elements } = this.call.program;
    const { code, values } = writeFormulas(elements, this.leaves("far", row), "e");
    const stores = targets.map((to, k) =>
      to.put(`row${first + k} + far${this.inputs.length + k}`, writeCast(values[k] as string, (elements[k] as Expr).dtype, to.dtype)),
    );
    return [steps.index("i", "far"), code, ...stores].join("\n");
  }
}

/** A whole row by one invocation or one workgroup. */
function inOne(recorder: Recorder, call: RowsCall, count: number, length: number): void {
  const { stages, rows, elements } = call.program;
  const alone = length <= short || (recorder.direct ? count >= 64 : count >= 2048 && length <= 1024);
  const frame = new RowFrame(alone ? "rows alone" : "rows shared", call, length);
  const { draft } = frame;
  const toRows = call.toRows.map((view) => draft.view(view, "write"));
  const toElements = call.toElements.map((view) => draft.view(view, "write"));
  const total = draft.u32(count);
  const starts = frame.starts([...call.toRows, ...call.toElements]);
  const steps = frame.steps(call.toElements);
  const first = frame.inputs.length;
  const result = (k: number) => `result${k}`;
  const text = () => {
    const loop = (body: string) =>
      alone
        ? `for (var i = 0u; i < ${frame.length}; i++) {\n${body}\n}`
        : `for (var i = lane; i < ${frame.length}; i += ${workgroup}u) {\n${body}\n}`;
    const parts = [
      alone ? `let r = group * ${workgroup}u + lane;\nif (r >= ${total}) { return; }` : "let r = group;",
      starts.index("r", "row"),
    ];
    stages.forEach(({ reduce, of }, k) => {
      const { code, values } = writeFormulas([of], frame.leaves("far", result), `s${k}_`);
      parts.push(
        `var total${k}: ${wgslType(of.dtype)} = ${identity(reduce, of.dtype)};`,
        loop(`${steps.index("i", "far")}\n${code}\ntotal${k} = ${combined(reduce, of.dtype, `total${k}`, values[0] as string)};`),
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

/** Combines what the invocations of a workgroup hold in `total{k}` into `shared{k}[0]`. */
function share(k: number, reduce: Reduction, dtype: DType): string {
  return `shared${k}[lane] = total${k};
workgroupBarrier();
for (var step${k} = ${workgroup / 2}u; step${k} > 0u; step${k} >>= 1u) {
  if (lane < step${k}) {
    let mine = shared${k}[lane];
    let other = shared${k}[lane + step${k}];
    shared${k}[lane] = ${combined(reduce, dtype, "mine", "other")};
  }
  workgroupBarrier();
}`;
}

/** Each stage in two launches: one workgroup for each piece of each row, then one for each row. Then the results, element by element. */
function inPieces(recorder: Recorder, call: RowsCall, count: number, length: number): void {
  const { stages, rows, elements } = call.program;
  const pieces = Math.ceil(length / piece);
  const stored = (dtype: DType): DType => (isFloating(dtype) ? "float32" : "int32");
  const scratch = (dtype: DType, shape: readonly number[]): View => ({
    buffer: recorder.memory.allocate(sizeOf(shape) * bytesOf(dtype)),
    dtype,
    shape,
    strides: contiguousStrides(shape),
    offset: 0,
  });
  const results: View[] = [];
  /** The earlier stages' results as the leaves of formulas. */
  const known = (draft: Draft) => {
    const loaded = results.map((view) => draft.view(view, "read"));
    return (k: number) => {
      const of = (stages[k] as (typeof stages)[number]).of.dtype;
      return writeCast((loaded[k] as Elements).get("r"), stored(of), of);
    };
  };
  stages.forEach(({ reduce, of }, k) => {
    const partial = scratch(stored(of.dtype), [count, pieces]);
    const frame = new RowFrame(`rows piece ${k}`, call, length);
    const { draft } = frame;
    const row = known(draft);
    const to = draft.view(partial, "write");
    const perRow = draft.u32(pieces);
    const starts = frame.starts([]);
    const steps = frame.steps([]);
    recorder.launch(
      draft,
      count * pieces,
      () => {
        const { code, values } = writeFormulas([of], frame.leaves("far", row), "s");
        return {
          declarations: `var<workgroup> shared0: array<${wgslType(of.dtype)}, ${workgroup}>;`,
          body: `let r = group / ${perRow};
let start = (group % ${perRow}) * ${piece}u;
let end = min(start + ${piece}u, ${frame.length});
${starts.index("r", "row")}
var total0: ${wgslType(of.dtype)} = ${identity(reduce, of.dtype)};
for (var i = start + lane; i < end; i += ${workgroup}u) {
${steps.index("i", "far")}
${code}
total0 = ${combined(reduce, of.dtype, "total0", values[0] as string)};
}
${share(0, reduce, of.dtype)}
if (lane == 0u) { ${to.put("group", writeCast("shared0[0]", of.dtype, stored(of.dtype)))} }`,
        };
      },
      workgroup,
    );
    const result = scratch(stored(of.dtype), [count]);
    gatherPieces(recorder, reduce, of.dtype, partial, result);
    recorder.memory.free(partial.buffer as WebGpuBuffer);
    results.push(result);
  });
  if (rows.length > 0) {
    const frame = new RowFrame("rows results", call, length);
    const row = known(frame.draft);
    const targets = call.toRows.map((view) => frame.draft.view(view, "write"));
    const starts = frame.starts(call.toRows);
    recorder.launch(
      frame.draft,
      count,
      () => ({
        body: `let r = group;\n${starts.index("r", "row")}\nif (lane == 0u) {\n${frame.storeRow(targets, frame.inputs.length, row)}\n}`,
      }),
      workgroup,
    );
  }
  if (elements.length > 0) {
    const frame = new RowFrame("rows elements", call, length);
    const row = known(frame.draft);
    const targets = call.toElements.map((view) => frame.draft.view(view, "write"));
    const starts = frame.starts(call.toElements);
    const steps = frame.steps(call.toElements);
    const perRow = Math.ceil(length / workgroup);
    const groups = frame.draft.u32(perRow);
    recorder.launch(
      frame.draft,
      count * perRow,
      () => ({
        body: `let r = group / ${groups};
let i = (group % ${groups}) * ${workgroup}u + lane;
if (i >= ${frame.length}) { return; }
${starts.index("r", "row")}
${frame.storeElement(targets, frame.inputs.length, steps, row)}`,
      }),
      workgroup,
    );
  }
  for (const result of results) recorder.memory.free(result.buffer as WebGpuBuffer);
}

/** Combines the pieces of every row. */
function gatherPieces(recorder: Recorder, reduce: Reduction, dtype: DType, partial: View, result: View): void {
  const draft = new Draft(`rows combine ${reduce} ${dtype}`);
  const from = draft.view(partial, "read");
  const to = draft.view(result, "write");
  const pieces = draft.u32(partial.shape[1] as number);
  recorder.launch(
    draft,
    partial.shape[0] as number,
    () => ({
      declarations: `var<workgroup> shared0: array<${wgslType(dtype)}, ${workgroup}>;`,
      body: `var total0: ${wgslType(dtype)} = ${identity(reduce, dtype)};
for (var i = lane; i < ${pieces}; i += ${workgroup}u) {
  let next = ${writeCast(from.get(`group * ${pieces} + i`), from.dtype, dtype)};
  total0 = ${combined(reduce, dtype, "total0", "next")};
}
${share(0, reduce, dtype)}
if (lane == 0u) { ${to.put("group", writeCast("shared0[0]", dtype, to.dtype))} }`,
    }),
    workgroup,
  );
}
