/**
 * Normalisation layers.
 */

import {
  ArgumentError,
  batchNorm,
  checkInteger,
  groupNorm,
  layerNorm,
  ones,
  type Shape,
  settings,
  shapeError,
  type Tensor,
  tensor,
  zeros,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { ones_, zeros_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { fields, python, snakeCase } from "./state-name.ts";

/** Options of the batch and instance normalisation layers; those of the latter have other defaults. */
export interface BatchNormLayerOptions extends FactoryOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /**
   * How much of a batch's statistics goes into the running ones; null for the plain mean over all batches. Default 0.1.
   */
  readonly momentum?: number | null;
  /** Whether there are a weight and a bias for each channel. Default true. */
  readonly affine?: boolean;
  /** Whether statistics are kept for evaluation. Default true. */
  readonly trackRunningStats?: boolean;
}

/** A normalisation by channel with running statistics: batch normalisation as it stands. */
export abstract class BatchNormNd extends Module {
  /** How many channels there are: C, the second size of a batch. */
  readonly numFeatures: number;
  /** Added to the variance before its root is divided by. Default 1e-5. */
  readonly eps: number;
  /**
   * How much of a batch's statistics goes into the running ones; null for the plain mean over all batches. Default 0.1.
   */
  readonly momentum: number | null;
  /** Whether a factor and a shift are learned for each channel. Default true; false for instance normalisation. */
  readonly affine: boolean;
  /** Whether statistics are kept for evaluation. Default true; false for instance normalisation. */
  readonly trackRunningStats: boolean;
  /** A factor for each channel, [numFeatures]; starts as ones, null unless `affine`. */
  weight: Parameter | null;
  /** Added to each channel, [numFeatures]; starts as zeros, null unless `affine`. */
  bias: Parameter | null;
  /** The running mean of each channel, [numFeatures], a buffer; starts as zeros, null unless `trackRunningStats`. */
  declare runningMean: Tensor | null;
  /**
   * The running unbiased variance of each channel, [numFeatures], a buffer; starts as ones, null unless
   * `trackRunningStats`.
   */
  declare runningVar: Tensor | null;
  /** How many batches the running statistics come from, an int32 scalar, a buffer; null unless `trackRunningStats`. */
  declare numBatchesTracked: Tensor | null;

  constructor(numFeatures: number, options?: BatchNormLayerOptions) {
    super();
    const layer = this.constructor.name;
    checkInteger(layer, "numFeatures", numFeatures, 1);
    const { eps, momentum, affine, trackRunningStats, ...factory } = settings(layer, options, {
      eps: 1e-5,
      momentum: 0.1,
      affine: this.isFull(),
      trackRunningStats: this.isFull(),
      ...factoryDefaults,
    });
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? new Parameter(ones([numFeatures], factory)) : null;
    this.bias = affine ? new Parameter(zeros([numFeatures], factory)) : null;
    const { device } = factory;
    this.registerBuffer("runningMean", trackRunningStats ? zeros([numFeatures], factory) : null);
    this.registerBuffer("runningVar", trackRunningStats ? ones([numFeatures], factory) : null);
    this.registerBuffer(
      "numBatchesTracked",
      trackRunningStats ? tensor(0, { dtype: "int32", ...(device ? { device } : {}) }) : null,
    );
  }

  /** Whether there are learned factors and running statistics if the options do not say. */
  protected isFull(): boolean {
    return true;
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** How many dimensions an input may have. */
  protected abstract readonly ranks: readonly number[];

  /** Forgets the running statistics. */
  resetRunningStats(): void {
    this.runningMean?.zero_();
    this.runningVar?.fill_(1);
    this.numBatchesTracked?.zero_();
  }

  /** Forgets the running statistics, and sets the weight to one and the bias to zero. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight) ones_(this.weight);
    if (this.bias) zeros_(this.bias);
  }

  /** Throws a ShapeError unless the input has one of the right numbers of dimensions. */
  protected checkRank(input: Tensor): void {
    if (this.ranks.includes(input.ndim)) return;
    throw shapeError(this.constructor.name, `${this.ranks.join(" or ")} dimensions`, input);
  }

  /**
   * The same shape: in training, and where no statistics are tracked, by the batch's own mean and variance, otherwise
   * by the running ones. Training moves these. Throws a ShapeError for another number of dimensions, or one value for a
   * channel in training.
   */
  forward(input: Tensor): Tensor {
    this.checkRank(input);
    const { runningMean, runningVar, weight, bias, eps } = this;
    const training = this.training || runningMean === null;
    if (this.training) this.numBatchesTracked?.add_(1);
    const keep = this.training ? this.trackRunningStats : true;
    const kept = keep ? [runningMean, runningVar] : [null, null];
    const averaged = this.training && this.momentum === null ? kept.map((x) => x?.clone() ?? null) : kept;
    const [mean = null, variance = null] = averaged;
    const y = batchNorm(input, mean, variance, weight, bias, { training, momentum: this.momentum ?? 1, eps });
    if (averaged !== kept) this.average(averaged);
    return y;
  }

  /**
   * Without a momentum every batch counts alike: moves the running statistics towards this batch's by one over the
   * number of batches.
   */
  private average(batch: readonly (Tensor | null)[]): void {
    const share = this.numBatchesTracked?.to("float32").reciprocal();
    if (share === undefined) return;
    [this.runningMean, this.runningVar].forEach((kept, i) => {
      const one = batch[i];
      if (kept && one) kept.lerp_(one, share.to(kept.dtype));
    });
  }

  override extraRepr(): string {
    return `${this.numFeatures}, ${fields(this, "eps", "momentum", "affine", "trackRunningStats")}`;
  }
}

/**
 * Normalises each channel of [N, C] or [N, C, L] over the batch; in evaluation, by running statistics.
 *
 *     y = (x - mean) / √(variance + ε) · weight + bias
 *
 * Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 */
export class BatchNorm1d extends BatchNormNd {
  static override name = "BatchNorm1d";

  protected override get ranks(): readonly number[] {
    return [2, 3];
  }
}

/**
 * Normalises each channel of [N, C, H, W] over the batch; in evaluation, by running statistics.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 */
export class BatchNorm2d extends BatchNormNd {
  static override name = "BatchNorm2d";

  protected override get ranks(): readonly number[] {
    return [4];
  }
}

/**
 * Normalises each channel of [N, C, D, H, W] over the batch; in evaluation, by running statistics.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
 */
export class BatchNorm3d extends BatchNormNd {
  static override name = "BatchNorm3d";

  protected override get ranks(): readonly number[] {
    return [5];
  }
}

/** Options of `LayerNorm`. */
export interface LayerNormOptions extends FactoryOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether weight and bias are learned. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether there is a bias beside the weight. Default true. */
  readonly bias?: boolean;
}

/** Options of `GroupNorm`. */
export interface GroupNormOptions extends FactoryOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether weight and bias are learned. Default true. */
  readonly affine?: boolean;
}

/**
 * Normalises over the last dimensions, whose sizes are `normalizedShape`. Ba et al. 2016,
 * https://arxiv.org/abs/1607.06450
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 */
export class LayerNorm extends Module {
  static override name = "LayerNorm";
  /** The last sizes of the input, over which mean and variance are taken. */
  readonly normalizedShape: Shape;
  /** Added to the variance before its root is divided by. Default 1e-5. */
  readonly eps: number;
  /** Whether a factor and a shift are learned for each element. Default true. */
  readonly elementwiseAffine: boolean;
  /**
   * A factor for each element of `normalizedShape`, which is its shape; starts as ones, null unless
   * `elementwiseAffine`.
   */
  weight: Parameter | null;
  /**
   * Added to each element of `normalizedShape`, which is its shape; starts as zeros, null unless `elementwiseAffine`,
   * or without bias.
   */
  bias: Parameter | null;

  constructor(normalizedShape: number | Shape, options?: LayerNormOptions) {
    super();
    const { eps, elementwiseAffine, bias, ...factory } = settings("LayerNorm", options, {
      eps: 1e-5,
      elementwiseAffine: true,
      bias: true,
      ...factoryDefaults,
    });
    this.normalizedShape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
    for (const size of this.normalizedShape) checkInteger("LayerNorm", "normalizedShape", size, 1);
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, factory)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape, factory)) : null;
  }

  /**
   * [..., ...normalizedShape] → the same shape, `(x - mean) / √(variance + ε) · weight + bias`. Throws a ShapeError
   * when the last sizes are others.
   */
  forward(input: Tensor): Tensor {
    return layerNorm(input, this.normalizedShape, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    return `${python(this.normalizedShape)}, ${fields(this, "eps", "elementwiseAffine")}`;
  }
}

/**
 * Normalises groups of channels of [N, C, ...], each sample by itself. Wu & He 2018, https://arxiv.org/abs/1803.08494
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 */
export class GroupNorm extends Module {
  static override name = "GroupNorm";
  /** Into how many groups the channels are split; divides `numChannels`. */
  readonly numGroups: number;
  /** How many channels there are: C, the second size of the input. */
  readonly numChannels: number;
  /** Added to the variance before its root is divided by. Default 1e-5. */
  readonly eps: number;
  /** Whether a factor and a shift are learned for each channel. Default true. */
  readonly affine: boolean;
  /** A factor for each channel, [numChannels]; starts as ones, null unless `affine`. */
  weight: Parameter | null;
  /** Added to each channel, [numChannels]; starts as zeros, null unless `affine`. */
  bias: Parameter | null;

  constructor(numGroups: number, numChannels: number, options?: GroupNormOptions) {
    super();
    checkCounts("GroupNorm", { numGroups, numChannels });
    if (numChannels % numGroups !== 0)
      throw new ArgumentError(`GroupNorm: ${numChannels} channels cannot be split into ${numGroups} groups`);
    const { eps, affine, ...factory } = settings("GroupNorm", options, { eps: 1e-5, affine: true, ...factoryDefaults });
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.affine = affine;
    this.weight = affine ? new Parameter(ones([numChannels], factory)) : null;
    this.bias = affine ? new Parameter(zeros([numChannels], factory)) : null;
  }

  /**
   * [N, numChannels, ...] → the same shape, `(x - mean) / √(variance + ε) · weight + bias` with mean and variance of
   * each sample's groups.
   */
  forward(input: Tensor): Tensor {
    return groupNorm(input, this.numGroups, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, ${fields(this, "eps", "affine")}`;
  }
}
