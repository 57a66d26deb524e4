/**
 * What Hankel's integral makes of a plain wave, on the host.
 */

import { integral } from "./quadrature.ts";

/** Γ(ν + ½) by its own integral. */
const gammaOf = (order: number): number => integral((u) => Math.exp(-u) * u ** (order - 0.5));

/**
 * The Hankel function of the first kind over `√(2/πx) e^(i(x - νπ/2 - π/4))`, as its real and imaginary part: near 1
 * and 0 for large x.
 *
 *     1/Γ(ν+½) ∫ e⁻ᵘ (u (1 + iu/2x))^(ν-½) du       over u from 0
 *
 * @param order ν, above -½.
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
