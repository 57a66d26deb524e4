/**
 * Numerical integration on the host, to full float64 precision. The coefficients of this package are computed from it
 * when they are first needed. Every function here is defined by an integral without cancellation, so the source
 * contains no tables of coefficients to be taken on trust.
 */

/** Sums numbers with Kahan's compensation, which keeps the digits that rounding would drop. */
export function sumOf(terms: Iterable<number>): number {
  let [sum, lost] = [0, 0];
  for (const term of terms) {
    const corrected = term - lost;
    const next = sum + corrected;
    lost = next - sum - corrected;
    sum = next;
  }
  return sum;
}

/**
 * Computes the mean over [0, π] of an even function of period 2π by the trapezoidal rule, whose error decreases faster
 * than any power of the number of points.
 */
export function meanOverHalfCircle(f: (angle: number) => number, points = 1000): number {
  const inner = Array.from({ length: points - 1 }, (_, i) => f((Math.PI * (i + 1)) / points));
  return sumOf([f(0) / 2, ...inner, f(Math.PI) / 2]) / points;
}

/**
 * Integrates a smooth function that decays at least exponentially over
 * [0, ∞). Substituting `t = eʸ` gives an integrand that decays on both sides, for which the trapezoidal rule is
 * accurate.
 */
export function integral(f: (t: number) => number): number {
  const [from, to, perUnit] = [-80, 6.5, 12];
  const terms = Array.from({ length: (to - from) * perUnit }, (_, i) => {
    const t = Math.exp(from + i / perUnit);
    return f(t) * t;
  });
  return sumOf(terms) / perUnit;
}

/** Returns the nodes and weights of Gauss-Legendre quadrature on [0, 1]. The nodes are found by Newton's method. */
export function legendre(count: number): readonly (readonly [node: number, weight: number])[] {
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
