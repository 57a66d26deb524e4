/** The Hurwitz zeta function: the first terms of its sum, and the remainder by the Euler-Maclaurin formula. */

import { type Binary, type Expr, pointwise, type TensorOrNumber } from "@akari/tensor";
import { bernoulli } from "./bernoulli.ts";

/** The formula for q > 0. */
function above(s: Expr, q: Expr): Expr {
  const steps = q.dtype === "float64" ? 10 : 5;
  const term = (k: number): Expr => q.add(k).log().mul(s).neg().exp();
  const w = q.add(steps);
  const inverse = w.reciprocal();
  const square = inverse.mul(inverse);
  // w⁻ˢ (w/(s-1) + 1/2 + Σ B₂ₖ/(2k)! s(s+1)…(s+2k-2)/w²ᵏ⁻¹)
  let rest = w.div(s.sub(1)).add(0.5);
  let factor = s.mul(inverse).mul(0.5);
  bernoulli.forEach((b, i) => {
    const k = 2 * i + 2;
    if (i > 0) {
      factor = factor
        .mul(s.add(k - 3))
        .mul(s.add(k - 2))
        .mul(square)
        .mul(1 / ((k - 1) * k));
    }
    rest = rest.add(factor.mul(b));
  });
  const last = term(steps);
  // If the last term underflows to 0, its factor may be infinite.
  let sum = last.eq(0).where(0, last.mul(rest));
  // Adds the smallest terms first, which loses the fewest digits.
  for (let k = steps - 1; k >= 0; k--) sum = sum.add(term(k));
  return sum;
}

function zetaFormula(left: Expr, right: Expr): Expr {
  const s = left.toFloat();
  const q = right.toFloat();
  const positive = q.gt(0);
  // For negative q, s has to be an integer. The terms with k + q < 0 have the sign (-1)ˢ.
  const near = q.sub(q.round());
  const over = near.gt(0);
  const part = positive.where(q, over.where(near, near.add(1)));
  const first = positive.where(1, over.where(near.neg().add(1), near.neg()));
  const behind = positive.where(1, q.neg().add(1));
  const odd = s.mul(0.5).sub(s.mul(0.5).floor()).ne(0);
  const beyond = above(s, first).sub(above(s, behind));
  const main = above(s, part);
  const value = positive.where(main, main.add(odd.where(beyond.neg(), beyond)));
  const whole = q.eq(q.floor());
  const pole = q
    .le(0)
    .and(whole)
    .where(Number.POSITIVE_INFINITY, q.le(0).and(s.ne(s.floor())).where(Number.NaN, value));
  // For s = ∞ the sum is its largest term.
  const vast = q.lt(1).where(Number.POSITIVE_INFINITY, q.eq(1).cast(s.dtype));
  const sum = s.eq(Number.POSITIVE_INFINITY).where(vast, pole);
  const ends = s.eq(1).where(Number.POSITIVE_INFINITY, s.lt(1).where(Number.NaN, sum));
  return s.isNaN().or(q.isNaN()).where(s.add(q), ends);
}

/**
 * Hurwitz zeta function, `ζ(s, q) = Σ (k + q)⁻ˢ` over k ≥ 0. It is ∞ at s = 1 and at q = 0, -1, -2, …; NaN for s < 1,
 * and for negative q unless s is an integer. q = 1 gives the Riemann zeta function. Differentiable with respect to both
 * arguments.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.zeta
 */
export const zeta: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>("zeta", zetaFormula);
