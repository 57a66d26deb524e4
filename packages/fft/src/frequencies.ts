/** The frequencies of a transform's results, and the reordering that puts frequency zero in the middle. */

import {
  checkInteger,
  dimensions,
  expectNumber,
  expectTensor,
  roll,
  settings,
  type Tensor,
  type TensorOptions,
} from "@akari/tensor";
import { sizesOf } from "./transform.ts";
import { upload } from "./upload.ts";

/** Multiples of the fundamental frequency `1/(n d)`. */
function frequencies(
  operation: string,
  n: number,
  d: number,
  multiples: readonly number[],
  options?: TensorOptions,
): Tensor {
  expectNumber(operation, "d", d);
  return upload(
    operation,
    Float64Array.from(multiples, (k) => k / (n * d)),
    [multiples.length],
    options,
  );
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);

/**
 * Returns the frequencies of the results of `fft`, [n], in cycles per unit of the sample spacing `d` (default 1):
 * `0, 1, …, ⌈n/2⌉ - 1, -⌊n/2⌋, …, -1`, divided by `n d`.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.fftfreq.html
 *
 * @throws ArgumentError unless n is a positive integer and d a number.
 * @example
 * fftfreq(4); // [0, 0.25, -0.5, -0.25]
 */
export function fftfreq(n: number, d: number = 1, options?: TensorOptions): Tensor {
  checkInteger("fftfreq", "n", n, 1);
  const multiples = upTo(n).map((k) => (2 * k < n ? k : k - n));
  return frequencies("fftfreq", n, d, multiples, options);
}

/**
 * Returns the frequencies of the results of `rfft`, [⌊n/2⌋ + 1]: `0, 1, …, ⌊n/2⌋`, divided by `n d`.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.rfftfreq.html
 *
 * @throws ArgumentError unless n is a positive integer and d a number.
 */
export function rfftfreq(n: number, d: number = 1, options?: TensorOptions): Tensor {
  checkInteger("rfftfreq", "n", n, 1);
  return frequencies("rfftfreq", n, d, upTo(Math.floor(n / 2) + 1), options);
}

/** Options of `fftshift` and `ifftshift`. */
export interface ShiftOptions {
  /** Dimensions to shift, not counting the last dimension of a complex tensor. Default: all. */
  readonly dim?: number | readonly number[];
  /**
   * Whether `x` is complex, so that its last dimension is not shifted. Default: true when `x` has more than one
   * dimension and the last one is of size 2.
   */
  readonly complex?: boolean;
}

function shift(operation: string, x: Tensor, options: ShiftOptions | undefined, by: (size: number) => number): Tensor {
  expectTensor(operation, x);
  const { dim, complex } = settings(operation, options, {
    dim: undefined,
    complex: x.ndim > 1 && x.shape.at(-1) === 2,
  });
  const sizes = sizesOf(x, complex);
  const dims = dimensions(operation, dim, { shape: sizes });
  return dims.length === 0
    ? x.clone()
    : roll(
        x,
        dims.map((d) => by(sizes[d] as number)),
        dims,
      );
}

/**
 * Shifts the zero-frequency element from the start of each dimension to its middle, so that frequencies ascend.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.fftshift.html
 *
 * @example
 * fftshift(fftfreq(4)); // [-0.5, -0.25, 0, 0.25]
 */
export function fftshift(x: Tensor, options?: ShiftOptions): Tensor {
  return shift("fftshift", x, options, (size) => Math.floor(size / 2));
}

/** Inverts `fftshift`. https://pytorch.org/docs/stable/generated/torch.fft.ifftshift.html */
export function ifftshift(x: Tensor, options?: ShiftOptions): Tensor {
  return shift("ifftshift", x, options, (size) => Math.ceil(size / 2));
}
