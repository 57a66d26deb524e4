/**
 * The building blocks of all kernels for row programs: identities and combinations of reductions, the layout of rows
 * and their elements, and the statements that load, reduce and store them. Elements are loaded and stored four at a
 * time where the layout allows it.
 */

import { type DType, isFloating } from "../../dtype.ts";
import type { Expr } from "../../expr/expr.ts";
import { nodesOf, type Reduction, type Stage } from "../../expr/program.ts";
import type { RowsCall, View } from "../../kernel.ts";
import { Draft, type Elements, packingOf, wgslType } from "./draft.ts";
import { type Leaves, literal, writeBinary, writeCast, writeFormulas } from "./formula.ts";
import type { Recorder } from "./recorder.ts";
import { ofLaunch, scalarArguments } from "./scalars.ts";
import { merge, type Walk, walk } from "./walk.ts";

/**
 * Returns how many invocations share a row, or a group of rows. A software adapter computes only a few lanes at a time,
 * and each barrier costs it a pass over all of them.
 */
export function lanesFor(recorder: Recorder, length: number): number {
  if (recorder.direct) return 16;
  return length >= 4096 ? 256 : 64;
}

/** Returns the identity of a reduction as an expression. */
export function identity(reduce: Reduction, dtype: DType): string {
  if (reduce === "sum") return literal(0, dtype);
  if (reduce === "product") return literal(1, dtype);
  const low = reduce === "max";
  if (isFloating(dtype)) return literal(low ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, "float32");
  if (dtype === "int32") return literal(low ? -(2 ** 31) : 2 ** 31 - 1, dtype);
  return literal(low ? 0 : dtype === "uint8" ? 255 : 1, dtype);
}

const primitive = { sum: "add", product: "mul", max: "max", min: "min" } as const;

/** Returns the combination of two values as an expression. */
export function combined(reduce: Reduction, dtype: DType, a: string, b: string): string {
  return writeBinary(primitive[reduce], dtype, a, b);
}

/**
 * Combines the values `total{k}` of a workgroup's invocations, in a fixed order, and gives the result to all of them.
 * About √lanes invocations first combine as many values each, then every invocation combines their results, so that
 * there are two barriers instead of one per halving.
 */
export function share(
  k: number,
  reduce: Reduction,
  dtype: DType,
  lanes: number,
): { readonly declaration: string; readonly code: string } {
  const some = 2 ** Math.ceil(Math.log2(lanes) / 2);
  const gather = (from: string, to: number, step: number) => `for (var j = ${from}; j < ${to}u; j += ${step}u) {
  let other = shared${k}[j];
  total${k} = ${combined(reduce, dtype, `total${k}`, "other")};
}`;
  return {
    declaration: `var<workgroup> shared${k}: array<${wgslType(dtype)}, ${lanes}>;`,
    code: `shared${k}[lane] = total${k};
workgroupBarrier();
if (lane < ${some}u) {
${gather(`lane + ${some}u`, lanes, some)}
shared${k}[lane] = total${k};
}
workgroupBarrier();
total${k} = shared${k}[0];
${gather("1u", some, 1)}`,
  };
}

/** The elements of a row that an invocation processes: a share of those from `from` up to `to`. */
export interface Span {
  readonly from: string;
  readonly to: string;
  /** The invocation's index among those that share the elements, and their number. */
  readonly lane: string;
  readonly lanes: number;
}

/** What all forms of row kernels share: operands, positions and scalars. */
export class RowFrame {
  readonly draft: Draft;
  readonly call: RowsCall;
  readonly sources: readonly Elements[];
  readonly scalar: (leaf: Expr) => string;
  readonly inputs: readonly View[];
  readonly length: string;

  /** For each input, whether it varies along a row; null if elements are read one at a time. */
  readonly moves: readonly boolean[] | null;

  /** @param quads whether the elements of a row may be loaded and stored four at a time. */
  constructor(kind: string, call: RowsCall, length: number, quads = false) {
    this.call = call;
    this.inputs = call.inputs.slice(0, Math.max(call.program.inputs, 1));
    this.moves = quads ? rowQuads(this.inputs, call.toElements, this.outer) : null;
    this.draft = new Draft(`${kind} ${call.program.id} ${this.moves?.map(Number).join("") ?? ""}`, this.moves !== null);
    this.sources = this.inputs.map((view) => this.draft.view(view, "read"));
    this.scalar = scalarArguments(call.program, ofLaunch(this.draft, call.scalars));
    this.length = this.draft.u32(length);
  }

  /** Returns the walk over rows: the positions of the first elements of the inputs, then of the views in `more`. */
  starts(more: readonly View[]): Walk {
    const outer = this.outer;
    const heads = [...this.inputs, ...more].map(({ strides, offset }) => ({
      strides: strides.slice(0, outer),
      offset,
    }));
    return walk(this.draft, this.shape.slice(0, outer), heads);
  }

  /** Returns the walk within a row: the offset of an element from the row's first. */
  steps(more: readonly View[]): Walk {
    const { moves, outer } = this;
    if (moves !== null) {
      const all = [...moves, ...more.map(() => true)];
      return { index: (i, prefix) => all.map((moves, k) => `let ${prefix}${k} = ${moves ? i : "0u"};`).join("\n") };
    }
    const tails = [...this.inputs, ...more].map(({ strides }) => ({ strides: strides.slice(outer), offset: 0 }));
    return walk(this.draft, this.shape.slice(outer), tails, false);
  }

  /** Number of elements processed at a time. */
  get each(): number {
    return this.moves === null ? 1 : 4;
  }

  /** Returns statements that load the elements from `i` on. `steps` is the walk within a row. */
  load(steps: Walk, i = "i"): string {
    const { moves } = this;
    const index = steps.index(i, "far");
    if (moves === null) return index;
    const loads = this.sources.map((source, k) => {
      return moves[k] ? source.quad(`q${k}`, `(row${k} + far${k})`) : `let q${k} = ${source.get(`row${k} + far${k}`)};`;
    });
    return [index, ...loads].join("\n");
  }

  /** Returns the leaves for element `j` of those that were loaded. */
  element(j: number, row: (k: number) => string): Leaves {
    const { moves } = this;
    if (moves === null) return this.leaves("far", row);
    return {
      input: (k) => (moves[k] ? (this.sources[k] as Elements).quarter(`q${k}`, j) : `q${k}`),
      scalar: this.scalar,
      row,
    };
  }

  /**
   * The loop unrolling factor. Unrolling keeps several loads in flight and shortens the chains of sums; long
   * expressions are not unrolled.
   */
  unroll({ of }: Stage): number {
    return nodesOf([of]).length <= 8 ? 4 : 1;
  }

  /** Returns statements that declare `total{k}`, the reduction of a span's elements by stage `k`. */
  total(k: number, { from, to, lane, lanes }: Span, steps: Walk, row: (k: number) => string): string {
    const stage = this.call.program.stages[k] as Stage; // safe: callers iterate over the stages
    const { reduce, of } = stage;
    const { each } = this;
    const unroll = this.unroll(stage);
    const type = wgslType(of.dtype);
    const parts = Array.from({ length: unroll * each }, (_, n) => `part${n}`);
    const iteration = (n: number) => {
      const elements = Array.from({ length: each }, (_, j) => {
        const { code, values } = writeFormulas([of], this.element(j, row), `s${j}_`);
        const part = parts[n * each + j] as string; // safe: there is one for each element of the unrolled loop
        return `${code}\n${part} = ${combined(reduce, of.dtype, part, values[0] as string)};`;
      });
      return `{\n${this.load(steps, n === 0 ? "i" : `(i + ${n * lanes * each}u)`)}\n${elements.join("\n")}\n}`;
    };
    const all = Array.from({ length: unroll }, (_, n) => iteration(n)).join("\n");
    return `var total${k}: ${type};
{
${parts.map((part) => `var ${part}: ${type} = ${identity(reduce, of.dtype)};`).join("\n")}
var i = ${from} + ${lane} * ${each}u;
${unroll > 1 ? `for (; i + ${(unroll - 1) * lanes * each}u < ${to}; i += ${unroll * lanes * each}u) {\n${all}\n}` : ""}
for (; i < ${to}; i += ${lanes * each}u) ${iteration(0)}
total${k} = ${halves(parts, (a, b) => combined(reduce, of.dtype, a, b))};
}`;
  }

  get shape(): readonly number[] {
    return (this.call.inputs[0] as View).shape;
  }

  get outer(): number {
    return this.shape.length - this.call.dims;
  }

  /** Returns the leaves for an element or, if `steps` is empty, for a whole row. */
  leaves(steps: string, row: (k: number) => string): Leaves {
    return {
      input: (k) => (this.sources[k] as Elements).get(steps === "" ? `row${k}` : `row${k} + ${steps}${k}`),
      scalar: this.scalar,
      row,
    };
  }

  /** Returns statements that store a row's results. */
  storeRow(targets: readonly Elements[], first: number, row: (k: number) => string): string {
    const { rows } = this.call.program;
    if (rows.length === 0) return "";
    const { code, values } = writeFormulas(rows, this.leaves("", row), "q");
    const stores = targets.map((to, k) =>
      to.put(`row${first + k}`, writeCast(values[k] as string, (rows[k] as Expr).dtype, to.dtype)),
    );
    return [code, ...stores].join("\n");
  }

  /**
   * Returns statements that store the results of element `i`. `first` is the index of the first target among the
   * starts.
   */
  storeElement(targets: readonly Elements[], first: number, steps: Walk, row: (k: number) => string): string {
    const { elements } = this.call.program;
    const parts = Array.from({ length: this.each }, (_, j) => writeFormulas(elements, this.element(j, row), `e${j}_`));
    const stores = targets.map((to, k) => {
      const values = parts.map((part) => writeCast(part.values[k] as string, (elements[k] as Expr).dtype, to.dtype));
      const at = `row${first + k} + far${this.inputs.length + k}`;
      return this.moves === null ? to.put(at, values[0] as string) : to.putQuad(`(${at})`, values);
    });
    return [this.load(steps), ...parts.map(({ code }) => code), ...stores].join("\n");
  }
}

/** Combines a list pairwise: its halves are combined recursively. */
function halves(list: readonly string[], combine: (a: string, b: string) => string): string {
  if (list.length === 1) return list[0] as string; // safe: it has one element
  const middle = list.length / 2;
  return combine(halves(list.slice(0, middle), combine), halves(list.slice(middle), combine));
}

/**
 * Returns which inputs vary along the rows if their elements can be accessed by quads, and null if they cannot be.
 * Every four elements from the start of a row on must be adjacent in memory or one repeated element.
 */
function rowQuads(inputs: readonly View[], targets: readonly View[], outer: number): readonly boolean[] | null {
  const views = [...inputs, ...targets];
  const { sizes, strides } = merge(
    (inputs[0] as View).shape.slice(outer), // safe: a row program reads at least one input
    views.map((view) => view.strides.slice(outer)),
  );
  if (sizes.length !== 1 || (sizes[0] as number) % 4 !== 0) return null;
  const moves = strides.map(([step]) => step === 1);
  const fits = views.every((view, k) => {
    if (!moves[k]) return strides[k]?.[0] === 0 && k < inputs.length;
    const aligned =
      view.offset % 4 === 0 &&
      view.strides.slice(0, outer).every((stride, d) => stride % 4 === 0 || view.shape[d] === 1);
    return aligned && (k < inputs.length || packingOf(view).log === 0);
  });
  return fits ? moves.slice(0, inputs.length) : null;
}
