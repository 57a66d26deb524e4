/**
 * Kernels for row programs. Vectors usually run along the row, and a unit of work is a row. Where the elements of a row
 * are far apart but adjacent rows are adjacent in memory (a sum over the first dimension), vectors run across rows: a
 * vector holds four rows, and a unit is one or four vectors.
 */

import { formulasOf } from "../../../expr/program.ts";
import type { Runtime } from "../runtime.ts";
import { kernelModule } from "./emitter.ts";
import { type Known, lowerInvariant } from "./formula.ts";
import { type RowsClass, rowFrame } from "./row-frame.ts";
import { across } from "./rows-across.ts";
import { along } from "./rows-along.ts";

/** Builds the kernel of a class. */
export function rowsModule(runtime: Runtime, what: RowsClass): Uint8Array {
  return kernelModule(runtime, (e) => {
    const { program } = what;
    const frame = rowFrame(e, what);
    const known: Known = new Map();
    lowerInvariant(e, formulasOf(program), known);
    if (what.across === 0) along(e, what, frame, known);
    else across(e, what, frame, known);
  });
}
