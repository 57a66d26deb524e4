/**
 * Transforms of any length. Lengths with a prime factor too large for a butterfly use Bluestein's algorithm: since
 * `jk = (j² + k² - (k - j)²) / 2`, a transform is a convolution with the chirp `e^(πi l²/n)` between two
 * multiplications by its conjugate. The convolution is a product of transforms of a convenient length.
 *
 * Bluestein 1970, "A linear filtering approach to the computation of discrete Fourier transform".
 */

import type { Tensor, View } from "@akari/tensor";
import { product } from "./butterfly.ts";
import { Line } from "./line.ts";
import { factors, passes } from "./passes.ts";
import { rotations, table } from "./tables.ts";
import { upload } from "./upload.ts";

/**
 * Computes `to_k = scale Σ_j from_j e^(-2πi jk/n)` for the `from.length` given inputs (the rest are zero) and the first
 * `to.length` outputs. Temporaries are allocated like `like`.
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
  multiply(from, x.broadcast(chirp), x, 1, like);
  passes(x, y, length, 1, like);
  multiply(y, y.broadcast(filterOf(n, given, wanted, length, numbers)), y, 1, like);
  passes(y.swapped, z.swapped, length, 1 / length, like);
  multiply(z, z.broadcast(chirp), to, scale, like);
  for (const planes of [numbers, spectrum, results]) planes.dispose();
}

/** Returns the smallest power of two times 1, 3, 5, 9 or 15 that is at least `least`. */
function convenient(least: number): number {
  return Math.min(...[1, 3, 5, 9, 15].map((odd) => odd * 2 ** Math.max(0, Math.ceil(Math.log2(least / odd)))));
}

/** Computes `to = scale · from · by`. */
function multiply(from: Line, by: Line, to: Line, scale: number, { device }: Tensor): void {
  const [numbers, multipliers, results] = [from, by, to].map((line) =>
    line.blocks([line.length, 1], [1, 0], 0, 0, 1),
  ) as [View[], View[], View[]];
  const program = product({ reads: from.present, writes: to.present, dtype: from.dtype });
  device.run({ kind: "pointwise", program, inputs: [...numbers, ...multipliers], scalars: [scale], to: results });
}

/** The chirp `e^(-πi l²/n)` for l < `length`. */
function chirpOf(n: number, length: number, { dtype, device }: Tensor): Tensor {
  return rotations(`chirp ${n} ${length}`, 1, length, (_, l) => ((l * l) % (2 * n)) / (2 * n), dtype, device);
}

/**
 * The transform of `e^(πi l²/n)` over all differences l between an output and an input index. Negative differences wrap
 * around to the end.
 */
function filterOf(n: number, given: number, wanted: number, length: number, like: Tensor): Tensor {
  const { dtype, device } = like;
  return table(`filter ${n} ${given} ${wanted} ${dtype}`, device, () => {
    const values = new Float64Array(2 * length);
    for (let l = 1 - given; l < wanted; l++) {
      const angle = (Math.PI * ((l * l) % (2 * n))) / n;
      const index = l < 0 ? l + length : l;
      values[index] = Math.cos(angle);
      values[length + index] = Math.sin(angle);
    }
    const filter = upload("fft", values, [2, length], { dtype, device });
    const spectrum = like.newEmpty([2, length]);
    passes(Line.ofPlanes(filter, 0), Line.ofPlanes(spectrum, 0), length, 1, like);
    filter.dispose();
    return spectrum;
  });
}
