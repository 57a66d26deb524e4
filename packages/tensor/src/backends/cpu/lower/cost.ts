/** Rough cost of expressions, used to split work into pieces that are worth handing to a thread. */

import type { Expr } from "../../../expr/expr.ts";
import { nodesOf } from "../../../expr/program.ts";

const slow: Readonly<Record<string, number>> = {
  div: 3,
  sqrt: 3,
  fmod: 40,
  idiv: 30,
  pow: 150,
  atan2: 25,
  log2: 120,
  log10: 120,
  erfc: 120,
};
const functions = new Set(["exp", "expm1", "log", "log1p", "sin", "cos", "tan", "atan", "tanh", "erf"]);

/** Estimates the instructions per vector of four elements. */
export function cost(roots: readonly Expr[]): number {
  let sum = 0;
  for (const { op, dtype } of nodesOf(roots)) {
    const wide = dtype === "float64";
    sum += functions.has(op) ? (wide ? 120 : 20) : (slow[op] ?? 1) * (wide ? 2 : 1);
  }
  return sum;
}

/** Returns how many elements take about 10 µs: a multiple of 64. */
export function grainOf(cost: number): number {
  return 64 * Math.ceil(4000 / (cost + 3));
}
