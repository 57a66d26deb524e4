/**
 * Batch, layer and group normalization.
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
  shapeOf,
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

/** Options of the batch normalization layers. */
export interface BatchNormLayerOptions extends FactoryOptions {
  /** Value added to the variance. Default 1e-5. */
  readonly eps?: number;
  /**
   * Weight of a batch's statistics in the update of the running statistics, or null for their equal mean over all
   * batches. Default 0.1.
   */
  readonly momentum?: number | null;
  /** Whether to learn a weight and a bias for each channel. Default true. */
  readonly affine?: boolean;
  /** Whether to track running statistics for evaluation. Default true. */
  readonly trackRunningStats?: boolean;
}

/** Base class of layers that normalize channels and may track running statistics. Implements batch normalization. */
export abstract class BatchNormNd extends Module {
  static override readonly keepsNothing = true;
  /** Number of channels C: the second dimension of the input. */
  readonly numFeatures: number;
  /** Value added to the variance. Default 1e-5. */
  readonly eps: number;
  /**
   * Weight of a batch's statistics in the update of the running statistics, or null for their equal mean over all
   * batches. Default 0.1.
   */
  readonly momentum: number | null;
  /** Whether a weight and a bias are learned for each channel. Default true, or false for instance normalization. */
  readonly affine: boolean;
  /** Whether running statistics are tracked for evaluation. Default true, or false for instance normalization. */
  readonly trackRunningStats: boolean;
  /** Learnable weight, [numFeatures], initialized to ones; null unless `affine`. */
  weight: Parameter | null;
  /** Learnable bias, [numFeatures], initialized to zeros; null unless `affine`. */
  bias: Parameter | null;
  /** Running mean of each channel, [numFeatures]: a buffer, initialized to zeros; null unless `trackRunningStats`. */
  declare runningMean: Tensor | null;
  /**
   * Running unbiased variance of each channel, [numFeatures]: a buffer, initialized to ones; null unless
   * `trackRunningStats`.
   */
  declare runningVar: Tensor | null;
  /** Number of batches in the running statistics, an int32 scalar: a buffer; null unless `trackRunningStats`. */
  declare numBatchesTracked: Tensor | null;

  constructor(numFeatures: number, options?: BatchNormLayerOptions) {
    super();
    const layer = this.constructor.name;
    checkInteger(layer, "numFeatures", numFeatures, 1);
    const {
      eps,
      momentum = 0.1,
      affine,
      trackRunningStats,
      ...factory
    } = settings(layer, options, {
      eps: 1e-5,
      momentum: undefined, // null means an equal mean
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

  /** Default of `affine` and `trackRunningStats`. */
  protected isFull(): boolean {
    return true;
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** Accepted numbers of input dimensions. */
  protected abstract readonly ranks: readonly number[];

  /** Resets the running statistics to mean 0 and variance 1. */
  resetRunningStats(): void {
    this.runningMean?.zero_();
    this.runningVar?.fill_(1);
    this.numBatchesTracked?.zero_();
  }

  /** Resets the running statistics, and sets the weight to one and the bias to zero. */
  resetParameters(): void {
    this.resetRunningStats();
    resetAffine(this);
  }

  /** Throws a ShapeError unless the number of input dimensions is accepted. */
  protected checkRank(input: Tensor): void {
    if (this.ranks.includes(shapeOf(this.constructor.name, input).length)) return;
    throw shapeError(this.constructor.name, `${this.ranks.join(" or ")} dimensions`, input);
  }

  /**
   * Normalizes the input and returns a tensor of the same shape. Uses the statistics of the batch in training or if
   * none are tracked, and the running statistics otherwise. Updates the running statistics in training.
   *
   * @throws ShapeError for a wrong number of dimensions or channels, and for a single value per channel in training.
   */
  forward(input: Tensor): Tensor {
    this.checkRank(input);
    const { runningMean, runningVar, weight, bias, eps } = this;
    const training = this.training || runningMean === null;
    const keep = this.training ? this.trackRunningStats : true;
    const kept = keep ? [runningMean, runningVar] : [null, null];
    const averaged = this.training && this.momentum === null ? kept.map((x) => x?.clone() ?? null) : kept;
    const [mean = null, variance = null] = averaged;
    const y = batchNorm(input, mean, variance, weight, bias, { training, momentum: this.momentum ?? 1, eps });
    if (this.training) this.numBatchesTracked?.add_(1);
    if (averaged !== kept) this.average(averaged);
    return y;
  }

  /**
   * Updates running statistics that are the equal mean over all batches, which is the case without momentum.
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
 * Batch normalization of [N, C] or [N, C, L]: normalizes each channel over the batch, or by running statistics in
 * evaluation.
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
 * Batch normalization of [N, C, H, W]: normalizes each channel over the batch, or by running statistics in evaluation.
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
 * Batch normalization of [N, C, D, H, W]: normalizes each channel over the batch, or by running statistics in
 * evaluation.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
 */
export class BatchNorm3d extends BatchNormNd {
  static override name = "BatchNorm3d";

  protected override get ranks(): readonly number[] {
    return [5];
  }
}

/** Sets a layer's weight to one and its bias to zero. */
function resetAffine({ weight, bias }: { readonly weight: Parameter | null; readonly bias: Parameter | null }): void {
  if (weight) ones_(weight);
  if (bias) zeros_(bias);
}

/** Options of `LayerNorm`. */
export interface LayerNormOptions extends FactoryOptions {
  /** Value added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether to learn a weight and a bias for each element of `normalizedShape`. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether to learn a bias as well as a weight. Default true. */
  readonly bias?: boolean;
}

/** Options of `GroupNorm`. */
export interface GroupNormOptions extends FactoryOptions {
  /** Value added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether to learn a weight and a bias for each channel. Default true. */
  readonly affine?: boolean;
}

/**
 * Layer normalization over the trailing dimensions, whose sizes are `normalizedShape`. Ba et al. 2016,
 * https://arxiv.org/abs/1607.06450
 *
 *     y = (x - mean) / √(variance + ε) · weight + bias
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 */
export class LayerNorm extends Module {
  static override name = "LayerNorm";
  static override readonly keepsNothing = true;
  /** Sizes of the trailing dimensions over which mean and variance are computed. */
  readonly normalizedShape: Shape;
  /** Value added to the variance. Default 1e-5. */
  readonly eps: number;
  /** Whether a weight and a bias are learned for each element of `normalizedShape`. Default true. */
  readonly elementwiseAffine: boolean;
  /** Learnable weight of shape `normalizedShape`, initialized to ones; null unless `elementwiseAffine`. */
  weight: Parameter | null;
  /** Learnable bias of shape `normalizedShape`, initialized to zeros; null unless `elementwiseAffine` and `bias`. */
  bias: Parameter | null;

  constructor(normalizedShape: number | Shape, options?: LayerNormOptions) {
    super();
    const { eps, elementwiseAffine, bias, ...factory } = settings("LayerNorm", options, {
      eps: 1e-5,
      elementwiseAffine: true,
      bias: true,
      ...factoryDefaults,
    });
    this.normalizedShape = [normalizedShape].flat();
    for (const size of this.normalizedShape) checkInteger("LayerNorm", "normalizedShape", size, 1);
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, factory)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape, factory)) : null;
  }

  /** Sets the weight to one and the bias to zero. */
  resetParameters(): void {
    resetAffine(this);
  }

  /**
   * Normalizes the input: [..., ...normalizedShape] → the same shape.
   *
   * @throws ShapeError when the trailing dimensions are not `normalizedShape`.
   */
  forward(input: Tensor): Tensor {
    return layerNorm(input, this.normalizedShape, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    return `${python(this.normalizedShape)}, ${fields(this, "eps", "elementwiseAffine")}`;
  }
}

/**
 * Group normalization of [N, C, ...]: normalizes groups of channels within each sample. Wu & He 2018,
 * https://arxiv.org/abs/1803.08494
 *
 *     y = (x - mean) / √(variance + ε) · weight + bias
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 *
 * @throws ArgumentError when `numChannels` is not divisible by `numGroups`.
 */
export class GroupNorm extends Module {
  static override name = "GroupNorm";
  static override readonly keepsNothing = true;
  /** Number of groups that the channels are split into. Must divide `numChannels`. */
  readonly numGroups: number;
  /** Number of channels C: the second dimension of the input. */
  readonly numChannels: number;
  /** Value added to the variance. Default 1e-5. */
  readonly eps: number;
  /** Whether a weight and a bias are learned for each channel. Default true. */
  readonly affine: boolean;
  /** Learnable weight, [numChannels], initialized to ones; null unless `affine`. */
  weight: Parameter | null;
  /** Learnable bias, [numChannels], initialized to zeros; null unless `affine`. */
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

  /** Sets the weight to one and the bias to zero. */
  resetParameters(): void {
    resetAffine(this);
  }

  /** Normalizes each group of each sample: [N, numChannels, ...] → the same shape. */
  forward(input: Tensor): Tensor {
    return groupNorm(input, this.numGroups, this.weight, this.bias, { eps: this.eps });
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, ${fields(this, "eps", "affine")}`;
  }
}
