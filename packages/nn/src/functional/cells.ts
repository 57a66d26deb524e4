/**
 * Recurrent cells as formulas: how a step computes the new states from the old ones. The matrix products are computed
 * outside.
 */

import {
  applyAll,
  chunk,
  computeType,
  type DType,
  type Expr,
  input,
  once,
  PointwiseOp,
  type Tensor,
} from "@akari/tensor";

/** Result of a cell formula. */
interface CellResult {
  /** The new states. */
  readonly states: readonly Expr[];
  /** Values saved for the backward pass. Each overwrites one gate's product with the old state. */
  readonly kept: readonly Expr[];
}

/**
 * Computes the new states from the gates' products with the input, their products with the old state, and old states.
 */
type CellFormula = (fromInput: Operands, fromState: Operands, states: Operands) => CellResult;

/** One operand per gate or state. Typed as four, the most that a cell has. */
type Operands = readonly [Expr, Expr, Expr, Expr];

/** A kind of recurrent cell. */
export interface Cell {
  /** Name of its operation. */
  readonly name: string;
  /**
   * Number of gates. Each is a block of the last dimension, so that the weights have this many times the hidden size.
   */
  readonly gates: number;
  /** Number of tensors in the state. The first one is the output. */
  readonly states: number;
  /** Indices of the old states that the formula reads directly, apart from the product with the first one. */
  readonly reads: readonly number[];
  /** Formula of the new states. */
  readonly formula: CellFormula;
}

/** A formula with its leaves, numbered from `first`: products with the input, products with the state, old states. */
export interface BuiltCell extends CellResult {
  readonly leaves: readonly Expr[];
}

/** Builds the formula of a cell for a dtype. */
export function build({ formula, gates, reads }: Cell, dtype: DType, first: number): BuiltCell {
  const leaves = Array.from({ length: 2 * gates + reads.length }, (_, i) => input(first + i, dtype));
  const wide = leaves.map((leaf) => leaf.cast(computeType(dtype)));
  // safe: a formula uses only the operands that its cell has
  const part = (from: number, to?: number) => wide.slice(from, to) as unknown as Operands;
  return { leaves, ...formula(part(0, gates), part(gates, 2 * gates), part(2 * gates)) };
}

const steps = new Map<string, PointwiseOp>();

/**
 * Computes the new states from the product with the input, the product with the state and the old states.
 * Differentiable any number of times.
 */
export function step(cell: Cell, fromInput: Tensor, fromState: Tensor, states: readonly Tensor[]): readonly Tensor[] {
  const { dtype } = fromInput;
  const op = once(steps, `${cell.name} ${dtype}`, () => {
    const { states: outputs } = build(cell, dtype, 0);
    return new PointwiseOp(
      cell.name,
      outputs,
      outputs.map(() => dtype),
    );
  });
  const read = cell.reads.map((k) => states[k] as Tensor); // safe: `reads` lists existing states
  return applyAll(op, [...chunk(fromInput, cell.gates, -1), ...chunk(fromState, cell.gates, -1), ...read], []);
}

function simple(name: string, bound: (x: Expr) => Expr): Cell {
  const formula: CellFormula = ([x], [h]) => ({ states: [bound(x.add(h))], kept: [] });
  return { name, gates: 1, states: 1, reads: [], formula };
}

/** Elman cells (1990) on the products with input and state: `h' = tanh(x + h)` or `h' = max(x + h, 0)`. */
export const rnnCells: Readonly<Record<"tanh" | "relu", Cell>> = {
  tanh: /* @__PURE__ */ simple("rnnTanh", (x) => x.tanh()),
  relu: /* @__PURE__ */ simple("rnnRelu", (x) => x.relu()),
};

/** Long short-term memory cell: `c' = σ(f) c + σ(i) tanh(g)`, `h' = σ(o) tanh(c')`. Hochreiter & Schmidhuber 1997. */
export const lstmCell: Cell = {
  name: "lstmCell",
  gates: 4,
  states: 2,
  reads: [1],
  formula(x, h, [c]) {
    const [i, f, o] = [x[0].add(h[0]).sigmoid(), x[1].add(h[1]).sigmoid(), x[3].add(h[3]).sigmoid()];
    const g = x[2].add(h[2]).tanh();
    const next = f.mul(c).add(i.mul(g));
    return { states: [o.mul(next.tanh()), next], kept: [i, f, g, o] };
  },
};

/**
 * Gated recurrent unit: `n = tanh(xₙ + σ(r) hₙ)`, `h' = n + σ(z)(h - n)`. Cho et al. 2014,
 * https://arxiv.org/abs/1406.1078
 */
export const gruCell: Cell = {
  name: "gruCell",
  gates: 3,
  states: 1,
  reads: [0],
  formula([xr, xz, xn], [hr, hz, hn], [before]) {
    const [r, z] = [xr.add(hr).sigmoid(), xz.add(hz).sigmoid()];
    const candidate = xn.add(r.mul(hn)).tanh();
    return { states: [candidate.add(z.mul(before.sub(candidate)))], kept: [r, z, hn] };
  },
};
