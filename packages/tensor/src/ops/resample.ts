/**
 * Images of another size. Everything here works along one dimension after the other. Where a result is a weighted mean
 * of a few elements, the weights are a small matrix [out, in], made once on the host, and the work is a matrix product:
 * fast everywhere and differentiable by itself.
 */

import { checkChoice, checkInteger, expectTensor } from "../argument.ts";
import { encode } from "../encode.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { settings } from "../settings.ts";
import { type Shape, shapeError, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { PerDimension } from "./conv.ts";
import { fromHost } from "./fill.ts";
import { gatherUnchecked, selectUnchecked } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { movedim, permute, t } from "./permute.ts";
import { avgPool1d, avgPool2d, avgPool3d, type MaxPoolOptions, maxPool1d } from "./pool.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";

/** A dimension multiplied by a matrix [out, in]. */
function throughMatrix(x: Tensor, dim: number, matrix: Float64Array<ArrayBuffer>, out: number): Tensor {
  const size = x.shape[dim] as number;
  const weights = fromHost(x, [out, size], x.dtype, encode(matrix, x.dtype));
  return movedim(matmul(movedim(x, dim, -1), t(weights)), -1, dim);
}

/** The sizes asked for; null keeps one. */
function targets(
  operation: string,
  x: Tensor,
  dims: number,
  outputSize: number | readonly (number | null)[],
): number[] {
  const list = typeof outputSize === "number" ? new Array<number>(dims).fill(outputSize) : outputSize;
  const sizes = list.map((size, i) => size ?? (x.shape[i + 2] as number));
  if (sizes.length !== dims || sizes.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new ArgumentError(`${operation}: expected ${dims} positive sizes, got ${showShape(sizes)}`);
  }
  return sizes;
}

function expectImage(operation: string, x: Tensor, dims: number): void {
  if (x.ndim !== dims + 2 || x.shape.slice(2).includes(0)) {
    throw shapeError(operation, `an input of ${dims + 1} or ${dims + 2} dimensions with room in space`, x);
  }
}

/** Where window `i` of `out` over `size` elements begins and ends. */
function adaptiveWindow(i: number, out: number, size: number): readonly [number, number] {
  return [Math.floor((i * size) / out), Math.ceil(((i + 1) * size) / out)];
}

function adaptiveAverage(
  operation: string,
  dims: number,
  x: Tensor,
  outputSize: number | readonly (number | null)[],
): Tensor {
  if (x.ndim === dims + 1) return squeeze(adaptiveAverage(operation, dims, unsqueeze(x, 0), outputSize), 0);
  expectImage(operation, x, dims);
  const sizes = targets(operation, x, dims, outputSize);
  if (sizes.every((out, i) => (x.shape[i + 2] as number) % out === 0)) {
    const kernel = sizes.map((out, i) => (x.shape[i + 2] as number) / out);
    // safe: one to three dimensions
    return ([avgPool1d, avgPool2d, avgPool3d][dims - 1] as typeof avgPool1d)(x, kernel);
  }
  return sizes.reduce((y, out, i) => {
    const size = y.shape[i + 2] as number;
    const matrix = new Float64Array(out * size);
    for (let k = 0; k < out; k++) {
      const [from, to] = adaptiveWindow(k, out, size);
      matrix.fill(1 / (to - from), k * size + from, k * size + to);
    }
    return throughMatrix(y, i + 2, matrix, out);
  }, x);
}

/**
 * The mean of windows that make the result this long: [N, C, L].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return adaptiveAverage("adaptiveAvgPool1d", 1, x, outputSize);
}

/**
 * The mean of windows that make the result this large: [N, C, H, W]; `null` keeps a size. Window `i` reaches from
 * ⌊i·in/out⌋ to ⌈(i+1)·in/out⌉.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return adaptiveAverage("adaptiveAvgPool2d", 2, x, outputSize);
}

/**
 * The mean of windows that make the result this large: [N, C, D, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return adaptiveAverage("adaptiveAvgPool3d", 3, x, outputSize);
}

/**
 * For each cell of the result, the flat positions in the plane that it looks at; shorter lists repeat their last one.
 */
function adaptiveSources(
  inputs: Shape,
  outputs: Shape,
): { readonly width: number; readonly positions: Int32Array<ArrayBuffer> } {
  let lists: number[][] = [[0]];
  outputs.forEach((out, i) => {
    const size = inputs[i] as number;
    lists = lists.flatMap((outer) =>
      Array.from({ length: out }, (_, k) => {
        const [from, to] = adaptiveWindow(k, out, size);
        return outer.flatMap((o) => Array.from({ length: to - from }, (__, j) => o * size + from + j));
      }),
    );
  });
  const width = Math.max(...lists.map((list) => list.length));
  const positions = Int32Array.from(
    lists.flatMap((list) => Array.from({ length: width }, (_, j) => list[Math.min(j, list.length - 1)] as number)),
  );
  return { width, positions };
}

function adaptiveLargest(
  operation: string,
  dims: number,
  x: Tensor,
  outputSize: number | readonly (number | null)[],
): readonly [Tensor, Tensor] {
  if (x.ndim === dims + 1) {
    const [values, indices] = adaptiveLargest(operation, dims, unsqueeze(x, 0), outputSize);
    return [squeeze(values, 0), squeeze(indices, 0)];
  }
  expectImage(operation, x, dims);
  const sizes = targets(operation, x, dims, outputSize);
  const [n, c] = [x.shape[0] as number, x.shape[1] as number];
  const { width, positions } = adaptiveSources(x.shape.slice(2), sizes);
  const table = fromHost(x, [positions.length], "int32", positions);
  const seen = selectUnchecked(reshape(x, [n, c, sizeOf(x.shape.slice(2))]), 2, table);
  const [values, local] = maxPool1d(seen, width, { returnIndices: true });
  const flat = reshape(local, [n * c * sizeOf(sizes)]);
  const indices = gatherUnchecked(table, 0, flat);
  return [reshape(values, [n, c, ...sizes]), reshape(indices, [n, c, ...sizes])];
}

/** An adaptive maximum that returns the values alone, or with `returnIndices` a pair. */
export interface AdaptiveMaxPool {
  (
    x: Tensor,
    outputSize: number | readonly (number | null)[],
    options?: Pick<MaxPoolOptions, "returnIndices"> & { readonly returnIndices?: false },
  ): Tensor;
  (
    x: Tensor,
    outputSize: number | readonly (number | null)[],
    options: Pick<MaxPoolOptions, "returnIndices"> & { readonly returnIndices: true },
  ): [Tensor, Tensor];
}

function adaptiveMaximum(operation: string, dims: number): AdaptiveMaxPool {
  // Safe: `returnIndices` decides which of the two results comes back, as the overloads say.
  return ((
    x: Tensor,
    outputSize: number | readonly (number | null)[],
    options?: Pick<MaxPoolOptions, "returnIndices">,
  ) => {
    const { returnIndices } = settings(operation, options, { returnIndices: false });
    const [values, indices] = adaptiveLargest(operation, dims, x, outputSize);
    return returnIndices ? [values, indices] : values;
  }) as AdaptiveMaxPool;
}

/**
 * The largest value of windows that make the result this long.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
 */
export const adaptiveMaxPool1d: AdaptiveMaxPool = /* @__PURE__ */ adaptiveMaximum("adaptiveMaxPool1d", 1);

/**
 * The largest value of windows that make the result this large.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
 */
export const adaptiveMaxPool2d: AdaptiveMaxPool = /* @__PURE__ */ adaptiveMaximum("adaptiveMaxPool2d", 2);

/**
 * The largest value of windows that make the result this large.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
 */
export const adaptiveMaxPool3d: AdaptiveMaxPool = /* @__PURE__ */ adaptiveMaximum("adaptiveMaxPool3d", 3);

/** How `interpolate` finds its values. */
export type InterpolateMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

/** Options of `interpolate`: one of `size` and `scaleFactor` is needed. */
export interface InterpolateOptions {
  /** The spatial sizes of the result. */
  readonly size?: PerDimension;
  /** How many times as large the result is. */
  readonly scaleFactor?: PerDimension;
  /** Default `"nearest"`. */
  readonly mode?: InterpolateMode;
  /**
   * Whether the centres of the corner elements stay where they are, instead of the corners themselves. Default false.
   */
  readonly alignCorners?: boolean;
  /**
   * Whether the elements lie as the sizes have it that `scaleFactor` gives once they are rounded down, instead of as
   * `scaleFactor` itself has it. Default false.
   */
  readonly recomputeScaleFactor?: boolean;
}

/** Cubic convolution with a = -0.75 at a distance. */
function cubic(distance: number): number {
  const a = -0.75;
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

function weightMatrix(
  size: number,
  out: number,
  scale: number,
  align: boolean,
  taps: "linear" | "cubic",
): Float64Array<ArrayBuffer> {
  const matrix = new Float64Array(out * size);
  const step = align ? (out > 1 ? (size - 1) / (out - 1) : 0) : scale;
  for (let i = 0; i < out; i++) {
    const exact = align ? i * step : (i + 0.5) * step - 0.5;
    const place = taps === "linear" ? Math.max(exact, 0) : exact;
    const from = Math.floor(place);
    const rest = place - from;
    const add = (k: number, weight: number) => {
      const at = i * size + Math.min(Math.max(k, 0), size - 1);
      matrix[at] = (matrix[at] as number) + weight;
    };
    if (taps === "linear") {
      add(from, 1 - rest);
      add(from + 1, rest);
    } else {
      for (let k = -1; k <= 2; k++) add(from + k, cubic(rest - k));
    }
  }
  return matrix;
}

/**
 * The input [N, C, ...space] at other spatial sizes: the nearest elements repeated, or values in between (linear for
 * one dimension, bilinear and bicubic for two, trilinear for three), or the mean of the area covered.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 *
 * @throws ArgumentError unless exactly one of `size` and `scaleFactor` is given, or the mode does not suit the number
 * of dimensions.
 * @example
 * interpolate(image, { scaleFactor: 2, mode: "bilinear" });
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  expectTensor("interpolate", x);
  const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = settings("interpolate", options, {
    size: undefined,
    scaleFactor: undefined,
    mode: "nearest",
    alignCorners: false,
    recomputeScaleFactor: false,
  });
  const dims = x.ndim - 2;
  if (dims < 1 || dims > 3) throw shapeError("interpolate", "an input [N, C, ...space] of 3 to 5 dimensions", x);
  expectImage("interpolate", x, dims);
  if ((size === undefined) === (scaleFactor === undefined))
    throw new ArgumentError("interpolate: give either size or scaleFactor");
  if (recomputeScaleFactor && scaleFactor === undefined)
    throw new ArgumentError("interpolate: recomputeScaleFactor goes with scaleFactor, got a size");
  const modes = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3, nearest: dims, "nearest-exact": dims, area: dims };
  checkChoice("interpolate", "mode", mode, Object.keys(modes));
  const suits = modes[mode];
  if (suits !== dims)
    throw new ArgumentError(
      `interpolate: the mode "${mode}" is for ${suits} spatial dimensions, but the input has ${dims}`,
    );
  const spreadOver = (value: PerDimension) => (typeof value === "number" ? new Array<number>(dims).fill(value) : value);
  const factors = scaleFactor === undefined ? null : spreadOver(scaleFactor);
  const sizes =
    factors === null
      ? [...spreadOver(size as PerDimension)]
      : factors.map((factor, i) => Math.floor((x.shape[i + 2] as number) * factor));
  if (sizes.length !== dims || sizes.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new ArgumentError(`interpolate: expected ${dims} positive sizes, got ${showShape(sizes)}`);
  }
  if (mode === "area") return adaptiveAverage("interpolate", dims, x, sizes);
  return sizes.reduce((y, out, i) => {
    const length = y.shape[i + 2] as number;
    const scale = factors === null || recomputeScaleFactor ? length / out : 1 / (factors[i] as number);
    if (mode === "nearest" || mode === "nearest-exact") {
      // "nearest" takes the element under the left edge of each place, as it always did; the exact one that under its
      // middle.
      const shift = mode === "nearest" ? 0 : 0.5;
      const sources = Int32Array.from({ length: out }, (_, k) =>
        Math.min(Math.floor(Math.fround((k + shift) * Math.fround(scale))), length - 1),
      );
      return selectUnchecked(y, i + 2, fromHost(y, [out], "int32", sources));
    }
    return throughMatrix(
      y,
      i + 2,
      weightMatrix(length, out, scale, alignCorners, mode === "bicubic" ? "cubic" : "linear"),
      out,
    );
  }, x);
}

/**
 * Channels turned into space: [..., C·r², H, W] → [..., C, H·r, W·r].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_shuffle.html
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const r = upscaleFactor;
  const [c, h, w] = x.shape.slice(-3);
  checkInteger("pixelShuffle", "upscaleFactor", r, 1);
  if (c === undefined || h === undefined || w === undefined || c % (r * r) !== 0) {
    throw new ShapeError(`pixelShuffle: the channels of ${showShape(x.shape)} cannot be divided by ${r}² = ${r * r}`);
  }
  const lead = x.shape.slice(0, -3);
  const batch = sizeOf(lead);
  const apart = permute(reshape(x, [batch, c / (r * r), r, r, h, w]), 0, 1, 4, 2, 5, 3);
  return reshape(apart, [...lead, c / (r * r), h * r, w * r]);
}

/**
 * Space turned into channels: [..., C, H·r, W·r] → [..., C·r², H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_unshuffle.html
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const r = downscaleFactor;
  const [c, h, w] = x.shape.slice(-3);
  checkInteger("pixelUnshuffle", "downscaleFactor", r, 1);
  if (c === undefined || h === undefined || w === undefined || h % r !== 0 || w % r !== 0) {
    throw new ShapeError(`pixelUnshuffle: height and width of ${showShape(x.shape)} cannot be divided by ${r}`);
  }
  const lead = x.shape.slice(0, -3);
  const apart = permute(reshape(x, [sizeOf(lead), c, h / r, r, w / r, r]), 0, 1, 3, 5, 2, 4);
  return reshape(apart, [...lead, c * r * r, h / r, w / r]);
}
