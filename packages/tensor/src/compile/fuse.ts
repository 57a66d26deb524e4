/**
 * Fusion: a pointwise call whose result is read by exactly one other call becomes part of that call. Both are formulas,
 * so fusion substitutes one formula for the other's input, and the intermediate result is never stored.
 */

import { bytesOf, isFloating } from "../dtype.ts";
import { type Expr, node } from "../expr/expr.ts";
import { formulasOf, nodesOf, program, rowProgram } from "../expr/program.ts";
import { substitute } from "../expr/substitute.ts";
import type { PointwiseCall, RowsCall, View } from "../kernel.ts";
import { sameView } from "../view.ts";
import { type CallStep, callStep, readsOf, type Step, type Temporaries, writesOf } from "./steps.ts";

/** The limits of a fused call: the number of inputs, and the number of nodes in its formulas. */
const mostInputs = 8;
const mostNodes = 128;

/** A call that reads its inputs through a formula. */
interface Reader extends CallStep {
  readonly call: PointwiseCall | RowsCall;
}

/** A pointwise call with one result. */
interface Producer extends CallStep {
  readonly call: PointwiseCall;
}

/** Fuses pointwise calls into the calls that read their results. */
export function fuse(steps: readonly Step[], temporaries: Temporaries): readonly Step[] {
  const list: (Step | null)[] = [...steps];
  for (let i = 0; i < list.length; i++) {
    const step = list[i] as Step; // safe: only steps before the current one are removed
    if (!isProducer(step) || !temporaries.has(step.writes[0].buffer)) continue;
    const at = onlyReader(list, i, step);
    const reader = at === null ? null : list[at];
    if (at === null || !reader || !isReader(reader)) continue;
    const fused = fusion(step, reader);
    if (fused === null) continue;
    list[i] = null;
    list[at] = fused;
  }
  return list.filter((step) => step !== null);
}

function isProducer(step: Step): step is Producer & { readonly writes: readonly [Producer["writes"][number]] } {
  return step.kind === "call" && step.call.kind === "pointwise" && step.writes.length === 1;
}

function isReader(step: Step): step is Reader {
  return step.kind === "call" && (step.call.kind === "pointwise" || step.call.kind === "rows");
}

/**
 * Returns the index of the only step that reads the result of step `i`, provided that no step in between writes to the
 * inputs of step `i`; otherwise null.
 */
function onlyReader(list: readonly (Step | null)[], i: number, { reads, writes }: CallStep): number | null {
  const result = writes[0]?.buffer;
  let found: number | null = null;
  for (let k = 0; k < list.length; k++) {
    const step = list[k];
    if (!step || k === i) continue;
    if (writesOf(step).some(({ buffer }) => buffer === result)) return null;
    if (readsOf(step).some(({ buffer }) => buffer === result)) {
      if (found !== null || k < i) return null;
      found = k;
    }
  }
  for (let k = i + 1; k < (found ?? 0); k++) {
    const step = list[k];
    if (!step) continue;
    if (step.kind === "action" || writesOf(step).some(({ buffer }) => reads.some((view) => view.buffer === buffer)))
      return null;
  }
  return found;
}

/** Combines both calls into one; null if they cannot be fused. */
function fusion(producer: Producer, reader: Reader): CallStep | null {
  const { call } = reader;
  const [formula] = producer.call.program.outputs as [Expr]; // safe: one result
  const [result] = producer.call.to as [View];
  const isResult = (view: View | undefined) => view?.buffer === result.buffer;
  // Storing a 16-bit float rounds it, which a fused formula would skip.
  if (bytesOf(result.dtype) === 2 && isFloating(result.dtype)) return null;
  if (call.inputs.some((view) => isResult(view) && !sameView(view, result))) return null;
  // An output may be the same view as an input, but must not overlap it otherwise.
  if (producer.call.inputs.some((view) => reader.writes.some((to) => to.buffer === view.buffer && !sameView(to, view))))
    return null;
  const inputs = call.inputs.filter((view) => !isResult(view));
  for (const view of producer.call.inputs) if (!inputs.some((known) => sameView(known, view))) inputs.push(view);
  if (inputs.length > mostInputs || nodesOf([formula]).length + nodesOf(formulasOf(call.program)).length > mostNodes)
    return null;

  /**
   * Renumbers the inputs and scalars of a formula for the fused call, and substitutes the producer's formula for its
   * result.
   */
  const translated = (e: Expr, views: readonly View[], firstScalar: number): Expr => {
    const leaves = new Map<Expr, Expr>();
    for (const leaf of nodesOf([e])) {
      if (leaf.op === "scalar") leaves.set(leaf, node("scalar", leaf.dtype, [], firstScalar + leaf.value));
      if (leaf.op !== "input") continue;
      const view = views[leaf.value] as View; // safe: a formula reads only inputs that the call has
      const number = inputs.findIndex((known) => sameView(known, view));
      leaves.set(leaf, isResult(view) ? inner() : node("input", leaf.dtype, [], number));
    }
    return substitute(e, leaves);
  };
  const inner = (): Expr => translated(formula, producer.call.inputs, call.scalars.length).cast(result.dtype);
  const outer = (e: Expr): Expr => translated(e, call.inputs, 0);
  const scalars = [...call.scalars, ...producer.call.scalars];
  if (call.kind === "pointwise") {
    return callStep(reader.name, { ...call, program: program(call.program.outputs.map(outer)), inputs, scalars });
  }
  const { stages, rows, elements } = call.program;
  const reads = (e: Expr) => nodesOf([e]).some((leaf) => leaf.op === "input" && isResult(call.inputs[leaf.value]));
  // Each stage makes a separate pass over the row and would recompute the formula.
  if ([...stages.map(({ of }) => of), ...elements].filter(reads).length > 1 || rows.some(reads)) return null;
  const fused = rowProgram({
    stages: stages.map(({ reduce, of }) => ({ reduce, of: outer(of) })),
    rows: rows.map(outer),
    elements: elements.map(outer),
  });
  return callStep(reader.name, { ...call, program: fused, inputs, scalars });
}

/** Removes calls whose results are not used. */
export function withoutDead(steps: readonly Step[], temporaries: Temporaries): readonly Step[] {
  const wanted = new Set<unknown>();
  const kept: Step[] = [];
  for (const step of steps.toReversed()) {
    // A random draw advances its generator, and a check may throw, whether or not a result is used.
    const silent = step.kind === "call" && step.call.kind !== "random" && step.call.kind !== "check";
    if (silent && step.writes.every(({ buffer }) => temporaries.has(buffer) && !wanted.has(buffer))) continue;
    for (const { buffer } of readsOf(step)) wanted.add(buffer);
    kept.push(step);
  }
  return kept.reverse();
}
