/**
 * Row calls: maps the views of a call to a class of kernel, and builds the kernel's arguments. A plain reduction of few
 * but long rows is first split into pieces, so that all threads have work. The split depends on the shapes alone, so
 * results are reproducible to the last bit.
 */

import { bytesOf } from "../../dtype.ts";
import { input } from "../../expr/expr.ts";
import { nodesOf, type RowProgram, reduction, rowProgram } from "../../expr/program.ts";
import type { RowsCall, View } from "../../kernel.ts";
import { once } from "../../once.ts";
import { windowOn } from "../../view.ts";
import { temporary } from "./convert.ts";
import { classKey, dense, Layout, motion, still, strided } from "./layout.ts";
import { cost } from "./lower/cost.ts";
import type { RowsClass } from "./lower/row-frame.ts";
import { rowsModule } from "./lower/rows.ts";
import { addressOf } from "./memory.ts";
import type { Kernel, Runtime } from "./runtime.ts";

/** Cached state of a program on one runtime. */
export interface RowsPlan {
  readonly cost: number;
  readonly kernels: Map<number | string, Kernel>;
  /** How rows are reduced in pieces; null when they cannot be split. */
  readonly split: Split | null;
}

/** The programs that reduce a piece of a row, and that combine the results of the pieces. */
interface Split {
  readonly piece: RowProgram;
  readonly finish: RowProgram;
}

/** Work that justifies a piece: elements times instructions per vector of four. */
const worth = 256_000;
/** Minimum number of elements of a call whose rows are split. */
const long = 131_072;
/** Maximum number of pieces per row. */
const pieces = 64;

// Reused by every call.
const outer = /* @__PURE__ */ new Layout();
const row = /* @__PURE__ */ new Layout();
const motions: number[] = [];
const args: number[] = [];

/**
 * Runs a row program.
 *
 * @param maySplit whether rows may be split into pieces. The pieces themselves are not split again.
 */
export function runRows(runtime: Runtime, call: RowsCall, maySplit = true): void {
  const { program, dims, inputs, toElements, toRows, scalars } = call;
  const views = [...inputs, ...toElements, ...toRows];
  // Operands with elements within a row come first. The others have one for each row.
  const full = inputs.length + toElements.length;
  const { shape } = views[0] as View; // safe: a row program reads an input
  const outerRank = shape.length - dims;
  outer.take(views, 0, outerRank, true);
  row.take(views, outerRank, shape.length, full === 1, full);
  const rows = outer.count();
  const length = row.count();
  if (rows === 0) return;
  const plan = planOf(runtime, program);
  // Vectors run along a row, which is a unit of work. Or they run across `lanes` rows, and a unit is `width` vectors.
  const isAcross = runsAcross(views, full);
  const lanes = isAcross ? outer.size(outer.rank - 1) : 0;
  const width = !isAcross ? 0 : lanes >= 8 && plan.cost < 60 ? 4 : 1;
  const rowsPerUnit = isAcross ? 4 * width : 1;
  const units = isAcross ? (rows / lanes) * Math.ceil(lanes / rowsPerUnit) : rows;
  if (maySplit && units < 8 && length >= 64 && rows * length >= long && plan.split !== null) {
    runInPieces(runtime, call, plan.split);
    return;
  }
  // The dimensions that the kernel walks: those over rows, and those within a row, without the one that vectors run in.
  const over = isAcross ? outer.rank - 1 : outer.rank;
  const within = length === 0 ? 0 : Math.max(0, row.rank - 1);
  takeMotions(views, full, isAcross ? outer : row);
  takeArguments(views, full, length, lanes, over, within);
  const grain = worth / (plan.cost * Math.max(length, 1) * rowsPerUnit);
  runtime.launch(kernelOf(runtime, plan, call, over, within, width), args, units, grain, scalars);
}

/** Fills `motions`: how the operands with elements within a row move along the innermost dimension of a layout. */
function takeMotions(views: readonly View[], full: number, layout: Layout): void {
  const inner = layout.rank - 1;
  motions.length = full;
  for (let k = 0; k < full; k++)
    motions[k] = inner < 0 ? still : motion(layout.stride(inner, k), bytesOf((views[k] as View).dtype));
}

/** Fills `args`, in the order of `rowFrame`. */
function takeArguments(
  views: readonly View[],
  full: number,
  length: number,
  lanes: number,
  over: number,
  within: number,
): void {
  const inner = row.rank - 1;
  const run = length === 0 ? 0 : row.size(inner);
  args.length = 0;
  for (const view of views) args.push(addressOf(view));
  args.push(run, run === 0 ? 0 : length / run, lanes);
  for (let k = 0; k < full; k++) args.push(inner < 0 ? 0 : row.stride(inner, k));
  if (within > 0) row.write(args, 0, within);
  if (over > 0) outer.write(args, 0, over);
}

/** Splits the outermost dimension of the rows into pieces, reduces each piece, then reduces the results. */
function runInPieces(runtime: Runtime, call: RowsCall, { piece, finish }: Split): void {
  const { inputs, scalars, toRows } = call;
  const dtype = finish.stages[0]?.of.dtype ?? "float32";
  // Copied, because the recursive calls reuse the layouts.
  const sizes = outer.sizes.slice(0, outer.rank);
  const [size = 1, ...inner] = row.sizes.slice(0, row.rank);
  const rows = outer.count();
  const chunk = Math.ceil(size / Math.min(pieces, size, Math.ceil((rows * row.count()) / 16_384)));
  const whole = Math.floor(size / chunk);
  const count = Math.ceil(size / chunk);
  const stridesOf = (layout: Layout, k: number, { dtype: type }: View): number[] => {
    return Array.from({ length: layout.rank }, (_, d) => layout.stride(d, k) / bytesOf(type));
  };
  const parts = inputs.map((view, k) => ({ view, outer: stridesOf(outer, k, view), row: stridesOf(row, k, view) }));
  const outputs = toRows.map((view, k) => windowOn(view, sizes, stridesOf(outer, inputs.length + k, view)));
  const results = temporary(runtime, dtype, [count, ...sizes]);
  const reduce = (program: RowProgram, dims: number, from: readonly View[], to: readonly View[]): void =>
    runRows(runtime, { kind: "rows", program, dims, scalars, inputs: from, toElements: [], toRows: to }, false);
  const reducePieces = (from: number, chunks: number, each: number): void => {
    const views = parts.map(({ view, outer: around, row: along }) => {
      const step = chunk * (along[0] ?? 0);
      const strides = [step, ...around, ...along];
      return windowOn(view, [chunks, ...sizes, each, ...inner], strides, view.offset + from * step);
    });
    reduce(piece, 1 + inner.length, views, [windowOn(results, [chunks, ...sizes], results.strides, from * rows)]);
  };
  if (whole > 0) reducePieces(0, whole, chunk);
  if (whole < count) reducePieces(whole, 1, size - whole * chunk);
  reduce(finish, 1, [windowOn(results, [...sizes, count], [...results.strides.slice(1), rows])], outputs);
  runtime.memory.free(results.buffer);
}

function planOf(runtime: Runtime, program: RowProgram): RowsPlan {
  const { stages, elements } = program;
  runtime.rowsPlans[program.id] ??= {
    cost: stages.reduce((sum, { of }) => sum + cost([of]) + 2, 3) + cost(elements),
    kernels: new Map(),
    split: splitOf(program),
  };
  return runtime.rowsPlans[program.id] as RowsPlan; // safe: set above
}

function kernelOf(
  runtime: Runtime,
  plan: RowsPlan,
  { program, inputs, toElements, toRows }: RowsCall,
  over: number,
  within: number,
  width: number,
): Kernel {
  // Fewer than 64 dimensions are left, since each has two elements or more.
  const start = ((inputs.length * 64 + over) * 64 + within) * 5 + width;
  const key = classKey(start, motions, [...toElements, ...toRows]);
  return once(plan.kernels, key, () => {
    const what: RowsClass = {
      program,
      inputs: inputs.length,
      elements: toElements.map((view) => view.dtype),
      rows: toRows.map((view) => view.dtype),
      motions: [...motions],
      outer: over,
      within,
      across: width,
    };
    return runtime.kernel(`rows ${program.id} ${key}`, () => rowsModule(runtime, what));
  });
}

/**
 * Splits a program with a single stage, whose results depend on nothing else, into one for the pieces of rows and one
 * for their results.
 */
function splitOf({ stages, rows, elements }: RowProgram): Split | null {
  const [stage, more] = stages;
  if (!stage || more || elements.length > 0 || nodesOf(rows).some(({ op }) => op === "input")) return null;
  const { reduce, of } = stage;
  return { piece: reduction(reduce, of), finish: rowProgram({ stages: [{ reduce, of: input(0, of.dtype) }], rows }) };
}

/**
 * Returns whether vectors should hold elements of adjacent rows: the rows are adjacent in memory, and the elements of a
 * row are not.
 */
function runsAcross(views: readonly View[], full: number): boolean {
  const [last, inner] = [outer.rank - 1, row.rank - 1];
  if (last < 0 || inner < 0) return false;
  let beside = false;
  for (let k = 0; k < views.length; k++) {
    const m = motion(outer.stride(last, k), bytesOf((views[k] as View).dtype));
    if (m === strided) return false;
    if (m === dense) beside = true;
  }
  if (!beside) return false;
  for (let k = 0; k < full; k++)
    if (motion(row.stride(inner, k), bytesOf((views[k] as View).dtype)) === strided) return true;
  return false;
}
