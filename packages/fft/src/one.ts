/** Transforms along one dimension, with the names, options and defaults of `torch.fft`. */

import { checkChoice, dimension, settings, type Tensor } from "@akari/tensor";
import { along, expectNumbers, kinds, type Norm, norms } from "./along.ts";
import { sizesOf } from "./transform.ts";

/** Options of a transform along one dimension. */
export interface FftOptions {
  /**
   * The length of the transform: of more numbers the first ones are taken, fewer are continued as zeros. Default: as
   * many as there are; `2 (size - 1)` where the results are real, and the numbers half of a symmetric whole.
   */
  readonly n?: number;
  /** The dimension, that of the two parts of complex numbers not counted. Default -1. */
  readonly dim?: number;
  /** What is divided by the length. Default `"backward"`: the inverse. */
  readonly norm?: Norm;
}

function one(operation: keyof typeof kinds, x: Tensor, options: FftOptions | undefined): Tensor {
  const { n, dim, norm } = settings(operation, options, { n: undefined, dim: -1, norm: "backward" });
  checkChoice(operation, "norm", norm, norms);
  const kind = kinds[operation];
  const numbers = expectNumbers(operation, x, kind.from);
  return along(operation, numbers, kind, n, dimension(operation, dim, sizesOf(numbers, kind.from).length), norm);
}

/**
 * The Fourier transform of complex numbers: [..., n, 2] → [..., n, 2].
 *
 *     X_k = Σ_j x_j e^(-2πi jk/n)
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.fft.html
 *
 * @throws ShapeError for real numbers; `complex(x)` makes complex ones of them, and `rfft` takes them as they are.
 * @example
 * fft(complex(tensor([1, 2, 3, 4]))); // 10, -2 + 2i, -2, -2 - 2i as [[10, 0], [-2, 2], [-2, 0], [-2, -2]]
 */
export function fft(x: Tensor, options?: FftOptions): Tensor {
  return one("fft", x, options);
}

/**
 * The inverse of `fft`: [..., n, 2] → [..., n, 2].
 *
 *     x_j = 1/n Σ_k X_k e^(2πi jk/n)
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.ifft.html
 */
export function ifft(x: Tensor, options?: FftOptions): Tensor {
  return one("ifft", x, options);
}

/**
 * The Fourier transform of real numbers. Its results for n - k and k are each other's conjugates, and so only those up
 * to n/2 are computed: [..., n] → [..., ⌊n/2⌋ + 1, 2].
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.rfft.html
 *
 * @example
 * rfft(tensor([1, 2, 3, 4])); // 10, -2 + 2i, -2 as [[10, 0], [-2, 2], [-2, 0]]
 */
export function rfft(x: Tensor, options?: FftOptions): Tensor {
  return one("rfft", x, options);
}

/**
 * The inverse of `rfft`: [..., ⌊n/2⌋ + 1, 2] → [..., n]. An odd n has to be said. Imaginary parts that would have to be
 * zero, of the first number and of that for n/2, are taken for it.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.irfft.html
 *
 * @example
 * irfft(rfft(tensor([1, 2, 3])), { n: 3 }); // [1, 2, 3]
 */
export function irfft(x: Tensor, options?: FftOptions): Tensor {
  return one("irfft", x, options);
}

/**
 * The Fourier transform of numbers of which those for n - j and j are each other's conjugates, and only those up to n/2
 * are given; the results are real: [..., ⌊n/2⌋ + 1, 2] → [..., n].
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.hfft.html
 */
export function hfft(x: Tensor, options?: FftOptions): Tensor {
  return one("hfft", x, options);
}

/**
 * The inverse of `hfft`: [..., n] → [..., ⌊n/2⌋ + 1, 2].
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.ihfft.html
 */
export function ihfft(x: Tensor, options?: FftOptions): Tensor {
  return one("ihfft", x, options);
}
