/**
 * The Airy function Ai: a Chebyshev series for |x| ≤ 2.25, beyond that an exponential times a series on the right and a
 * wave with series amplitudes on the left.
 */

import { type Expr, pointwise, type Tensor, type Unary } from "@akari/tensor";
import { chebyshev, fit } from "./chebyshev.ts";
import { hankel } from "./hankel.ts";
import { integral } from "./quadrature.ts";

/** Half-width of the middle interval. */
const reach = 2.25;
/** `ζ = ⅔ x^(3/2)` at x = `reach`. */
const zeta = 2.25;

/** Ai near 0, by its Maclaurin series, whose recurrence follows from Ai'' = x Ai. */
function nearZero(x: number): number {
  // Ai(0) and Ai'(0): 3^(-2/3)/Γ(2/3) and -3^(-1/3)/Γ(1/3).
  let [a, b] = [0.3550280538878172, -0.2588194037928068 * x];
  let sum = a + b;
  for (let k = 1; k < 20; k++) {
    a *= x ** 3 / (3 * k * (3 * k - 1));
    b *= x ** 3 / (3 * k * (3 * k + 1));
    sum += a + b;
  }
  return sum;
}

const middle = /* @__PURE__ */ fit((t) => nearZero(reach * t), 36);

/** `e^ζ √(2ζ/π) K_⅓(ζ)` as a function of `2·2.25/ζ - 1`. It approaches 1 for large ζ. */
const falling = /* @__PURE__ */ fit((t) => {
  const z = (2 * zeta) / (t + 1);
  return Math.sqrt((2 * z) / Math.PI) * integral((u) => Math.exp(-2 * z * Math.sinh(u / 2) ** 2) * Math.cosh(u / 3));
}, 36);

/** The real amplitude of the wave, and the imaginary one times ζ, as functions of `2·2.25²/ζ² - 1`. */
const wave = /* @__PURE__ */ [0, 1].map((part) =>
  fit((t) => {
    const z = zeta * Math.sqrt(2 / (t + 1));
    return (hankel(1 / 3, z)[part] as number) * z ** part;
  }, 40),
);

function airyFormula(of: Expr): Expr {
  const x = of.toFloat();
  const size = x.abs().max(reach);
  const root = size.sqrt();
  const z = size.mul(root).mul(2 / 3);
  const inverse = z.reciprocal();
  const scale = root.sqrt().mul(Math.sqrt(Math.PI));
  const above = z
    .neg()
    .exp()
    .mul(0.5)
    .div(scale)
    .mul(chebyshev(inverse.mul(2 * zeta).sub(1), falling));
  const [real, imaginary] = wave.map((series) =>
    chebyshev(
      inverse
        .mul(inverse)
        .mul(2 * zeta ** 2)
        .sub(1),
      series,
    ),
  ) as [Expr, Expr]; // safe: two parts
  const [sine, cosine] = [z.sin(), z.cos()];
  const below = real
    .mul(cosine.add(sine))
    .sub(imaginary.mul(inverse).mul(sine.sub(cosine)))
    .mul(Math.SQRT1_2)
    .div(scale);
  const about = chebyshev(
    x
      .max(-reach)
      .min(reach)
      .mul(1 / reach),
    middle,
  );
  const value = x.abs().le(reach).where(about, x.gt(0).where(above, below));
  return x.isNaN().where(x, x.abs().eq(Number.POSITIVE_INFINITY).where(0, value));
}

/**
 * Airy function Ai(x), the solution of y'' = xy that decays for x → ∞.
 * https://pytorch.org/docs/stable/special.html#torch.special.airy_ai
 */
export const airyAi: Unary = /* @__PURE__ */ pointwise<[Tensor]>("airyAi", airyFormula);
