/**
 * Pooling layers.
 */

import {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type PerDimension,
  type Tensor,
} from "@akari/tensor";
import { Module } from "./module.ts";
import { python } from "./state-name.ts";

/** Options of the maximum pooling layers. */
export type MaxPoolLayerOptions = Omit<MaxPoolOptions, "returnIndices">;

abstract class MaxPoolNd extends Module {
  readonly kernelSize: PerDimension;
  readonly options: MaxPoolLayerOptions;

  constructor(kernelSize: PerDimension, options: MaxPoolLayerOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode = false } = this.options;
    return `kernel_size=${python(this.kernelSize)}, stride=${python(stride)}, padding=${python(padding)}, dilation=${python(dilation)}, ceil_mode=${python(ceilMode)}`;
  }
}

/** The largest element of each window of [N, C, L]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html */
export class MaxPool1d extends MaxPoolNd {
  forward(input: Tensor): Tensor {
    return maxPool1d(input, this.kernelSize, this.options);
  }
}

/** The largest element of each window of [N, C, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html */
export class MaxPool2d extends MaxPoolNd {
  forward(input: Tensor): Tensor {
    return maxPool2d(input, this.kernelSize, this.options);
  }
}

/** The largest element of each window of [N, C, D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html */
export class MaxPool3d extends MaxPoolNd {
  forward(input: Tensor): Tensor {
    return maxPool3d(input, this.kernelSize, this.options);
  }
}

abstract class AvgPoolNd extends Module {
  readonly kernelSize: PerDimension;
  readonly options: AvgPoolOptions;

  constructor(kernelSize: PerDimension, options: AvgPoolOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    return `kernel_size=${python(this.kernelSize)}, stride=${python(stride)}, padding=${python(padding)}`;
  }
}

/** The mean of each window of [N, C, L]. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html */
export class AvgPool1d extends AvgPoolNd {
  forward(input: Tensor): Tensor {
    return avgPool1d(input, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    const tuple = (value: PerDimension) => python(typeof value === "number" ? [value] : value);
    return `kernel_size=${tuple(this.kernelSize)}, stride=${tuple(stride)}, padding=${tuple(padding)}`;
  }
}

/** The mean of each window of [N, C, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html */
export class AvgPool2d extends AvgPoolNd {
  forward(input: Tensor): Tensor {
    return avgPool2d(input, this.kernelSize, this.options);
  }
}

/** The mean of each window of [N, C, D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html */
export class AvgPool3d extends AvgPoolNd {
  forward(input: Tensor): Tensor {
    return avgPool3d(input, this.kernelSize, this.options);
  }
}
