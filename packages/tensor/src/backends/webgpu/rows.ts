/**
 * Row programs. Where rows are short or many, one invocation goes over a row by itself; where they are longer, a workgroup shares one; and where
 * a few of them are very long, each stage is computed piece by piece, into memory, by as many workgroups as there are pieces, and then combined. Where
 * the elements of a row lie so, they are read and written four at a time.
 */

import { bytesOf, type DType, isFloating } from "../../dtype.ts";
import type { Expr } from "../../expr/expr.ts";
import type { Reduction, Stage } from "../../expr/program.ts";
import type { RowsCall, View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import { Draft, type Elements, packingOf, wgslType } from "./draft.ts";
import { type Leaves, literal, writeBinary, writeCast, writeFormulas } from "./formula.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { ofLaunch, scalarArguments } from "./scalars.ts";
import { merge, type Walk, walk } from "./walk.ts";

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
    if (call.program.stages.length > 0 && length >= long && count <= 256) inPieces(recorder, wide, count, length);
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

  /** For each input whether it moves along a row; null where elements are read one at a time. */
  readonly moves: readonly boolean[] | null;

  /** @param quads whether the elements of a row may be read and written four at a time. */
  constructor(kind: string, call: RowsCall, length: number, quads = false) {
    this.call = call;
    this.inputs = call.inputs.slice(0, Math.max(call.program.inputs, 1));
    this.moves = quads ? rowQuads(this.inputs, call.toElements, this.outer) : null;
    this.draft = new Draft(`${kind} ${call.program.id} ${this.moves?.map(Number).join("") ?? ""}`, this.moves !== null);
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

  /** How many elements are gone over at a time. */
  get each(): number {
    return this.moves === null ? 1 : 4;
  }

  /** Statements that bring in the elements from `i` on. The walk within a row is `steps`. */
  load(steps: Walk): string {
    const { moves } = this;
    const index = steps.index("i", "far");
    if (moves === null) return index;
    const loads = this.sources.map((source, k) => {
      return moves[k] ? source.quad(`q${k}`, `(row${k} + far${k})`) : `let q${k} = ${source.get(`row${k} + far${k}`)};`;
    });
    return [index, ...loads].join("\n");
  }

  /** The leaves of formulas for element `j` of those that were brought in. */
  element(j: number, row: (k: number) => string): Leaves {
    const { moves } = this;
    if (moves === null) return this.leaves("far", row);
    return { input: (k) => (moves[k] ? (this.sources[k] as Elements).quarter(`q${k}`, j) : `q${k}`), scalar: this.scalar, row };
  }

  /** Statements that combine what was brought in into `total`, in the formula of one stage. */
  reduce({ reduce, of }: Stage, total: string, row: (k: number) => string): string {
    return Array.from({ length: this.each }, (_, j) => {
      const { code, values } = writeFormulas([of], this.element(j, row), `s${j}_`);
      return `${code}\n${total} = ${combined(reduce, of.dtype, total, values[0] as string)};`;
    }).join("\n");
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
    const parts = Array.from({ length: this.each }, (_, j) => writeFormulas(elements, this.element(j, row), `e${j}_`));
    const stores = targets.map((to, k) => {
      const values = parts.map((part) => writeCast(part.values[k] as string, (elements[k] as Expr).dtype, to.dtype));
      const at = `row${first + k} + far${this.inputs.length + k}`;
      return this.moves === null ? to.put(at, values[0] as string) : to.putQuad(`(${at})`, values);
    });
    return [this.load(steps), ...parts.map(({ code }) => code), ...stores].join("\n");
  }
}

/**
 * Whether the elements of rows go by quads, and which inputs move along them; null where they do not. Every four elements from the start of a row on must be
 * neighbours in memory, or one and the same.
 */
function rowQuads(inputs: readonly View[], targets: readonly View[], outer: number): readonly boolean[] | null {
  const views = [...inputs, ...targets];
  const { sizes, strides } = merge(
    (inputs[0] as View).shape.slice(outer), // safe: a row program reads at least one input
    views.map((view) => view.strides.slice(outer)),
  );
  if (sizes.length !== 1 || (sizes[0] as number) % 4 !== 0) return null;
  const moves = strides.map(([step]) => step === 1);
  const fits = views.every((view, k) => {
    if (!moves[k]) return strides[k]?.[0] === 0 && k < inputs.length;
    const aligned = view.offset % 4 === 0 && view.strides.slice(0, outer).every((stride, d) => stride % 4 === 0 || view.shape[d] === 1);
    return aligned && (k < inputs.length || packingOf(view).log === 0);
  });
  return fits ? moves.slice(0, inputs.length) : null;
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
  const { stages, elements } = call.program;
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
  stages.forEach((stage, k) => {
    const { reduce, of } = stage;
    const frame = new RowFrame(`rows piece ${k}`, { ...call, toElements: [] }, length, true);
    const { draft, each } = frame;
    // Where memory is written by quads, a piece gets a whole one.
    const partial = scratch(stored(of.dtype), [count, pieces, each]);
    const row = known(draft);
    const to = draft.view(partial, "write");
    const perRow = draft.u32(pieces);
    const starts = frame.starts([]);
    const steps = frame.steps([]);
    recorder.launch(
      draft,
      count * pieces,
      () => {
        const result = writeCast("shared0[0]", of.dtype, stored(of.dtype));
        return {
          declarations: `var<workgroup> shared0: array<${wgslType(of.dtype)}, ${workgroup}>;`,
          body: `let r = group / ${perRow};
let start = (group % ${perRow}) * ${piece}u;
let end = min(start + ${piece}u, ${frame.length});
${starts.index("r", "row")}
var total0: ${wgslType(of.dtype)} = ${identity(reduce, of.dtype)};
for (var i = start + lane * ${each}u; i < end; i += ${workgroup * each}u) {
${frame.load(steps)}
${frame.reduce(stage, "total0", row)}
}
${share(0, reduce, of.dtype)}
if (lane == 0u) { ${each === 1 ? to.put("group", result) : to.putQuad("(group * 4u)", [result, result, result, result])} }`,
        };
      },
      workgroup,
    );
    const last = k === stages.length - 1;
    const result = last && elements.length === 0 ? null : scratch(stored(of.dtype), [count]);
    const rest = new RowFrame(`rows combine ${last} ${result !== null}`, call, length);
    const earlier = known(rest.draft);
    combinePieces(recorder, stage, partial, result, rest, last ? (n) => (n === k ? "shared0[0]" : earlier(n)) : null);
    recorder.memory.free(partial.buffer as WebGpuBuffer); // safe: it was allocated above
    if (result !== null) results.push(result);
  });
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

/** Combines the pieces of every row, into `result` if there is one. After the last stage, when `row` is given, the results of the rows are stored too. */
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
  recorder.launch(
    draft,
    partial.shape[0] as number,
    () => ({
      declarations: `var<workgroup> shared0: array<${wgslType(dtype)}, ${workgroup}>;`,
      body: `var total0: ${wgslType(dtype)} = ${identity(reduce, dtype)};
let r = group;
for (var i = lane; i < ${pieces}; i += ${workgroup}u) {
  let next = ${writeCast(from.get(`(r * ${pieces} + i) * ${apart}`), from.dtype, dtype)};
  total0 = ${combined(reduce, dtype, "total0", "next")};
}
${share(0, reduce, dtype)}
${starts.index("r", "row")}
if (lane == 0u) {
${to?.put("r", writeCast("shared0[0]", dtype, to.dtype)) ?? ""}
${row === null ? "" : frame.storeRow(targets, frame.inputs.length, row)}
}`,
    }),
    workgroup,
  );
}
