/**
 * Adaptive pooling layers, which are told the size of the result instead of the window's, and pooling by a power mean.
 */

import {
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
import { fields } from "./state-name.ts";

/** The spatial sizes of a result: one for all, or one for each dimension, null keeping the input's. */
export type AdaptiveSize = number | readonly (number | null)[];

abstract class AdaptivePool extends Module {
  /** The spatial sizes of the result: one for all, or one for each dimension, null keeping the input's. */
  readonly outputSize: AdaptiveSize;

  constructor(outputSize: AdaptiveSize) {
    super();
    this.outputSize = outputSize;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    return fields(this, "outputSize");
  }
}

/**
 * Means of windows of [N, C, L] so that `outputSize` are left.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  static override name = "AdaptiveAvgPool1d";

  /**
   * [N, C, L] → [N, C, outputSize], or both without N: result `i` is the mean of the elements from ⌊i·L / outputSize⌋
   * up to ⌈(i + 1)·L / outputSize⌉, which is left out.
   */
  forward(input: Tensor): Tensor {
    return adaptiveAvgPool1d(input, this.outputSize);
  }
}

/**
 * Means of windows of [N, C, H, W] so that `outputSize` are left.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  static override name = "AdaptiveAvgPool2d";

  /**
   * [N, C, H, W] → [N, C, ...outputSize], or both without N: means over windows that are spread evenly and may overlap.
   */
  forward(input: Tensor): Tensor {
    return adaptiveAvgPool2d(input, this.outputSize);
  }
}

/**
 * Means of windows of [N, C, D, H, W] so that `outputSize` are left.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html
 */
export class AdaptiveAvgPool3d extends AdaptivePool {
  static override name = "AdaptiveAvgPool3d";

  /**
   * [N, C, D, H, W] → [N, C, ...outputSize], or both without N: means over windows that are spread evenly and may
   * overlap.
   */
  forward(input: Tensor): Tensor {
    return adaptiveAvgPool3d(input, this.outputSize);
  }
}

/**
 * Maxima of windows of [N, C, L] so that `outputSize` are left.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 */
export class AdaptiveMaxPool1d extends AdaptivePool {
  static override name = "AdaptiveMaxPool1d";

  /**
   * [N, C, L] → [N, C, outputSize], or both without N: the largest of the elements from ⌊i·L / outputSize⌋ up to ⌈(i +
   * 1)·L / outputSize⌉, which is left out.
   */
  forward(input: Tensor): Tensor {
    return adaptiveMaxPool1d(input, this.outputSize);
  }
}

/**
 * Maxima of windows of [N, C, H, W] so that `outputSize` are left.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
 */
export class AdaptiveMaxPool2d extends AdaptivePool {
  static override name = "AdaptiveMaxPool2d";

  /**
   * [N, C, H, W] → [N, C, ...outputSize], or both without N: maxima over windows that are spread evenly and may
   * overlap.
   */
  forward(input: Tensor): Tensor {
    return adaptiveMaxPool2d(input, this.outputSize);
  }
}

/**
 * Maxima of windows of [N, C, D, H, W] so that `outputSize` are left.
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html
 */
export class AdaptiveMaxPool3d extends AdaptivePool {
  static override name = "AdaptiveMaxPool3d";

  /**
   * [N, C, D, H, W] → [N, C, ...outputSize], or both without N: maxima over windows that are spread evenly and may
   * overlap.
   */
  forward(input: Tensor): Tensor {
    return adaptiveMaxPool3d(input, this.outputSize);
  }
}

/** Options of the power pooling layers. */
export type LPPoolLayerOptions = Pick<PoolOptions, "stride" | "ceilMode">;

abstract class LPPoolNd extends Module {
  /** The power `p`: 1 for sums, towards infinity for maxima. */
  readonly normType: number;
  /** The sizes of the window: one for all dimensions, or one for each. */
  readonly kernelSize: PerDimension;
  /**
   * The steps of the window, by default its own size, and `ceilMode`: whether a last window that is not filled counts,
   * by default not.
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

/** `(Σ xᵖ)^(1/p)` of each window of [N, C, L]. https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html */
export class LPPool1d extends LPPoolNd {
  static override name = "LPPool1d";

  /** [N, C, L] → [N, C, L'] with L' = ⌊(L - kernelSize) / stride⌋ + 1 (rounded up with `ceilMode`). */
  forward(input: Tensor): Tensor {
    return lpPool1d(input, this.normType, this.kernelSize, this.options);
  }
}

/** `(Σ xᵖ)^(1/p)` of each window of [N, C, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html */
export class LPPool2d extends LPPoolNd {
  static override name = "LPPool2d";

  /**
   * [N, C, H, W] → [N, C, H', W'] with H' = ⌊(H - kernelSize) / stride⌋ + 1 (rounded up with `ceilMode`), and W' alike.
   */
  forward(input: Tensor): Tensor {
    return lpPool2d(input, this.normType, this.kernelSize, this.options);
  }
}
