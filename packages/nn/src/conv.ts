/**
 * Convolution layers, and the base class that they share with transposed convolutions.
 */

import {
  ArgumentError,
  checkChoice,
  conv1d,
  conv2d,
  conv3d,
  empty,
  type PerDimension,
  pad,
  perDimension,
  settings,
  type Tensor,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { calculateFans, kaimingUniform_, uniform_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { differing, fields } from "./state-name.ts";

/** Options of the convolution layers. */
export interface ConvLayerOptions extends FactoryOptions {
  /** Stride of the kernel. Default 1. */
  readonly stride?: PerDimension;
  /** Padding on both sides of each spatial dimension; "valid" for none, "same" to keep the size. Default 0. */
  readonly padding?: PerDimension | "valid" | "same";
  /** Spacing between kernel elements. Default 1. */
  readonly dilation?: PerDimension;
  /** Number of groups that the channels are split into and that are convolved separately. Default 1. */
  readonly groups?: number;
  /** Whether to add a learnable bias. Default true. */
  readonly bias?: boolean;
  /** Values of the padding. Default "zeros". */
  readonly paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

/** Options of all convolution layers together. */
type AllOptions = ConvLayerOptions & { readonly outputPadding?: PerDimension };

/** Base class of convolution and transposed convolution layers: options, parameters and the printed form. */
export abstract class ConvolutionLayer extends Module {
  /** Number of input channels. */
  readonly inChannels: number;
  /** Number of output channels. */
  readonly outChannels: number;
  /** Size of the kernel in each spatial dimension. */
  readonly kernelSize: readonly number[];
  /** Stride of the kernel in each spatial dimension. Default 1. */
  readonly stride: readonly number[];
  /**
   * Padding on both sides of each spatial dimension; "valid" for none, "same" to keep the size. In transposed
   * convolutions, the amount removed from both sides of the output. Default 0.
   */
  readonly padding: readonly number[] | "valid" | "same";
  /** Spacing between kernel elements in each spatial dimension. Default 1. */
  readonly dilation: readonly number[];
  /**
   * Amount added to one side of each spatial dimension of the output. Only used by transposed convolutions. Default 0.
   */
  readonly outputPadding: readonly number[];
  /**
   * Number of groups that the channels are split into and that are convolved separately. Default 1; `inChannels` for a
   * depthwise convolution.
   */
  readonly groups: number;
  /** Values of the padding: zeros, reflected elements, the edge element, or the opposite side. Default "zeros". */
  readonly paddingMode: "zeros" | "reflect" | "replicate" | "circular";
  /**
   * Learnable kernels, [outChannels, inChannels / groups, ...kernelSize], or
   * [inChannels, outChannels / groups, ...kernelSize] for transposed convolutions.
   */
  weight: Parameter;
  /** Learnable bias, [outChannels], or null without bias. */
  bias: Parameter | null;

  constructor(
    dims: number,
    inChannels: number,
    outChannels: number,
    kernelSize: PerDimension,
    options: AllOptions | undefined,
  ) {
    super();
    const layer = this.constructor.name;
    const own = this.isTransposed() ? { outputPadding: 0 } : { paddingMode: "zeros" };
    const defaults = { stride: 1, padding: [0], dilation: 1, groups: 1, bias: true, ...own, ...factoryDefaults };
    // safe: `settings` rejects options that the layer does not have
    const {
      stride,
      padding,
      dilation,
      groups,
      bias,
      paddingMode = "zeros",
      outputPadding = 0,
      ...factory
    } = settings(layer, options, defaults as typeof defaults & Required<Omit<AllOptions, keyof FactoryOptions>>);
    checkCounts(layer, { inChannels, outChannels, groups });
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ArgumentError(
        `${layer}: ${inChannels} input and ${outChannels} output channels cannot be split into ${groups} groups`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = perDimension(layer, "kernelSize", kernelSize, dims, 1);
    this.stride = perDimension(layer, "stride", stride, dims, 1);
    if (padding === "same" && this.stride.some((size) => size !== 1))
      throw new ArgumentError(`${layer}: padding "same" needs a stride of 1, got [${this.stride.join(", ")}]`);
    if (typeof padding === "string") checkChoice(layer, "padding", padding, ["valid", "same"]);
    checkChoice(layer, "paddingMode", paddingMode, ["zeros", "reflect", "replicate", "circular"]);
    this.padding = typeof padding === "string" ? padding : perDimension(layer, "padding", padding, dims, 0);
    this.dilation = perDimension(layer, "dilation", dilation, dims, 1);
    this.outputPadding = perDimension(layer, "outputPadding", outputPadding, dims, 0);
    this.groups = groups;
    this.paddingMode = paddingMode;
    const channels = this.isTransposed() ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    this.weight = new Parameter(empty([...channels, ...this.kernelSize], factory));
    this.bias = bias ? new Parameter(empty([outChannels], factory)) : null;
    this.resetParameters();
  }

  /** Whether the input channels are the first dimension of the weight. */
  protected abstract isTransposed(): boolean;

  /** Applies the layer: [N, inChannels, ...S] → [N, outChannels, ...O]. N is optional. */
  abstract override forward(input: Tensor): Tensor;

  /**
   * Reinitializes weight and bias uniformly in ±1/√fan, where the fan is the product of all sizes of the weight except
   * the first.
   */
  resetParameters(): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    const { fanIn } = calculateFans(this.weight);
    const bound = 1 / Math.sqrt(fanIn);
    if (this.bias && fanIn > 0) uniform_(this.bias, -bound, bound);
  }

  override extraRepr(): string {
    const { padding, dilation, outputPadding, groups, bias, paddingMode } = this;
    const others = differing(
      { padding, dilation, outputPadding, groups, bias: bias !== null, paddingMode },
      { padding: 0, dilation: 1, outputPadding: 0, groups: 1, bias: true, paddingMode: "zeros" },
    );
    return [this.inChannels, this.outChannels, fields(this, "kernelSize", "stride"), ...others].join(", ");
  }
}

abstract class ConvNd extends ConvolutionLayer {
  static override readonly keepsNothing = true;
  protected override isTransposed(): boolean {
    return false;
  }

  /**
   * Applies the convolution: [N, inChannels, ...S] → [N, outChannels, ...O], with O = ⌊(S + 2·padding -
   * dilation·(kernelSize - 1) - 1) / stride⌋ + 1 in each spatial dimension. N is optional.
   */
  forward(input: Tensor): Tensor {
    const { stride, dilation, groups } = this;
    if (this.paddingMode === "zeros") return this.convolve(input, { stride, padding: this.padding, dilation, groups });
    return this.convolve(pad(input, this.sides(), { mode: this.paddingMode }), {
      stride,
      padding: 0,
      dilation,
      groups,
    });
  }

  /** Convolves the input with the layer's weight and bias, given the options by `forward`. */
  protected abstract convolve(input: Tensor, options: ConvLayerOptions): Tensor;

  /** Returns the padding in the order of `pad`: last dimension first, before and after. */
  private sides(): number[] {
    return this.kernelSize
      .flatMap((size, i) => {
        if (this.padding === "valid") return [[0, 0]];
        if (this.padding !== "same") return [[this.padding[i] ?? 0, this.padding[i] ?? 0]];
        const total = (this.dilation[i] ?? 1) * (size - 1);
        return [[total >> 1, total - (total >> 1)]];
      })
      .reverse()
      .flat();
  }
}

/**
 * 1-D convolution: input [N, inChannels, L] or [inChannels, L], weight [outChannels, inChannels / groups, kernelSize].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 *
 * @throws ArgumentError when the channels are not divisible by `groups`, or padding is "same" with a stride above 1.
 */
export class Conv1d extends ConvNd {
  static override name = "Conv1d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvLayerOptions) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  /** Applies `conv1d` with the layer's weight and bias. */
  protected override convolve(input: Tensor, options: ConvLayerOptions): Tensor {
    return conv1d(input, this.weight, this.bias, options);
  }
}

/**
 * 2-D convolution: input [N, inChannels, H, W] or [inChannels, H, W], weight
 * [outChannels, inChannels / groups, kH, kW].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 *
 * @throws ArgumentError when the channels are not divisible by `groups`, or padding is "same" with a stride above 1.
 * @example
 * const conv = new Conv2d(1, 32, 3, { padding: 1 });
 */
export class Conv2d extends ConvNd {
  static override name = "Conv2d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvLayerOptions) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  /** Applies `conv2d` with the layer's weight and bias. */
  protected override convolve(input: Tensor, options: ConvLayerOptions): Tensor {
    return conv2d(input, this.weight, this.bias, options);
  }
}

/**
 * 3-D convolution: input [N, inChannels, D, H, W] or [inChannels, D, H, W], weight
 * [outChannels, inChannels / groups, kD, kH, kW].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 *
 * @throws ArgumentError when the channels are not divisible by `groups`, or padding is "same" with a stride above 1.
 */
export class Conv3d extends ConvNd {
  static override name = "Conv3d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvLayerOptions) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  /** Applies `conv3d` with the layer's weight and bias. */
  protected override convolve(input: Tensor, options: ConvLayerOptions): Tensor {
    return conv3d(input, this.weight, this.bias, options);
  }
}
