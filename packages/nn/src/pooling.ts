/**
 * Pooling layers.
 */

import {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type MaxPool,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type PerDimension,
  type PoolOptions,
  settings,
  type Tensor,
} from "@akari/tensor";
import {
  type FractionalPool,
  type FractionalPoolOptions,
  fractionalMaxPool2d,
  fractionalMaxPool3d,
  fractionalSizes,
} from "./functional/fractional-pool.ts";
import { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from "./functional/unpool.ts";
import { Module } from "./module.ts";
import { fields } from "./state-name.ts";

/** Options of the maximum pooling layers. `I` says whether they also return indices. */
export interface MaxPoolLayerOptions<I extends boolean = boolean> extends Omit<MaxPoolOptions, "returnIndices"> {
  /**
   * Also return where the largest elements stand, counted in row-major order within each channel, as int32. Default
   * false.
   */
  readonly returnIndices?: I;
}

/** What a maximum pooling layer returns: the values, or with `returnIndices` the values and where they stand. */
export type MaxPooled<I extends boolean> = I extends true ? [Tensor, Tensor] : Tensor;

abstract class MaxPoolNd<I extends boolean> extends Module {
  /** The sizes of the window: one for all dimensions, or one for each. */
  readonly kernelSize: PerDimension;
  /**
   * The stride, by default the window's size, padding and dilation, `ceilMode` and `returnIndices`, as the constructor
   * got them.
   */
  readonly options: Required<MaxPoolLayerOptions>;

  constructor(kernelSize: PerDimension, options: MaxPoolLayerOptions<I> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = settings<MaxPoolLayerOptions, Required<MaxPoolLayerOptions>>(this.constructor.name, options, {
      stride: kernelSize,
      padding: 0,
      dilation: 1,
      ceilMode: false,
      returnIndices: false,
    });
  }

  abstract override forward(input: Tensor): MaxPooled<I>;

  /** The pooling of `forward` by a function, with the layer's own window and options. */
  protected pooled(pool: MaxPool, input: Tensor): MaxPooled<I> {
    // safe: `I` is what the options say
    return pool(input, this.kernelSize, this.options as { readonly returnIndices?: false }) as MaxPooled<I>;
  }

  override extraRepr(): string {
    const { stride, padding, dilation, ceilMode } = this.options;
    return fields({ kernelSize: this.kernelSize, stride, padding, dilation, ceilMode });
  }
}

/**
 * The largest element of each window of [N, C, L]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 */
export class MaxPool1d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool1d";

  /**
   * [N, C, L] → [N, C, L'] with L' = ⌊(L + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1 (rounded up with
   * `ceilMode`), or both without N; with `returnIndices` also where the maxima stood.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool1d, input);
  }
}

/**
 * The largest element of each window of [N, C, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export class MaxPool2d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool2d";

  /**
   * [N, C, H, W] → [N, C, H', W'] with H' = ⌊(H + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1 (rounded up
   * with `ceilMode`), W' alike, or both without N; with `returnIndices` also where the maxima stood.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool2d, input);
  }
}

/**
 * The largest element of each window of [N, C, D, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html
 */
export class MaxPool3d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool3d";

  /**
   * [N, C, D, H, W] → [N, C, D', H', W'] with D' = ⌊(D + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1
   * (rounded up with `ceilMode`), the others alike, or both without N; with `returnIndices` also where the maxima
   * stood.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool3d, input);
  }
}

abstract class MaxUnpoolNd extends Module {
  /** The sizes of the window that the pooling had: one for all dimensions, or one for each. */
  readonly kernelSize: PerDimension;
  /** The stride that the pooling had, by default the window's size, and its padding, by default 0. */
  readonly options: Required<Omit<MaxUnpoolOptions, "outputSize">>;

  constructor(kernelSize: PerDimension, options: Omit<MaxUnpoolOptions, "outputSize"> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = settings(this.constructor.name, options, { stride: kernelSize, padding: 0 });
  }

  /** How many spatial dimensions there are. */
  protected abstract readonly dims: number;

  abstract override forward(input: Tensor, indices: Tensor, outputSize?: readonly number[] | null): Tensor;

  override extraRepr(): string {
    const { stride, padding } = this.options;
    const tuple = (value: PerDimension) =>
      typeof value === "number" ? new Array<number>(this.dims).fill(value) : value;
    return fields({ kernelSize: tuple(this.kernelSize), stride: tuple(stride), padding: tuple(padding) });
  }
}

/**
 * The values of a `MaxPool1d` with `returnIndices` put back where they stood, zeros elsewhere. `outputSize` chooses
 * among the sizes that the pooling may have had.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 */
export class MaxUnpool1d extends MaxUnpoolNd {
  static override name = "MaxUnpool1d";
  /** One spatial dimension. */
  protected readonly dims = 1;

  /**
   * Values and indices [N, C, L] → [N, C, L'] with L' = (L - 1)·stride - 2·padding + kernelSize unless `outputSize`
   * says otherwise, or all without N.
   */
  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool1d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/** The same for `MaxPool2d`. https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html */
export class MaxUnpool2d extends MaxUnpoolNd {
  static override name = "MaxUnpool2d";
  /** Two spatial dimensions. */
  protected readonly dims = 2;

  /**
   * Values and indices [N, C, H, W] → [N, C, H', W'] with H' = (H - 1)·stride - 2·padding + kernelSize, W' alike,
   * unless `outputSize` says otherwise, or all without N.
   */
  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool2d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/** The same for `MaxPool3d`. https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html */
export class MaxUnpool3d extends MaxUnpoolNd {
  static override name = "MaxUnpool3d";
  /** Three spatial dimensions. */
  protected readonly dims = 3;

  /**
   * Values and indices [N, C, D, H, W] → [N, C, D', H', W'] with D' = (D - 1)·stride - 2·padding + kernelSize, the
   * others alike, unless `outputSize` says otherwise, or all without N.
   */
  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool3d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

abstract class FractionalMaxPoolNd<I extends boolean> extends Module {
  /** The sizes of the window: one for all dimensions, or one for each. */
  readonly kernelSize: PerDimension;
  /**
   * The sizes of the result, or their share of the input's, `returnIndices` and `randomSamples`, as the constructor got
   * them.
   */
  readonly options: FractionalPoolLayerOptions<I>;

  constructor(layer: string, dims: number, kernelSize: PerDimension, options: FractionalPoolLayerOptions<I>) {
    super();
    fractionalSizes(layer, dims, options);
    this.kernelSize = kernelSize;
    this.options = options;
  }

  abstract override forward(input: Tensor): MaxPooled<I>;

  /** The pooling of `forward` by a function, with the layer's own window and options. */
  protected pooled(pool: FractionalPool, input: Tensor): MaxPooled<I> {
    // safe: `I` is what the options say
    return pool(input, this.kernelSize, this.options as { readonly returnIndices?: false }) as MaxPooled<I>;
  }
}

/** Options of the fractional pooling layers. `I` says whether they also return indices. */
export interface FractionalPoolLayerOptions<I extends boolean = boolean>
  extends Omit<FractionalPoolOptions, "returnIndices"> {
  /**
   * Also return where the largest elements stand, counted in row-major order within each channel, as int32. Default
   * false.
   */
  readonly returnIndices?: I;
}

/**
 * The largest elements of windows of [N, C, H, W] that begin at random places, as many as `outputSize` or `outputRatio`
 * say.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
 *
 * @throws ArgumentError unless one of `outputSize` and `outputRatio` is given.
 * @example
 * const shrink = new FractionalMaxPool2d(2, { outputRatio: 0.7 });
 */
export class FractionalMaxPool2d<I extends boolean = false> extends FractionalMaxPoolNd<I> {
  static override name = "FractionalMaxPool2d";

  constructor(kernelSize: PerDimension, options: FractionalPoolLayerOptions<I> = {}) {
    super("FractionalMaxPool2d", 2, kernelSize, options);
  }

  /**
   * [N, C, H, W] → [N, C, ...outputSize], or ⌊H · outputRatio⌋ and so on, or both without N; with `returnIndices` also
   * where the maxima stood.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(fractionalMaxPool2d, input);
  }
}

/** The same for [N, C, D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html */
export class FractionalMaxPool3d<I extends boolean = false> extends FractionalMaxPoolNd<I> {
  static override name = "FractionalMaxPool3d";

  constructor(kernelSize: PerDimension, options: FractionalPoolLayerOptions<I> = {}) {
    super("FractionalMaxPool3d", 3, kernelSize, options);
  }

  /**
   * [N, C, D, H, W] → [N, C, ...outputSize], or ⌊D · outputRatio⌋ and so on, or both without N; with `returnIndices`
   * also where the maxima stood.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(fractionalMaxPool3d, input);
  }
}

abstract class AvgPoolNd extends Module {
  /** The sizes of the window: one for all dimensions, or one for each. */
  readonly kernelSize: PerDimension;
  /** The stride, by default the window's size, the padding, and what a mean divides by, as the constructor got them. */
  readonly options: AvgPoolOptions & Required<PoolOptions>;

  constructor(kernelSize: PerDimension, options: AvgPoolOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = settings(this.constructor.name, options, {
      stride: kernelSize,
      padding: 0,
      ceilMode: false,
      countIncludePad: true,
      divisorOverride: undefined,
    });
  }

  abstract override forward(input: Tensor): Tensor;

  override extraRepr(): string {
    const { stride, padding } = this.options;
    return fields({ kernelSize: this.kernelSize, stride, padding });
  }
}

/** The mean of each window of [N, C, L]. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html */
export class AvgPool1d extends AvgPoolNd {
  static override name = "AvgPool1d";

  /**
   * [N, C, L] → [N, C, L'] with L' = ⌊(L + 2·padding - kernelSize) / stride⌋ + 1 (rounded up with `ceilMode`), or both
   * without N.
   */
  forward(input: Tensor): Tensor {
    return avgPool1d(input, this.kernelSize, this.options);
  }

  /** Window, stride and padding, each as a tuple: `kernel_size=(3,), stride=(2,), padding=(0,)`. */
  override extraRepr(): string {
    const { stride, padding } = this.options;
    const tuple = (value: PerDimension) => (typeof value === "number" ? [value] : value);
    return fields({ kernelSize: tuple(this.kernelSize), stride: tuple(stride), padding: tuple(padding) });
  }
}

/** The mean of each window of [N, C, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html */
export class AvgPool2d extends AvgPoolNd {
  static override name = "AvgPool2d";

  /**
   * [N, C, H, W] → [N, C, H', W'] with H' = ⌊(H + 2·padding - kernelSize) / stride⌋ + 1 (rounded up with `ceilMode`),
   * W' alike, or both without N.
   */
  forward(input: Tensor): Tensor {
    return avgPool2d(input, this.kernelSize, this.options);
  }
}

/** The mean of each window of [N, C, D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html */
export class AvgPool3d extends AvgPoolNd {
  static override name = "AvgPool3d";

  /**
   * [N, C, D, H, W] → [N, C, D', H', W'] with D' = ⌊(D + 2·padding - kernelSize) / stride⌋ + 1 (rounded up with
   * `ceilMode`), the others alike, or both without N.
   */
  forward(input: Tensor): Tensor {
    return avgPool3d(input, this.kernelSize, this.options);
  }
}
