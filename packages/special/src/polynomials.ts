/**
 * Orthogonal polynomials, each by its three-term recurrence. The degree is a plain number and part of the formula, so
 * the kernel evaluates the unrolled polynomial and the derivative follows from it.
 */

import { checkInteger, constant, type Expr, type Pointwise, pointwise, type Tensor } from "@akari/tensor";

/** Largest degree: kernels of higher degrees would take too long to compile. */
const limit = 1000;

/**
 * Evaluates the polynomial of degree `n`, an integer from -1000 to 1000, at x. Negative degrees give 0.
 *
 * @throws ArgumentError for other degrees.
 */
export type Polynomial = (x: Tensor, n: number) => Tensor;

/**
 * Makes a family of polynomials from the one of degree 1, and from the recurrence that computes degree k + 1 from
 * degrees k and k - 1.
 */
function family(
  name: string,
  first: (x: Expr) => Expr,
  next: (x: Expr, k: number, value: Expr, before: Expr) => Expr,
): Polynomial {
  const formula: Pointwise<[Tensor, number]> = pointwise<[Tensor, number]>(
    name,
    (of, degree) => {
      const x = of.toFloat();
      if (degree.value < 0) return constant(0, x.dtype);
      let [value, before] = [constant(1, x.dtype), constant(0, x.dtype)];
      for (let k = 0; k < degree.value; k++) [value, before] = [k === 0 ? first(x) : next(x, k, value, before), value];
      return value;
    },
    { literal: true, apart: [1] },
  );
  return (x, n) => {
    checkInteger(name, "n", n, -limit, limit);
    return formula(x, n);
  };
}

const twice = (x: Expr): Expr => x.mul(2);
const shifted = (x: Expr): Expr => x.mul(2).sub(1);

/**
 * Makes a family of Chebyshev polynomials. The families share their recurrence and differ in the polynomial of degree
 * 1.
 */
const chebyshev = (name: string, first: (x: Expr) => Expr, at: (x: Expr) => Expr = (x) => x): Polynomial =>
  family(
    name,
    (x) => first(at(x)),
    (x, _, value, before) => twice(at(x)).mul(value).sub(before),
  );

/** Chebyshev polynomial of the first kind, `Tₙ(cos θ) = cos nθ`. `torch.special.chebyshev_polynomial_t` */
export const chebyshevPolynomialT: Polynomial = /* @__PURE__ */ chebyshev("chebyshevPolynomialT", (x) => x);

/**
 * Chebyshev polynomial of the second kind, `Uₙ(cos θ) = sin((n+1)θ) / sin θ`. `torch.special.chebyshev_polynomial_u`
 */
export const chebyshevPolynomialU: Polynomial = /* @__PURE__ */ chebyshev("chebyshevPolynomialU", twice);

/**
 * Chebyshev polynomial of the third kind, `Vₙ(cos θ) = cos((n+½)θ) / cos(θ/2)`. `torch.special.chebyshev_polynomial_v`
 */
export const chebyshevPolynomialV: Polynomial = /* @__PURE__ */ chebyshev("chebyshevPolynomialV", (x) =>
  twice(x).sub(1),
);

/**
 * Chebyshev polynomial of the fourth kind, `Wₙ(cos θ) = sin((n+½)θ) / sin(θ/2)`. `torch.special.chebyshev_polynomial_w`
 */
export const chebyshevPolynomialW: Polynomial = /* @__PURE__ */ chebyshev("chebyshevPolynomialW", (x) =>
  twice(x).add(1),
);

/** Shifted Chebyshev polynomial of the first kind, `Tₙ(2x - 1)`. `torch.special.shifted_chebyshev_polynomial_t` */
export const shiftedChebyshevPolynomialT: Polynomial = /* @__PURE__ */ chebyshev(
  "shiftedChebyshevPolynomialT",
  (x) => x,
  shifted,
);

/** Shifted Chebyshev polynomial of the second kind, `Uₙ(2x - 1)`. `torch.special.shifted_chebyshev_polynomial_u` */
export const shiftedChebyshevPolynomialU: Polynomial = /* @__PURE__ */ chebyshev(
  "shiftedChebyshevPolynomialU",
  twice,
  shifted,
);

/** Shifted Chebyshev polynomial of the third kind, `Vₙ(2x - 1)`. `torch.special.shifted_chebyshev_polynomial_v` */
export const shiftedChebyshevPolynomialV: Polynomial = /* @__PURE__ */ chebyshev(
  "shiftedChebyshevPolynomialV",
  (x) => twice(x).sub(1),
  shifted,
);

/** Shifted Chebyshev polynomial of the fourth kind, `Wₙ(2x - 1)`. `torch.special.shifted_chebyshev_polynomial_w` */
export const shiftedChebyshevPolynomialW: Polynomial = /* @__PURE__ */ chebyshev(
  "shiftedChebyshevPolynomialW",
  (x) => twice(x).add(1),
  shifted,
);

/** Physicists' Hermite polynomial Hₙ(x), orthogonal with weight `e^(-x²)`. `torch.special.hermite_polynomial_h` */
export const hermitePolynomialH: Polynomial = /* @__PURE__ */ family(
  "hermitePolynomialH",
  twice,
  (x, k, value, before) =>
    twice(x)
      .mul(value)
      .sub(before.mul(2 * k)),
);

/**
 * Probabilists' Hermite polynomial Heₙ(x), orthogonal with weight `e^(-x²/2)`. `torch.special.hermite_polynomial_he`
 */
export const hermitePolynomialHe: Polynomial = /* @__PURE__ */ family(
  "hermitePolynomialHe",
  (x) => x,
  (x, k, value, before) => x.mul(value).sub(before.mul(k)),
);

/** Laguerre polynomial Lₙ(x), orthogonal on [0, ∞) with weight `e⁻ˣ`. `torch.special.laguerre_polynomial_l` */
export const laguerrePolynomialL: Polynomial = /* @__PURE__ */ family(
  "laguerrePolynomialL",
  (x) => x.neg().add(1),
  (x, k, value, before) =>
    x
      .neg()
      .add(2 * k + 1)
      .mul(value)
      .sub(before.mul(k))
      .mul(1 / (k + 1)),
);

/** Legendre polynomial Pₙ(x), orthogonal on [-1, 1]. `torch.special.legendre_polynomial_p` */
export const legendrePolynomialP: Polynomial = /* @__PURE__ */ family(
  "legendrePolynomialP",
  (x) => x,
  (x, k, value, before) =>
    x
      .mul(2 * k + 1)
      .mul(value)
      .sub(before.mul(k))
      .mul(1 / (k + 1)),
);
