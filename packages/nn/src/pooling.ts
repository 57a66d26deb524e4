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
import { python } from "./state-name.ts";

/** Options of the maximum pooling layers. `I` says whether they also return indices. */
export type MaxPoolLayerOptions<I extends boolean = boolean> = Omit<MaxPoolOptions, "returnIndices"> & { readonly returnIndices?: I };

/** What a maximum pooling layer returns: the values, or with `returnIndices` the values and where they stand. */
export type MaxPooled<I extends boolean> = I extends true ? [Tensor, Tensor] : Tensor;

abstract class MaxPoolNd<I extends boolean> extends Module {
  readonly kernelSize: PerDimension;
  readonly options: MaxPoolLayerOptions<I>;

  constructor(kernelSize: PerDimension, options: MaxPoolLayerOptions<I> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  abstract override forward(input: Tensor): MaxPooled<I>;

  protected pooled(pool: MaxPool, input: Tensor): MaxPooled<I> {
    return pool(input, this.kernelSize, this.options as { readonly returnIndices?: false }) as MaxPooled<I>; // safe: `I` is what the options say
  }

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode = false } = this.options;
    return `kernel_size=${python(this.kernelSize)}, stride=${python(stride)}, padding=${python(padding)}, dilation=${python(dilation)}, ceil_mode=${python(ceilMode)}`;
  }
}

/** The largest element of each window of [N, C, L]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html */
export class MaxPool1d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool1d";

  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool1d, input);
  }
}

/** The largest element of each window of [N, C, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html */
export class MaxPool2d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool2d";

  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool2d, input);
  }
}

/** The largest element of each window of [N, C, D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html */
export class MaxPool3d<I extends boolean = false> extends MaxPoolNd<I> {
  static override name = "MaxPool3d";

  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(maxPool3d, input);
  }
}

abstract class MaxUnpoolNd extends Module {
  readonly kernelSize: PerDimension;
  readonly options: Omit<MaxUnpoolOptions, "outputSize">;

  constructor(kernelSize: PerDimension, options: Omit<MaxUnpoolOptions, "outputSize"> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  protected abstract readonly dims: number;

  abstract override forward(input: Tensor, indices: Tensor, outputSize?: readonly number[] | null): Tensor;

  override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    const tuple = (value: PerDimension) => python(typeof value === "number" ? new Array<number>(this.dims).fill(value) : value);
    return `kernel_size=${tuple(this.kernelSize)}, stride=${tuple(stride)}, padding=${tuple(padding)}`;
  }
}

/**
 * The values of a `MaxPool1d` with `returnIndices` put back where they stood, zeros elsewhere. `outputSize` chooses among the sizes that the pooling may have had.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 */
export class MaxUnpool1d extends MaxUnpoolNd {
  static override name = "MaxUnpool1d";
  protected readonly dims = 1;

  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool1d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/** The same for `MaxPool2d`. https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html */
export class MaxUnpool2d extends MaxUnpoolNd {
  static override name = "MaxUnpool2d";
  protected readonly dims = 2;

  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool2d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

/** The same for `MaxPool3d`. https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html */
export class MaxUnpool3d extends MaxUnpoolNd {
  static override name = "MaxUnpool3d";
  protected readonly dims = 3;

  forward(input: Tensor, indices: Tensor, outputSize: readonly number[] | null = null): Tensor {
    return maxUnpool3d(input, indices, this.kernelSize, { ...this.options, outputSize });
  }
}

abstract class FractionalMaxPoolNd<I extends boolean> extends Module {
  readonly kernelSize: PerDimension;
  readonly options: FractionalPoolLayerOptions<I>;

  constructor(layer: string, dims: number, kernelSize: PerDimension, options: FractionalPoolLayerOptions<I>) {
    super();
    fractionalSizes(layer, dims, options);
    this.kernelSize = kernelSize;
    this.options = options;
  }

  abstract override forward(input: Tensor): MaxPooled<I>;

  protected pooled(pool: FractionalPool, input: Tensor): MaxPooled<I> {
    return pool(input, this.kernelSize, this.options as { readonly returnIndices?: false }) as MaxPooled<I>; // safe: `I` is what the options say
  }
}

/** Options of the fractional pooling layers. `I` says whether they also return indices. */
export type FractionalPoolLayerOptions<I extends boolean = boolean> = Omit<FractionalPoolOptions, "returnIndices"> & {
  readonly returnIndices?: I;
};

/**
 * The largest elements of windows of [N, C, H, W] that begin at random places, as many as `outputSize` or `outputRatio` say.
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

  forward(input: Tensor): MaxPooled<I> {
    return this.pooled(fractionalMaxPool3d, input);
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
  static override name = "AvgPool1d";

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
  static override name = "AvgPool2d";

  forward(input: Tensor): Tensor {
    return avgPool2d(input, this.kernelSize, this.options);
  }
}

/** The mean of each window of [N, C, D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html */
export class AvgPool3d extends AvgPoolNd {
  static override name = "AvgPool3d";

  forward(input: Tensor): Tensor {
    return avgPool3d(input, this.kernelSize, this.options);
  }
}
