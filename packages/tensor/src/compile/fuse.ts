/**
 * Fusion: a pointwise call whose result one other call reads becomes part of that call. Both are formulas, so fusing
 * them is putting one formula in the place of the other's input; the result in between is never stored.
 */

import { bytesOf, isFloating } from "../dtype.ts";
import { type Expr, node } from "../expr/expr.ts";
import { formulasOf, nodesOf, program, rowProgram } from "../expr/program.ts";
import { substitute } from "../expr/substitute.ts";
import type { PointwiseCall, RowsCall, View } from "../kernel.ts";
import { sameView } from "../view.ts";
import { type CallStep, callStep, readsOf, type Step, type Temporaries, writesOf } from "./steps.ts";

/** The most inputs that a fused call may have, and nodes that its formulas may. */
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

/** The list with pointwise calls fused into those that read their results. */
export function fuse(steps: readonly Step[], temporaries: Temporaries): readonly Step[] {
  const list: (Step | null)[] = [...steps];
  for (let i = 0; i < list.length; i++) {
    const step = list[i] as Step; // safe: only steps before the present one are taken out
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

/** The one step that reads the result of step `i`, if nothing in between writes to what that step reads; else null. */
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

/** Both calls as one; null where they do not fit together. */
function fusion(producer: Producer, reader: Reader): CallStep | null {
  const { call } = reader;
  const [formula] = producer.call.program.outputs as [Expr]; // safe: one result
  const [result] = producer.call.to as [View];
  const isResult = (view: View | undefined) => view?.buffer === result.buffer;
  // What is stored in 16 bits is rounded on the way.
  if (bytesOf(result.dtype) === 2 && isFloating(result.dtype)) return null;
  if (call.inputs.some((view) => isResult(view) && !sameView(view, result))) return null;
  // An output may be the very same view as an input, and must not overlap it otherwise.
  if (producer.call.inputs.some((view) => reader.writes.some((to) => to.buffer === view.buffer && !sameView(to, view))))
    return null;
  const inputs = call.inputs.filter((view) => !isResult(view));
  for (const view of producer.call.inputs) if (!inputs.some((known) => sameView(known, view))) inputs.push(view);
  if (inputs.length > mostInputs || nodesOf([formula]).length + nodesOf(formulasOf(call.program)).length > mostNodes)
    return null;

  /**
   * A formula of one of the two, with the fused call's numbers of inputs and scalars, and with the other's formula in
   * the place of its result.
   */
  const translated = (e: Expr, views: readonly View[], firstScalar: number): Expr => {
    const leaves = new Map<Expr, Expr>();
    for (const leaf of nodesOf([e])) {
      if (leaf.op === "scalar") leaves.set(leaf, node("scalar", leaf.dtype, [], firstScalar + leaf.value));
      if (leaf.op !== "input") continue;
      const view = views[leaf.value] as View; // safe: a formula reads what the call has
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
  // Each stage goes over the row anew, and would compute the formula anew.
  if ([...stages.map(({ of }) => of), ...elements].filter(reads).length > 1 || rows.some(reads)) return null;
  const fused = rowProgram({
    stages: stages.map(({ reduce, of }) => ({ reduce, of: outer(of) })),
    rows: rows.map(outer),
    elements: elements.map(outer),
  });
  return callStep(reader.name, { ...call, program: fused, inputs, scalars });
}

/** The list without calls whose results nobody reads. */
export function withoutDead(steps: readonly Step[], temporaries: Temporaries): readonly Step[] {
  const wanted = new Set<unknown>();
  const kept: Step[] = [];
  for (const step of [...steps].reverse()) {
    // A draw moves its generator on, whoever reads the numbers; a check speaks for itself.
    const silent = step.kind === "call" && step.call.kind !== "random" && step.call.kind !== "check";
    if (silent && step.writes.every(({ buffer }) => temporaries.has(buffer) && !wanted.has(buffer))) continue;
    for (const { buffer } of readsOf(step)) wanted.add(buffer);
    kept.push(step);
  }
  return kept.reverse();
}
