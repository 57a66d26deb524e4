/** Window functions, which taper a frame of a signal toward its ends, computed in double precision. */

import { checkInteger, settings, type Tensor, type TensorOptions } from "@akari/tensor";
import { upload } from "./upload.ts";

/** Options of the window functions. */
export interface WindowOptions extends TensorOptions {
  /**
   * Whether the window is one period of a periodic function, as spectral analysis needs it, rather than symmetric.
   * Default true.
   */
  readonly periodic?: boolean;
}

/** Options of `hammingWindow`. */
export interface HammingOptions extends WindowOptions {
  /** The constant term. Default 0.54. */
  readonly alpha?: number;
  /** Coefficient of the cosine. Default 0.46. */
  readonly beta?: number;
}

/** Options of `kaiserWindow`. */
export interface KaiserOptions extends WindowOptions {
  /** Shape parameter: a larger value gives a narrower window. Default 12. */
  readonly beta?: number;
}

/** Samples a window given by its weight as a function of t in [0, 1]. */
function windowOf(
  operation: string,
  length: number,
  { periodic, ...options }: WindowOptions,
  weight: (t: number) => number,
): Tensor {
  checkInteger(operation, "the length", length);
  const steps = periodic ? length : length - 1;
  return upload(
    operation,
    Float64Array.from({ length }, (_, k) => (length === 1 ? 1 : weight(k / steps))),
    [length],
    options,
  );
}

const defaults = { periodic: true, dtype: undefined, device: undefined };
const cosine = (t: number, times = 1): number => Math.cos(2 * Math.PI * times * t);

/**
 * Returns a Hann window, [length]: `(1 - cos(2πt)) / 2` for t from 0 to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.hann_window.html
 *
 * @throws ArgumentError for a negative length.
 * @throws DTypeError for a dtype that is not floating.
 * @example
 * hannWindow(4); // [0, 0.5, 1, 0.5]
 */
export function hannWindow(length: number, options?: WindowOptions): Tensor {
  return windowOf("hannWindow", length, settings("hannWindow", options, defaults), (t) => 0.5 - 0.5 * cosine(t));
}

/**
 * Returns a Hamming window, [length]: `α - β cos(2πt)` for t from 0 to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.hamming_window.html
 *
 * @throws ArgumentError for a negative length.
 * @throws DTypeError for a dtype that is not floating.
 */
export function hammingWindow(length: number, options?: HammingOptions): Tensor {
  const { alpha, beta, ...others } = settings("hammingWindow", options, { ...defaults, alpha: 0.54, beta: 0.46 });
  return windowOf("hammingWindow", length, others, (t) => alpha - beta * cosine(t));
}

/**
 * Returns a Blackman window, [length]: `0.42 - 0.5 cos(2πt) + 0.08 cos(4πt)` for t from 0 to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.blackman_window.html
 *
 * @throws ArgumentError for a negative length.
 * @throws DTypeError for a dtype that is not floating.
 */
export function blackmanWindow(length: number, options?: WindowOptions): Tensor {
  return windowOf(
    "blackmanWindow",
    length,
    settings("blackmanWindow", options, defaults),
    (t) => 0.42 - 0.5 * cosine(t) + 0.08 * cosine(t, 2),
  );
}

/**
 * Returns a Bartlett (triangular) window, [length]: `1 - |2t - 1|` for t from 0 to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.bartlett_window.html
 *
 * @throws ArgumentError for a negative length.
 * @throws DTypeError for a dtype that is not floating.
 */
export function bartlettWindow(length: number, options?: WindowOptions): Tensor {
  return windowOf(
    "bartlettWindow",
    length,
    settings("bartlettWindow", options, defaults),
    (t) => 1 - Math.abs(2 * t - 1),
  );
}

/**
 * Returns a Kaiser window, [length]: `I₀(β √(1 - (2t - 1)²)) / I₀(β)` for t from 0 to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.kaiser_window.html
 *
 * @throws ArgumentError for a negative length.
 * @throws DTypeError for a dtype that is not floating.
 */
export function kaiserWindow(length: number, options?: KaiserOptions): Tensor {
  const { beta, ...others } = settings("kaiserWindow", options, { ...defaults, beta: 12 });
  return windowOf(
    "kaiserWindow",
    length,
    others,
    (t) => bessel(beta * Math.sqrt(Math.max(0, 1 - (2 * t - 1) ** 2))) / bessel(beta),
  );
}

/** The modified Bessel function I₀, computed from its series `Σ (x/2)^(2k) / k!²`, whose terms are all positive. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
