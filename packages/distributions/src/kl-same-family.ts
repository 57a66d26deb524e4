/**
 * Divergences within a family.
 */

import { pointwise, type Tensor, where } from "@akari/tensor";
import { Bernoulli } from "./bernoulli.ts";
import { Categorical } from "./categorical.ts";
import type { Distribution } from "./distribution.ts";
import { type KlPair, pair } from "./kl-pair.ts";
import { Normal } from "./normal.ts";
import { Uniform } from "./uniform.ts";

const normals = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("klDivergence", (loc1, scale1, loc2, scale2) => {
  const ratio = scale1.div(scale2).square();
  return ratio.add(loc1.sub(loc2).div(scale2).square()).sub(1).sub(ratio.log()).mul(0.5);
});

/** `p ln(p / q)` by logarithms: 0 where p is 0, and infinite where only q is. */
const share = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>("klDivergence", (p, logP, q, logQ) =>
  p.eq(0).where(0, q.eq(0).where(Number.POSITIVE_INFINITY, p.mul(logP.sub(logQ)))),
);

const rest = (x: Tensor): Tensor => x.neg().add(1);

function bernoullis(p: Bernoulli, q: Bernoulli): Tensor {
  const [[p1, p0], [q1, q0]] = [p.logs, q.logs];
  return share(p.probs, p1, q.probs, q1).add(share(rest(p.probs), p0, rest(q.probs), q0));
}

/** All of them. `divergence` is the whole table, for distributions that are made of others. */
export function sameFamily(_divergence: (p: Distribution, q: Distribution) => Tensor): readonly KlPair[] {
  return [
    pair(Normal, Normal, (p, q) => normals(p.loc, p.scale, q.loc, q.scale)),
    pair(Bernoulli, Bernoulli, bernoullis),
    pair(Categorical, Categorical, (p, q) => share(p.probs, p.logits, q.probs, q.logits).sum(-1)),
    pair(Uniform, Uniform, (p, q) => {
      const inside = q.low.le(p.low).logicalAnd(p.high.le(q.high));
      return where(inside, q.high.sub(q.low).log().sub(p.high.sub(p.low).log()), Number.POSITIVE_INFINITY);
    }),
  ];
}
