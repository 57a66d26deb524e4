/** Sampling from distributions whose parameters are the elements of a tensor. */

import { checkInteger } from "../argument.ts";
import { computeType, expectFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { settings } from "../settings.ts";
import { expectRank } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { expectBetween, largestFinite } from "./check.ts";
import { bernoulli_, exponential_, type GeneratorOption, uniform_ } from "./random.ts";
import { clamp } from "./rounding.ts";
import { cumsum } from "./scan.ts";
import { searchsorted } from "./search.ts";
import { narrow } from "./slice.ts";
import { topk } from "./sort.ts";
import { any } from "./sum.ts";

/**
 * Draws from Bernoulli distributions: 1 with the probability given by each element, otherwise 0, in a new tensor.
 * https://pytorch.org/docs/stable/generated/torch.bernoulli.html
 *
 * @throws DTypeError for integers.
 * @throws ArgumentError for a probability outside [0, 1].
 */
export function bernoulli(p: Tensor, options?: GeneratorOption): Tensor {
  expectFloating("bernoulli", p);
  return bernoulli_(p.newEmpty(p.shape), p, options);
}

/** Options of `multinomial`. */
export interface MultinomialOptions extends GeneratorOption {
  /** Whether a class may be drawn more than once. Default false. */
  readonly replacement?: boolean;
}

/**
 * Draws class indices with probabilities proportional to weights: weights [classes] or [rows, classes] → int32 indices
 * [samples] or [rows, samples].
 *
 * https://pytorch.org/docs/stable/generated/torch.multinomial.html
 *
 * @throws ArgumentError for weights that are negative, not finite or all zero in a row, and for more samples than
 * classes without replacement.
 * @throws ShapeError for another number of dimensions.
 * @throws DTypeError for integers.
 */
export function multinomial(weights: Tensor, samples: number, options?: MultinomialOptions): Tensor {
  const { replacement, ...source } = settings("multinomial", options, { replacement: false, generator: undefined });
  expectRank("multinomial", "[classes] or [rows, classes]", weights, 1, 2);
  expectFloating("multinomial", weights);
  const classes = weights.shape[weights.ndim - 1] as number;
  checkInteger("multinomial", "samples", samples, 1);
  if (!replacement && samples > classes)
    throw new ArgumentError(`multinomial: cannot draw ${samples} of ${classes} classes without replacement`);
  const given = weights.detach().to(computeType(weights.dtype));
  expectBetween(given, 0, largestFinite(given.dtype), "multinomial: weights must be finite and not negative, got {}");
  expectBetween(any(given, -1), 1, 1, "multinomial: all weights of a row are zero");
  return replacement && samples > 1
    ? withReplacement(given, samples, source)
    : withoutReplacement(weights.detach(), samples, source);
}

/**
 * Draws without replacement: each class gets an exponential waiting time whose rate is its weight, and the classes with
 * the shortest waiting times are drawn.
 */
function withoutReplacement(weights: Tensor, samples: number, options: GeneratorOption): Tensor {
  const rates = div(weights, exponential_(weights.newEmpty(weights.shape), 1, options));
  return topk(rates, samples, -1).indices;
}

/** Draws with replacement: inverts the cumulative distribution by a binary search for each draw. */
function withReplacement(weights: Tensor, samples: number, options: GeneratorOption): Tensor {
  const dtype = weights.device.supports("float64") ? "float64" : weights.dtype;
  const shares = cumsum(weights.to(dtype), -1);
  const classes = weights.shape[weights.ndim - 1] as number;
  const draws = uniform_(shares.newEmpty([...weights.shape.slice(0, -1), samples]), 0, 1, options);
  return clamp(searchsorted(shares, mul(draws, narrow(shares, -1, classes - 1, 1))), 0, classes - 1);
}
