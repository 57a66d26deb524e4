/**
 * Normalisation of each sample by itself, channel by channel, and by neighbouring channels; and by the root mean
 * square.
 */

import {
  checkInteger,
  instanceNorm,
  type LocalResponseOptions,
  localResponseNorm,
  ones,
  rmsNorm,
  type Shape,
  settings,
  type Tensor,
} from "@akari/tensor";
import { factoryDefaults } from "./arguments.ts";
import { ones_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { type BatchNormLayerOptions, BatchNormNd } from "./norm.ts";
import { Parameter } from "./parameter.ts";
import { fields, float, python } from "./state-name.ts";

/**
 * Options of the instance normalisation layers: as for batch normalisation, but neither affine nor with running
 * statistics by default.
 */
export interface InstanceNormLayerOptions extends Omit<BatchNormLayerOptions, "momentum"> {
  /** How much of a batch's statistics goes into the running ones. Default 0.1. */
  readonly momentum?: number;
}

abstract class InstanceNormNd extends BatchNormNd {
  constructor(numFeatures: number, options?: InstanceNormLayerOptions) {
    super(numFeatures, options);
  }

  protected override isFull(): boolean {
    return false;
  }

  /**
   * The same shape, each channel of each sample by its own mean and variance over the positions; in evaluation by the
   * running ones, if they are tracked. Throws a ShapeError for another number of dimensions, or one position only.
   */
  override forward(input: Tensor): Tensor {
    this.checkRank(input);
    if (input.ndim < Math.max(...this.ranks)) return this.normalize(input.unsqueeze(0)).squeeze(0);
    return this.normalize(input);
  }

  private normalize(input: Tensor): Tensor {
    const { runningMean, runningVar, weight, bias, eps } = this;
    const useInputStats = this.training || !this.trackRunningStats;
    return instanceNorm(input, runningMean, runningVar, weight, bias, {
      useInputStats,
      momentum: this.momentum ?? 0.1,
      eps,
    });
  }
}

/**
 * Normalises each channel of each sample of [N, C, L] (or [C, L]) by itself.
 *
 *     y = (x - mean) / √(variance + ε) · weight + bias
 *
 * Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
 */
export class InstanceNorm1d extends InstanceNormNd {
  static override name = "InstanceNorm1d";

  protected override get ranks(): readonly number[] {
    return [2, 3];
  }
}

/**
 * Normalises each channel of each sample of [N, C, H, W] (or [C, H, W]) by itself.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html
 */
export class InstanceNorm2d extends InstanceNormNd {
  static override name = "InstanceNorm2d";

  protected override get ranks(): readonly number[] {
    return [3, 4];
  }
}

/**
 * Normalises each channel of each sample of [N, C, D, H, W] (or [C, D, H, W]) by itself.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html
 */
export class InstanceNorm3d extends InstanceNormNd {
  static override name = "InstanceNorm3d";

  protected override get ranks(): readonly number[] {
    return [4, 5];
  }
}

/**
 * Divides each element by what `size` neighbouring channels hold: `x / (k + α · mean of x²)ᵝ`. Input [N, C, ...].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 */
export class LocalResponseNorm extends Module {
  static override name = "LocalResponseNorm";
  /** How many neighbouring channels count, the element's own included. */
  readonly size: number;
  /** How much the neighbours' mean square counts. Default 1e-4. */
  readonly alpha: number;
  /** The power of what is divided by. Default 0.75. */
  readonly beta: number;
  /** What is divided by where all is 0; keeps it away from 0. Default 1. */
  readonly k: number;

  constructor(size: number, options?: LocalResponseOptions) {
    super();
    checkInteger("LocalResponseNorm", "size", size, 1);
    this.size = size;
    const { alpha, beta, k } = settings("LocalResponseNorm", options, { alpha: 1e-4, beta: 0.75, k: 1 });
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  /** [N, C, ...] → [N, C, ...]. Beyond the first and the last channel there are zeros. */
  forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, { alpha: this.alpha, beta: this.beta, k: this.k });
  }

  override extraRepr(): string {
    return `${this.size}, ${fields(this, "alpha", "beta")}, k=${float(this.k)}`;
  }
}

/** Options of `RMSNorm`. */
export interface RMSNormLayerOptions extends FactoryOptions {
  /** Added to the mean square; null for the spacing of the dtype's numbers at one. Default null. */
  readonly eps?: number | null;
  /** Whether a weight is learned. Default true. */
  readonly elementwiseAffine?: boolean;
}

/**
 * Divides by the root mean square over the last dimensions, whose sizes are `normalizedShape`:
 * `x / √(mean(x²) + ε) · weight`. Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.modules.normalization.RMSNorm.html
 */
export class RMSNorm extends Module {
  static override name = "RMSNorm";
  /** The last sizes of the input, over which the mean square is taken. */
  readonly normalizedShape: Shape;
  /** Added to the mean square; null for the spacing of the input dtype's numbers at 1. Default null. */
  readonly eps: number | null;
  /** Whether a weight is learned. Default true. */
  readonly elementwiseAffine: boolean;
  /**
   * A factor for each element of `normalizedShape`, which is its shape; starts as ones, null unless
   * `elementwiseAffine`.
   */
  weight: Parameter | null;

  constructor(normalizedShape: number | Shape, options?: RMSNormLayerOptions) {
    super();
    const { eps, elementwiseAffine, ...factory } = settings("RMSNorm", options, {
      eps: null,
      elementwiseAffine: true,
      ...factoryDefaults,
    });
    this.normalizedShape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
    for (const size of this.normalizedShape) checkInteger("RMSNorm", "normalizedShape", size, 1);
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, factory)) : null;
  }

  /** Sets the weight to one. */
  resetParameters(): void {
    if (this.weight) ones_(this.weight);
  }

  /** [..., ...normalizedShape] → the same shape. Throws a ShapeError when the last sizes are others. */
  forward(input: Tensor): Tensor {
    return rmsNorm(input, this.normalizedShape, this.weight, this.eps === null ? {} : { eps: this.eps });
  }

  override extraRepr(): string {
    return `${python(this.normalizedShape)}, ${fields(this, "eps", "elementwiseAffine")}`;
  }
}
