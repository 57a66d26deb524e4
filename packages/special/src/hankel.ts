/** The Hankel function by its integral, evaluated on the host, from which the asymptotic series are fitted. */

import { integral } from "./quadrature.ts";

/** Γ(ν + ½), by the same quadrature. */
const gammaOf = (order: number): number => integral((u) => Math.exp(-u) * u ** (order - 0.5));

/**
 * Returns the Hankel function of the first kind divided by `√(2/πx) e^(i(x - νπ/2 - π/4))`. The real part approaches 1
 * and the imaginary part 0 for large x.
 *
 *     1/Γ(ν+½) ∫ e⁻ᵘ (u (1 + iu/2x))^(ν-½) du       over u in [0, ∞)
 *
 * @param order the order ν, greater than -½.
 */
export function hankel(order: number, x: number): readonly [real: number, imaginary: number] {
  const scale = 1 / gammaOf(order);
  const power = order - 0.5;
  const part = (f: (angle: number) => number): number =>
    scale *
    integral((u) => {
      const size = Math.hypot(1, u / (2 * x));
      return Math.exp(-u) * (u * size) ** power * f(power * Math.atan(u / (2 * x)));
    });
  return [part(Math.cos), part(Math.sin)];
}
