/**
 * Layers that resample images or rearrange their elements between channels, pixels and patches.
 */

import {
  ArgumentError,
  checkInteger,
  col2im,
  type InterpolateMode,
  type InterpolateOptions,
  im2col,
  interpolate,
  type PatchOptions,
  type PerDimension,
  pixelShuffle,
  pixelUnshuffle,
  settings,
  type Tensor,
} from "@akari/tensor";
import { channelShuffle } from "./functional/channel-shuffle.ts";
import { Module } from "./module.ts";
import { fields, float, python } from "./state-name.ts";

/** Options of `Upsample`: those of `interpolate` except `antialias`. */
export type UpsampleOptions = Omit<InterpolateOptions, "antialias">;

/**
 * Upsamples [N, C, ...space] to a size or by a scale factor.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 *
 * @throws ArgumentError unless exactly one of `size` and `scaleFactor` is given.
 * @example
 * const twice = new Upsample({ scaleFactor: 2, mode: "bilinear" });
 */
export class Upsample extends Module {
  static override name = "Upsample";
  static override readonly keepsNothing = true;
  /** Options of `interpolate`: size or scale factor, mode (default `"nearest"`) and `alignCorners` (default false). */
  readonly options: UpsampleOptions;

  constructor(options: UpsampleOptions) {
    super();
    this.options = settings(this.constructor.name, options, {
      size: undefined,
      scaleFactor: undefined,
      mode: "nearest",
      alignCorners: false,
      recomputeScaleFactor: false,
    });
    if ((this.options.size === undefined) === (this.options.scaleFactor === undefined))
      throw new ArgumentError(`${this.constructor.name}: pass either size or scaleFactor`);
  }

  /** Upsamples the input: [N, C, ...space] → [N, C, ...size], or each size times its scale factor, rounded down. */
  forward(input: Tensor): Tensor {
    return interpolate(input, this.options);
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest" } = this.options;
    return `${scaleFactor === undefined ? `size=${python(size)}` : `scale_factor=${floats(scaleFactor)}`}, mode=${python(mode)}`;
  }
}

/** Formats scale factors as Python prints them: a float, or a tuple of floats. */
function floats(value: PerDimension): string {
  return typeof value === "number" ? float(value) : `(${value.map(float).join(", ")}${value.length === 1 ? "," : ""})`;
}

/** Options of `UpsamplingNearest2d` and `UpsamplingBilinear2d`: exactly one of the two. */
export type UpsamplingOptions = Pick<InterpolateOptions, "size" | "scaleFactor">;

/**
 * Upsamples [N, C, H, W] with nearest-neighbor interpolation.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
 */
export class UpsamplingNearest2d extends Upsample {
  static override name = "UpsamplingNearest2d";

  constructor(options: UpsamplingOptions) {
    super({ ...options, mode: "nearest" satisfies InterpolateMode });
  }
}

/**
 * Upsamples [N, C, H, W] with bilinear interpolation and aligned corners.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
 */
export class UpsamplingBilinear2d extends Upsample {
  static override name = "UpsamplingBilinear2d";

  constructor(options: UpsamplingOptions) {
    super({ ...options, mode: "bilinear" satisfies InterpolateMode, alignCorners: true });
  }
}

/**
 * Rearranges channels into pixels: [..., C·r², H, W] → [..., C, H·r, W·r]. Shi et al. 2016,
 * https://arxiv.org/abs/1609.05158
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 */
export class PixelShuffle extends Module {
  static override name = "PixelShuffle";
  static override readonly keepsNothing = true;
  /** Factor r by which height and width grow. */
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    checkInteger("PixelShuffle", "upscaleFactor", upscaleFactor, 1);
    this.upscaleFactor = upscaleFactor;
  }

  /**
   * Rearranges the input: [..., C·r², H, W] → [..., C, H·r, W·r].
   *
   * @throws ShapeError when the number of channels is not divisible by r².
   */
  forward(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }

  override extraRepr(): string {
    return fields(this, "upscaleFactor");
  }
}

/**
 * Rearranges pixels into channels: [..., C, H·r, W·r] → [..., C·r², H, W]. The inverse of `PixelShuffle`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 */
export class PixelUnshuffle extends Module {
  static override name = "PixelUnshuffle";
  static override readonly keepsNothing = true;
  /** Factor r by which height and width shrink. */
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    checkInteger("PixelUnshuffle", "downscaleFactor", downscaleFactor, 1);
    this.downscaleFactor = downscaleFactor;
  }

  /**
   * Rearranges the input: [..., C, H·r, W·r] → [..., C·r², H, W].
   *
   * @throws ShapeError when height or width is not divisible by r.
   */
  forward(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }

  override extraRepr(): string {
    return fields(this, "downscaleFactor");
  }
}

/**
 * Interleaves the channels of groups: views [N, C, ...] as [N, groups, C / groups, ...] and swaps these two dimensions.
 * Zhang et al. 2018, https://arxiv.org/abs/1707.01083
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 */
export class ChannelShuffle extends Module {
  static override name = "ChannelShuffle";
  static override readonly keepsNothing = true;
  /** Number of groups that the channels are split into. Must divide the number of channels. */
  readonly groups: number;

  constructor(groups: number) {
    super();
    checkInteger("ChannelShuffle", "groups", groups, 1);
    this.groups = groups;
  }

  /**
   * Shuffles the channels, [N, C, ...] → [N, C, ...]: first the first channel of each group, then the second ones, and
   * so on.
   *
   * @throws ShapeError for fewer than 3 dimensions, or when the channels are not divisible by `groups`.
   */
  forward(input: Tensor): Tensor {
    return channelShuffle(input, this.groups);
  }

  override extraRepr(): string {
    return fields(this, "groups");
  }
}

const patchDefaults = { dilation: 1, padding: 0, stride: 1 } as const;

function patchRepr(kernelSize: PerDimension, { dilation, padding, stride }: Required<PatchOptions>): string {
  return fields({ kernelSize, dilation, padding, stride });
}

/**
 * Extracts the patches of images as columns: [N, C, H, W] → [N, C·kH·kW, L].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html
 */
export class Unfold extends Module {
  static override name = "Unfold";
  static override readonly keepsNothing = true;
  /** Size of a patch: height and width, or one number for both. */
  readonly kernelSize: PerDimension;
  /** Stride (default 1), padding (default 0) and dilation (default 1) of the patches. */
  readonly options: Required<PatchOptions>;

  constructor(kernelSize: PerDimension, options?: PatchOptions) {
    super();
    this.kernelSize = kernelSize;
    this.options = settings("Unfold", options, patchDefaults);
  }

  /** Extracts L patches: [N, C, H, W] → [N, C·kH·kW, L], one column per patch. N is optional. */
  forward(input: Tensor): Tensor {
    return im2col(input, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return patchRepr(this.kernelSize, this.options);
  }
}

/**
 * Combines columns into images by summing overlapping patches: [N, C·kH·kW, L] → [N, C, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Fold.html
 */
export class Fold extends Module {
  static override name = "Fold";
  static override readonly keepsNothing = true;
  /** Size of the images: height and width, or one number for both. */
  readonly outputSize: PerDimension;
  /** Size of a patch: height and width, or one number for both. */
  readonly kernelSize: PerDimension;
  /** Stride (default 1), padding (default 0) and dilation (default 1) of the patches. */
  readonly options: Required<PatchOptions>;

  constructor(outputSize: PerDimension, kernelSize: PerDimension, options?: PatchOptions) {
    super();
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.options = settings("Fold", options, patchDefaults);
  }

  /**
   * Combines columns into images: [N, C·kH·kW, L] → [N, C, H, W]. Overlapping elements are summed. N is optional.
   *
   * @throws ShapeError unless L is the number of patches.
   */
  forward(input: Tensor): Tensor {
    return col2im(input, this.outputSize, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return `${fields(this, "outputSize")}, ${patchRepr(this.kernelSize, this.options)}`;
  }
}
