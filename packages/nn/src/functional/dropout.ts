/**
 * Dropout as functions.
 */

import {
  checkNumber,
  expectTensor,
  type Generator,
  pointwise,
  settings,
  shapeError,
  type Tensor,
  zerosLike,
} from "@akari/tensor";

/** Options of the dropout functions. */
export interface DropoutFunctionOptions {
  /** Whether to drop at all. Default true. */
  readonly training?: boolean;
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
}

/** The options of one of the functions, whose default for `training` differs. */
function checked(operation: string, p: number, options: DropoutFunctionOptions | undefined, training: boolean) {
  checkNumber(operation, "p", p, 1);
  return settings(operation, options, { training, generator: undefined });
}

const masked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number]>("dropout", (x, mask, scale) =>
  x.mul(mask).mul(scale),
);

function dropped(
  input: Tensor,
  p: number,
  generator: Generator | undefined,
  maskShape: readonly number[] = input?.shape,
): Tensor {
  expectTensor("dropout", input);
  if (p === 0) return input;
  if (p === 1) return input.mul(zerosLike(input));
  const mask = input.newEmpty(maskShape).bernoulli_(1 - p, generator === undefined ? {} : { generator });
  return masked(input, mask, 1 / (1 - p));
}

/**
 * Sets each element to zero with probability `p` (default 0.5) and multiplies the others by 1/(1-p), in training; gives
 * the input back otherwise.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export function dropout(input: Tensor, p = 0.5, options?: DropoutFunctionOptions): Tensor {
  const { training, generator } = checked("dropout", p, options, true);
  return training ? dropped(input, p, generator) : input;
}

function channelDropout(
  operation: string,
  dims: number,
  input: Tensor,
  p: number,
  options: DropoutFunctionOptions | undefined,
): Tensor {
  expectTensor(operation, input);
  const { training, generator } = checked(operation, p, options, true);
  if (!training) return input;
  // Without a batch, the first dimension is the channels.
  const kept = input.ndim === dims + 1 ? 1 : 2;
  const shape = input.shape.map((size, i) => (i < kept ? size : 1));
  return dropped(input, p, generator, shape);
}

/**
 * The same for whole channels of an input [N, C, L] or [C, L].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html
 */
export function dropout1d(input: Tensor, p = 0.5, options?: DropoutFunctionOptions): Tensor {
  return channelDropout("dropout1d", 1, input, p, options);
}

/**
 * The same for whole channels of an input [N, C, ...].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
 */
export function dropout2d(input: Tensor, p = 0.5, options?: DropoutFunctionOptions): Tensor {
  // PyTorch takes three dimensions for [N, C, L] here, for the sake of programs older than dropout1d.
  return channelDropout("dropout2d", 0, input, p, options);
}

/**
 * The same for whole channels of an input [N, C, D, H, W] or [C, D, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html
 */
export function dropout3d(input: Tensor, p = 0.5, options?: DropoutFunctionOptions): Tensor {
  return channelDropout("dropout3d", 3, input, p, options);
}

const alphaMasked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number, number, number]>(
  "alphaDropout",
  (x, mask, a, b, shift) => x.mul(mask.mul(a)).add(mask.sub(1).mul(shift)).add(b),
);

/** What SELU tends to far below zero: -λα. */
const seluFloor = 1.7580993408473766;

function alphaDropped(
  operation: string,
  input: Tensor,
  p: number,
  options: DropoutFunctionOptions | undefined,
  channels: boolean,
): Tensor {
  const { training, generator } = checked(operation, p, options, false);
  if (!training || p === 0) return input;
  if (p === 1) return input.mul(zerosLike(input));
  const shape = channels ? input.shape.map((size, i) => (i < 2 ? size : 1)) : input.shape;
  const mask = input.newEmpty(shape).bernoulli_(1 - p, generator === undefined ? {} : { generator });
  const a = 1 / Math.sqrt((seluFloor ** 2 * p + 1) * (1 - p));
  return alphaMasked(input, mask, a, seluFloor * a * p, seluFloor * a);
}

/**
 * Sets elements to the lower limit of SELU with probability `p` (default 0.5), and scales and shifts so that mean 0 and
 * variance 1 stay: with `training: true`, which is not the default here.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
 */
export function alphaDropout(input: Tensor, p = 0.5, options?: DropoutFunctionOptions): Tensor {
  return alphaDropped("alphaDropout", input, p, options, false);
}

/**
 * The same for whole channels of [N, C, ...].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html
 */
export function featureAlphaDropout(input: Tensor, p = 0.5, options?: DropoutFunctionOptions): Tensor {
  if (input.ndim < 2) throw shapeError("featureAlphaDropout", "[N, C, ...]", input);
  return alphaDropped("featureAlphaDropout", input, p, options, true);
}
