/**
 * Dropout in functional form: of elements, of channels, and for networks with SELU.
 */

import {
  bernoulli_,
  checkNumber,
  expectRank,
  expectTensor,
  type Generator,
  type InplaceOptions,
  isOptions,
  pointwise,
  settings,
  type Tensor,
} from "@akari/tensor";

/** Options of the dropout functions. */
export interface DropoutFunctionOptions extends InplaceOptions {
  /** Whether to apply dropout. Default true, or false for the alpha variants. */
  readonly training?: boolean;
  /** Source of random numbers. Default: the default generator. */
  readonly generator?: Generator;
}

/** Options of the dropout functions when the probability is one of them: `dropout(x, { p: 0.1, training })`. */
export interface DropoutNamedOptions extends DropoutFunctionOptions {
  /** Probability that an element or channel is dropped, from 0 to 1. Default 0.5. */
  readonly p?: number;
}

/** Checks the arguments and fills in the defaults, which differ for `training`. */
function checked(
  operation: string,
  input: Tensor,
  p: number | DropoutNamedOptions,
  options: DropoutFunctionOptions | undefined,
  training: boolean,
) {
  expectTensor(operation, input);
  const defaults = { training, inplace: false, generator: undefined };
  const chosen = isOptions(p)
    ? settings(operation, p, { p: 0.5, ...defaults })
    : { ...settings(operation, options, defaults), p };
  checkNumber(operation, "p", chosen.p, 1);
  return chosen;
}

const masked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("dropout", (x, mask, scale) =>
  x.mul(mask).mul(scale),
);

/**
 * Draws a mask with the sizes of the first dimensions of the input and ones for the others. Each element is 0 with
 * probability `p`, else 1.
 */
function drawn(input: Tensor, dims: number, p: number, generator: Generator | undefined): Tensor {
  const shape = input.shape.map((size, i) => (i < dims ? size : 1));
  return bernoulli_(input.newEmpty(shape), 1 - p, generator === undefined ? {} : { generator });
}

/** Drops everything. */
function zeroed(input: Tensor, inplace: boolean): Tensor {
  return inplace ? input.mul_(0) : input.mul(0);
}

/** Drops elements or, given the rank of an input without a batch dimension, whole channels. */
function dropped(
  operation: string,
  input: Tensor,
  given: number | DropoutNamedOptions,
  options: DropoutFunctionOptions | undefined,
  unbatched: number | null,
): Tensor {
  const { p, training, inplace, generator } = checked(operation, input, given, options, true);
  if (!training || p === 0) return input;
  if (p === 1) return zeroed(input, inplace);
  // Without a batch dimension, the channels are the first dimension.
  const dims = unbatched === null ? input.ndim : input.ndim === unbatched ? 1 : 2;
  const mask = drawn(input, dims, p, generator);
  return (inplace ? masked.inPlace : masked)(input, mask, 1 / (1 - p));
}

/**
 * Zeroes each element with probability `p` (default 0.5) and multiplies the others by 1/(1-p). Returns the input itself
 * with `training: false`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export function dropout(
  input: Tensor,
  p: number | DropoutNamedOptions = 0.5,
  options?: DropoutFunctionOptions,
): Tensor {
  return dropped("dropout", input, p, options, null);
}

/**
 * Zeroes whole channels of an input [N, C, L] or [C, L] with probability `p` (default 0.5) and multiplies the others by
 * 1/(1-p). Returns the input itself with `training: false`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html
 */
export function dropout1d(
  input: Tensor,
  p: number | DropoutNamedOptions = 0.5,
  options?: DropoutFunctionOptions,
): Tensor {
  return dropped("dropout1d", input, p, options, 2);
}

/**
 * Zeroes whole channels of an input [N, C, ...] with probability `p` (default 0.5) and multiplies the others by
 * 1/(1-p). Returns the input itself with `training: false`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
 */
export function dropout2d(
  input: Tensor,
  p: number | DropoutNamedOptions = 0.5,
  options?: DropoutFunctionOptions,
): Tensor {
  // PyTorch interprets three dimensions as [N, C, L] here, for programs written before `dropout1d` existed.
  return dropped("dropout2d", input, p, options, 1);
}

/**
 * Zeroes whole channels of an input [N, C, D, H, W] or [C, D, H, W] with probability `p` (default 0.5) and multiplies
 * the others by 1/(1-p). Returns the input itself with `training: false`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html
 */
export function dropout3d(
  input: Tensor,
  p: number | DropoutNamedOptions = 0.5,
  options?: DropoutFunctionOptions,
): Tensor {
  return dropped("dropout3d", input, p, options, 4);
}

const alphaMasked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number, number, number]>(
  "alphaDropout",
  (x, mask, a, b, shift) => x.mul(mask.mul(a)).add(mask.sub(1).mul(shift)).add(b),
);

/** Negated limit of SELU far below zero: λα. */
const seluFloor = 1.7580993408473766;

function alphaDropped(
  operation: string,
  input: Tensor,
  given: number | DropoutNamedOptions,
  options: DropoutFunctionOptions | undefined,
  channels: boolean,
): Tensor {
  const { p, training, inplace, generator } = checked(operation, input, given, options, false);
  if (!training || p === 0) return input;
  if (p === 1) return zeroed(input, inplace);
  const mask = drawn(input, channels ? 2 : input.ndim, p, generator);
  const a = 1 / Math.sqrt((seluFloor ** 2 * p + 1) * (1 - p));
  return (inplace ? alphaMasked.inPlace : alphaMasked)(input, mask, a, seluFloor * a * p, seluFloor * a);
}

/**
 * Sets elements to the lower limit of SELU with probability `p` (default 0.5), then scales and shifts the result so
 * that mean 0 and variance 1 are preserved. As in PyTorch, `training` is false by default, which returns the input
 * itself.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
 */
export function alphaDropout(
  input: Tensor,
  p: number | DropoutNamedOptions = 0.5,
  options?: DropoutFunctionOptions,
): Tensor {
  return alphaDropped("alphaDropout", input, p, options, false);
}

/**
 * Applies `alphaDropout` to whole channels of an input [N, C, ...]. `training` is false by default.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html
 *
 * @throws ShapeError for fewer than 2 dimensions.
 */
export function featureAlphaDropout(
  input: Tensor,
  p: number | DropoutNamedOptions = 0.5,
  options?: DropoutFunctionOptions,
): Tensor {
  expectRank("featureAlphaDropout", "[N, C, ...]", input, 2, Number.POSITIVE_INFINITY);
  return alphaDropped("featureAlphaDropout", input, p, options, true);
}
