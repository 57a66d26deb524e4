/**
 * Kernels for row programs. In the usual case the vectors lie along the row, and a unit of work is a row. Where a row's
 * elements lie far apart but neighbouring rows lie side by side (a sum over the first dimension), vectors lie across:
 * four rows in a vector, and a unit is one or four vectors of them.
 */

import { formulasOf } from "../../../expr/program.ts";
import type { Runtime } from "../runtime.ts";
import { kernelModule } from "./emitter.ts";
import { type Known, lowerInvariant } from "./formula.ts";
import { type RowsClass, slotsOf } from "./row-frame.ts";
import { across } from "./rows-across.ts";
import { along } from "./rows-along.ts";

/** The kernel of a class. */
export function rowsModule(runtime: Runtime, what: RowsClass): Uint8Array {
  return kernelModule(runtime, (e) => {
    const { program } = what;
    const slots = slotsOf(what);
    const known: Known = new Map();
    lowerInvariant(e, formulasOf(program), { input: () => [], scalars: slots.scalars }, known);
    if (what.across === 0) along(e, what, slots, known);
    else across(e, what, slots, known);
  });
}
