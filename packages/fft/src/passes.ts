/**
 * The fast Fourier transform as a sequence of passes over memory, in Stockham's self-sorting form, which needs no
 * permutation pass. A pass of radix r reads r numbers that are n/r apart, transforms them, and multiplies the results
 * by twiddle factors. Each pass is one pointwise kernel call whose views address the numbers, so it runs on every
 * device and on tensors with any strides. Inputs that are not given count as zero, and outputs that are not wanted are
 * not computed.
 *
 * Cooley and Tukey 1965, "An algorithm for the machine calculation of complex Fourier series"; Swarztrauber 1984, "FFT
 * algorithms for vector computers".
 */

import { computeType, once, type Tensor } from "@akari/tensor";
import { butterfly } from "./butterfly.ts";
import { Line } from "./line.ts";
import { rotations } from "./tables.ts";

/** Largest radix of a pass. */
const largest = 16;
const splits = new Map<number, readonly number[] | null>();

/**
 * Returns the radices of the passes, whose product is n: as few as possible and then as balanced as possible, in
 * descending order. Returns null for a length with a prime factor that is too large.
 */
export function factors(n: number): readonly number[] | null {
  return once(splits, n, () => split(n, largest));
}

/** Factors `n` into radices of at most `most`, in descending order. */
function split(n: number, most: number): readonly number[] | null {
  if (n <= most) return [n];
  let best: readonly number[] | null = null;
  for (let r = most; r > 1; r--) {
    const rest = n % r === 0 ? split(n / r, r) : null;
    // Among factorizations of equal length, the later ones are more balanced.
    if (rest !== null && (best === null || rest.length < best.length)) best = [r, ...rest];
  }
  return best;
}

/**
 * Computes `to_k = scale Σ_j from_j e^(-2πi jk/n)` for a length that has `factors`. Temporaries are allocated like
 * `like`.
 */
export function passes(from: Line, to: Line, n: number, scale: number, like: Tensor): void {
  const sizes = factors(n) as readonly number[]; // safe: `n` has factors, see above
  let source = from;
  let memory: Tensor | null = null;
  let s = 1;
  for (const [i, r] of sizes.entries()) {
    const next: Tensor | null = i < sizes.length - 1 ? from.planes(n, like) : null;
    const target = next === null ? to : Line.ofPlanes(next, from.dim);
    pass(source, target, { r, m: n / (r * s), s }, scale, like);
    memory?.dispose();
    [memory, source, s] = [next, target, s * r];
  }
}

/**
 * Runs one pass over `n = r m s` numbers: for all p < m, q < s and k < r,
 * `to[(r p + k) s + q] = w^(pk) Σ_j from[(j m + p) s + q] e^(-2πi jk/r)` with `w = e^(-2πi/(r
 * m))`. The last pass, m = 1, multiplies by the scale instead.
 */
function pass(
  from: Line,
  to: Line,
  { r, m, s }: Record<"r" | "m" | "s", number>,
  scale: number,
  { device }: Tensor,
): void {
  const { dtype } = from;
  const turns = (k: number, p: number) => ((k + 1) * p) / (r * m);
  const twiddles =
    m === 1 ? null : from.broadcast(rotations(`twiddles ${r} ${m}`, r - 1, m, turns, computeType(dtype), device));
  for (const p of ranges(from.length, m, r, s === 1)) {
    for (const q of ranges(to.length, s, r, m === 1)) {
      if (q.count === 0) continue;
      const sizes = [p.size, q.size] as const;
      const numbers = from.blocks(sizes, [s, 1], p.start * s + q.start, m * s, p.count);
      const results = to.blocks(sizes, [r * s, 1], p.start * r * s + q.start, s, q.count);
      const multipliers = twiddles?.blocks(sizes, [1, 0], p.start, 2 * m, r - 1) ?? [];
      const kind = {
        radix: r,
        given: p.count,
        wanted: q.count,
        reads: from.present,
        writes: to.present,
        dtype,
        twiddled: m > 1,
      };
      const scalars = m === 1 ? [scale] : [];
      device.run({
        kind: "pointwise",
        program: butterfly(kind),
        inputs: [...numbers, ...multipliers],
        scalars,
        to: results,
      });
    }
  }
}

/**
 * The positions of a block of `size` elements, grouped by how many of the `r` blocks contain them when only the first
 * `length` elements exist: at most two ranges. Only the input of the first pass and the output of the last one can be
 * cut (`outer`).
 */
function ranges(
  length: number,
  size: number,
  r: number,
  outer: boolean,
): readonly Record<"start" | "size" | "count", number>[] {
  if (!outer) return [{ start: 0, size, count: r }];
  const [count, rest] = [Math.floor(length / size), length % size];
  return [
    { start: 0, size: rest, count: count + 1 },
    { start: rest, size: size - rest, count },
  ].filter((range) => range.size > 0);
}
