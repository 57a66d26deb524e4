/** Row kernels whose vectors run along the row. A unit of work is a row. */

import type { DType } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import { nodesOf, type Stage } from "../../../expr/program.ts";
import { dense, still } from "../layout.ts";
import { i32, i32x4, type Local, select } from "../wasm/index.ts";
import { accumulator } from "./accumulator.ts";
import { cost } from "./cost.ts";
import type { Emitter } from "./emitter.ts";
import { type Known, lower, lowerAs, lowerInvariant } from "./formula.ts";
import { type VectorStep, vectorStep } from "./pointwise.ts";
import { type Frame, publish, type RowsClass } from "./row-frame.ts";
import { type Integer, loadSplat, pack, storeOne, type Value } from "./values.ts";

/** What the parts of the kernel share: the row's inputs and element outputs at its start, and what is known of it. */
interface Row {
  readonly e: Emitter;
  readonly what: RowsClass;
  readonly frame: Frame;
  readonly starts: readonly Integer[];
  /** The values that are the same in all of the row: the scalars, and the results of stages so far. */
  readonly results: Known;
  /** The expression whose values are kept in the output between the last stage and the elements; null for none. */
  readonly kept: Expr | null;
}

/** Emits the kernel. */
export function along(e: Emitter, what: RowsClass, frame: Frame, known: Known): void {
  const { f } = e;
  const { program } = what;
  const at = f.let(e.begin);
  const walk = frame.walk(e.begin);
  const kept = keptFormula(what);
  f.while(i32.ltU(at, e.end), () => {
    const row: Row = { e, what, frame, starts: walk.pointers.slice(0, frame.full), results: new Map(known), kept };
    program.stages.forEach((stage, s) => {
      publish(program, s, reduceRow(row, stage, kept !== null && s === program.stages.length - 1), row.results);
    });
    if (program.rows.length > 0) storeResults(row, walk.pointers.slice(frame.full));
    if (program.elements.length > 0) storeElements(row);
    f.increase(at, 1);
    walk.advance();
  });
}

/** Emits a stage, and returns its result. `keep` says to store the values that it reduces in the output. */
function reduceRow(row: Row, { reduce, of }: Stage, keep: boolean): Value {
  const { e, what, frame, starts } = row;
  const { f } = e;
  const { length } = frame;
  const ways = cost([of]) < 16 ? 4 : 2;
  const total = accumulator(e, reduce, of.dtype, ways);
  frame.runs(starts, (here) => {
    const settled = settle(row, [of], here);
    const i = f.let(i32.const(0));
    const evaluate = (at: Local<"i32">, whole: boolean): Value => {
      const step = stepAt(row, here, at, whole);
      const value = lower(e, [of], inputOf(step), new Map(settled))[0] as Value; // safe: one root, one value
      if (keep) step.store(what.inputs, of.dtype, value);
      return value;
    };
    const whole = e.let(i32.and(length, -4 * ways));
    f.while(i32.ltU(i, whole), () => {
      const next = e.let(i32.add(i, 256 * ways));
      const until = e.let(select(i32.ltU(next, whole), next, whole));
      f.loop((again) => {
        for (let w = 0; w < ways; w++) total.take(evaluate(e.let(i32.add(i, 4 * w)), true), w);
        f.increase(i, 4 * ways);
        f.branchIf(again, i32.ltU(i, until));
      });
      total.flush();
    });
    f.while(i32.ltU(i, length), () => {
      const mask = e.let(i32x4.gt(i32x4.splat(i32.sub(length, i)), e.i32(0, 1, 2, 3)));
      total.take(evaluate(i, false), 0, mask);
      f.increase(i, 4);
    });
    total.flush();
  });
  return total.total();
}

/** Emits the row's results, and stores them at the given addresses. */
function storeResults({ e, what, starts, results }: Row, to: readonly Integer[]): void {
  const atStart = (leaf: Expr) => loadSplat(e, leaf.dtype, starts[leaf.value] as Integer);
  lowerAs(e, what.program.rows, what.rows, atStart, new Map(results)).forEach((value, k) => {
    const type = what.rows[k] as DType;
    storeOne(e, type, to[k] as Integer, pack(e, type, value), 0);
  });
}

/** Emits the results of each element, and stores them. */
function storeElements(row: Row): void {
  const { e, what, frame, starts, kept } = row;
  const { f } = e;
  const { elements } = what.program;
  frame.runs(starts, (here) => {
    const settled = settle(row, elements, here);
    const i = f.let(i32.const(0));
    const vector = (at: Local<"i32">, whole: boolean): void => {
      const step = stepAt(row, here, at, whole);
      const inside: Known = new Map(settled);
      if (kept !== null) inside.set(kept, step.load(what.inputs, kept.dtype));
      lowerAs(e, elements, what.elements, inputOf(step), inside).forEach((value, k) => {
        step.store(what.inputs + k, what.elements[k] as DType, value);
      });
    };
    const whole = e.let(i32.and(frame.length, -8));
    f.while(i32.ltU(i, whole), () => {
      for (const k of [0, 4]) vector(e.let(i32.add(i, k)), true);
      f.increase(i, 8);
    });
    f.while(i32.ltU(i, frame.length), () => {
      vector(i, false);
      f.increase(i, 4);
    });
  });
}

/** Returns the access to four elements of a run, from index `at` on. */
function stepAt({ e, what, frame }: Row, bases: readonly Integer[], at: Local<"i32">, whole: boolean): VectorStep {
  return vectorStep(e, { at, end: frame.length, whole, bases, strides: frame.strides, motions: what.motions });
}

/** Returns how a formula reads its inputs at a step. */
function inputOf(step: VectorStep): (leaf: Expr) => Value {
  return (leaf) => step.load(leaf.value, leaf.dtype);
}

/** Loads the inputs that do not vary within a run, and computes everything that depends only on them. */
function settle({ e, what, results }: Row, roots: readonly Expr[], starts: readonly Integer[]): Known {
  const inside: Known = new Map(results);
  for (const node of nodesOf(roots)) {
    if (node.op !== "input" || what.motions[node.value] !== still) continue;
    inside.set(node, loadSplat(e, node.dtype, starts[node.value] as Integer));
  }
  lowerInvariant(e, roots, inside);
  return inside;
}

/**
 * Returns the expression of the last stage whose values are worth storing in the output until the elements are computed
 * from them, such as softmax's exponentials; null for none. The elements must not need the row's inputs for anything
 * else, because the output may share memory with an input.
 */
function keptFormula({ program, inputs, elements, motions }: RowsClass): Expr | null {
  const of = program.stages.at(-1)?.of;
  if (
    of === undefined ||
    program.elements.length !== 1 ||
    elements[0] !== of.dtype ||
    of.dtype === "bool" ||
    motions[inputs] !== dense
  )
    return null;
  if (cost([of]) < 16 || nodesOf(program.rows).some((node) => node.op === "input")) return null;
  // The nodes that the elements depend on once the kept expression is given.
  const reached = new Set<Expr>(program.elements);
  for (const node of reached) if (node !== of) for (const arg of node.args) reached.add(arg);
  const moves = [...reached].some((node) => node.op === "input" && motions[node.value] !== still);
  return reached.has(of) && !moves ? of : null;
}
