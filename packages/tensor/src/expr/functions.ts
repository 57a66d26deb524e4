/**
 * The special functions of the scalar language in double precision, for numbers on the host. They are written for
 * accuracy, about 1e-15 relative, not for speed: the reference backend computes with them, and kernel generators check
 * their polynomials against them.
 */

const twoOverRootPi = 1.1283791670955126;
const rootPi = 1.772453850905516;

/**
 * Returns `e^(-x²)` without the error of rounding x² first: x is split so that the square of its larger part is exact.
 */
function gaussian(x: number): number {
  const high = Math.fround(x);
  return Math.exp(-high * high) * Math.exp((high - x) * (high + x));
}

/**
 * Sums `erf(x) = 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1))`. All terms have one sign, so there is no cancellation.
 */
function erfSeries(x: number): number {
  const square = 2 * x * x;
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= square / (2 * n + 1);
    sum += term;
  }
  return twoOverRootPi * x * gaussian(x) * sum;
}

/**
 * Evaluates `erfc(x) = e^(-x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …))))` for x ≥ 1, from the innermost term outwards.
 */
function erfcFraction(x: number): number {
  let denominator = x;
  for (let n = Math.ceil(20 + 200 / (x * x)); n > 0; n--) denominator = x + n / 2 / denominator;
  return gaussian(x) / (rootPi * denominator);
}

/** Returns the error function, `2/√π ∫₀ˣ e^(-t²) dt`. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (!(size < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  if (size < 1) return erfSeries(x);
  return Math.sign(x) * (1 - erfcFraction(size));
}

/** Returns `1 - erf(x)`, accurate for large x, where the subtraction would cancel. */
export function erfc(x: number): number {
  if (x < 0.5) return x <= -1 ? 2 - erfc(-x) : 1 - erfSeries(x);
  if (Number.isNaN(x)) return x;
  return x > 28 ? 0 : erfcFraction(x);
}

/** Returns `xʸ` with C's semantics: unlike in JavaScript, `pow(1, NaN)` and `pow(±1, ±∞)` are 1. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY))) return 1;
  return x ** y;
}

/** Rounds to the nearest integer, ties to even. Preserves the sign of zero. */
export function roundHalfEven(x: number): number {
  if (!(Math.abs(x) < 2 ** 52)) return x;
  const shift = Object.is(x, -0) || x < 0 ? -(2 ** 52) : 2 ** 52;
  const rounded = x + shift - shift;
  return rounded === 0 ? x * 0 : rounded;
}
