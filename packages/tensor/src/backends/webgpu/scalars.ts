/** Scalar arguments: each is passed once for every type in which a program reads it. */

import { isFloating } from "../../dtype.ts";
import type { Expr } from "../../expr/expr.ts";
import { formulasOf, nodesOf, type Program, type RowProgram } from "../../expr/program.ts";
import type { Draft } from "./draft.ts";
import { writeCast } from "./formula.ts";

const known = new WeakMap<Program | RowProgram, readonly Expr[]>();

function leavesOf(program: Program | RowProgram): readonly Expr[] {
  let found = known.get(program);
  if (found === undefined) {
    found = nodesOf(formulasOf(program)).filter((e) => e.op === "scalar");
    known.set(program, found);
  }
  return found;
}

/**
 * Adds a program's scalars to the arguments. Returns the expression of each scalar leaf in the shader.
 *
 * @param add adds scalar number `k` as an argument and returns the expression that refers to it.
 */
export function scalarArguments(
  program: Program | RowProgram,
  add: { f32(k: number): string; i32(k: number): string },
): (leaf: Expr) => string {
  const texts = new Map<Expr, string>();
  for (const leaf of leavesOf(program))
    texts.set(leaf, isFloating(leaf.dtype) ? add.f32(leaf.value) : add.i32(leaf.value));
  return (leaf) => {
    const text = texts.get(leaf) as string; // safe: it holds all scalar leaves of the program
    return isFloating(leaf.dtype) ? text : writeCast(text, "int32", leaf.dtype);
  };
}

/** Scalars that are arguments of the dispatch. */
export function ofLaunch(draft: Draft, values: readonly number[]): { f32(k: number): string; i32(k: number): string } {
  return { f32: (k) => draft.f32(values[k] as number), i32: (k) => draft.i32(Math.trunc(values[k] as number)) };
}
