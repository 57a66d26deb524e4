/**
 * Dropout as functions.
 */

import { type Generator, pointwise, type Tensor, zerosLike } from "@akari/tensor";
import { checkProbability } from "../arguments.ts";

/** Options of the dropout functions. */
export interface DropoutFunctionOptions {
  /** Whether to drop at all. Default true. */
  readonly training?: boolean;
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
}

const masked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("dropout", (x, mask, scale) => x.mul(mask).mul(scale));

function dropped(input: Tensor, p: number, maskShape: readonly number[], { generator }: DropoutFunctionOptions): Tensor {
  if (p === 0) return input;
  if (p === 1) return input.mul(zerosLike(input));
  const mask = input.newEmpty(maskShape).bernoulli_(1 - p, generator === undefined ? {} : { generator });
  return masked(input, mask, 1 / (1 - p));
}

/**
 * Sets each element to zero with probability `p` (default 0.5) and multiplies the others by 1/(1-p), in training; gives the input back otherwise.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export function dropout(input: Tensor, p = 0.5, options: DropoutFunctionOptions = {}): Tensor {
  checkProbability("dropout", "p", p);
  return (options.training ?? true) ? dropped(input, p, input.shape, options) : input;
}

/**
 * The same for whole channels of an input [N, C, ...].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
 */
export function dropout2d(input: Tensor, p = 0.5, options: DropoutFunctionOptions = {}): Tensor {
  checkProbability("dropout2d", "p", p);
  const shape = input.shape.map((size, i) => (i < 2 ? size : 1));
  return (options.training ?? true) ? dropped(input, p, shape, options) : input;
}
