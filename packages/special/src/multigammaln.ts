/** The logarithm of the multivariate gamma function, which normalizes the Wishart distribution. */

import { checkInteger, type Expr, lgamma, type Pointwise, pointwise, type Tensor } from "@akari/tensor";

const sum: Pointwise<[Tensor, number]> = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "multigammaln",
  (of, dimensions) => {
    const x = of.toFloat();
    const p = dimensions.value;
    let total: Expr = lgamma.formula(x);
    for (let i = 1; i < p; i++) total = total.add(lgamma.formula(x.sub(i / 2)));
    return total.add((p * (p - 1) * Math.log(Math.PI)) / 4);
  },
  { literal: true, apart: [1] },
);

/**
 * Computes the logarithm of the multivariate gamma function of dimension p, `p(p-1)/4 ln π + Σ ln Γ(x - i/2)` over i
 * from 0 to p - 1, for x > (p - 1)/2.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.multigammaln
 *
 * @param p the dimension.
 * @throws ArgumentError unless p is a positive integer.
 */
export function multigammaln(x: Tensor, p: number): Tensor {
  checkInteger("multigammaln", "p", p, 1);
  return sum(x, p);
}
