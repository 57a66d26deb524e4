/** Tests of each primitive alone, and the table of their largest errors. */

import { afterAll, describe, it } from "vitest";
import type { Backend } from "../backend.ts";
import { computeType, type DType, isFloating } from "../dtype.ts";
import type { BinaryOp, CompareOp, UnaryOp } from "../expr/ops.ts";
import type { Accuracy } from "./formula-range.ts";
import {
  boolBinaryOps,
  compareOps,
  floatBinaryOps,
  integerBinaryOps,
  type Measured,
  measure,
  unaryOps,
} from "./primitive-trials.ts";

/** Describes the tests of the primitives on every dtype in which devices compute. */
export function describePrimitives(
  device: () => Backend,
  dtypes: readonly DType[],
  accuracy: Accuracy,
  table: boolean,
): void {
  describe("primitives", () => {
    const found: Measured[] = [];
    for (const dtype of dtypes.filter((d) => computeType(d) === d)) {
      const test = (op: UnaryOp | BinaryOp | CompareOp, arity: 1 | 2): void => {
        it(`${op} of ${dtype}`, async (context) => {
          if (!device().supports(dtype)) context.skip(`the device has no ${dtype}`);
          found.push(await measure(device(), op, arity, dtype, accuracy));
        });
      };
      if (isFloating(dtype)) for (const op of unaryOps) test(op, 1);
      const pairs = isFloating(dtype) ? floatBinaryOps : dtype === "bool" ? boolBinaryOps : integerBinaryOps;
      for (const op of pairs) test(op, 2);
      for (const op of compareOps) test(op, 2);
    }
    afterAll(() => {
      if (table) process.stdout.write(`${showTable(found)}\n`);
    });
  });
}

/** Formats the largest errors as a Markdown table, one row for each approximated primitive and dtype. */
function showTable(found: readonly Measured[]): string {
  const rows = found
    .filter((m) => m.ulps > 0.5)
    .map((m) => `| ${m.op} | ${m.dtype} | ${m.ulps.toFixed(2)} | ${m.at.join(", ")} |`);
  return ["| primitive | dtype | ulps | at |", "| --- | --- | ---: | --- |", ...rows].join("\n");
}
