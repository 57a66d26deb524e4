/**
 * The cells of recurrent networks, by their formulas: how a step turns the old state into the new one. The matrix
 * products stand outside.
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

/** What a formula gives. */
interface CellResult {
  /** The new states. */
  readonly states: readonly Expr[];
  /** What the backward pass is to find instead of the gates that the old state gave, each in the place of one. */
  readonly kept: readonly Expr[];
}

/** The new states from the gates that the input gives, those that the old state gives, and further old states. */
type CellFormula = (fromInput: readonly Expr[], fromState: readonly Expr[], states: readonly Expr[]) => CellResult;

/** A kind of cell. */
export interface Cell {
  /** The name of its operation. */
  readonly name: string;
  /** How many gates it has, each a block of the last dimension: the weights have so many times the hidden size. */
  readonly gates: number;
  /** How many tensors its state consists of; the first is the output. */
  readonly states: number;
  /** Which of the old states the formula reads, besides what the first is multiplied to. */
  readonly reads: readonly number[];
  /** The new states. */
  readonly formula: CellFormula;
}

/** A formula on leaves numbered from `first` on: the gates of the input, those of the state, and the old states. */
export interface BuiltCell extends CellResult {
  readonly leaves: readonly Expr[];
}

/** The formula of a cell for one dtype. */
export function build({ formula, gates, reads }: Cell, dtype: DType, first: number): BuiltCell {
  const leaves = Array.from({ length: 2 * gates + reads.length }, (_, i) => input(first + i, dtype));
  const wide = leaves.map((leaf) => leaf.cast(computeType(dtype)));
  return { leaves, ...formula(wide.slice(0, gates), wide.slice(gates, 2 * gates), wide.slice(2 * gates)) };
}

const steps = new Map<string, PointwiseOp>();

/**
 * The new states from the input's product, the state's product and the old states, differentiable as often as need be.
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
  const read = cell.reads.map((k) => states[k] as Tensor); // safe: it reads states that there are
  return applyAll(op, [...chunk(fromInput, cell.gates, -1), ...chunk(fromState, cell.gates, -1), ...read], []);
}

function simple(name: string, bound: (x: Expr) => Expr): Cell {
  const formula: CellFormula = ([x], [h]) => ({ states: x && h ? [bound(x.add(h))] : [], kept: [] });
  return { name, gates: 1, states: 1, reads: [], formula };
}

/** `h' = tanh(x + h)` or `max(x + h, 0)` of the products. Elman 1990. */
export const rnnCells: Readonly<Record<"tanh" | "relu", Cell>> = {
  tanh: /* @__PURE__ */ simple("rnnTanh", (x) => x.tanh()),
  relu: /* @__PURE__ */ simple("rnnRelu", (x) => x.relu()),
};

/** `c' = σ(f) c + σ(i) tanh(g)`, `h' = σ(o) tanh(c')`. Hochreiter & Schmidhuber 1997. */
export const lstmCell: Cell = {
  name: "lstmCell",
  gates: 4,
  states: 2,
  reads: [1],
  formula(x, h, [c]) {
    const [i, f, g, o] = x.map((e, k) => (k === 2 ? e.add(h[k] ?? 0).tanh() : e.add(h[k] ?? 0).sigmoid()));
    if (!i || !f || !g || !o || !c) throw new TypeError("lstmCell: four gates and a cell state");
    const next = f.mul(c).add(i.mul(g));
    return { states: [o.mul(next.tanh()), next], kept: [i, f, g, o] };
  },
};

/** `n = tanh(xₙ + σ(r) hₙ)`, `h' = n + σ(z)(h - n)`. Cho et al. 2014, https://arxiv.org/abs/1406.1078 */
export const gruCell: Cell = {
  name: "gruCell",
  gates: 3,
  states: 1,
  reads: [0],
  formula([xr, xz, xn], [hr, hz, hn], [before]) {
    if (!xr || !xz || !xn || !hr || !hz || !hn || !before) throw new TypeError("gruCell: three gates and a state");
    const [r, z] = [xr.add(hr).sigmoid(), xz.add(hz).sigmoid()];
    const candidate = xn.add(r.mul(hn)).tanh();
    return { states: [candidate.add(z.mul(before.sub(candidate)))], kept: [r, z, hn] };
  },
};
