/** Elementwise trigonometric and hyperbolic functions. Angles are in radians. */

import {
  acos as acosFormula,
  acosh as acoshFormula,
  asin as asinFormula,
  asinh as asinhFormula,
  atanh as atanhFormula,
  cosh as coshFormula,
  sinc as sincFormula,
  sinh as sinhFormula,
} from "../expr/special.ts";
import { pointwise } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { type Binary, type Unary, unary } from "./arithmetic.ts";

/** Sine of each element. https://pytorch.org/docs/stable/generated/torch.sin.html */
export const sin: Unary = /* @__PURE__ */ unary("sin");

/** Cosine of each element. https://pytorch.org/docs/stable/generated/torch.cos.html */
export const cos: Unary = /* @__PURE__ */ unary("cos");

/** Tangent of each element. https://pytorch.org/docs/stable/generated/torch.tan.html */
export const tan: Unary = /* @__PURE__ */ unary("tan");

/**
 * Inverse sine of each element, in [-π/2, π/2]; NaN outside [-1, 1].
 * https://pytorch.org/docs/stable/generated/torch.asin.html
 */
export const asin: Unary = /* @__PURE__ */ pointwise<[Tensor]>("asin", asinFormula);

/**
 * Inverse cosine of each element, in [0, π]; NaN outside [-1, 1].
 * https://pytorch.org/docs/stable/generated/torch.acos.html
 */
export const acos: Unary = /* @__PURE__ */ pointwise<[Tensor]>("acos", acosFormula);

/** Inverse tangent of each element, in (-π/2, π/2). https://pytorch.org/docs/stable/generated/torch.atan.html */
export const atan: Unary = /* @__PURE__ */ unary("atan");

/**
 * Angle of the point (x, y), in [-π, π], called as `atan2(y, x)`.
 * https://pytorch.org/docs/stable/generated/torch.atan2.html
 */
export const atan2: Binary = /* @__PURE__ */ pointwise("atan2", (y, x) => y.atan2(x), { floating: true });

/** Hyperbolic sine of each element, `(eˣ - e⁻ˣ) / 2`. https://pytorch.org/docs/stable/generated/torch.sinh.html */
export const sinh: Unary = /* @__PURE__ */ pointwise<[Tensor]>("sinh", sinhFormula);

/** Hyperbolic cosine of each element, `(eˣ + e⁻ˣ) / 2`. https://pytorch.org/docs/stable/generated/torch.cosh.html */
export const cosh: Unary = /* @__PURE__ */ pointwise<[Tensor]>("cosh", coshFormula);

/** Hyperbolic tangent of each element. https://pytorch.org/docs/stable/generated/torch.tanh.html */
export const tanh: Unary = /* @__PURE__ */ unary("tanh");

/** Inverse hyperbolic sine of each element. https://pytorch.org/docs/stable/generated/torch.asinh.html */
export const asinh: Unary = /* @__PURE__ */ pointwise<[Tensor]>("asinh", asinhFormula);

/**
 * Inverse hyperbolic cosine of each element, non-negative; NaN below 1.
 * https://pytorch.org/docs/stable/generated/torch.acosh.html
 */
export const acosh: Unary = /* @__PURE__ */ pointwise<[Tensor]>("acosh", acoshFormula);

/**
 * Inverse hyperbolic tangent of each element; ±∞ at ±1, NaN outside [-1, 1].
 * https://pytorch.org/docs/stable/generated/torch.atanh.html
 */
export const atanh: Unary = /* @__PURE__ */ pointwise<[Tensor]>("atanh", atanhFormula);

/**
 * Normalized sinc of each element, `sin(πx) / πx`, and 1 at 0.
 * https://pytorch.org/docs/stable/special.html#torch.special.sinc
 */
export const sinc: Unary = /* @__PURE__ */ pointwise<[Tensor]>("sinc", sincFormula);

/** Conversion of each element from degrees to radians. https://pytorch.org/docs/stable/generated/torch.deg2rad.html */
export const deg2rad: Unary = /* @__PURE__ */ pointwise<[Tensor]>("deg2rad", (x) => x.toFloat().mul(Math.PI / 180));

/** Conversion of each element from radians to degrees. https://pytorch.org/docs/stable/generated/torch.rad2deg.html */
export const rad2deg: Unary = /* @__PURE__ */ pointwise<[Tensor]>("rad2deg", (x) => x.toFloat().mul(180 / Math.PI));
