/**
 * Instance normalization, local response normalization and root mean square normalization.
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
 * Options of the instance normalization layers. `affine` and `trackRunningStats` are false by default.
 */
export interface InstanceNormLayerOptions extends Omit<BatchNormLayerOptions, "momentum"> {
  /** Weight of a batch's statistics in the update of the running statistics. Default 0.1. */
  readonly momentum?: number;
}

abstract class InstanceNormNd extends BatchNormNd {
  static override readonly keepsNothing = true;
  constructor(numFeatures: number, options?: InstanceNormLayerOptions) {
    super(numFeatures, options);
  }

  protected override isFull(): boolean {
    return false;
  }

  /**
   * Normalizes each channel of each sample over its positions, or by tracked running statistics in evaluation. Returns
   * a tensor of the same shape.
   *
   * @throws ShapeError for a wrong number of dimensions, and for a single position.
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
 * Instance normalization of [N, C, L] or [C, L]: normalizes each channel of each sample over its positions.
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
 * Instance normalization of [N, C, H, W] or [C, H, W]: normalizes each channel of each sample over its positions.
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
 * Instance normalization of [N, C, D, H, W] or [C, D, H, W]: normalizes each channel of each sample over its positions.
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
 * Local response normalization of [N, C, ...] over `size` neighboring channels: `x / (k + α · mean(x²))ᵝ`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 */
export class LocalResponseNorm extends Module {
  static override name = "LocalResponseNorm";
  static override readonly keepsNothing = true;
  /** Number of neighboring channels, including the element's own. */
  readonly size: number;
  /** Factor α of the mean square. Default 1e-4. */
  readonly alpha: number;
  /** Exponent β of the divisor. Default 0.75. */
  readonly beta: number;
  /** Constant k added to the divisor. Default 1. */
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

  /** Normalizes the input: [N, C, ...] → [N, C, ...]. Channels are padded with zeros at both ends. */
  forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, { alpha: this.alpha, beta: this.beta, k: this.k });
  }

  override extraRepr(): string {
    return `${this.size}, ${fields(this, "alpha", "beta")}, k=${float(this.k)}`;
  }
}

/** Options of `RMSNorm`. */
export interface RMSNormLayerOptions extends FactoryOptions {
  /** Value added to the mean square, or null for the machine epsilon of the input's dtype. Default null. */
  readonly eps?: number | null;
  /** Whether to learn a weight. Default true. */
  readonly elementwiseAffine?: boolean;
}

/**
 * Root mean square normalization over the trailing dimensions, whose sizes are `normalizedShape`:
 * `x / √(mean(x²) + ε) · weight`. Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.modules.normalization.RMSNorm.html
 */
export class RMSNorm extends Module {
  static override name = "RMSNorm";
  static override readonly keepsNothing = true;
  /** Sizes of the trailing dimensions over which the mean square is computed. */
  readonly normalizedShape: Shape;
  /** Value added to the mean square, or null for the machine epsilon of the input's dtype. Default null. */
  readonly eps: number | null;
  /** Whether a weight is learned. Default true. */
  readonly elementwiseAffine: boolean;
  /** Learnable weight of shape `normalizedShape`, initialized to ones; null unless `elementwiseAffine`. */
  weight: Parameter | null;

  constructor(normalizedShape: number | Shape, options?: RMSNormLayerOptions) {
    super();
    const { eps, elementwiseAffine, ...factory } = settings("RMSNorm", options, {
      eps: null,
      elementwiseAffine: true,
      ...factoryDefaults,
    });
    this.normalizedShape = [normalizedShape].flat();
    for (const size of this.normalizedShape) checkInteger("RMSNorm", "normalizedShape", size, 1);
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, factory)) : null;
  }

  /** Resets the weight to ones. */
  resetParameters(): void {
    if (this.weight) ones_(this.weight);
  }

  /**
   * Normalizes the input: [..., ...normalizedShape] → the same shape.
   *
   * @throws ShapeError when the trailing dimensions are not `normalizedShape`.
   */
  forward(input: Tensor): Tensor {
    return rmsNorm(input, this.normalizedShape, this.weight, this.eps === null ? {} : { eps: this.eps });
  }

  override extraRepr(): string {
    return `${python(this.normalizedShape)}, ${fields(this, "eps", "elementwiseAffine")}`;
  }
}
