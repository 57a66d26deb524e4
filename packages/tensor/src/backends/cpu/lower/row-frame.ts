/**
 * What the two forms of row kernels share: the class a kernel is made for, the places of its arguments, and the walks
 * over rows and within them.
 */

import type { DType } from "../../../dtype.ts";
import { formulasOf, nodesOf, type RowProgram } from "../../../expr/program.ts";
import { i32 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import type { Known } from "./formula.ts";
import { odometer } from "./pointwise.ts";
import type { Integer, Value } from "./values.ts";

/** What a row kernel is made for. Operands are numbered: inputs, element outputs, row outputs. */
export interface RowsClass {
  readonly program: RowProgram;
  readonly inputs: number;
  /** The dtypes of the element outputs and of the row outputs. */
  readonly elements: readonly DType[];
  readonly rows: readonly DType[];
  /** How inputs and element outputs move along the vectors' direction. */
  readonly motions: readonly number[];
  /**
   * How many dimensions number the rows (without the one that vectors lie across), and how many a row has beyond its
   * innermost.
   */
  readonly outer: number;
  readonly within: number;
  /** Vectors across rows: how many a unit has. 0 for vectors along the row. */
  readonly across: number;
}

/** Places of the argument slots. */
export interface Slots {
  readonly operands: number;
  /** Operands that have elements in a row. */
  readonly full: number;
  readonly length: number;
  readonly innerStrides: number;
  readonly withinSizes: number;
  readonly outerSizes: number;
  readonly lanes: number;
  readonly scalars: number;
}

/**
 * The argument slots: the operands' addresses; the innermost size of a row and its strides; the sizes and strides of
 * the row's other dimensions; the sizes (but for the outermost) and strides of the rows' dimensions; how many rows lie
 * across; the scalars. Row outputs have no strides within rows.
 */
export function slotsOf({ inputs, elements, rows, outer, within }: RowsClass): Slots {
  const full = inputs + elements.length;
  const operands = full + rows.length;
  const length = operands;
  const innerStrides = length + 1;
  const withinSizes = innerStrides + full;
  const outerSizes = withinSizes + within + within * full;
  const lanes = outerSizes + Math.max(0, outer - 1) + outer * operands;
  return { operands, full, length, innerStrides, withinSizes, outerSizes, lanes, scalars: lanes + 1 };
}

/** Makes the result of a stage known under all the leaves that stand for it. */
export function publish(program: RowProgram, stage: number, value: Value, known: Known): void {
  for (const node of nodesOf(formulasOf(program)))
    if (node.op === "row" && node.value === stage) known.set(node, value);
}

/** A walk over rows: the addresses where the operands of row number `row` begin. */
export function rowWalk(
  e: Emitter,
  what: RowsClass,
  slots: Slots,
  row: Integer,
): { readonly pointers: readonly Integer[]; advance(): void } {
  const bases = Array.from({ length: slots.operands }, (_, k) => e.slot(k));
  if (what.outer === 0) return { pointers: bases, advance: () => undefined };
  return odometer(e, row, bases, slots.outerSizes, what.outer);
}

/** Runs `body` for every innermost run of a row's elements. */
export function runs(
  e: Emitter,
  what: RowsClass,
  slots: Slots,
  starts: readonly Integer[],
  body: (starts: readonly Integer[]) => void,
): void {
  if (what.within === 0) {
    body(starts);
    return;
  }
  const walk = odometer(e, i32.const(0), starts, slots.withinSizes + 1, what.within);
  const sizes = Array.from({ length: what.within }, (_, d) => i32.load(e.args, (slots.withinSizes + d) * 8));
  const count = e.hoist("runs", () => sizes.reduce((a, b) => i32.mul(a, b)));
  e.f.for(0, count, 1, () => {
    body(walk.pointers);
    walk.advance();
  });
}
