/**
 * Transposed convolution layers: what goes back from the output of a convolution to the size of its input.
 */

import {
  ArgumentError,
  type ConvTransposeOptions,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type PerDimension,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { perDimension } from "./arguments.ts";
import { ConvolutionLayer } from "./conv.ts";
import type { FactoryOptions } from "./linear.ts";

/** Options of the transposed convolution layers. */
export interface ConvTransposeLayerOptions extends FactoryOptions {
  /** Steps of the window in the result. Default 1. */
  readonly stride?: PerDimension;
  /** How many cells are cut off on either side of the result. Default 0. */
  readonly padding?: PerDimension;
  /** How much larger the result is on the high side. Default 0. */
  readonly outputPadding?: PerDimension;
  /** Distance between the cells under the window. Default 1. */
  readonly dilation?: PerDimension;
  /** Into how many groups the channels are split, each convolved by itself. Default 1. */
  readonly groups?: number;
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
}

abstract class ConvTransposeNd extends ConvolutionLayer {
  protected override isTransposed(): boolean {
    return true;
  }

  /**
   * [N, inChannels, ...S] → [N, outChannels, ...O], or both without N, with O = (S - 1)·stride - 2·padding +
   * dilation·(kernelSize - 1) + outputPadding + 1 in each spatial dimension.
   *
   * @param outputSize the spatial sizes of the result, where a stride leaves several to choose from. Default: what
   * `outputPadding` says.
   * @throws ArgumentError for a size that the stride does not allow.
   */
  forward(input: Tensor, outputSize: PerDimension | null = null): Tensor {
    const { stride, padding, dilation, groups } = this;
    const outputPadding = outputSize === null ? this.outputPadding : this.paddingFor(input, outputSize);
    // Safe: only ordinary convolutions know the words "same" and "valid".
    return this.convolve(input, { stride, padding: padding as readonly number[], outputPadding, dilation, groups });
  }

  /** The transposed convolution itself, by the layer's own weight and bias; `forward` works out the options. */
  protected abstract convolve(input: Tensor, options: ConvTransposeOptions): Tensor;

  private paddingFor(input: Tensor, outputSize: PerDimension): number[] {
    const layer = this.constructor.name;
    const dims = this.kernelSize.length;
    const sizes = input.shape.slice(-dims);
    return perDimension(layer, "outputSize", outputSize, dims).map((wanted, i) => {
      const [stride, cut, dilation] = [this.stride[i] ?? 1, Number(this.padding[i] ?? 0), this.dilation[i] ?? 1];
      const least = ((sizes[i] ?? 1) - 1) * stride - 2 * cut + dilation * ((this.kernelSize[i] ?? 1) - 1) + 1;
      if (wanted < least || wanted >= least + stride) {
        throw new ArgumentError(
          `${layer}: an input of shape ${showShape(input.shape)} gives sizes from ${least} to ${least + stride - 1}, not ${wanted}, in spatial dimension ${i}`,
        );
      }
      return wanted - least;
    });
  }
}

/**
 * Transposed convolution over a sequence: input [N, inChannels, L] (or without N), weight
 * [inChannels, outChannels / groups, kernelSize].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 */
export class ConvTranspose1d extends ConvTransposeNd {
  static override name = "ConvTranspose1d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvTransposeLayerOptions) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  /** `convTranspose1d` by the layer's own weight and bias. */
  protected override convolve(input: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose1d(input, this.weight, this.bias, options);
  }
}

/**
 * Transposed convolution over an image: input [N, inChannels, H, W] (or without N), weight
 * [inChannels, outChannels / groups, kH, kW].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
 *
 * @example
 * const twice = new ConvTranspose2d(16, 8, 2, { stride: 2 });
 */
export class ConvTranspose2d extends ConvTransposeNd {
  static override name = "ConvTranspose2d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvTransposeLayerOptions) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  /** `convTranspose2d` by the layer's own weight and bias. */
  protected override convolve(input: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose2d(input, this.weight, this.bias, options);
  }
}

/**
 * Transposed convolution over a volume: input [N, inChannels, D, H, W] (or without N).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 */
export class ConvTranspose3d extends ConvTransposeNd {
  static override name = "ConvTranspose3d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvTransposeLayerOptions) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  /** `convTranspose3d` by the layer's own weight and bias. */
  protected override convolve(input: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose3d(input, this.weight, this.bias, options);
  }
}
