/**
 * Values and random numbers stored in place, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import type { DType } from "../dtype.ts";
import { fillDiagonal_ } from "../ops/blocks.ts";
import { fill_, filled, zero_ } from "../ops/fill.ts";
import { bernoulli_, exponential_, type GeneratorOption, normal_, random_, uniform_ } from "../ops/random.ts";
import { bernoulli, type MultinomialOptions, multinomial } from "../ops/sampling.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { ShapeMethods } from "./shape.ts";

/** Values and random numbers stored in place. */
export abstract class FillMethods extends ShapeMethods {
  /** Stores one value in every element. */
  fill_(this: Tensor, value: number | boolean | Tensor): Tensor {
    return fill_(this, value);
  }
  /** Stores zero in every element. */
  zero_(this: Tensor): Tensor {
    return zero_(this);
  }
  /** Draws every element from the uniform distribution on [from, to), by default [0, 1). */
  uniform_(this: Tensor, from?: number, to?: number, options?: GeneratorOption): Tensor {
    return uniform_(this, from, to, options);
  }
  /** Draws every element from the normal distribution, by default the standard one. */
  normal_(this: Tensor, mean?: number, std?: number, options?: GeneratorOption): Tensor {
    return normal_(this, mean, std, options);
  }
  /** Stores 1 with probability `p` (a number, default 0.5, or a tensor of them), else 0. */
  bernoulli_(this: Tensor, p?: number | Tensor, options?: GeneratorOption): Tensor {
    return bernoulli_(this, p, options);
  }
  /** Draws every element from the exponential distribution with the rate `lambda`. */
  exponential_(this: Tensor, lambda?: number, options?: GeneratorOption): Tensor {
    return exponential_(this, lambda, options);
  }
  /** Draws every element from the integers of [from, to). */
  random_(this: Tensor, from?: number, to?: number | null, options?: GeneratorOption): Tensor {
    return random_(this, from, to, options);
  }
  /** Stores one value on the diagonal; with `wrap`, again and again down a tall matrix. */
  fillDiagonal_(this: Tensor, value: number, wrap?: boolean): Tensor {
    return fillDiagonal_(this, value, wrap);
  }
  /** 1 with the probability that stands here, else 0, in a new tensor. */
  bernoulli(this: Tensor, options?: GeneratorOption): Tensor {
    return bernoulli(this, options);
  }
  /** Numbers of classes, drawn with the weights that stand here. */
  multinomial(this: Tensor, samples: number, options?: MultinomialOptions): Tensor {
    return multinomial(this, samples, options);
  }
  /** Zeros of a shape, beside this tensor and of its dtype unless told otherwise. */
  newZeros(this: Tensor, shape: Shape, options: { readonly dtype?: DType } = {}): Tensor {
    return filled(this, shape, 0, options.dtype);
  }
  /** Ones of a shape, beside this tensor and of its dtype unless told otherwise. */
  newOnes(this: Tensor, shape: Shape, options: { readonly dtype?: DType } = {}): Tensor {
    return filled(this, shape, 1, options.dtype);
  }
  /** One value throughout, in a shape, beside this tensor and of its dtype unless told otherwise. */
  newFull(this: Tensor, shape: Shape, value: number, options: { readonly dtype?: DType } = {}): Tensor {
    return filled(this, shape, value, options.dtype);
  }
}
