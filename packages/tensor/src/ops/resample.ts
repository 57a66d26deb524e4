/** Resizing images: interpolation, which is a weighted sum along one dimension after the other, and pixel shuffling. */

import { checkChoice, checkInteger } from "../argument.ts";
import { expectFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { settings } from "../settings.ts";
import { shapeError, shapeOf, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { adaptiveAverage, expectImage, expectRoom, targets } from "./adaptive-pool.ts";
import type { PerDimension } from "./conv.ts";
import { cast } from "./copy.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { resample, type Taps, tapsOf } from "./sparse.ts";

/** The interpolation modes of `interpolate`. */
export type InterpolateMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

/** Options of `interpolate`. Exactly one of `size` and `scaleFactor` is required. */
export interface InterpolateOptions {
  /** Spatial sizes of the output. */
  readonly size?: PerDimension;
  /** Ratio of the output sizes to the input sizes. The output sizes are rounded down. */
  readonly scaleFactor?: PerDimension;
  /** Interpolation mode. Default `"nearest"`. */
  readonly mode?: InterpolateMode;
  /**
   * Whether to align input and output at the centers of their corner elements, rather than at their outer edges.
   * Applies to the linear and cubic modes. Default false.
   */
  readonly alignCorners?: boolean;
  /**
   * Whether to recompute the scale from the sizes of input and output, rather than use `scaleFactor` itself. They
   * differ where the output size is rounded down. Default false.
   */
  readonly recomputeScaleFactor?: boolean;
  /**
   * Whether to average over all input elements that an output element covers when an image shrinks, as Pillow does,
   * which avoids aliasing. For the modes `"bilinear"` and `"bicubic"`. Default false.
   */
  readonly antialias?: boolean;
}

/** The cubic convolution kernel (Keys 1981, https://doi.org/10.1109/TASSP.1981.1163711). */
function cubic(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/**
 * The one tap of each element for the nearest modes. `"nearest"` samples at the left edge of an output element, at a
 * shift of 0, and `"nearest-exact"` at its center. PyTorch computes the position in float32.
 */
function nearestTaps(size: number, out: number, scale: number, shift: number): Taps {
  return tapsOf(out, (i, add) => {
    add(Math.min(Math.floor(Math.fround((i + shift) * Math.fround(scale))), size - 1), 1);
  });
}

/** The taps of linear or cubic interpolation from `size` to `out` elements, `step` input elements apart. */
function interpolationTaps(size: number, out: number, step: number, align: boolean, cubically: boolean): Taps {
  return tapsOf(out, (i, add) => {
    const exact = align ? i * step : (i + 0.5) * step - 0.5;
    const place = cubically ? exact : Math.max(exact, 0);
    const from = Math.floor(place);
    const rest = place - from;
    const tap = (k: number, weight: number) => add(Math.min(Math.max(from + k, 0), size - 1), weight);
    if (cubically) for (let k = -1; k <= 2; k++) tap(k, cubic(rest - k, -0.75));
    else {
      tap(0, 1 - rest);
      tap(1, rest);
    }
  });
}

/** The same without aliasing: the kernel is stretched by the step, and its weights are scaled to a sum of 1. */
function antialiasedTaps(size: number, out: number, step: number, cubically: boolean): Taps {
  const stretch = Math.max(step, 1);
  const reach = (cubically ? 2 : 1) * stretch;
  return tapsOf(out, (i, add) => {
    const center = (i + 0.5) * step;
    const from = Math.max(Math.trunc(center - reach + 0.5), 0);
    const to = Math.min(Math.trunc(center + reach + 0.5), size);
    const weights = Array.from({ length: to - from }, (_, k) => {
      const distance = (from + k + 0.5 - center) / stretch;
      return cubically ? cubic(distance, -0.5) : Math.max(0, 1 - Math.abs(distance));
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, k) => {
      add(from + k, weight / total);
    });
  });
}

/**
 * Resizes the spatial dimensions of an input [N, C, ...space]. The mode selects the nearest element, interpolation
 * (linear for one dimension, bilinear and bicubic for two, trilinear for three), or the mean of the covered area.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 *
 * @throws ArgumentError unless exactly one of `size` and `scaleFactor` is given, and for a mode that does not match the
 * number of spatial dimensions or does not support `antialias`.
 * @throws ShapeError for an input of fewer than 3 or more than 5 dimensions, or with a spatial size of 0.
 * @throws DTypeError for integers, except in the nearest modes.
 * @example
 * interpolate(image, { scaleFactor: 2, mode: "bilinear" });
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor, antialias } = settings("interpolate", options, {
    size: undefined,
    scaleFactor: undefined,
    mode: "nearest",
    alignCorners: false,
    recomputeScaleFactor: false,
    antialias: false,
  });
  const dims = shapeOf("interpolate", x).length - 2;
  if (dims < 1 || dims > 3) throw shapeError("interpolate", "an input [N, C, ...space] of 3 to 5 dimensions", x);
  expectImage("interpolate", x, dims);
  if ((size === undefined) === (scaleFactor === undefined))
    throw new ArgumentError("interpolate: give either size or scaleFactor");
  if (recomputeScaleFactor && scaleFactor === undefined)
    throw new ArgumentError("interpolate: recomputeScaleFactor requires scaleFactor, got a size");
  const modes = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3, nearest: dims, "nearest-exact": dims, area: dims };
  checkChoice("interpolate", "mode", mode, Object.keys(modes));
  if (!mode.startsWith("nearest")) expectFloating("interpolate", x);
  const suits = modes[mode];
  if (suits !== dims)
    throw new ArgumentError(
      `interpolate: the mode "${mode}" is for ${suits} spatial dimensions, but the input has ${dims}`,
    );
  if (antialias && mode !== "bilinear" && mode !== "bicubic")
    throw new ArgumentError(`interpolate: antialias is for the modes "bilinear" and "bicubic", not "${mode}"`);
  const factors: readonly number[] | undefined =
    scaleFactor === undefined || Array.isArray(scaleFactor)
      ? scaleFactor
      : new Array<number>(dims).fill(scaleFactor as number);
  const scaled = factors?.map((factor, i) => Math.floor((x.shape[i + 2] as number) * factor));
  const sizes = targets("interpolate", dims, scaled ?? (size as PerDimension)); // safe: one of the two is given
  if (mode === "area") return adaptiveAverage("interpolate", dims, x, sizes);
  // Booleans have no sums.
  if (x.dtype === "bool") return cast(interpolate(cast(x, "uint8"), options), "bool");
  expectRoom(x, sizes);
  const cubically = mode === "bicubic";
  return resample(
    x,
    sizes.map((out, i) => {
      const length = x.shape[i + 2] as number;
      const scale = !factors || recomputeScaleFactor ? length / out : 1 / (factors[i] as number);
      if (mode === "nearest") return nearestTaps(length, out, scale, 0);
      if (mode === "nearest-exact") return nearestTaps(length, out, scale, 0.5);
      const step = !alignCorners ? scale : out > 1 ? (length - 1) / (out - 1) : 0;
      return antialias
        ? antialiasedTaps(length, out, step, cubically)
        : interpolationTaps(length, out, step, alignCorners, cubically);
    }),
  );
}

/**
 * Rearranges channels into space: [..., C·r², H, W] → [..., C, H·r, W·r].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_shuffle.html
 *
 * @param upscaleFactor r.
 * @throws ShapeError when r² does not divide the channels, or for fewer than 3 dimensions.
 * @throws ArgumentError unless r is a positive integer.
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const r = upscaleFactor;
  const [c, h, w] = shapeOf("pixelShuffle", x).slice(-3);
  checkInteger("pixelShuffle", "upscaleFactor", r, 1);
  if (c === undefined || h === undefined || w === undefined || c % (r * r) !== 0) {
    throw shapeError("pixelShuffle", `a number of channels divisible by ${r * r}`, x);
  }
  const lead = x.shape.slice(0, -3);
  const batch = sizeOf(lead);
  const apart = permute(reshape(x, [batch, c / (r * r), r, r, h, w]), 0, 1, 4, 2, 5, 3);
  return reshape(apart, [...lead, c / (r * r), h * r, w * r]);
}

/**
 * Rearranges space into channels, the inverse of `pixelShuffle`: [..., C, H·r, W·r] → [..., C·r², H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_unshuffle.html
 *
 * @param downscaleFactor r.
 * @throws ShapeError when r does not divide height and width, or for fewer than 3 dimensions.
 * @throws ArgumentError unless r is a positive integer.
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const r = downscaleFactor;
  const [c, h, w] = shapeOf("pixelUnshuffle", x).slice(-3);
  checkInteger("pixelUnshuffle", "downscaleFactor", r, 1);
  if (c === undefined || h === undefined || w === undefined || h % r !== 0 || w % r !== 0) {
    throw shapeError("pixelUnshuffle", `height and width divisible by ${r}`, x);
  }
  const lead = x.shape.slice(0, -3);
  const apart = permute(reshape(x, [sizeOf(lead), c, h / r, r, w / r, r]), 0, 1, 3, 5, 2, 4);
  return reshape(apart, [...lead, c * r * r, h / r, w / r]);
}
