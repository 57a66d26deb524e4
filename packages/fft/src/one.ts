/** Transforms along one dimension, with the names, options and defaults of `torch.fft`. */

import { checkChoice, dimension, settings, type Tensor } from "@akari/tensor";
import { along, expectNumbers, kinds, type Norm, norms } from "./along.ts";
import { sizesOf } from "./transform.ts";

/** Options of a transform along one dimension. */
export interface FftOptions {
  /**
   * Length of the transform: a longer input is cut, a shorter one padded with zeros. Default: the size of the
   * dimension, or `2 (size - 1)` for `irfft` and `hfft`, whose input is half of a symmetric sequence.
   */
  readonly n?: number;
  /** Dimension to transform, not counting the last dimension of a complex tensor. Default -1. */
  readonly dim?: number;
  /** Which direction is divided by n. Default `"backward"`: the inverse. */
  readonly norm?: Norm;
}

function one(operation: keyof typeof kinds, x: Tensor, options: FftOptions | undefined): Tensor {
  const { n, dim, norm } = settings(operation, options, { n: undefined, dim: -1, norm: "backward" });
  checkChoice(operation, "norm", norm, norms);
  const kind = kinds[operation];
  const numbers = expectNumbers(operation, x, kind.from);
  return along(operation, numbers, kind, n, dimension(operation, dim, { shape: sizesOf(numbers, kind.from) }), norm);
}

/**
 * Computes the discrete Fourier transform of a complex tensor: [..., n, 2] → [..., n, 2].
 *
 *     X_k = Σ_j x_j e^(-2πi jk/n)
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.fft.html
 *
 * @throws ShapeError for a real tensor: convert it with `complex(x)`, or use `rfft`.
 * @example
 * fft(complex(tensor([1, 2, 3, 4]))); // 10, -2 + 2i, -2, -2 - 2i as [[10, 0], [-2, 2], [-2, 0], [-2, -2]]
 */
export function fft(x: Tensor, options?: FftOptions): Tensor {
  return one("fft", x, options);
}

/**
 * Computes the inverse of `fft`: [..., n, 2] → [..., n, 2].
 *
 *     x_j = 1/n Σ_k X_k e^(2πi jk/n)
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.ifft.html
 *
 * @throws ShapeError for a real tensor.
 */
export function ifft(x: Tensor, options?: FftOptions): Tensor {
  return one("ifft", x, options);
}

/**
 * Computes the Fourier transform of a real tensor: [..., n] → [..., ⌊n/2⌋ + 1, 2]. The results at k and n - k are
 * conjugates, so only those up to n/2 are computed.
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
 * Computes the inverse of `rfft`: [..., ⌊n/2⌋ + 1, 2] → [..., n]. An odd n has to be passed as an option, because the
 * shape does not determine it. The imaginary parts of the elements 0 and n/2 are treated as zero.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.irfft.html
 *
 * @throws ShapeError for a real tensor.
 * @example
 * irfft(rfft(tensor([1, 2, 3])), { n: 3 }); // [1, 2, 3]
 */
export function irfft(x: Tensor, options?: FftOptions): Tensor {
  return one("irfft", x, options);
}

/**
 * Computes the Fourier transform of a Hermitian sequence, which is real: [..., ⌊n/2⌋ + 1, 2] → [..., n]. The elements
 * at j and n - j of such a sequence are conjugates, so only those up to n/2 are given. An odd n has to be passed as an
 * option.
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.hfft.html
 *
 * @throws ShapeError for a real tensor.
 */
export function hfft(x: Tensor, options?: FftOptions): Tensor {
  return one("hfft", x, options);
}

/**
 * Computes the inverse of `hfft`: [..., n] → [..., ⌊n/2⌋ + 1, 2].
 *
 * https://pytorch.org/docs/stable/generated/torch.fft.ihfft.html
 */
export function ihfft(x: Tensor, options?: FftOptions): Tensor {
  return one("ihfft", x, options);
}
