/** Which frequency a result of a transform belongs to, and results in the order of their frequencies. */

import { checkInteger, dimensions, roll, settings, type Tensor, type TensorOptions } from "@akari/tensor";
import { sizesOf } from "./transform.ts";
import { upload } from "./upload.ts";

/** Multiples of the lowest frequency there is. */
function frequencies(
  operation: string,
  n: number,
  d: number,
  multiples: readonly number[],
  options?: TensorOptions,
): Tensor {
  return upload(
    operation,
    Float64Array.from(multiples, (k) => k / (n * d)),
    [multiples.length],
    options,
  );
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);

/**
 * The frequencies of the results of `fft`, in cycles for each unit of the distance `d` (default 1) between numbers:
 * `0, 1, …, ⌈n/2⌉ - 1, -⌊n/2⌋, …, -1`, divided by `n d`.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.fftfreq.html
 *
 * @example
 * fftfreq(4); // [0, 0.25, -0.5, -0.25]
 */
export function fftfreq(n: number, d: number = 1, options?: TensorOptions): Tensor {
  checkInteger("fftfreq", "n", n, 1);
  const multiples = upTo(n).map((k) => (2 * k < n ? k : k - n));
  return frequencies("fftfreq", n, d, multiples, options);
}

/**
 * The frequencies of the results of `rfft`: `0, 1, …, ⌊n/2⌋`, divided by `n d`.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.rfftfreq.html
 */
export function rfftfreq(n: number, d: number = 1, options?: TensorOptions): Tensor {
  checkInteger("rfftfreq", "n", n, 1);
  return frequencies("rfftfreq", n, d, upTo(Math.floor(n / 2) + 1), options);
}

/** Options of `fftshift` and `ifftshift`. */
export interface ShiftOptions {
  /** The dimensions, that of the two parts of complex numbers not counted. Default: all. */
  readonly dim?: number | readonly number[];
  /**
   * Whether the numbers are complex, and stay together with their imaginary parts. Default: whether the last dimension
   * of several is 2.
   */
  readonly complex?: boolean;
}

function shift(operation: string, x: Tensor, options: ShiftOptions | undefined, by: (size: number) => number): Tensor {
  const { dim, complex } = settings(operation, options, {
    dim: undefined,
    complex: x.ndim > 1 && x.shape.at(-1) === 2,
  });
  const sizes = sizesOf(x, complex);
  const dims = dimensions(operation, dim, sizes.length);
  return dims.length === 0
    ? x.clone()
    : roll(
        x,
        dims.map((d) => by(sizes[d] as number)),
        dims,
      );
}

/**
 * Numbers in the order of their frequencies: zero, which stands first in the results of a transform, comes to the
 * middle.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.fftshift.html
 *
 * @example
 * fftshift(fftfreq(4)); // [-0.5, -0.25, 0, 0.25]
 */
export function fftshift(x: Tensor, options?: ShiftOptions): Tensor {
  return shift("fftshift", x, options, (size) => Math.floor(size / 2));
}

/** The inverse of `fftshift`. https://pytorch.org/docs/stable/generated/torch.fft.ifftshift.html */
export function ifftshift(x: Tensor, options?: ShiftOptions): Tensor {
  return shift("ifftshift", x, options, (size) => Math.ceil(size / 2));
}
