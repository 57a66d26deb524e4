/** Products with logarithms that are defined by their limits at 0, and sums of exponentials in base 2. */

import {
  type Binary,
  type Expr,
  pointwise,
  type Tensor,
  type TensorOrNumber,
  type Unary,
  withDerivative,
} from "@akari/tensor";

/**
 * Entropy term of a probability, `-x ln x`: 0 at 0, -∞ for negative x.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.entr
 */
export const entr: Unary = /* @__PURE__ */ pointwise<[Tensor]>("entr", (of) => {
  const x = of.toFloat();
  const value = x.lt(0).where(Number.NEGATIVE_INFINITY, x.eq(0).where(0, x.log().mul(x).neg()));
  return withDerivative(value, [x], (_, x) => [(x as Expr).log().neg().sub(1)]);
});

/**
 * Product `x ln(1 + y)`: 0 where x is 0, for any y but NaN.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.xlog1py
 */
export const xlog1py: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>(
  "xlog1py",
  (left: Expr, right: Expr) => {
    const x = left.toFloat();
    const y = right.toFloat();
    const edge = y.le(-1).or(y.eq(Number.POSITIVE_INFINITY));
    return x.eq(0).and(edge).where(0, x.mul(y.log1p()));
  },
);

/**
 * Logarithm of a sum of powers of two, `log2(2ᵃ + 2ᵇ)`, computed without overflow.
 *
 * https://pytorch.org/docs/stable/generated/torch.logaddexp2.html
 */
export const logaddexp2: Binary = /* @__PURE__ */ pointwise<[TensorOrNumber, TensorOrNumber]>(
  "logaddexp2",
  (left, right) => {
    const [a, b] = [left.toFloat(), right.toFloat()];
    const smaller = a.sub(b).abs().mul(-Math.LN2).exp();
    // The difference of two equal infinities is NaN.
    const value = a.eq(b).where(a.add(1), a.max(b).add(smaller.log1p().mul(Math.LOG2E)));
    return withDerivative(value, [a, b], (_, a, b) => {
      const difference = (a as Expr).sub(b as Expr).mul(Math.LN2); // safe: two operands
      return [difference.sigmoid(), difference.neg().sigmoid()];
    });
  },
);
