/**
 * Transposed convolution layers, which map from the output size of a convolution back to its input size.
 */

import {
  ArgumentError,
  type ConvTransposeOptions,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type PerDimension,
  perDimension,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { ConvolutionLayer } from "./conv.ts";
import type { FactoryOptions } from "./linear.ts";

/** Options of the transposed convolution layers. */
export interface ConvTransposeLayerOptions extends FactoryOptions {
  /** Stride of the kernel in the output. Default 1. */
  readonly stride?: PerDimension;
  /** Amount removed from both sides of each spatial dimension of the output. Default 0. */
  readonly padding?: PerDimension;
  /** Amount added to the end of each spatial dimension of the output. Default 0. */
  readonly outputPadding?: PerDimension;
  /** Spacing between kernel elements. Default 1. */
  readonly dilation?: PerDimension;
  /** Number of groups that the channels are split into and that are convolved separately. Default 1. */
  readonly groups?: number;
  /** Whether to add a learnable bias. Default true. */
  readonly bias?: boolean;
}

export abstract class ConvTransposeNd extends ConvolutionLayer {
  static override readonly keepsNothing = true;
  protected override isTransposed(): boolean {
    return true;
  }

  /**
   * Applies the transposed convolution: [N, inChannels, ...S] → [N, outChannels, ...O], with O = (S - 1)·stride -
   * 2·padding + dilation·(kernelSize - 1) + outputPadding + 1 in each spatial dimension. N is optional.
   *
   * @param outputSize Spatial sizes of the output, which the stride leaves ambiguous. Default: determined by
   * `outputPadding`.
   * @throws ArgumentError for an `outputSize` that the layer cannot produce.
   */
  forward(input: Tensor, outputSize: PerDimension | null = null): Tensor {
    const { stride, padding, dilation, groups } = this;
    const outputPadding = outputSize === null ? this.outputPadding : this.paddingFor(input, outputSize);
    // Safe: only ordinary convolutions accept "same" and "valid".
    return this.convolve(input, { stride, padding: padding as readonly number[], outputPadding, dilation, groups });
  }

  /** Applies the transposed convolution with the layer's weight and bias, given the options by `forward`. */
  protected abstract convolve(input: Tensor, options: ConvTransposeOptions): Tensor;

  private paddingFor(input: Tensor, outputSize: PerDimension): number[] {
    const layer = this.constructor.name;
    const dims = this.kernelSize.length;
    const sizes = input.shape.slice(-dims);
    return perDimension(layer, "outputSize", outputSize, dims, 1).map((wanted, i) => {
      const [stride, cut, dilation] = [this.stride[i] ?? 1, Number(this.padding[i] ?? 0), this.dilation[i] ?? 1];
      const least = ((sizes[i] ?? 1) - 1) * stride - 2 * cut + dilation * ((this.kernelSize[i] ?? 1) - 1) + 1;
      if (wanted < least || wanted >= least + stride) {
        throw new ArgumentError(
          `${layer}: an input of shape ${showShape(input.shape)} gives sizes from ${least} to ${least + stride - 1} in spatial dimension ${i}, not ${wanted}`,
        );
      }
      return wanted - least;
    });
  }
}

/**
 * 1-D transposed convolution: input [N, inChannels, L] or [inChannels, L], weight
 * [inChannels, outChannels / groups, kernelSize].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 */
export class ConvTranspose1d extends ConvTransposeNd {
  static override name = "ConvTranspose1d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvTransposeLayerOptions) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  /** Applies `convTranspose1d` with the layer's weight and bias. */
  protected override convolve(input: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose1d(input, this.weight, this.bias, options);
  }
}

/**
 * 2-D transposed convolution: input [N, inChannels, H, W] or [inChannels, H, W], weight
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

  /** Applies `convTranspose2d` with the layer's weight and bias. */
  protected override convolve(input: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose2d(input, this.weight, this.bias, options);
  }
}

/**
 * 3-D transposed convolution: input [N, inChannels, D, H, W] or [inChannels, D, H, W], weight
 * [inChannels, outChannels / groups, kD, kH, kW].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 */
export class ConvTranspose3d extends ConvTransposeNd {
  static override name = "ConvTranspose3d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvTransposeLayerOptions) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  /** Applies `convTranspose3d` with the layer's weight and bias. */
  protected override convolve(input: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose3d(input, this.weight, this.bias, options);
  }
}
