/**
 * Transforms of any length. Those with a prime factor that there is no formula for go Bluestein's way: since
 * `jk = (j² + k² - (k - j)²) / 2`, a transform is a convolution with the chirp `e^(πi l²/n)` between two
 * multiplications by its conjugate, and the convolution a product of transforms of a convenient length.
 *
 * (Bluestein 1970, "A linear filtering approach to the computation of discrete Fourier transform".)
 */

import type { Tensor, View } from "@akari/tensor";
import { product } from "./butterfly.ts";
import { Line } from "./line.ts";
import { factors, passes } from "./passes.ts";
import { rotations, table } from "./tables.ts";
import { upload } from "./upload.ts";

/**
 * `to_k = scale Σ_j from_j e^(-2πi jk/n)` for as many numbers as are given and as many results as are wanted. What is
 * needed in between is made beside `like`.
 */
export function transform(from: Line, to: Line, n: number, scale: number, like: Tensor): void {
  if (factors(n) !== null) {
    passes(from, to, n, scale, like);
    return;
  }
  const [given, wanted, { dim }] = [from.length, to.length, from];
  const length = convenient(given + wanted - 1);
  const [numbers, spectrum, results] = [given, length, wanted].map((size) => from.planes(size, like)) as [
    Tensor,
    Tensor,
    Tensor,
  ]; // safe: three
  const [x, y, z] = [numbers, spectrum, results].map((planes) => Line.ofPlanes(planes, dim)) as [Line, Line, Line];
  const chirp = chirpOf(n, Math.max(given, wanted), numbers);
  multiply(from, x.beside(chirp), x, 1, like);
  passes(x, y, length, 1, like);
  multiply(y, y.beside(filterOf(n, given, wanted, length, numbers)), y, 1, like);
  passes(y.swapped, z.swapped, length, 1 / length, like);
  multiply(z, z.beside(chirp), to, scale, like);
  for (const planes of [numbers, spectrum, results]) planes.dispose();
}

/** The least product of small primes, most of them 2, from a number on. */
function convenient(least: number): number {
  return Math.min(...[1, 3, 5, 9, 15].map((odd) => odd * 2 ** Math.max(0, Math.ceil(Math.log2(least / odd)))));
}

/** `to = scale from by` */
function multiply(from: Line, by: Line, to: Line, scale: number, { device }: Tensor): void {
  const [numbers, multipliers, results] = [from, by, to].map((line) =>
    line.blocks([line.length, 1], [1, 0], 0, 0, 1),
  ) as [View[], View[], View[]];
  const program = product({ reads: from.there, writes: to.there, dtype: from.dtype });
  device.run({ kind: "pointwise", program, inputs: [...numbers, ...multipliers], scalars: [scale], to: results });
}

/** `e^(-πi l²/n)` */
function chirpOf(n: number, length: number, { dtype, device }: Tensor): Tensor {
  return rotations(`chirp ${n} ${length}`, 1, length, (_, l) => ((l * l) % (2 * n)) / (2 * n), dtype, device);
}

/**
 * The transform of `e^(πi l²/n)` for the distances l that there are between a number given and a result wanted, the
 * negative ones at the end.
 */
function filterOf(n: number, given: number, wanted: number, length: number, like: Tensor): Tensor {
  const { dtype, device } = like;
  return table(`filter ${n} ${given} ${wanted} ${dtype}`, device, () => {
    const values = new Float64Array(2 * length);
    for (let l = 1 - given; l < wanted; l++) {
      const angle = (Math.PI * ((l * l) % (2 * n))) / n;
      const place = l < 0 ? l + length : l;
      values[place] = Math.cos(angle);
      values[length + place] = Math.sin(angle);
    }
    const distances = upload("fft", values, [2, length], { dtype, device });
    const spectrum = like.newEmpty([2, length]);
    passes(Line.ofPlanes(distances, 0), Line.ofPlanes(spectrum, 0), length, 1, like);
    distances.dispose();
    return spectrum;
  });
}
