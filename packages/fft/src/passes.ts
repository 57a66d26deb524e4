/**
 * A fast Fourier transform as passes over memory, in Stockham's form, in which no pass permutes. A pass takes `r`
 * numbers that lie a part of the length apart, transforms them, and multiplies by twiddle factors; it is one pointwise
 * kernel call, whose views say where the numbers lie. So it runs on every device, and reads and writes tensors with any
 * strides. Numbers that are not given count as zeros, and results that are not wanted are not computed.
 *
 * (Cooley and Tukey 1965, "An algorithm for the machine calculation of complex Fourier series"; Swarztrauber 1984, "FFT
 * algorithms for vector computers".)
 */

import { computeType, once, type Tensor } from "@akari/tensor";
import { butterfly } from "./butterfly.ts";
import { Line } from "./line.ts";
import { rotations } from "./tables.ts";

/** The largest number that a formula transforms. */
const largest = 16;
const splits = new Map<number, readonly number[] | null>();

/**
 * The radices of the passes, whose product is the length: as few and as even as may be, the larger first. Null for a
 * length with a prime factor that is too large.
 */
export function factors(n: number): readonly number[] | null {
  return once(splits, n, () => split(n, largest));
}

/** The same of radices up to `most`, in descending order. */
function split(n: number, most: number): readonly number[] | null {
  if (n <= most) return [n];
  let best: readonly number[] | null = null;
  for (let r = most; r > 1; r--) {
    const rest = n % r === 0 ? split(n / r, r) : null;
    // Of equally many, those that are found later are more even.
    if (rest !== null && (best === null || rest.length < best.length)) best = [r, ...rest];
  }
  return best;
}

/**
 * `to_k = scale Σ_j from_j e^(-2πi jk/n)`, for a length that has `factors`. What is needed in between is made beside
 * `like`.
 */
export function passes(from: Line, to: Line, n: number, scale: number, like: Tensor): void {
  const sizes = factors(n) as readonly number[]; // safe: other lengths do not come here
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
 * One pass over `n = r m s` numbers: `to[(r p + k) s + q] = w^(pk) Σ_j from[(j m + p) s + q] e^(-2πi
 * jk/r)` for all p < m, q < s and k < r, with `w = e^(-2πi/(r
 * m))`. The last one, of m = 1, multiplies by the scale instead.
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
    m === 1 ? null : from.beside(rotations(`twiddles ${r} ${m}`, r - 1, m, turns, computeType(dtype), device));
  for (const p of pieces(from.length, m, r, s === 1)) {
    for (const q of pieces(to.length, s, r, m === 1)) {
      if (q.count === 0) continue;
      const sizes = [p.size, q.size] as const;
      const numbers = from.blocks(sizes, [s, 1], p.start * s + q.start, m * s, p.count);
      const results = to.blocks(sizes, [r * s, 1], p.start * r * s + q.start, s, q.count);
      const multipliers = twiddles?.blocks(sizes, [1, 0], p.start, 2 * m, r - 1) ?? [];
      const kind = {
        radix: r,
        given: p.count,
        wanted: q.count,
        reads: from.there,
        writes: to.there,
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
 * Which places of a block of `size` are filled in how many of the `r` blocks, when only the first `length` elements are
 * there: the places fall into two ranges at most. Only the outer end of the first pass and of the last one is cut
 * short.
 */
function pieces(
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
  ].filter((piece) => piece.size > 0);
}
