/**
 * Programs, the units that a backend compiles. A `Program` is a tuple of formulas computed together; a `RowProgram`
 * adds reductions over rows, so that softmax, normalization and plain sums are one kind of data. Programs are interned
 * like their formulas: a backend caches compiled kernels by a program's identity.
 */

import type { DType } from "../dtype.ts";
import { once } from "../once.ts";
import { type Expr, input, row } from "./expr.ts";

/** Formulas that are computed together, elementwise, in one pass. */
export interface Program {
  readonly kind: "program";
  /** One formula for each output, in the order of a call's `to`. */
  readonly outputs: readonly Expr[];
  /** The number of inputs: one more than the highest index that the formulas use. */
  readonly inputs: number;
  /** The number of distinct nodes in the formulas, a measure of the size of the kernel's source. */
  readonly nodes: number;
  /** Unique among programs of both kinds. */
  readonly id: number;
}

/** A reduction over the elements of a row. `min` and `max` propagate NaN. */
export type Reduction = "sum" | "product" | "max" | "min";

/** One reduction over a row: its formula is evaluated for every element and the values are combined. */
export interface Stage {
  /** The reduction: a sum, product, maximum or minimum. */
  readonly reduce: Reduction;
  /** The formula to reduce. It is evaluated for each element and may use the results of earlier stages. */
  readonly of: Expr;
}

/** Reductions over rows in stages, followed by results per row and per element. */
export interface RowProgram {
  readonly kind: "rowProgram";
  /** The reductions, in order. A `row` leaf refers to the result of a stage by its index. */
  readonly stages: readonly Stage[];
  /** Formulas evaluated once per row. They may use stage results, scalars, and inputs that do not vary within a row. */
  readonly rows: readonly Expr[];
  /** Formulas evaluated for each element. They may use all leaves. */
  readonly elements: readonly Expr[];
  /** The number of inputs: one more than the highest index that the formulas use. */
  readonly inputs: number;
  /** Unique among programs of both kinds. */
  readonly id: number;
}

let count = 0;
const programs = new Map<string, Program>();
const rowPrograms = new Map<string, RowProgram>();

/** Returns the interned program with these outputs. */
export function program(outputs: readonly Expr[]): Program {
  const key = outputs.map((e) => e.id).join(" ");
  return once(programs, key, () => {
    return {
      kind: "program",
      outputs,
      inputs: countInputs(outputs),
      nodes: nodesOf(outputs).length,
      id: count++,
    };
  });
}

/** Returns a function that compiles formulas for a dtype, once for each. */
export function programOf(formulas: (dtype: DType) => readonly Expr[]): (dtype: DType) => Program {
  const made = new Map<DType, Program>();
  return (dtype) => once(made, dtype, () => program(formulas(dtype)));
}

/** The program that copies elements of a dtype. */
export const copying: (dtype: DType) => Program = /* @__PURE__ */ programOf((dtype) => [input(0, dtype)]);

/** Returns the interned row program with these parts. */
export function rowProgram(parts: {
  readonly stages: readonly Stage[];
  readonly rows?: readonly Expr[];
  readonly elements?: readonly Expr[];
}): RowProgram {
  const { stages, rows = [], elements = [] } = parts;
  const ids = (list: readonly Expr[]) => list.map((e) => e.id).join(" ");
  const key = `${stages.map((s) => `${s.reduce} ${s.of.id}`).join(",")}|${ids(rows)}|${ids(elements)}`;
  return once(rowPrograms, key, () => {
    const inputs = countInputs([...stages.map((s) => s.of), ...rows, ...elements]);
    return { kind: "rowProgram", stages, rows, elements, inputs, id: count++ };
  });
}

/** Returns the row program of a plain reduction: one stage, and one result per row, computed from it by `finish`. */
export function reduction(reduce: Reduction, of: Expr, finish: (result: Expr) => Expr = (r) => r): RowProgram {
  return rowProgram({ stages: [{ reduce, of }], rows: [finish(row(0, of.dtype))] });
}

/** Returns all formulas of a program. */
export function formulasOf(p: Program | RowProgram): readonly Expr[] {
  return p.kind === "program" ? p.outputs : [...p.stages.map(({ of }) => of), ...p.rows, ...p.elements];
}

/** Returns the types of a program's inputs as its formulas read them; null for an input that is not used. */
export function inputTypes(p: Program | RowProgram): (DType | null)[] {
  const types = new Array<DType | null>(p.inputs).fill(null);
  for (const e of nodesOf(formulasOf(p))) {
    if (e.op === "input") types[e.value] = e.dtype;
  }
  return types;
}

/** Returns every distinct node of some formulas in topological order, operands first. */
export function nodesOf(roots: readonly Expr[]): Expr[] {
  const seen = new Set<Expr>();
  const order: Expr[] = [];
  const visit = (e: Expr) => {
    if (seen.has(e)) return;
    seen.add(e);
    for (const arg of e.args) visit(arg);
    order.push(e);
  };
  for (const root of roots) visit(root);
  return order;
}

function countInputs(roots: readonly Expr[]): number {
  return Math.max(0, ...nodesOf(roots).map((e) => (e.op === "input" ? e.value + 1 : 0)));
}
