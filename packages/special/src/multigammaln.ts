/**
 * The logarithm of the gamma function of several dimensions, which normalises Wishart's distribution.
 */

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
 * The logarithm of the multivariate gamma function, `p(p-1)/4 ln π + Σ ln Γ(x - i/2)` over i from 0 to p - 1, for x
 * above (p - 1)/2.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.multigammaln
 *
 * @param p how many dimensions.
 * @throws ArgumentError unless p is a whole number from 1.
 */
export function multigammaln(x: Tensor, p: number): Tensor {
  checkInteger("multigammaln", "p", p, 1);
  return sum(x, p);
}
