/**
 * Products with logarithms, whose limits at 0 are taken.
 */

import { type Binary, type Expr, pointwise, type Tensor, type TensorOrNumber, type Unary } from "@akari/tensor";

/**
 * Entropy of one probability: `-x ln x`; 0 at 0, -∞ below.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.entr
 */
export const entr: Unary = /* @__PURE__ */ pointwise<[Tensor]>("entr", (of) => {
  const x = of.toFloat();
  return x.lt(0).where(Number.NEGATIVE_INFINITY, x.eq(0).where(0, x.log().mul(x).neg()));
});

/**
 * `x ln(1 + y)`, and 0 where x is 0 whatever y is (but for NaN).
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.xlog1py
 */
export const xlog1py: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>("xlog1py", (left: Expr, right: Expr) => {
  const x = left.toFloat();
  const y = right.toFloat();
  const edge = y.le(-1).or(y.eq(Number.POSITIVE_INFINITY));
  return x.eq(0).and(edge).where(0, x.mul(y.log1p()));
});
