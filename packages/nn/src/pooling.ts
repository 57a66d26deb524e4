/**
 * Max pooling, its inverse, fractional max pooling and average pooling, as layers.
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

/** Options of the max pooling layers. `I` is the type of `returnIndices`. */
export interface MaxPoolLayerOptions<I extends boolean = boolean> extends Omit<MaxPoolOptions, "returnIndices"> {
  /**
   * Whether to also return the positions of the maxima as int32, in row-major order within each channel. Default false.
   */
  readonly returnIndices?: I;
}

/** Result of a max pooling layer: the values, or values and indices with `returnIndices`. */
export type MaxPooled<I extends boolean> = I extends true ? [Tensor, Tensor] : Tensor;

abstract class MaxPoolNd<I extends boolean> extends Module {
  /** Size of the window: one number for all dimensions, or one per dimension. */
  readonly kernelSize: PerDimension;
  /** Options of the pooling, with defaults filled in. The stride defaults to the kernel size. */
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

  /** Applies a pooling function with the layer's kernel size and options. */
  protected pooled(pool: MaxPool, input: Tensor): MaxPooled<I> {
    // safe: `I` is the type of the option
    return pool(input, this.kernelSize, this.options as { readonly returnIndices?: false }) as MaxPooled<I>;
  }

  override extraRepr(): string {
    const { stride, padding, dilation, ceilMode } = this.options;
    return fields({ kernelSize: this.kernelSize, stride, padding, dilation, ceilMode });
  }
}

/**
 * 1-D max pooling: the maximum of each window of [N, C, L].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 */
export class MaxPool1d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool1d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, L] → [N, C, L'] with L' = ⌊(L + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ +
   * 1, rounded up with `ceilMode`. N is optional. Also returns the indices with `returnIndices`.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool1d, input);
  }
}

/**
 * 2-D max pooling: the maximum of each window of [N, C, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export class MaxPool2d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool2d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, H, W] → [N, C, H', W'] with H' = ⌊(H + 2·padding - dilation·(kernelSize - 1) - 1) /
   * stride⌋ + 1, rounded up with `ceilMode`, and likewise W'. N is optional. Also returns the indices with
   * `returnIndices`.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool2d, input);
  }
}

/**
 * 3-D max pooling: the maximum of each window of [N, C, D, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html
 */
export class MaxPool3d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool3d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, D, H, W] → [N, C, D', H', W']. N is optional. Also returns the indices with
   * `returnIndices`. H' and W' follow from H and W as D' from D, rounded up with `ceilMode`.
   *
   *     D' = ⌊(D + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool3d, input);
  }
}

abstract class MaxUnpoolNd extends Module {
  /** Size of the pooling window: one number for all dimensions, or one per dimension. */
  readonly kernelSize: PerDimension;
  /** Stride of the pooling, by default the kernel size, and its padding, by default 0. */
  readonly options: Required<Omit<MaxUnpoolOptions, "outputSize">>;

  constructor(kernelSize: PerDimension, options: Omit<MaxUnpoolOptions, "outputSize"> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = settings(this.constructor.name, options, { stride: kernelSize, padding: 0 });
  }

  /** Number of spatial dimensions. */
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
 * Inverse of `MaxPool1d`: puts its values back in their original positions, with zeros elsewhere. Requires the indices
 * that `returnIndices` adds.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 */
export class MaxUnpool1d extends MaxUnpoolNd {
  static override name = "MaxUnpool1d";
  /** One spatial dimension. */
  protected readonly dims = 1;

  /**
   * Puts values back in their positions: input and indices [N, C, L] → [N, C, L']. N is optional. `outputSize` selects
   * another size with the same pooled size.
   *
   *     L' = (L - 1)·stride - 2·padding + kernelSize
   */
  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool1d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/**
 * Inverse of `MaxPool2d`: puts its values back in their original positions.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 */
export class MaxUnpool2d extends MaxUnpoolNd {
  static override name = "MaxUnpool2d";
  /** Two spatial dimensions. */
  protected readonly dims = 2;

  /**
   * Puts values back in their positions: input and indices [N, C, H, W] → [N, C, H', W'] with H' = (H - 1)·stride -
   * 2·padding + kernelSize and likewise W', unless `outputSize` selects other sizes with the same pooled size. N is
   * optional.
   */
  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool2d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/**
 * Inverse of `MaxPool3d`: puts its values back in their original positions.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
 */
export class MaxUnpool3d extends MaxUnpoolNd {
  static override name = "MaxUnpool3d";
  /** Three spatial dimensions. */
  protected readonly dims = 3;

  /**
   * Puts values back in their positions: input and indices [N, C, D, H, W] → [N, C, D', H', W'] with D' = (D -
   * 1)·stride - 2·padding + kernelSize and likewise H' and W', unless `outputSize` selects other sizes with the same
   * pooled size. N is optional.
   */
  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool3d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

abstract class FractionalMaxPoolNd<I extends boolean> extends Module {
  /** Size of the window: one number for all dimensions, or one per dimension. */
  readonly kernelSize: PerDimension;
  /**
   * Options of the pooling: the size of the result or its ratio to the input's, `returnIndices` and `randomSamples`.
   */
  readonly options: FractionalPoolLayerOptions<I>;

  constructor(layer: string, dims: number, kernelSize: PerDimension, options: FractionalPoolLayerOptions<I>) {
    super();
    fractionalSizes(layer, dims, options);
    this.kernelSize = kernelSize;
    this.options = options;
  }

  abstract override forward(input: Tensor): MaxPooled<I>;

  /** Applies a pooling function with the layer's kernel size and options. */
  protected pooled(pool: FractionalPool, input: Tensor): MaxPooled<I> {
    // safe: `I` is the type of the option
    return pool(input, this.kernelSize, this.options as { readonly returnIndices?: false }) as MaxPooled<I>;
  }
}

/** Options of the fractional max pooling layers. `I` is the type of `returnIndices`. */
export interface FractionalPoolLayerOptions<I extends boolean = boolean>
  extends Omit<FractionalPoolOptions, "returnIndices"> {
  /**
   * Whether to also return the positions of the maxima as int32, in row-major order within each channel. Default false.
   */
  readonly returnIndices?: I;
}

/**
 * 2-D fractional max pooling: the maximum of windows of [N, C, H, W] at random positions. The number of windows is set
 * by `outputSize` or `outputRatio`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
 *
 * @throws ArgumentError unless exactly one of `outputSize` and `outputRatio` is given.
 * @example
 * const shrink = new FractionalMaxPool2d(2, { outputRatio: 0.7 });
 */
export class FractionalMaxPool2d<I extends boolean = false> extends FractionalMaxPoolNd<I> {
  static override name = "FractionalMaxPool2d";
  static override readonly keepsNothing = true;

  constructor(kernelSize: PerDimension, options: FractionalPoolLayerOptions<I> = {}) {
    super("FractionalMaxPool2d", 2, kernelSize, options);
  }

  /**
   * Applies the pooling: [N, C, H, W] → [N, C, ...outputSize], or ⌊H · outputRatio⌋ and so on. N is optional. Also
   * returns the indices with `returnIndices`.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(fractionalMaxPool2d, input);
  }
}

/**
 * 3-D fractional max pooling: the maximum of windows of [N, C, D, H, W] at random positions.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html
 *
 * @throws ArgumentError unless exactly one of `outputSize` and `outputRatio` is given.
 */
export class FractionalMaxPool3d<I extends boolean = false> extends FractionalMaxPoolNd<I> {
  static override name = "FractionalMaxPool3d";
  static override readonly keepsNothing = true;

  constructor(kernelSize: PerDimension, options: FractionalPoolLayerOptions<I> = {}) {
    super("FractionalMaxPool3d", 3, kernelSize, options);
  }

  /**
   * Applies the pooling: [N, C, D, H, W] → [N, C, ...outputSize], or ⌊D · outputRatio⌋ and so on. N is optional. Also
   * returns the indices with `returnIndices`.
   */
  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(fractionalMaxPool3d, input);
  }
}

abstract class AvgPoolNd extends Module {
  /** Size of the window: one number for all dimensions, or one per dimension. */
  readonly kernelSize: PerDimension;
  /** Options of the pooling, with defaults filled in. The stride defaults to the kernel size. */
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

/**
 * 1-D average pooling: the mean of each window of [N, C, L].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 */
export class AvgPool1d extends AvgPoolNd {
  static override name = "AvgPool1d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, L] → [N, C, L'] with L' = ⌊(L + 2·padding - kernelSize) / stride⌋ + 1, rounded up with
   * `ceilMode`. N is optional.
   */
  forward(input: Tensor): Tensor {
    return avgPool1d(input, this.kernelSize, this.options);
  }

  /** Returns kernel size, stride and padding as tuples: `kernel_size=(3,), stride=(2,), padding=(0,)`. */
  override extraRepr(): string {
    const { stride, padding } = this.options;
    const tuple = (value: PerDimension) => (typeof value === "number" ? [value] : value);
    return fields({ kernelSize: tuple(this.kernelSize), stride: tuple(stride), padding: tuple(padding) });
  }
}

/**
 * 2-D average pooling: the mean of each window of [N, C, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 */
export class AvgPool2d extends AvgPoolNd {
  static override name = "AvgPool2d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, H, W] → [N, C, H', W'] with H' = ⌊(H + 2·padding - kernelSize) / stride⌋ + 1, rounded
   * up with `ceilMode`, and likewise W'. N is optional.
   */
  forward(input: Tensor): Tensor {
    return avgPool2d(input, this.kernelSize, this.options);
  }
}

/**
 * 3-D average pooling: the mean of each window of [N, C, D, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html
 */
export class AvgPool3d extends AvgPoolNd {
  static override name = "AvgPool3d";
  static override readonly keepsNothing = true;

  /**
   * Applies the pooling: [N, C, D, H, W] → [N, C, D', H', W'] with D' = ⌊(D + 2·padding - kernelSize) / stride⌋ + 1,
   * rounded up with `ceilMode`, and likewise H' and W'. N is optional.
   */
  forward(input: Tensor): Tensor {
    return avgPool3d(input, this.kernelSize, this.options);
  }
}
