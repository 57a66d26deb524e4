/**
 * Draws from distributions that a tensor describes.
 */

import { isFloating } from "../dtype.ts";
import { numbersOf } from "../encode.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { defaultGenerator } from "../random/generator.ts";
import { showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { fromHost } from "./fill.ts";
import { bernoulli_, exponential_, type GeneratorOption } from "./random.ts";

/** One with the probability that stands in `p`, else zero. https://pytorch.org/docs/stable/generated/torch.bernoulli.html */
export function bernoulli(p: Tensor, options: GeneratorOption = {}): Tensor {
  if (!isFloating(p.dtype)) throw new DTypeError(`bernoulli: probabilities must be floating point, got ${p.dtype}`);
  return bernoulli_(p.newEmpty(p.shape), p, options);
}

/** Options of `multinomial`. */
export interface MultinomialOptions extends GeneratorOption {
  /** Whether a number may be drawn again. Default false. */
  readonly replacement?: boolean;
}

/**
 * Numbers of classes, drawn with the weights given: weights [classes] or [rows, classes] → [samples] or [rows, samples], int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.multinomial.html
 *
 * @throws ArgumentError for negative or all-zero weights, or more samples than classes without replacement.
 */
export function multinomial(weights: Tensor, samples: number, options: MultinomialOptions = {}): Tensor {
  const { replacement = false } = options;
  for (const name of Object.keys(options)) {
    if (name !== "generator" && name !== "replacement")
      throw new ArgumentError(`multinomial: there is no option "${name}"; there are generator, replacement`);
  }
  if (weights.ndim < 1 || weights.ndim > 2)
    throw new ShapeError(`multinomial: expected [classes] or [rows, classes], got shape ${showShape(weights.shape)}`);
  if (!isFloating(weights.dtype)) throw new DTypeError(`multinomial: weights must be floating point, got ${weights.dtype}`);
  const classes = weights.shape[weights.ndim - 1] as number;
  const rows = weights.ndim === 2 ? (weights.shape[0] as number) : 1;
  if (!Number.isInteger(samples) || samples < 1)
    throw new ArgumentError(`multinomial: the number of samples must be positive, got ${samples}`);
  if (!replacement && samples > classes)
    throw new ArgumentError(`multinomial: cannot draw ${samples} of ${classes} classes without replacement`);
  const values = numbersOf(weights.dataSync(), weights.dtype);
  for (let row = 0; row < rows; row++) {
    let total = 0;
    for (let i = 0; i < classes; i++) {
      const weight = values[row * classes + i] as number;
      if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
        throw new ArgumentError(`multinomial: weights must be finite and not negative, got ${weight}`);
      total += weight;
    }
    if (total === 0) throw new ArgumentError(`multinomial: all weights of row ${row} are zero`);
  }
  const chosen =
    replacement && samples > 1
      ? withReplacement(values, rows, classes, samples, options)
      : withoutReplacement(weights, values, rows, classes, samples, options);
  return fromHost(weights, weights.ndim === 2 ? [rows, samples] : [samples], "int32", chosen);
}

/** The classes whose exponential clocks, running as fast as their weights, ring first. */
function withoutReplacement(
  like: Tensor,
  weights: ArrayLike<number>,
  rows: number,
  classes: number,
  samples: number,
  options: GeneratorOption,
): Int32Array<ArrayBuffer> {
  const { generator } = options;
  const clocks = exponential_(like.newEmpty(like.shape), 1, generator && { generator });
  const times = numbersOf(clocks.dataSync(), clocks.dtype);
  const rate = (i: number) => (weights[i] as number) / (times[i] as number);
  const chosen = new Int32Array(rows * samples);
  for (let row = 0; row < rows; row++) {
    const order = Array.from({ length: classes }, (_, i) => i);
    order.sort((a, b) => rate(row * classes + b) - rate(row * classes + a) || a - b);
    chosen.set(order.slice(0, samples), row * samples);
  }
  return chosen;
}

/** For each draw, the first class at which the running share of the weights reaches it. */
function withReplacement(
  weights: ArrayLike<number>,
  rows: number,
  classes: number,
  samples: number,
  { generator = defaultGenerator() }: GeneratorOption,
): Int32Array<ArrayBuffer> {
  const chosen = new Int32Array(rows * samples);
  const share = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    let total = 0;
    for (let i = 0; i < classes; i++) {
      total += weights[row * classes + i] as number;
      share[i] = total;
    }
    for (let k = 0; k < samples; k++) {
      const draw = generator.uniform64() * total;
      let [low, high] = [0, classes - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((share[middle] as number) < draw) low = middle + 1;
        else high = middle;
      }
      chosen[row * samples + k] = low;
    }
  }
  return chosen;
}
