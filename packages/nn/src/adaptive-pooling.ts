/**
 * Adaptive pooling layers, which are given the size of the output instead of that of the window, and power-average
 * pooling layers.
 */

import {
  type AdaptiveMaxPool,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  lpPool1d,
  lpPool2d,
  type PerDimension,
  type PoolOptions,
  settings,
  type Tensor,
} from "@akari/tensor";
import { Module } from "./module.ts";
import type { MaxPooled, MaxPoolLayerOptions } from "./pooling.ts";
import { fields } from "./state-name.ts";

/**
 * Spatial sizes of an output: one number for all dimensions, or one per dimension. null keeps the size of the input.
 */
export type AdaptiveSize = number | readonly (number | null)[];

abstract class AdaptivePool<Pooled> extends Module {
  /**
   * Spatial sizes of the output: one number for all dimensions, or one per dimension. null keeps the size of the input.
   */
  readonly outputSize: AdaptiveSize;

  constructor(outputSize: AdaptiveSize) {
    super();
    this.outputSize = outputSize;
  }

  abstract override forward(input: Tensor): Pooled;

  override extraRepr(): string {
    return fields(this, "outputSize");
  }
}

/**
 * 1-D adaptive average pooling: means of windows of [N, C, L], as many as `outputSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 */
export class AdaptiveAvgPool1d extends AdaptivePool<Tensor> {
  static override name = "AdaptiveAvgPool1d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, L] → [N, C, outputSize]. Output `i` is the mean of the elements from ⌊i·L / outputSize⌋
   * to ⌈(i + 1)·L / outputSize⌉ - 1. N is optional.
   */
  forward(input: Tensor): Tensor {
    return adaptiveAvgPool1d(input, this.outputSize);
  }
}

/**
 * 2-D adaptive average pooling: means of windows of [N, C, H, W], as many as `outputSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export class AdaptiveAvgPool2d extends AdaptivePool<Tensor> {
  static override name = "AdaptiveAvgPool2d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, H, W] → [N, C, ...outputSize]. The windows are evenly spaced and may overlap. N is
   * optional.
   */
  forward(input: Tensor): Tensor {
    return adaptiveAvgPool2d(input, this.outputSize);
  }
}

/**
 * 3-D adaptive average pooling: means of windows of [N, C, D, H, W], as many as `outputSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html
 */
export class AdaptiveAvgPool3d extends AdaptivePool<Tensor> {
  static override name = "AdaptiveAvgPool3d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, D, H, W] → [N, C, ...outputSize]. The windows are evenly spaced and may overlap. N is
   * optional.
   */
  forward(input: Tensor): Tensor {
    return adaptiveAvgPool3d(input, this.outputSize);
  }
}

/** Options of the adaptive max pooling layers. `I` is the type of `returnIndices`. */
export type AdaptiveMaxPoolLayerOptions<I extends boolean = boolean> = Pick<MaxPoolLayerOptions<I>, "returnIndices">;

abstract class AdaptiveMaxPoolNd<I extends boolean> extends AdaptivePool<MaxPooled<I>> {
  /** Options of the pooling, with defaults filled in. */
  readonly options: Required<AdaptiveMaxPoolLayerOptions>;

  constructor(outputSize: AdaptiveSize, options?: AdaptiveMaxPoolLayerOptions<I>) {
    super(outputSize);
    this.options = settings<AdaptiveMaxPoolLayerOptions, Required<AdaptiveMaxPoolLayerOptions>>(
      this.constructor.name,
      options,
      { returnIndices: false },
    );
  }

  /** Applies a pooling function with the layer's output size and options. */
  protected pooled(pool: AdaptiveMaxPool, input: Tensor): MaxPooled<I> {
    // safe: `I` is the type of the option
    return pool(input, this.outputSize, this.options as { readonly returnIndices?: false }) as MaxPooled<I>;
  }
}

/**
 * 1-D adaptive max pooling: maxima of windows of [N, C, L], as many as `outputSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 */
export class AdaptiveMaxPool1d<I extends boolean = false> extends AdaptiveMaxPoolNd<I> {
  static override name = "AdaptiveMaxPool1d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, L] → [N, C, outputSize]. Output `i` is the maximum of the elements from ⌊i·L /
   * outputSize⌋ to ⌈(i + 1)·L / outputSize⌉ - 1. N is optional. Also returns the indices with `returnIndices`.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(adaptiveMaxPool1d, input);
  }
}

/**
 * 2-D adaptive max pooling: maxima of windows of [N, C, H, W], as many as `outputSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
 */
export class AdaptiveMaxPool2d<I extends boolean = false> extends AdaptiveMaxPoolNd<I> {
  static override name = "AdaptiveMaxPool2d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, H, W] → [N, C, ...outputSize]. The windows are evenly spaced and may overlap. N is
   * optional. Also returns the indices with `returnIndices`.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(adaptiveMaxPool2d, input);
  }
}

/**
 * 3-D adaptive max pooling: maxima of windows of [N, C, D, H, W], as many as `outputSize`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html
 */
export class AdaptiveMaxPool3d<I extends boolean = false> extends AdaptiveMaxPoolNd<I> {
  static override name = "AdaptiveMaxPool3d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, D, H, W] → [N, C, ...outputSize]. The windows are evenly spaced and may overlap. N is
   * optional. Also returns the indices with `returnIndices`.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(adaptiveMaxPool3d, input);
  }
}

/** Options of the power-average pooling layers. */
export type LPPoolLayerOptions = Pick<PoolOptions, "stride" | "ceilMode">;

abstract class LPPoolNd extends Module {
  /** Exponent p: 1 gives sums; large values approach the maximum. */
  readonly normType: number;
  /** Size of the window: one number for all dimensions, or one per dimension. */
  readonly kernelSize: PerDimension;
  /**
   * Stride of the window, by default its size, and `ceilMode`: whether to add a last, partial window (default false).
   */
  readonly options: LPPoolLayerOptions;

  constructor(normType: number, kernelSize: PerDimension, options?: LPPoolLayerOptions) {
    super();
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.options = settings(this.constructor.name, options, { stride: undefined, ceilMode: false });
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    const { stride = null, ceilMode = false } = this.options;
    return fields({ normType: this.normType, kernelSize: this.kernelSize, stride, ceilMode });
  }
}

/**
 * 1-D power-average pooling: `(Σ xᵖ)^(1/p)` of each window of [N, C, L].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
 */
export class LPPool1d extends LPPoolNd {
  static override name = "LPPool1d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, L] → [N, C, L'] with L' = ⌊(L - kernelSize) / stride⌋ + 1, rounded up with `ceilMode`.
   */
  forward(input: Tensor): Tensor {
    return lpPool1d(input, this.normType, this.kernelSize, this.options);
  }
}

/**
 * 2-D power-average pooling: `(Σ xᵖ)^(1/p)` of each window of [N, C, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
 */
export class LPPool2d extends LPPoolNd {
  static override name = "LPPool2d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, H, W] → [N, C, H', W'] with H' = ⌊(H - kernelSize) / stride⌋ + 1, rounded up with
   * `ceilMode`, and likewise W'.
   */
  forward(input: Tensor): Tensor {
    return lpPool2d(input, this.normType, this.kernelSize, this.options);
  }
}
