/**
 * Transforms along several dimensions, applied one dimension at a time. The step that converts between real and complex
 * numbers runs along the last of the dimensions.
 */

import { ArgumentError, checkChoice, dimension, settings, showShape, type Tensor } from "@akari/tensor";
import { along, expectNumbers, kinds, type Norm, norms } from "./along.ts";
import { sizesOf } from "./transform.ts";

/** Options of a transform along several dimensions. */
export interface FftnOptions {
  /**
   * Length of the transform along each dimension: a longer input is cut, a shorter one padded with zeros, and -1 keeps
   * the default. Default: as for `n` of a transform along one dimension.
   */
  readonly s?: readonly number[];
  /**
   * Dimensions to transform, not counting the last dimension of a complex tensor. Default: the last two for `fft2` and
   * the other functions ending in 2; otherwise the last `s.length`, or all without `s`.
   */
  readonly dim?: number | readonly number[];
  /** Which direction is divided by the product of the lengths. Default `"backward"`: the inverse. */
  readonly norm?: Norm;
}

function several(
  operation: string,
  base: keyof typeof kinds,
  x: Tensor,
  options: FftnOptions | undefined,
  last?: readonly number[],
): Tensor {
  const { s, dim, norm } = settings(operation, options, { s: undefined, dim: last, norm: "backward" });
  checkChoice(operation, "norm", norm, norms);
  const kind = kinds[base];
  let result = expectNumbers(operation, x, kind.from);
  const shape = sizesOf(x, kind.from);
  const count = s?.length ?? shape.length;
  const given = dim === undefined ? Array.from({ length: count }, (_, i) => i - count) : [dim].flat();
  const dims = given.map((d) => dimension(operation, d, { shape }));
  if (new Set(dims).size < dims.length)
    throw new ArgumentError(`${operation}: a dimension appears twice in ${showShape(given)}`);
  if (dims.length === 0) throw new ArgumentError(`${operation}: expected at least one dimension`);
  if (s && s.length !== dims.length)
    throw new ArgumentError(
      `${operation}: ${s.length} lengths ${showShape(s)} do not fit ${dims.length} dimensions ${showShape(given)}`,
    );
  const steps = dims.map((d, i) => ({ dim: d, length: s?.[i] === -1 ? undefined : s?.[i] })).reverse();
  // Real input is transformed along the last dimension first; real output is produced along the last dimension last.
  if (kind.from && !kind.to) steps.reverse();
  for (const [i, step] of steps.entries()) {
    const outer = i === (kind.from ? steps.length - 1 : 0);
    result = along(
      operation,
      result,
      outer ? kind : kinds[kind.sign < 0 ? "fft" : "ifft"],
      step.length,
      step.dim,
      norm,
    );
  }
  return result;
}

/**
 * Computes `fft` along two dimensions, by default the last two: [..., n, m, 2] → [..., n, m, 2].
 * https://pytorch.org/docs/stable/generated/torch.fft.fft2.html
 */
export function fft2(x: Tensor, options?: FftnOptions): Tensor {
  return several("fft2", "fft", x, options, [-2, -1]);
}

/**
 * Computes `fft` along several dimensions, by default all.
 * https://pytorch.org/docs/stable/generated/torch.fft.fftn.html
 */
export function fftn(x: Tensor, options?: FftnOptions): Tensor {
  return several("fftn", "fft", x, options);
}

/**
 * Computes the inverse of `fft2`: [..., n, m, 2] → [..., n, m, 2].
 * https://pytorch.org/docs/stable/generated/torch.fft.ifft2.html
 */
export function ifft2(x: Tensor, options?: FftnOptions): Tensor {
  return several("ifft2", "ifft", x, options, [-2, -1]);
}

/** Computes the inverse of `fftn`. https://pytorch.org/docs/stable/generated/torch.fft.ifftn.html */
export function ifftn(x: Tensor, options?: FftnOptions): Tensor {
  return several("ifftn", "ifft", x, options);
}

/**
 * Computes the Fourier transform of a real tensor along two dimensions, by default the last two: [..., n, m] →
 * [..., n, ⌊m/2⌋ + 1, 2]. https://pytorch.org/docs/stable/generated/torch.fft.rfft2.html
 */
export function rfft2(x: Tensor, options?: FftnOptions): Tensor {
  return several("rfft2", "rfft", x, options, [-2, -1]);
}

/**
 * Computes the Fourier transform of a real tensor along several dimensions, by default all: `rfft` along the last of
 * them, `fft` along the others. https://pytorch.org/docs/stable/generated/torch.fft.rfftn.html
 */
export function rfftn(x: Tensor, options?: FftnOptions): Tensor {
  return several("rfftn", "rfft", x, options);
}

/**
 * Computes the inverse of `rfft2`: [..., n, ⌊m/2⌋ + 1, 2] → [..., n, m]. An odd m has to be passed in `s`.
 * https://pytorch.org/docs/stable/generated/torch.fft.irfft2.html
 */
export function irfft2(x: Tensor, options?: FftnOptions): Tensor {
  return several("irfft2", "irfft", x, options, [-2, -1]);
}

/**
 * Computes the inverse of `rfftn`. An odd length of the last dimension has to be passed in `s`.
 * https://pytorch.org/docs/stable/generated/torch.fft.irfftn.html
 */
export function irfftn(x: Tensor, options?: FftnOptions): Tensor {
  return several("irfftn", "irfft", x, options);
}

/**
 * Computes the Fourier transform of a Hermitian signal along two dimensions, by default the last two:
 * [..., n, ⌊m/2⌋ + 1, 2] → [..., n, m]. https://pytorch.org/docs/stable/generated/torch.fft.hfft2.html
 */
export function hfft2(x: Tensor, options?: FftnOptions): Tensor {
  return several("hfft2", "hfft", x, options, [-2, -1]);
}

/**
 * Computes the Fourier transform of a Hermitian signal along several dimensions, by default all: `fft` along the
 * others, `hfft` along the last. https://pytorch.org/docs/stable/generated/torch.fft.hfftn.html
 */
export function hfftn(x: Tensor, options?: FftnOptions): Tensor {
  return several("hfftn", "hfft", x, options);
}

/**
 * Computes the inverse of `hfft2`: [..., n, m] → [..., n, ⌊m/2⌋ + 1, 2].
 * https://pytorch.org/docs/stable/generated/torch.fft.ihfft2.html
 */
export function ihfft2(x: Tensor, options?: FftnOptions): Tensor {
  return several("ihfft2", "ihfft", x, options, [-2, -1]);
}

/** Computes the inverse of `hfftn`. https://pytorch.org/docs/stable/generated/torch.fft.ihfftn.html */
export function ihfftn(x: Tensor, options?: FftnOptions): Tensor {
  return several("ihfftn", "ihfft", x, options);
}
