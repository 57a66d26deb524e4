/**
 * The error function and its relatives, and the sigmoid and its inverse.
 */

import { erfinv as erfinvFormula } from "../expr/special.ts";
import { pointwise } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import type { Unary } from "./arithmetic.ts";

/** The error function, `2/√π ∫₀ˣ e^(-t²) dt`. https://pytorch.org/docs/stable/special.html#torch.special.erf */
export const erf: Unary = /* @__PURE__ */ pointwise<[Tensor]>("erf", (x) => x.erf());

/** `1 - erf(x)`, exact far out. https://pytorch.org/docs/stable/special.html#torch.special.erfc */
export const erfc: Unary = /* @__PURE__ */ pointwise<[Tensor]>("erfc", (x) => x.erfc());

/** The inverse of `erf`; ±∞ at ±1, NaN beyond. https://pytorch.org/docs/stable/special.html#torch.special.erfinv */
export const erfinv: Unary = /* @__PURE__ */ pointwise<[Tensor]>("erfinv", erfinvFormula);

/** `1 / (1 + e⁻ˣ)`. https://pytorch.org/docs/stable/generated/torch.sigmoid.html */
export const sigmoid: Unary = /* @__PURE__ */ pointwise<[Tensor]>("sigmoid", (x) => x.sigmoid());

const exactLogit: Unary = /* @__PURE__ */ pointwise<[Tensor]>("logit", (x) => x.toFloat().div(x.toFloat().neg().add(1)).log());
const safeLogit = /* @__PURE__ */ pointwise<[Tensor, number]>("logit", (x, eps) => {
  const high = eps.neg().add(1);
  const z = x.lt(eps).where(eps, x.gt(high).where(high, x));
  return z.div(z.neg().add(1)).log();
});

/**
 * The inverse of the sigmoid, `ln(x / (1 - x))`.
 *
 * https://pytorch.org/docs/stable/special.html#torch.special.logit
 *
 * @param eps moves x into [eps, 1 - eps] first. Default: x stays, and is NaN outside of [0, 1].
 */
export function logit(x: Tensor, eps: number | null = null): Tensor {
  return eps === null ? exactLogit(x) : safeLogit(x, eps);
}
