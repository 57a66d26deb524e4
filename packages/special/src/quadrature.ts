/**
 * Integrals on the host, in float64, to the last digits: what the coefficients of this package are made from when they
 * are first needed. Each of its functions has an integral that defines it and in which nothing cancels; so there are no
 * tables of numbers here that would have to be believed.
 */

/** A sum that does not lose what each term is too small to change (Kahan). */
export function sumOf(terms: Iterable<number>): number {
  let [sum, lost] = [0, 0];
  for (const term of terms) {
    const mended = term - lost;
    const next = sum + mended;
    lost = next - sum - mended;
    sum = next;
  }
  return sum;
}

/**
 * The mean of a periodic function over half of its period, [0, π], about which it is even: the trapezoidal rule, whose
 * error falls faster than any power.
 */
export function meanOverHalfCircle(f: (angle: number) => number, points = 1000): number {
  const inner = Array.from({ length: points - 1 }, (_, i) => f((Math.PI * (i + 1)) / points));
  return sumOf([f(0) / 2, ...inner, f(Math.PI) / 2]) / points;
}

/**
 * The integral over [0, ∞) of a smooth function that falls at least exponentially: `t = eʸ` makes it one that falls on
 * both sides, which the trapezoidal rule takes.
 */
export function integral(f: (t: number) => number): number {
  const [from, to, perUnit] = [-80, 6.5, 12];
  const terms = Array.from({ length: (to - from) * perUnit }, (_, i) => {
    const t = Math.exp(from + i / perUnit);
    return f(t) * t;
  });
  return sumOf(terms) / perUnit;
}

/** The places and weights of Gauss-Legendre quadrature on [0, 1], by Newton's method on the Legendre polynomial. */
export function legendre(count: number): readonly (readonly [place: number, weight: number])[] {
  return Array.from({ length: count }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 8; step++) {
      let [before, value] = [1, x];
      for (let k = 2; k <= count; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (count * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    return [(1 - x) / 2, 1 / ((1 - x * x) * slope * slope)] as const;
  });
}
