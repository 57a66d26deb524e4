/**
 * Normalisation: rows shifted to mean 0 and scaled to variance 1, then scaled and shifted by learned tensors. What
 * forms a row is the whole difference between layer, group, instance and batch normalisation. Forward is one row
 * program; so is the gradient of the input, and that of the learned tensors, which comes along with it where they are
 * constant within a row.
 */

import { checkInteger } from "../argument.ts";
import { expectFloating } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { finfo } from "../limits.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { type Shape, sameShape, shapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { normalized } from "./normalized.ts";
import { pad } from "./pad.ts";
import { square } from "./power.ts";
import { reshape } from "./reshape.ts";
import { rowLength } from "./rows.ts";
import { unfold } from "./slice.ts";
import { mean } from "./sum.ts";

/** The option of the normalisations. */
export interface NormalizationOptions {
  /** Added to the variance, so that a constant row does not divide by zero. Default 1e-5. */
  readonly eps?: number;
}

/** A learned tensor as it broadcasts against the input; null where there is none. */
function shaped(x: Tensor | null | undefined, shape: Shape): Tensor | null {
  return x ? reshape(x, shape) : null;
}

function expectShape(operation: string, what: string, x: Tensor | null | undefined, shape: Shape): void {
  if (x && !sameShape(x.shape, shape)) {
    throw shapeError(operation, `a ${what} of shape ${showShape(shape)}`, x);
  }
}

/** The last dimensions, which have to have the normalised shape. */
function lastDimensions(operation: string, x: Tensor, normalizedShape: Shape): number[] {
  const lead = x.ndim - normalizedShape.length;
  if (normalizedShape.length === 0 || lead < 0 || !sameShape(x.shape.slice(Math.max(lead, 0)), normalizedShape)) {
    throw new ShapeError(
      `${operation}: an input of shape ${showShape(x.shape)} does not end in the normalized shape ${showShape(normalizedShape)}`,
    );
  }
  return normalizedShape.map((_, i) => lead + i);
}

/**
 * Layer normalisation: `(x - mean) / √(variance + eps) · weight + bias`, over the last dimensions.
 *
 * Ba et al. 2016, "Layer Normalization", https://arxiv.org/abs/1607.06450
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 *
 * @param normalizedShape the sizes of those dimensions; `weight` and `bias` have them too.
 * @throws ShapeError when x does not end in them.
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: NormalizationOptions,
): Tensor {
  const { eps } = settings("layerNorm", options, { eps: 1e-5 });
  expectFloating("layerNorm", x.dtype);
  const dims = lastDimensions("layerNorm", x, normalizedShape);
  expectShape("layerNorm", "weight", weight, normalizedShape);
  expectShape("layerNorm", "bias", bias, normalizedShape);
  return normalized("layerNorm", x, dims, weight, bias, eps, true).result;
}

/**
 * Root mean square normalisation: `x / √(mean of x² + eps) · weight`, over the last dimensions.
 *
 * Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
 *
 * @param options.eps default: the dtype's distance from 1 to the next number. @throws ShapeError when x does not end in
 * the normalized shape.
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null = null,
  options?: NormalizationOptions,
): Tensor {
  expectFloating("rmsNorm", x.dtype);
  const { eps } = settings("rmsNorm", options, { eps: finfo(x.dtype).eps });
  const dims = lastDimensions("rmsNorm", x, normalizedShape);
  expectShape("rmsNorm", "weight", weight, normalizedShape);
  return normalized("rmsNorm", x, dims, weight, null, eps, false).result;
}

/**
 * Group normalisation: layer normalisation of each group of channels.
 *
 * Wu and He 2018, https://arxiv.org/abs/1803.08494
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 *
 * @param x [N, C, ...]. @param weight [C]. @param bias [C]. @throws ShapeError when the groups do not divide the
 * channels.
 */
export function groupNorm(
  x: Tensor,
  numGroups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: NormalizationOptions,
): Tensor {
  const { eps } = settings("groupNorm", options, { eps: 1e-5 });
  expectFloating("groupNorm", x.dtype);
  const channels = channelsOf("groupNorm", x);
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0) {
    throw new ShapeError(
      `groupNorm: ${channels} channels of an input of shape ${showShape(x.shape)} do not form ${numGroups} groups`,
    );
  }
  expectShape("groupNorm", "weight", weight, [channels]);
  expectShape("groupNorm", "bias", bias, [channels]);
  const [batch, , ...rest] = x.shape;
  const grouped = reshape(x, [batch as number, numGroups, channels / numGroups, ...rest]);
  if (x.numel() > 0 && x.numel() === (batch as number) * numGroups && batch === 1)
    throw new ShapeError(
      `groupNorm: ${numGroups} groups of an input of shape ${showShape(x.shape)} have one element each, which has no variance`,
    );
  const perChannel = [numGroups, channels / numGroups, ...rest.map(() => 1)];
  const dims = [2, ...rest.map((_, i) => i + 3)];
  const { result } = normalized(
    "groupNorm",
    grouped,
    dims,
    shaped(weight, perChannel),
    shaped(bias, perChannel),
    eps,
    true,
  );
  return reshape(result, x.shape);
}

function channelsOf(operation: string, x: Tensor): number {
  if (x.ndim < 2) throw shapeError(operation, "an input of shape [N, C, ...]", x);
  return x.shape[1] as number;
}

/** The options of batch and instance normalisation. */
export interface RunningOptions extends NormalizationOptions {
  /** How far the running statistics move towards those of the batch. Default 0.1. */
  readonly momentum?: number;
}

const runningDefaults = { momentum: 0.1, eps: 1e-5 } as const;

/** The options of batch normalisation. */
export interface BatchNormOptions extends RunningOptions {
  /**
   * Whether to normalise by the batch's own statistics, and update the running ones, or by the running ones. Default
   * false.
   */
  readonly training?: boolean;
}

/** The options of instance normalisation. */
export interface InstanceNormOptions extends RunningOptions {
  /** Whether to normalise by the input's own statistics or by the running ones. Default true. */
  readonly useInputStats?: boolean;
}

const moved: Pointwise<[Tensor, Tensor, number, number]> = /* @__PURE__ */ pointwise<[Tensor, Tensor, number, number]>(
  "runningStatistics",
  (running, found, momentum, factor) => running.mul(momentum.neg().add(1)).add(found.mul(factor).mul(momentum)),
);

const scaledBy: Pointwise<[Tensor, Tensor, Tensor, number]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, Tensor, number]
>("batchNorm", (x, mean, variance, eps) => x.sub(mean).mul(variance.add(eps).rsqrt()));
const scaledWith: Pointwise<[Tensor, Tensor, Tensor, number, Tensor]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, Tensor, number, Tensor]
>("batchNorm", (x, mean, variance, eps, weight) => x.sub(mean).mul(variance.add(eps).rsqrt().mul(weight)));
const scaledAndShifted: Pointwise<[Tensor, Tensor, Tensor, number, Tensor, Tensor]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, Tensor, number, Tensor, Tensor]
>("batchNorm", (x, mean, variance, eps, weight, bias) =>
  x.sub(mean).mul(variance.add(eps).rsqrt().mul(weight)).add(bias),
);

/** Normalisation by statistics that are known already. */
function byRunning(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
): Tensor {
  if (weight && bias) return scaledAndShifted(x, mean, variance, eps, weight, bias);
  const scaled = weight ? scaledWith(x, mean, variance, eps, weight) : scaledBy(x, mean, variance, eps);
  return bias ? scaled.add(bias) : scaled;
}

interface ChannelTensors {
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
}

/**
 * Normalisation channel by channel: by statistics of the input's own over `dims`, towards which the running ones then
 * move, or by the running ones where `dims` is null.
 *
 * @param own what own statistics are called in messages. @param demand the beginning of the message when there is one
 * value per channel.
 */
function byChannel(
  operation: string,
  x: Tensor,
  tensors: ChannelTensors,
  dims: readonly number[] | null,
  { momentum, eps }: Required<RunningOptions>,
  own: string,
  demand: string,
): Tensor {
  expectFloating(operation, x.dtype);
  const channels = channelsOf(operation, x);
  for (const [what, tensor] of Object.entries(tensors)) expectShape(operation, what, tensor, [channels]);
  const { runningMean, runningVar } = tensors;
  const perChannel = [channels, ...x.shape.slice(2).map(() => 1)];
  const weight = shaped(tensors.weight, perChannel);
  const bias = shaped(tensors.bias, perChannel);
  if (dims === null) {
    if (!runningMean || !runningVar)
      throw new ArgumentError(`${operation}: without ${own}, runningMean and runningVar are needed`);
    return byRunning(x, reshape(runningMean, perChannel), reshape(runningVar, perChannel), weight, bias, eps);
  }
  const count = rowLength(x.shape, dims);
  if (count <= 1) {
    throw new ShapeError(
      `${operation}: ${demand} more than one value per channel, got ${count} in an input of shape ${showShape(x.shape)}`,
    );
  }
  const { result, mean, variance } = normalized(operation, x, dims, weight, bias, eps, true);
  const move = (running: Tensor | null, found: Tensor, factor: number) => {
    if (!running) return;
    const rows = found.shape[0] as number; // one, unless each image has statistics of its own
    const each = reshape(found.detach(), rows === 1 ? [channels] : [rows, channels]);
    moved.inPlace(running, rows === 1 ? each : each.mean(0), momentum, factor);
  };
  move(runningMean, mean, 1);
  move(runningVar, variance, count / (count - 1));
  return result;
}

/**
 * Batch normalisation: each channel over the batch and all positions. In training the running statistics move towards
 * the batch's, the variance with the divisor n - 1; otherwise they are what normalises.
 *
 * Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 *
 * @param x [N, C, ...]. @param runningMean [C], changed in place in training; so is `runningVar`. @param weight [C].
 * @param bias [C].
 * @throws ShapeError in training with one value per channel, and for sizes other than C. @throws ArgumentError out of
 * training without statistics.
 */
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: BatchNormOptions,
): Tensor {
  const { training, ...rest } = settings("batchNorm", options, { training: false, ...runningDefaults });
  const dims = training ? x.shape.map((_, i) => i).filter((i) => i !== 1) : null;
  return byChannel("batchNorm", x, { runningMean, runningVar, weight, bias }, dims, rest, "training", "training needs");
}

/**
 * Instance normalisation: each channel of each image over its positions.
 *
 * Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
 *
 * @param x [N, C, ...]. @param runningMean [C], changed in place when the input's statistics are used; so is
 * `runningVar`.
 * @throws ShapeError when there is one value per channel, and for sizes other than C. @throws ArgumentError without any
 * statistics.
 */
export function instanceNorm(
  x: Tensor,
  runningMean: Tensor | null = null,
  runningVar: Tensor | null = null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: InstanceNormOptions,
): Tensor {
  const { useInputStats, ...rest } = settings("instanceNorm", options, { useInputStats: true, ...runningDefaults });
  const dims = useInputStats ? x.shape.map((_, i) => i).slice(2) : null;
  return byChannel(
    "instanceNorm",
    x,
    { runningMean, runningVar, weight, bias },
    dims,
    rest,
    "input statistics",
    "expected",
  );
}

/** The options of `localResponseNorm`. */
export interface LocalResponseOptions {
  /** How much the neighbours count. Default 1e-4. */
  readonly alpha?: number;
  /** The power of the divisor. Default 0.75. */
  readonly beta?: number;
  /** What is added to the neighbours. Default 1. */
  readonly k?: number;
}

/**
 * Local response normalisation: each element divided by
 * `(k + alpha · mean of the squares of neighbouring channels)ᵇᵉᵗᵃ`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
 *
 * @param x [N, C, ...]. @param size how many channels are neighbours, the element's own included.
 * @throws ArgumentError when that is no positive integer. @throws ShapeError for fewer than 3 dimensions.
 */
export function localResponseNorm(x: Tensor, size: number, options?: LocalResponseOptions): Tensor {
  const { alpha, beta, k } = settings("localResponseNorm", options, { alpha: 1e-4, beta: 0.75, k: 1 });
  expectFloating("localResponseNorm", x.dtype);
  if (x.ndim < 3) throw shapeError("localResponseNorm", "an input of shape [N, C, ...] with places", x);
  checkInteger("localResponseNorm", "size", size, 1);
  if (x.numel() === 0) return x;
  const none = new Array<number>(2 * (x.ndim - 2)).fill(0);
  const padded = pad(square(x), [...none, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
  const around = mean(unfold(padded, 1, size, 1), -1);
  return responded(x, around, alpha, beta, k);
}

const responded: Pointwise<[Tensor, Tensor, number, number, number]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, number, number, number]
>("localResponseNorm", (x, around, alpha, beta, k) => x.div(around.mul(alpha).add(k).pow(beta)));
