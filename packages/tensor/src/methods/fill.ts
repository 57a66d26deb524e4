/**
 * `Tensor`'s methods that fill with values or random numbers, in place or in a new tensor. Each method calls the
 * function of the same name in `ops/`, where its full documentation is.
 */

import { checkSupport, type DType } from "../dtype.ts";
import { fillDiagonal_ } from "../ops/blocks.ts";
import { fill_, filled, zero_ } from "../ops/fill.ts";
import {
  bernoulli_,
  cauchy_,
  exponential_,
  type GeneratorOption,
  geometric_,
  logNormal_,
  normal_,
  random_,
  uniform_,
} from "../ops/random.ts";
import { bernoulli, type MultinomialOptions, multinomial } from "../ops/sampling.ts";
import { settings } from "../settings.ts";
import { checkSizes, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { Implementations } from "./implementations.ts";

/** Filling with values and random numbers. */
export interface FillMethods {
  /** Fills this tensor with one value. */
  fill_(value: number | boolean | Tensor): Tensor;
  /** Fills this tensor with zeros. */
  zero_(): Tensor;
  /** Fills with draws from the uniform distribution on [from, to), by default [0, 1). */
  uniform_(from?: number, to?: number, options?: GeneratorOption): Tensor;
  /** Fills with draws from a normal distribution. Default: `mean` 0, `std` 1. */
  normal_(mean?: number, std?: number, options?: GeneratorOption): Tensor;
  /**
   * Fills with draws from a Bernoulli distribution: 1 with probability `p`, otherwise 0. `p` is a number (default 0.5)
   * or a tensor with one probability per element.
   */
  bernoulli_(p?: number | Tensor, options?: GeneratorOption): Tensor;
  /** Fills with draws from the exponential distribution with rate `lambda` (default 1). */
  exponential_(lambda?: number, options?: GeneratorOption): Tensor;
  /** Fills with draws from a Cauchy distribution. Default: `median` 0, `sigma` 1. */
  cauchy_(median?: number, sigma?: number, options?: GeneratorOption): Tensor;
  /** Fills with draws from the geometric distribution: the number of trials until one with probability `p` succeeds. */
  geometric_(p: number, options?: GeneratorOption): Tensor;
  /** Fills with draws whose logarithm has a normal distribution. Default: `mean` 1, `std` 2. */
  logNormal_(mean?: number, std?: number, options?: GeneratorOption): Tensor;
  /**
   * Fills with integers drawn uniformly from [from, to), or from [0, from) with a single number. Default: the
   * non-negative integers that the dtype represents without gaps.
   */
  random_(from?: number, to?: number | null, options?: GeneratorOption): Tensor;
  /** Fills the main diagonal with one value. With `wrap`, the diagonal of a tall matrix restarts below each block. */
  fillDiagonal_(value: number, wrap?: boolean): Tensor;
  /** Draws a new tensor of zeros and ones, each 1 with the probability given by this tensor's element. */
  bernoulli(options?: GeneratorOption): Tensor;
  /** Draws class indices with probabilities proportional to this tensor's values. */
  multinomial(samples: number, options?: MultinomialOptions): Tensor;
  /** Creates a tensor of zeros on this tensor's device, by default with its dtype. */
  newZeros(shape: Shape, options?: { readonly dtype?: DType }): Tensor;
  /** Creates a tensor of ones on this tensor's device, by default with its dtype. */
  newOnes(shape: Shape, options?: { readonly dtype?: DType }): Tensor;
  /** Creates a tensor filled with one value on this tensor's device, by default with its dtype. */
  newFull(shape: Shape, value: number, options?: { readonly dtype?: DType }): Tensor;
}

function newFilled(
  operation: string,
  x: Tensor,
  shape: Shape,
  value: number,
  options: { readonly dtype?: DType } | undefined,
): Tensor {
  checkSizes(operation, shape);
  const { dtype } = settings(operation, options, { dtype: x.dtype });
  checkSupport(operation, dtype, x.device);
  return filled(x, shape, value, dtype);
}

/** The implementations of `FillMethods`. */
export const fillMethods: Implementations<FillMethods> = {
  fill_,
  zero_,
  uniform_,
  normal_,
  bernoulli_,
  exponential_,
  cauchy_,
  geometric_,
  logNormal_,
  random_,
  fillDiagonal_,
  bernoulli,
  multinomial,
  newZeros: (x, shape, options) => newFilled("newZeros", x, shape, 0, options),
  newOnes: (x, shape, options) => newFilled("newOnes", x, shape, 1, options),
  newFull: (x, shape, value, options) => newFilled("newFull", x, shape, value, options),
};
