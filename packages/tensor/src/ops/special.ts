/**
 * The error function and its complement and inverse, the sigmoid and its inverse, and the logarithm of the gamma
 * function with its derivatives.
 */

import { checkInteger } from "../argument.ts";
import { digamma as digammaFormula, lgamma as lgammaFormula, polygamma as polygammaFormula } from "../expr/gamma.ts";
import { erfinv as erfinvFormula } from "../expr/special.ts";
import { once } from "../once.ts";
import { pointwise } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { type Unary, unary } from "./arithmetic.ts";

/**
 * Error function of each element, `2/√π ∫₀ˣ e^(-t²) dt`. https://pytorch.org/docs/stable/special.html#torch.special.erf
 */
export const erf: Unary = /* @__PURE__ */ unary("erf");

/**
 * Complementary error function of each element, `1 - erf(x)`, accurate for large x.
 * https://pytorch.org/docs/stable/special.html#torch.special.erfc
 */
export const erfc: Unary = /* @__PURE__ */ unary("erfc");

/**
 * Inverse error function of each element; ±∞ at ±1, NaN beyond.
 * https://pytorch.org/docs/stable/special.html#torch.special.erfinv
 */
export const erfinv: Unary = /* @__PURE__ */ pointwise<[Tensor]>("erfinv", erfinvFormula);

/** Logistic sigmoid of each element, `1 / (1 + e⁻ˣ)`. https://pytorch.org/docs/stable/generated/torch.sigmoid.html */
export const sigmoid: Unary = /* @__PURE__ */ unary("sigmoid");

const exactLogit: Unary = /* @__PURE__ */ pointwise<[Tensor]>("logit", (x) =>
  x.toFloat().div(x.toFloat().neg().add(1)).log(),
);
const safeLogit = /* @__PURE__ */ pointwise<[Tensor, number]>("logit", (x, eps) => {
  const high = eps.neg().add(1);
  const z = x.lt(eps).where(eps, x.gt(high).where(high, x));
  return z.div(z.neg().add(1)).log();
});

/**
 * Inverse of the sigmoid, `ln(x / (1 - x))`, of each element.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.logit
 *
 * @param eps clamps x to [eps, 1 - eps] first. Default null: no clamping; the result is NaN outside [0, 1].
 */
export function logit(x: Tensor, eps: number | null = null): Tensor {
  return eps === null ? exactLogit(x) : safeLogit(x, eps);
}

/**
 * Logarithm of the absolute value of the gamma function, `ln |Γ(x)|`; ∞ at 0, -1, -2, ….
 * https://pytorch.org/docs/stable/generated/torch.lgamma.html
 */
export const lgamma: Unary = /* @__PURE__ */ pointwise<[Tensor]>("lgamma", lgammaFormula);

/**
 * Digamma function of each element, the derivative of `lgamma`.
 * https://pytorch.org/docs/stable/special.html#torch.special.digamma
 */
export const digamma: Unary = /* @__PURE__ */ pointwise<[Tensor]>("digamma", digammaFormula);

const polygammas = new Map<number, Unary>();

/**
 * Polygamma function of order `n` of each element, the `n`-th derivative of `digamma`.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.polygamma
 *
 * @throws ArgumentError unless `n` is an integer from 0 to 1000.
 */
export function polygamma(n: number, x: Tensor): Tensor {
  checkInteger("polygamma", "n", n, 0, 1000);
  return once(polygammas, n, () => pointwise<[Tensor]>("polygamma", (e) => polygammaFormula(n, e)))(x);
}
