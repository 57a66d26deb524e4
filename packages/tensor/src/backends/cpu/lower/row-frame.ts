/**
 * What the two forms of row kernels share: the class that a kernel is built for, its argument slots, and the iteration
 * over rows and within them.
 */

import type { DType } from "../../../dtype.ts";
import { formulasOf, nodesOf, type RowProgram } from "../../../expr/program.ts";
import { i32, type Local } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import type { Known } from "./formula.ts";
import { odometer, type Walk } from "./pointwise.ts";
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

/** Sets the result of a stage for all `row` leaves that refer to it. */
export function publish(program: RowProgram, stage: number, value: Value, known: Known): void {
  for (const node of nodesOf(formulasOf(program)))
    if (node.op === "row" && node.value === stage) known.set(node, value);
}

/** The arguments of a row kernel, and the iteration over rows and within them. */
export interface Frame {
  /** Number of operands that have elements within a row. */
  readonly full: number;
  /** The innermost size of a row, and the strides along it. */
  readonly length: Local<"i32">;
  readonly strides: readonly Local<"i32">[];
  /** The number of rows that vectors run across. */
  readonly lanes: Local<"i32">;
  /** Emits a walk over rows. Its pointers are the operands' addresses at the start of a row, initially number `row`. */
  walk(row: Integer): Walk;
  /** Emits `body` for every innermost run of a row's elements. */
  runs(starts: readonly Integer[], body: (starts: readonly Integer[]) => void): void;
}

/**
 * Takes the arguments: the operands' addresses; the innermost size of a row, the number of its runs of that size, and
 * the number of rows that vectors run across; the strides along a run; the sizes and strides of the row's other
 * dimensions and of the dimensions over rows. Row outputs have no strides within rows.
 */
export function rowFrame(e: Emitter, { inputs, elements, rows, outer, within }: RowsClass): Frame {
  const full = inputs + elements.length;
  const bases = e.take(full + rows.length);
  const [length, count, lanes] = e.take(3);
  const strides = e.take(full);
  const along = odometer(e, within, full);
  const over = odometer(e, outer, bases.length);
  return {
    ...{ full, length, strides, lanes },
    walk: (row) => over(row, bases),
    runs(starts, body) {
      const { pointers, repeat } = along(i32.const(0), starts);
      repeat(count, () => body(pointers));
    },
  };
}
