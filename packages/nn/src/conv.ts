/**
 * Convolution layers.
 */

import {
  ArgumentError,
  checkInteger,
  conv1d,
  conv2d,
  conv3d,
  empty,
  type PerDimension,
  pad,
  settings,
  type Tensor,
} from "@akari/tensor";
import { checkCounts, factoryDefaults, perDimension } from "./arguments.ts";
import { calculateFans, kaimingUniform_, uniform_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { python } from "./state-name.ts";

/** Options of the convolution layers. */
export interface ConvLayerOptions extends FactoryOptions {
  /** Steps of the window. Default 1. */
  readonly stride?: PerDimension;
  /** Cells added on either side; "valid" for none, "same" to keep the size. Default 0. */
  readonly padding?: PerDimension | "valid" | "same";
  /** Distance between the cells under the window. Default 1. */
  readonly dilation?: PerDimension;
  /** Into how many groups the channels are split, each convolved by itself. Default 1. */
  readonly groups?: number;
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
  /** What the added cells hold. Default "zeros". */
  readonly paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

/** The options of all convolution layers together. */
type AllOptions = ConvLayerOptions & { readonly outputPadding?: PerDimension };

/** What ordinary and transposed convolution layers have in common: settings, parameters and the printed form. */
export abstract class ConvolutionLayer extends Module {
  /** How many channels the input has: its second size, or its first one without N. */
  readonly inChannels: number;
  /** How many channels the output has: one for each kernel that is learned. */
  readonly outChannels: number;
  /** The size of the window in each spatial dimension. */
  readonly kernelSize: readonly number[];
  /** The steps of the window in each spatial dimension. Default 1. */
  readonly stride: readonly number[];
  /**
   * The cells added before and behind each spatial dimension; "valid" for none, "same" to keep the size. Default 0.
   * Transposed, they are cut off the result.
   */
  readonly padding: readonly number[] | "valid" | "same";
  /** The distance between the cells under the window in each spatial dimension. Default 1: neighbours. */
  readonly dilation: readonly number[];
  /**
   * How much larger the result of a transposed convolution is at the end of each spatial dimension. Default 0, as for
   * all others.
   */
  readonly outputPadding: readonly number[];
  /**
   * Into how many groups the channels are split, each convolved by itself. Default 1; `inChannels` for a filter for
   * each channel.
   */
  readonly groups: number;
  /** What the added cells hold: zeros, the mirrored inside, the edge, or the other end. Default "zeros". */
  readonly paddingMode: "zeros" | "reflect" | "replicate" | "circular";
  /**
   * The kernels: [outChannels, inChannels / groups, ...kernelSize]; transposed,
   * [inChannels, outChannels / groups, ...kernelSize].
   */
  weight: Parameter;
  /** Added to every cell of each output channel, [outChannels]; null without bias. */
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
    const defaults = { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true, ...own, ...factoryDefaults };
    const {
      stride,
      padding,
      dilation,
      groups,
      bias,
      paddingMode = "zeros",
      outputPadding = 0,
      ...factory
    } = settings(layer, options, defaults as typeof defaults & Required<Omit<AllOptions, keyof FactoryOptions>>); // safe: what a layer does not have is refused
    checkCounts(layer, { inChannels, outChannels, groups });
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ArgumentError(
        `${layer}: ${inChannels} input and ${outChannels} output channels cannot be split into ${groups} groups`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = perDimension(layer, "kernelSize", kernelSize, dims);
    for (const size of this.kernelSize) checkInteger(layer, "kernelSize", size, 1);
    this.stride = perDimension(layer, "stride", stride, dims);
    for (const size of this.stride) checkInteger(layer, "stride", size, 1);
    this.padding = typeof padding === "string" ? padding : perDimension(layer, "padding", padding, dims);
    this.dilation = perDimension(layer, "dilation", dilation, dims);
    this.outputPadding = perDimension(layer, "outputPadding", outputPadding, dims);
    this.groups = groups;
    this.paddingMode = paddingMode;
    const channels = this.isTransposed() ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    this.weight = new Parameter(empty([...channels, ...this.kernelSize], factory));
    this.bias = bias ? new Parameter(empty([outChannels], factory)) : null;
    this.resetParameters();
  }

  /** Whether the input's channels come first in the weight. */
  protected abstract isTransposed(): boolean;

  /** [N, inChannels, ...space] → [N, outChannels, ...space'], or both without N. */
  abstract override forward(input: Tensor): Tensor;

  /**
   * Draws weight and bias anew, uniform in ±1/√fan, the fan being all sizes of the weight but the first, multiplied.
   */
  resetParameters(): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    const { fanIn } = calculateFans(this.weight);
    const bound = 1 / Math.sqrt(fanIn);
    if (this.bias && fanIn > 0) uniform_(this.bias, -bound, bound);
  }

  override extraRepr(): string {
    const parts = [
      String(this.inChannels),
      String(this.outChannels),
      `kernel_size=${python(this.kernelSize)}`,
      `stride=${python(this.stride)}`,
    ];
    if (typeof this.padding === "string" || this.padding.some((p) => p !== 0))
      parts.push(`padding=${typeof this.padding === "string" ? this.padding : python(this.padding)}`);
    if (this.dilation.some((d) => d !== 1)) parts.push(`dilation=${python(this.dilation)}`);
    if (this.outputPadding.some((p) => p !== 0)) parts.push(`output_padding=${python(this.outputPadding)}`);
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push("bias=False");
    if (this.paddingMode !== "zeros") parts.push(`padding_mode=${this.paddingMode}`);
    return parts.join(", ");
  }
}

abstract class ConvNd extends ConvolutionLayer {
  protected override isTransposed(): boolean {
    return false;
  }

  /**
   * [N, inChannels, ...S] → [N, outChannels, ...O], or both without N, with
   * O = ⌊(S + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1 in each spatial dimension.
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

  /** The convolution itself, by the layer's own weight and bias; `forward` works out the options. */
  protected abstract convolve(input: Tensor, options: ConvLayerOptions): Tensor;

  /** The cells to add, for `pad`: last dimension first, before and after. */
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
 * Convolution over a sequence: input [N, inChannels, L] (or without N), weight
 * [outChannels, inChannels / groups, kernelSize].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 */
export class Conv1d extends ConvNd {
  static override name = "Conv1d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvLayerOptions) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  /** `conv1d` by the layer's own weight and bias. */
  protected override convolve(input: Tensor, options: ConvLayerOptions): Tensor {
    return conv1d(input, this.weight, this.bias, options);
  }
}

/**
 * Convolution over an image: input [N, inChannels, H, W] (or without N), weight
 * [outChannels, inChannels / groups, kH, kW].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 *
 * @example
 * const conv = new Conv2d(1, 32, 3, { padding: 1 });
 */
export class Conv2d extends ConvNd {
  static override name = "Conv2d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvLayerOptions) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  /** `conv2d` by the layer's own weight and bias. */
  protected override convolve(input: Tensor, options: ConvLayerOptions): Tensor {
    return conv2d(input, this.weight, this.bias, options);
  }
}

/**
 * Convolution over a volume: input [N, inChannels, D, H, W] (or without N).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 */
export class Conv3d extends ConvNd {
  static override name = "Conv3d";

  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options?: ConvLayerOptions) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  /** `conv3d` by the layer's own weight and bias. */
  protected override convolve(input: Tensor, options: ConvLayerOptions): Tensor {
    return conv3d(input, this.weight, this.bias, options);
  }
}
