/**
 * Values and random numbers stored in place, as methods of `Tensor`. Each is the function of the same name in `ops/`,
 * which says more.
 */

import { checkDType, checkSupport, type DType } from "../dtype.ts";
import { fillDiagonal_ } from "../ops/blocks.ts";
import { fill_, filled, zero_ } from "../ops/fill.ts";
import { bernoulli_, exponential_, type GeneratorOption, normal_, random_, uniform_ } from "../ops/random.ts";
import { bernoulli, type MultinomialOptions, multinomial } from "../ops/sampling.ts";
import { settings } from "../settings.ts";
import { checkSizes, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { Behind } from "./behind.ts";

/** Values and random numbers stored in place. */
export interface FillMethods {
  /** Stores one value in every element. */
  fill_(value: number | boolean | Tensor): Tensor;
  /** Stores zero in every element. */
  zero_(): Tensor;
  /** Draws every element from the uniform distribution on [from, to), by default [0, 1). */
  uniform_(from?: number, to?: number, options?: GeneratorOption): Tensor;
  /** Draws every element from the normal distribution, by default the standard one. */
  normal_(mean?: number, std?: number, options?: GeneratorOption): Tensor;
  /** Stores 1 with probability `p` (a number, default 0.5, or a tensor of them), else 0. */
  bernoulli_(p?: number | Tensor, options?: GeneratorOption): Tensor;
  /** Draws every element from the exponential distribution with the rate `lambda`. */
  exponential_(lambda?: number, options?: GeneratorOption): Tensor;
  /** Draws every element from the integers of [from, to). */
  random_(from?: number, to?: number | null, options?: GeneratorOption): Tensor;
  /** Stores one value on the diagonal; with `wrap`, again and again down a tall matrix. */
  fillDiagonal_(value: number, wrap?: boolean): Tensor;
  /** 1 with the probability that stands here, else 0, in a new tensor. */
  bernoulli(options?: GeneratorOption): Tensor;
  /** Numbers of classes, drawn with the weights that stand here. */
  multinomial(samples: number, options?: MultinomialOptions): Tensor;
  /** Zeros of a shape, beside this tensor and of its dtype unless told otherwise. */
  newZeros(shape: Shape, options?: { readonly dtype?: DType }): Tensor;
  /** Ones of a shape, beside this tensor and of its dtype unless told otherwise. */
  newOnes(shape: Shape, options?: { readonly dtype?: DType }): Tensor;
  /** One value throughout, in a shape, beside this tensor and of its dtype unless told otherwise. */
  newFull(shape: Shape, value: number, options?: { readonly dtype?: DType }): Tensor;
}

function beside(
  operation: string,
  x: Tensor,
  shape: Shape,
  value: number,
  options: { readonly dtype?: DType } | undefined,
): Tensor {
  checkSizes(operation, shape);
  const { dtype } = settings(operation, options, { dtype: x.dtype });
  checkDType(operation, dtype);
  checkSupport(operation, dtype, x.device);
  return filled(x, shape, value, dtype);
}

/** The functions behind them. */
export const fillMethods: Behind<FillMethods> = {
  fill_,
  zero_,
  uniform_,
  normal_,
  bernoulli_,
  exponential_,
  random_,
  fillDiagonal_,
  bernoulli,
  multinomial,
  newZeros: (x, shape, options) => beside("newZeros", x, shape, 0, options),
  newOnes: (x, shape, options) => beside("newOnes", x, shape, 1, options),
  newFull: (x, shape, value, options) => beside("newFull", x, shape, value, options),
};
