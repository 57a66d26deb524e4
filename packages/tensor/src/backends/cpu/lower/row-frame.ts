/**
 * What the two forms of row kernels share: the class that a kernel is built for, its argument slots, and the iteration
 * over rows and within them.
 */

import type { DType } from "../../../dtype.ts";
import { formulasOf, nodesOf, type RowProgram } from "../../../expr/program.ts";
import { i32 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import type { Known } from "./formula.ts";
import { odometer } from "./pointwise.ts";
import type { Integer, Value } from "./values.ts";

/** The properties that a row kernel is specialized for. Operands are numbered: inputs, element outputs, row outputs. */
export interface RowsClass {
  readonly program: RowProgram;
  readonly inputs: number;
  /** The dtypes of the element outputs and of the row outputs. */
  readonly elements: readonly DType[];
  readonly rows: readonly DType[];
  /** How inputs and element outputs move along the vectors' direction. */
  readonly motions: readonly number[];
  /**
   * Number of dimensions over rows (without the one that vectors run across), and within a row beyond its innermost.
   */
  readonly outer: number;
  readonly within: number;
  /** Vectors per unit when they run across rows; 0 when they run along the row. */
  readonly across: number;
}

/** Indices of the argument slots. */
export interface Slots {
  readonly operands: number;
  /** Number of operands that have elements within a row. */
  readonly full: number;
  readonly length: number;
  readonly innerStrides: number;
  readonly withinSizes: number;
  readonly outerSizes: number;
  readonly lanes: number;
  readonly scalars: number;
}

/**
 * Computes the argument slots: the operands' addresses; the innermost size of a row and its strides; the sizes and
 * strides of the row's other dimensions; the sizes (except the outermost) and strides of the dimensions over rows; the
 * number of rows that vectors run across; the scalars. Row outputs have no strides within rows.
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

/** Sets the result of a stage for all `row` leaves that refer to it. */
export function publish(program: RowProgram, stage: number, value: Value, known: Known): void {
  for (const node of nodesOf(formulasOf(program)))
    if (node.op === "row" && node.value === stage) known.set(node, value);
}

/**
 * Emits a walk over rows. Its pointers are the operands' addresses at the start of a row, initially row number `row`.
 */
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

/** Emits `body` for every innermost run of a row's elements. */
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
