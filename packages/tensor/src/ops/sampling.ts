/**
 * Draws from distributions that a tensor describes.
 */

import { checkInteger } from "../argument.ts";
import { computeType, expectFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { settings } from "../settings.ts";
import { shapeError } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div } from "./arithmetic.ts";
import { expectBetween, largestFinite } from "./check.ts";
import { bernoulli_, exponential_, type GeneratorOption, uniform_ } from "./random.ts";
import { clamp } from "./rounding.ts";
import { cumsum } from "./scan.ts";
import { searchsorted } from "./search.ts";
import { narrow } from "./slice.ts";
import { topk } from "./sort.ts";
import { any } from "./sum.ts";

/**
 * One with the probability that stands in `p`, else zero.
 * https://pytorch.org/docs/stable/generated/torch.bernoulli.html
 */
export function bernoulli(p: Tensor, options?: GeneratorOption): Tensor {
  expectFloating("bernoulli", p.dtype);
  return bernoulli_(p.newEmpty(p.shape), p, options);
}

/** Options of `multinomial`. */
export interface MultinomialOptions extends GeneratorOption {
  /** Whether a number may be drawn again. Default false. */
  readonly replacement?: boolean;
}

/**
 * Numbers of classes, drawn with the weights given: weights [classes] or [rows, classes] → [samples] or
 * [rows, samples], int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.multinomial.html
 *
 * @throws ArgumentError for negative or all-zero weights, or more samples than classes without replacement.
 */
export function multinomial(weights: Tensor, samples: number, options?: MultinomialOptions): Tensor {
  const { replacement, ...source } = settings("multinomial", options, { replacement: false, generator: undefined });
  if (weights.ndim < 1 || weights.ndim > 2) throw shapeError("multinomial", "[classes] or [rows, classes]", weights);
  expectFloating("multinomial", weights.dtype);
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

/** The classes whose exponential clocks, running as fast as their weights, ring first. */
function withoutReplacement(weights: Tensor, samples: number, options: GeneratorOption): Tensor {
  const rates = div(weights, exponential_(weights.newEmpty(weights.shape), 1, options));
  return topk(rates, samples, -1).indices;
}

/** For each draw, the first class at which the running share of the weights reaches it. */
function withReplacement(weights: Tensor, samples: number, options: GeneratorOption): Tensor {
  const dtype = weights.device.supports("float64") ? "float64" : weights.dtype;
  const shares = cumsum(weights.to(dtype), -1);
  const classes = weights.shape[weights.ndim - 1] as number;
  const draws = uniform_(shares.newEmpty([...weights.shape.slice(0, -1), samples]), 0, 1, options);
  return clamp(searchsorted(shares, draws.mul(narrow(shares, -1, classes - 1, 1))), 0, classes - 1);
}
