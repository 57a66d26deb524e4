/**
 * Layer, RMS, group, batch, instance and local response normalization. All but the last normalize rows to mean 0 and
 * variance 1 (RMS skips the centering), then apply a learnable scale and shift; they differ only in which dimensions
 * form a row. The forward pass is one row program, and so is the gradient of the input. Where weight and bias are
 * constant within a row, the same kernel computes their gradients.
 */

import { checkInteger } from "../argument.ts";
import { expectFloating } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { finfo } from "../limits.ts";
import { type Pointwise, pointwise, type TensorOrNumber } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import {
  checkSizes,
  expectRank,
  expectShape,
  type Shape,
  sameShape,
  shapeError,
  shapeOf,
  showShape,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { normalized } from "./normalized.ts";
import { pad } from "./pad.ts";
import { square } from "./power.ts";
import { reshape } from "./reshape.ts";
import { rowLength } from "./rows.ts";
import { unfold } from "./slice.ts";
import { mean } from "./sum.ts";

/** Options of `layerNorm`, `rmsNorm` and `groupNorm`. */
export interface NormalizationOptions {
  /**
   * Added to the variance, to avoid a division by zero. Default 1e-5; for `rmsNorm`, the machine epsilon of the dtype.
   */
  readonly eps?: number;
}

/** Reshapes a learnable tensor to broadcast against the input. Null stays null. */
function shaped(x: Tensor | null | undefined, shape: Shape): Tensor | null {
  return x ? reshape(x, shape) : null;
}

/** The dimensions that `normalizedShape` covers: the last ones of `x`, whose sizes must match. */
function lastDimensions(operation: string, x: Tensor, normalizedShape: Shape): number[] {
  checkSizes(operation, normalizedShape);
  const lead = x.ndim - normalizedShape.length;
  if (normalizedShape.length === 0 || lead < 0 || !sameShape(x.shape.slice(Math.max(lead, 0)), normalizedShape)) {
    throw new ShapeError(
      `${operation}: an input of shape ${showShape(x.shape)} does not end in the normalized shape ${showShape(normalizedShape)}`,
    );
  }
  return normalizedShape.map((_, i) => lead + i);
}

/**
 * Applies layer normalization, `(x - mean) / √(variance + eps) · weight + bias`, over the last dimensions.
 *
 * Ba et al. 2016, "Layer Normalization", https://arxiv.org/abs/1607.06450
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 *
 * @param x [..., ...normalizedShape].
 * @param normalizedShape sizes of the dimensions to normalize over.
 * @param weight learnable scale, of shape `normalizedShape`. Default null (none).
 * @param bias learnable shift, of shape `normalizedShape`. Default null (none).
 * @throws ShapeError when the shape of `x` does not end in `normalizedShape`, or weight or bias has another shape.
 * @throws DTypeError for integers.
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: NormalizationOptions,
): Tensor {
  const { eps } = settings("layerNorm", options, { eps: 1e-5 });
  expectFloating("layerNorm", x);
  const dims = lastDimensions("layerNorm", x, normalizedShape);
  expectShape("layerNorm", "weight", weight, normalizedShape);
  expectShape("layerNorm", "bias", bias, normalizedShape);
  return normalized("layerNorm", x, dims, weight, bias, eps, true).result;
}

/**
 * Applies root mean square normalization, `x / √(mean of x² + eps) · weight`, over the last dimensions.
 *
 * Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
 *
 * @param x [..., ...normalizedShape].
 * @param normalizedShape sizes of the dimensions to normalize over.
 * @param weight learnable scale, of shape `normalizedShape`. Default null (none).
 * @param options.eps Default: the machine epsilon of the dtype.
 * @throws ShapeError when the shape of `x` does not end in `normalizedShape`, or the weight has another shape.
 * @throws DTypeError for integers.
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null = null,
  options?: NormalizationOptions,
): Tensor {
  expectFloating("rmsNorm", x);
  const { eps } = settings("rmsNorm", options, { eps: finfo(x.dtype).eps });
  const dims = lastDimensions("rmsNorm", x, normalizedShape);
  expectShape("rmsNorm", "weight", weight, normalizedShape);
  return normalized("rmsNorm", x, dims, weight, null, eps, false).result;
}

/**
 * Applies group normalization: normalizes each group of channels of each example over the group and all positions.
 *
 * Wu and He 2018, https://arxiv.org/abs/1803.08494
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 *
 * @param x [N, C, ...].
 * @param weight learnable scale, [C]. Default null (none).
 * @param bias learnable shift, [C]. Default null (none).
 * @throws ShapeError when `numGroups` does not divide the channels, or a batch of one has one value per group.
 * @throws DTypeError for integers.
 */
export function groupNorm(
  x: Tensor,
  numGroups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options?: NormalizationOptions,
): Tensor {
  const { eps } = settings("groupNorm", options, { eps: 1e-5 });
  expectFloating("groupNorm", x);
  const channels = channelsOf("groupNorm", x);
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0) {
    throw shapeError("groupNorm", `a number of channels divisible by ${numGroups}`, x);
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
  expectRank(operation, "an input of shape [N, C, ...]", x, 2, Number.POSITIVE_INFINITY);
  return x.shape[1] as number;
}

/** Options of batch and instance normalization. */
export interface RunningOptions extends NormalizationOptions {
  /** Weight of the batch statistics in the update of the running statistics. Default 0.1. */
  readonly momentum?: number;
}

const runningDefaults = { momentum: 0.1, eps: 1e-5 } as const;

/** Options of `batchNorm`. */
export interface BatchNormOptions extends RunningOptions {
  /**
   * Whether to normalize by the batch statistics and update the running statistics. Otherwise the running statistics
   * normalize. Default false.
   */
  readonly training?: boolean;
}

/** Options of `instanceNorm`. */
export interface InstanceNormOptions extends RunningOptions {
  /** Whether to normalize by the input's own statistics, rather than the running ones. Default true. */
  readonly useInputStats?: boolean;
}

const updated: Pointwise<[Tensor, Tensor, number, number]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, number, number]
>("runningStatistics", (running, found, momentum, factor) =>
  running.mul(momentum.neg().add(1)).add(found.mul(factor).mul(momentum)),
);

/** Normalizes by given statistics. */
const byRunning: Pointwise<[Tensor, Tensor, Tensor, number, TensorOrNumber, TensorOrNumber]> =
  /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number, TensorOrNumber, TensorOrNumber]>(
    "batchNorm",
    (x, mean, variance, eps, weight, bias) => x.sub(mean).mul(variance.add(eps).rsqrt().mul(weight)).add(bias),
  );

interface ChannelTensors {
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
}

/**
 * Normalizes channel by channel. With `dims`, the statistics are computed over these dimensions of the input, and the
 * running statistics are updated. With null, the running statistics normalize.
 *
 * @param own name of the input's own statistics in error messages.
 * @param demand beginning of the error message for one value per channel.
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
  expectFloating(operation, x);
  const channels = channelsOf(operation, x);
  for (const [what, tensor] of Object.entries(tensors)) expectShape(operation, what, tensor, [channels]);
  const { runningMean, runningVar } = tensors;
  const perChannel = [channels, ...x.shape.slice(2).map(() => 1)];
  const weight = shaped(tensors.weight, perChannel);
  const bias = shaped(tensors.bias, perChannel);
  if (dims === null) {
    if (!runningMean || !runningVar)
      throw new ArgumentError(`${operation}: without ${own}, runningMean and runningVar are needed`);
    return byRunning(x, reshape(runningMean, perChannel), reshape(runningVar, perChannel), eps, weight ?? 1, bias ?? 0);
  }
  const count = rowLength(x.shape, dims);
  if (count <= 1) {
    throw new ShapeError(
      `${operation}: ${demand} more than one value per channel, got ${count} in an input of shape ${showShape(x.shape)}`,
    );
  }
  const { result, ...statistics } = normalized(operation, x, dims, weight, bias, eps, true);
  const update = (running: Tensor | null, found: Tensor, factor: number) => {
    if (!running) return;
    const rows = found.shape[0] as number; // one, unless each example has its own statistics
    const each = reshape(found.detach(), rows === 1 ? [channels] : [rows, channels]);
    updated.inPlace(running, rows === 1 ? each : mean(each, 0), momentum, factor);
  };
  update(runningMean, statistics.mean, 1);
  update(runningVar, statistics.variance, count / (count - 1));
  return result;
}

/**
 * Applies batch normalization: normalizes each channel over the batch and all positions. In training, it uses the batch
 * statistics and updates `runningMean` and `runningVar` (with divisor n - 1); otherwise it uses these two.
 *
 * Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 *
 * @param x [N, C, ...].
 * @param runningMean [C], or null in training. Updated in place in training.
 * @param runningVar [C], or null in training. Updated in place in training.
 * @param weight learnable scale, [C]. Default null (none).
 * @param bias learnable shift, [C]. Default null (none).
 * @throws ShapeError for statistics, weight or bias of another shape, and in training with one value per channel.
 * @throws ArgumentError outside training without running statistics.
 * @throws DTypeError for integers.
 */
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  weight: Tensor | BatchNormOptions | null = null,
  bias: Tensor | null = null,
  options?: BatchNormOptions,
): Tensor {
  if (isOptions(weight)) return batchNorm(x, runningMean, runningVar, null, null, weight);
  const { training, ...rest } = settings("batchNorm", options, { training: false, ...runningDefaults });
  const dims = training
    ? shapeOf("batchNorm", x)
        .map((_, i) => i)
        .filter((i) => i !== 1)
    : null;
  return byChannel("batchNorm", x, { runningMean, runningVar, weight, bias }, dims, rest, "training", "training needs");
}

/**
 * Applies instance normalization: normalizes each channel of each example over its positions.
 *
 * Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
 *
 * @param x [N, C, ...].
 * @param runningMean [C] or null. Updated in place when the input's own statistics are used.
 * @param runningVar [C] or null. Updated in place when the input's own statistics are used.
 * @param weight learnable scale, [C]. Default null (none).
 * @param bias learnable shift, [C]. Default null (none).
 * @throws ShapeError for statistics, weight or bias of another shape, and for one value per channel and example.
 * @throws ArgumentError when `useInputStats` is false and there are no running statistics.
 * @throws DTypeError for integers.
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
  const dims = useInputStats
    ? shapeOf("instanceNorm", x)
        .map((_, i) => i)
        .slice(2)
    : null;
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

/** Options of `localResponseNorm`. */
export interface LocalResponseOptions {
  /** Factor of the mean square. Default 1e-4. */
  readonly alpha?: number;
  /** Exponent of the divisor. Default 0.75. */
  readonly beta?: number;
  /** Constant added to the scaled mean square. Default 1. */
  readonly k?: number;
}

/**
 * Applies local response normalization: divides each element by
 * `(k + alpha · mean of the squares of neighboring channels)ᵇᵉᵗᵃ`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
 *
 * @param x [N, C, ...], of 3 or more dimensions.
 * @param size number of neighboring channels, including the element's own. Channels beyond the edge count as 0.
 * @throws ArgumentError unless `size` is a positive integer.
 * @throws ShapeError for fewer than 3 dimensions.
 * @throws DTypeError for integers.
 */
export function localResponseNorm(x: Tensor, size: number, options?: LocalResponseOptions): Tensor {
  const { alpha, beta, k } = settings("localResponseNorm", options, { alpha: 1e-4, beta: 0.75, k: 1 });
  expectFloating("localResponseNorm", x);
  expectRank("localResponseNorm", "3 or more dimensions [N, C, ...]", x, 3, Number.POSITIVE_INFINITY);
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
