/**
 * The cells of recurrent networks: how a step turns the old state into the new one. The matrix products stand outside.
 */

import { pointwise, type Tensor } from "@akari/tensor";
import { gated } from "./gated.ts";

/** A kind of cell. */
export interface Cell {
  /** How many gates it has: the weights have so many times the hidden size. */
  readonly gates: number;
  /** How many tensors its state consists of; the first is the output. */
  readonly states: number;
  /** The new state from the input's product, the state's product, and the old state. */
  step(fromInput: Tensor, fromState: Tensor, states: readonly Tensor[]): readonly Tensor[];
}

const hyperbolic = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("rnnTanh", (x, h) => x.add(h).tanh());
const rectified = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("rnnRelu", (x, h) => x.add(h).relu());

/** `h' = tanh(x + h)` or `max(x + h, 0)` of the products. Elman 1990. */
export const rnnCells: Readonly<Record<"tanh" | "relu", Cell>> = {
  tanh: { gates: 1, states: 1, step: (x, h) => [hyperbolic(x, h)] },
  relu: { gates: 1, states: 1, step: (x, h) => [rectified(x, h)] },
};

const longShort = /* @__PURE__ */ gated("lstmCell", 4, (x, h, [c]) => {
  const [i, f, g, o] = x.map((e, k) => e.add(h[k] ?? 0));
  if (!i || !f || !g || !o || !c) throw new TypeError("lstmCell: four gates and a cell state");
  const next = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
  return [o.sigmoid().mul(next.tanh()), next];
});

/** `c' = σ(f) c + σ(i) tanh(g)`, `h' = σ(o) tanh(c')`. Hochreiter & Schmidhuber 1997. */
export const lstmCell: Cell = {
  gates: 4,
  states: 2,
  step: (x, h, states) => longShort(x, h, states[1] as Tensor), // safe: there are two states
};

const gatedUnit = /* @__PURE__ */ gated("gruCell", 3, (x, h, [before]) => {
  const [xr, xz, xn] = x;
  const [hr, hz, hn] = h;
  if (!xr || !xz || !xn || !hr || !hz || !hn || !before) throw new TypeError("gruCell: three gates and a state");
  const candidate = xn.add(xr.add(hr).sigmoid().mul(hn)).tanh();
  return [candidate.add(xz.add(hz).sigmoid().mul(before.sub(candidate)))];
});

/** `n = tanh(xₙ + σ(r) hₙ)`, `h' = n + σ(z)(h - n)`. Cho et al. 2014, https://arxiv.org/abs/1406.1078 */
export const gruCell: Cell = {
  gates: 3,
  states: 1,
  step: (x, h, states) => gatedUnit(x, h, states[0] as Tensor), // safe: there is a state
};
