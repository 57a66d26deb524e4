/**
 * Programs: what a backend compiles. A `Program` is a tuple of formulas computed together; a `RowProgram` adds
 * reductions over rows, so that softmax, normalisation and plain sums are all data of one kind. Programs are interned
 * like the formulas they hold: a backend keeps its compiled kernel under the program's identity.
 */

import type { DType } from "../dtype.ts";
import { once } from "../once.ts";
import { type Expr, row } from "./expr.ts";

/** Formulas that are computed together, element by element, in one pass. */
export interface Program {
  readonly kind: "program";
  /** One formula for each output, in the order in which a call names them in `to`. */
  readonly outputs: readonly Expr[];
  /** How many inputs and scalars the formulas may refer to: one more than the highest index used. */
  readonly inputs: number;
  /** How many numbers a call has to give: one more than the highest scalar that the formulas refer to. */
  readonly scalars: number;
  /** How many nodes the formulas have, each counted once: so long is the kernel's text. */
  readonly nodes: number;
  /** Unique among programs of both kinds. */
  readonly id: number;
}

/** How a stage of a row program combines the elements of a row. `min` and `max` pass NaN on. */
export type Reduction = "sum" | "product" | "max" | "min";

/** One reduction over a row: the formula is evaluated for every element and the values are combined. */
export interface Stage {
  /** How the values are combined: a sum, a product, a maximum or a minimum. */
  readonly reduce: Reduction;
  /** What is combined: evaluated for each element, it may also use the results of earlier stages. */
  readonly of: Expr;
}

/** Reductions over rows in stages, then results for each row and for each element. */
export interface RowProgram {
  readonly kind: "rowProgram";
  /** The reductions, in order; a `row` leaf stands for the result of the stage of its number. */
  readonly stages: readonly Stage[];
  /** Formulas for each row; they may use rows' results, scalars, and inputs that do not vary within a row. */
  readonly rows: readonly Expr[];
  /** Formulas for each element; they may use everything. */
  readonly elements: readonly Expr[];
  /** How many inputs the formulas may refer to: one more than the highest index used. */
  readonly inputs: number;
  /** How many scalars they may refer to: one more than the highest index used. */
  readonly scalars: number;
  /** Unique among programs of both kinds. */
  readonly id: number;
}

let count = 0;
const programs = new Map<string, Program>();
const rowPrograms = new Map<string, RowProgram>();

/** The one program with these outputs. */
export function program(outputs: readonly Expr[]): Program {
  const key = outputs.map((e) => e.id).join(" ");
  return once(programs, key, () => {
    return {
      kind: "program",
      outputs,
      inputs: leaves(outputs, "input"),
      scalars: leaves(outputs, "scalar"),
      nodes: nodesOf(outputs).length,
      id: count++,
    };
  });
}

/** The one row program with these parts. */
export function rowProgram(parts: {
  readonly stages: readonly Stage[];
  readonly rows?: readonly Expr[];
  readonly elements?: readonly Expr[];
}): RowProgram {
  const { stages, rows = [], elements = [] } = parts;
  const ids = (list: readonly Expr[]) => list.map((e) => e.id).join(" ");
  const key = `${stages.map((s) => `${s.reduce} ${s.of.id}`).join(",")}|${ids(rows)}|${ids(elements)}`;
  return once(rowPrograms, key, () => {
    const all = [...stages.map((s) => s.of), ...rows, ...elements];
    const inputs = leaves(all, "input");
    return { kind: "rowProgram", stages, rows, elements, inputs, scalars: leaves(all, "scalar"), id: count++ };
  });
}

/** A plain reduction: one stage, its result stored in `dtype`. */
export function reduction(reduce: Reduction, of: Expr, finish: (result: Expr) => Expr = (r) => r): RowProgram {
  return rowProgram({ stages: [{ reduce, of }], rows: [finish(row(0, of.dtype))] });
}

/** All formulas of a program. */
export function formulasOf(p: Program | RowProgram): readonly Expr[] {
  return p.kind === "program" ? p.outputs : [...p.stages.map(({ of }) => of), ...p.rows, ...p.elements];
}

/** The types of a program's inputs as its formulas read them; null where an input is not used. */
export function inputTypes(p: Program | RowProgram): (DType | null)[] {
  const types = new Array<DType | null>(p.inputs).fill(null);
  for (const e of nodesOf(formulasOf(p))) {
    if (e.op === "input") types[e.value] = e.dtype;
  }
  return types;
}

/** Every node of some formulas, each once, operands before what uses them. */
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

function leaves(roots: readonly Expr[], op: "input" | "scalar"): number {
  let most = -1;
  for (const e of nodesOf(roots)) if (e.op === op) most = Math.max(most, e.value);
  return most + 1;
}
