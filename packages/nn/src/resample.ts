/**
 * Layers that change how finely an image is sampled, or rearrange its cells.
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

/**
 * Enlarges [N, C, ...space] to a size or by a factor.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 *
 * @throws ArgumentError unless exactly one of `size` and `scaleFactor` is given.
 * @example
 * const twice = new Upsample({ scaleFactor: 2, mode: "bilinear" });
 */
export class Upsample extends Module {
  static override name = "Upsample";
  /** The sizes of the result or the factor, the mode, by default `"nearest"`, and `alignCorners`, by default false. */
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    this.options = settings(this.constructor.name, options, {
      size: undefined,
      scaleFactor: undefined,
      mode: "nearest",
      alignCorners: false,
      recomputeScaleFactor: false,
    });
    if ((options.size === undefined) === (options.scaleFactor === undefined))
      throw new ArgumentError(`${this.constructor.name}: give either size or scaleFactor`);
  }

  /** [N, C, ...space] → [N, C, ...size], or each size times its factor, rounded down. */
  forward(input: Tensor): Tensor {
    return interpolate(input, this.options);
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest" } = this.options;
    return `${scaleFactor === undefined ? `size=${python(size)}` : `scale_factor=${floats(scaleFactor)}`}, mode=${python(mode)}`;
  }
}

/** Factors as Python prints them: a float, or a tuple of floats. */
function floats(value: PerDimension): string {
  return typeof value === "number" ? float(value) : `(${value.map(float).join(", ")}${value.length === 1 ? "," : ""})`;
}

/** What `UpsamplingNearest2d` and `UpsamplingBilinear2d` are told: one of the two. */
export type UpsamplingOptions = Pick<InterpolateOptions, "size" | "scaleFactor">;

/**
 * Enlarges [N, C, H, W] by repeating elements.
 * https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
 */
export class UpsamplingNearest2d extends Upsample {
  static override name = "UpsamplingNearest2d";

  constructor(options: UpsamplingOptions) {
    super({ ...options, mode: "nearest" satisfies InterpolateMode });
  }
}

/**
 * Enlarges [N, C, H, W] bilinearly, corners on corners.
 * https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
 */
export class UpsamplingBilinear2d extends Upsample {
  static override name = "UpsamplingBilinear2d";

  constructor(options: UpsamplingOptions) {
    super({ ...options, mode: "bilinear" satisfies InterpolateMode, alignCorners: true });
  }
}

/**
 * Turns channels into pixels: [..., C·r², H, W] to [..., C, H·r, W·r]. Shi et al. 2016,
 * https://arxiv.org/abs/1609.05158
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 */
export class PixelShuffle extends Module {
  static override name = "PixelShuffle";
  /** How many times as high and as wide the result is: r. */
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    checkInteger("PixelShuffle", "upscaleFactor", upscaleFactor, 1);
    this.upscaleFactor = upscaleFactor;
  }

  /** [..., C·r², H, W] → [..., C, H·r, W·r]. Throws a ShapeError when r² does not divide the channels. */
  forward(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }

  override extraRepr(): string {
    return fields(this, "upscaleFactor");
  }
}

/**
 * Turns pixels into channels: [..., C, H·r, W·r] to [..., C·r², H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 */
export class PixelUnshuffle extends Module {
  static override name = "PixelUnshuffle";
  /** How many times as high and as wide the input is: r. */
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    checkInteger("PixelUnshuffle", "downscaleFactor", downscaleFactor, 1);
    this.downscaleFactor = downscaleFactor;
  }

  /** [..., C, H·r, W·r] → [..., C·r², H, W]. Throws a ShapeError when r does not divide height and width. */
  forward(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }

  override extraRepr(): string {
    return fields(this, "downscaleFactor");
  }
}

/**
 * Mixes channels between groups: [N, C, ...] is read as [N, groups, C / groups, ...], and the two are swapped.
 * Zhang et al. 2018, https://arxiv.org/abs/1707.01083
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 *
 * @throws ShapeError, when called, for channels that the groups do not divide.
 */
export class ChannelShuffle extends Module {
  static override name = "ChannelShuffle";
  /** Into how many groups the channels are split; divides their number. */
  readonly groups: number;

  constructor(groups: number) {
    super();
    checkInteger("ChannelShuffle", "groups", groups, 1);
    this.groups = groups;
  }

  /** [N, C, ...] → [N, C, ...], with the first channels of all groups first, then the second ones, and so on. */
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
 * The windows of images as columns: [N, C, H, W] to [N, C·kernel, L].
 * https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html
 */
export class Unfold extends Module {
  static override name = "Unfold";
  /** The height and the width of a window, or both in one number. */
  readonly kernelSize: PerDimension;
  /** The stride, by default 1, the padding, by default 0, and the dilation, by default 1. */
  readonly options: Required<PatchOptions>;

  constructor(kernelSize: PerDimension, options?: PatchOptions) {
    super();
    this.kernelSize = kernelSize;
    this.options = settings("Unfold", options, patchDefaults);
  }

  /** [N, C, H, W] → [N, C · kernel height · kernel width, L], a column for each of the L windows. */
  forward(input: Tensor): Tensor {
    return im2col(input, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return patchRepr(this.kernelSize, this.options);
  }
}

/**
 * Adds columns up to images again: [N, C·kernel, L] to [N, C, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.Fold.html
 */
export class Fold extends Module {
  static override name = "Fold";
  /** The height and the width of the images, or both in one number. */
  readonly outputSize: PerDimension;
  /** The height and the width of a window, or both in one number. */
  readonly kernelSize: PerDimension;
  /** The stride, by default 1, the padding, by default 0, and the dilation, by default 1. */
  readonly options: Required<PatchOptions>;

  constructor(outputSize: PerDimension, kernelSize: PerDimension, options?: PatchOptions) {
    super();
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.options = settings("Fold", options, patchDefaults);
  }

  /**
   * [N, C · kernel height · kernel width, L] → [N, C, H, W], or both without N; where windows overlap, their elements
   * are added. Throws a ShapeError unless L is the number of windows.
   */
  forward(input: Tensor): Tensor {
    return col2im(input, this.outputSize, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return `${fields(this, "outputSize")}, ${patchRepr(this.kernelSize, this.options)}`;
  }
}
