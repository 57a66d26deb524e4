/** Row kernels whose vectors run along the row. A unit of work is a row. */

import type { DType } from "../../../dtype.ts";
import type { Expr } from "../../../expr/expr.ts";
import { nodesOf, type Stage } from "../../../expr/program.ts";
import { dense, still } from "../layout.ts";
import { i32, i32x4, type Local } from "../wasm/index.ts";
import { accumulator } from "./accumulator.ts";
import { cost } from "./cost.ts";
import type { Emitter } from "./emitter.ts";
import { type Known, lower, lowerAs, lowerInvariant } from "./formula.ts";
import { eachVector, type VectorStep, vectorStep } from "./pointwise.ts";
import { type Frame, publish, type RowsClass } from "./row-frame.ts";
import { type Integer, loadSplat, pack, storeOne, type Value } from "./values.ts";

/** The number of vectors that are computed side by side. */
const ways = 4;

/** Emits the kernel. */
export function along(e: Emitter, what: RowsClass, frame: Frame, known: Known): void {
  const { f } = e;
  const { program, inputs, motions } = what;
  const { full, length, strides, runs } = frame;
  const walk = frame.walk(e.begin);
  const kept = keptFormula(what);
  walk.repeat(i32.sub(e.end, e.begin), () => {
    const results: Known = new Map(known);
    const starts = walk.pointers.slice(0, full);
    program.stages.forEach((stage, s) => {
      const keep = kept !== null && s === program.stages.length - 1;
      publish(program, s, reduceRow(stage, starts, results, keep), results);
    });
    if (program.rows.length > 0) storeResults(starts, results);
    if (program.elements.length > 0) storeElements(starts, results);
  });

  /** Emits a stage, and returns its result. `keep` says to store the values that it reduces in the output. */
  function reduceRow({ reduce, of }: Stage, starts: readonly Integer[], results: Known, keep: boolean): Value {
    const total = accumulator(e, reduce, of.dtype, ways);
    runs(starts, (here) => {
      const settled = settle([of], here, results);
      const i = f.let(i32.const(0));
      const evaluate = (at: Local<"i32">, whole: boolean): Value => {
        const step = stepAt(here, at, whole);
        const value = lower(e, [of], inputOf(step), new Map(settled))[0] as Value; // safe: one root, one value
        if (keep) step.store(inputs, of.dtype, value);
        return value;
      };
      const whole = e.let(i32.and(length, -4 * ways));
      f.while(i32.ltU(i, whole), () => {
        f.interleave(ways, (w) => total.take(evaluate(e.let(i32.add(i, 4 * w)), true), w));
        f.increase(i, 4 * ways);
        f.if(i32.eqz(i32.and(i, 256 * ways - 1)), total.flush);
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

  /** Emits the results of a row, and stores them. */
  function storeResults(starts: readonly Integer[], results: Known): void {
    const atStart = (leaf: Expr) => loadSplat(e, leaf.dtype, starts[leaf.value] as Integer);
    lowerAs(e, program.rows, what.rows, atStart, new Map(results)).forEach((value, k) => {
      const type = what.rows[k] as DType;
      storeOne(e, type, walk.pointers[full + k] as Integer, pack(e, type, value), 0);
    });
  }

  /** Emits the results of each element of a row, and stores them. */
  function storeElements(starts: readonly Integer[], results: Known): void {
    runs(starts, (here) => {
      const settled = settle(program.elements, here, results);
      eachVector(e, i32.const(0), length, ways, (at, whole) => {
        const step = stepAt(here, at, whole);
        const inside: Known = new Map(settled);
        if (kept !== null) inside.set(kept, step.load(inputs, kept.dtype));
        lowerAs(e, program.elements, what.elements, inputOf(step), inside).forEach((value, k) => {
          step.store(inputs + k, what.elements[k] as DType, value);
        });
      });
    });
  }

  /** Loads the inputs that do not vary within a run, and computes everything that depends only on them. */
  function settle(roots: readonly Expr[], starts: readonly Integer[], results: Known): Known {
    const inside: Known = new Map(results);
    for (const node of nodesOf(roots)) {
      if (node.op !== "input" || motions[node.value] !== still) continue;
      inside.set(node, loadSplat(e, node.dtype, starts[node.value] as Integer));
    }
    lowerInvariant(e, roots, inside);
    return inside;
  }

  /** Returns the access to four elements of a run, from index `at` on. */
  function stepAt(bases: readonly Integer[], at: Local<"i32">, whole: boolean): VectorStep {
    return vectorStep(e, { at, end: length, whole, bases, strides, motions });
  }
}

/** Returns how a formula reads its inputs at a step. */
function inputOf(step: VectorStep): (leaf: Expr) => Value {
  return (leaf) => step.load(leaf.value, leaf.dtype);
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
