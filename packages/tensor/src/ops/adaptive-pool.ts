/**
 * Adaptive pooling, which is given the size of the output. Averages are weighted sums along one dimension after the
 * other; maxima are those of windows whose elements are gathered first.
 */

import { expectFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { settings } from "../settings.ts";
import { type Shape, shapeError, shapeOf, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { integers } from "./fill.ts";
import { gatherUnchecked, selectUnchecked } from "./gather.ts";
import { type MaxPoolOptions, maxPool1d } from "./pool.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";
import { resample, tapsOf } from "./sparse.ts";
import { mean } from "./sum.ts";

/** Returns the output size of each spatial dimension. Throws an ArgumentError unless they are positive integers. */
export function targets(operation: string, dims: number, size: number | readonly number[]): readonly number[] {
  const sizes: readonly number[] = Array.isArray(size) ? size : new Array<number>(dims).fill(size as number);
  if (sizes.length !== dims || sizes.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new ArgumentError(`${operation}: expected ${dims} positive sizes, got ${showShape(sizes)}`);
  }
  return sizes;
}

/** Throws a DeviceError if there is no room for the output, before the host computes what it consists of. */
export function expectRoom(x: Tensor, sizes: readonly number[]): void {
  x.allocate([...x.shape.slice(0, 2), ...sizes]).dispose();
}

/** Replaces null by the size of the input, which it keeps. */
function kept(x: Tensor, outputSize: number | readonly (number | null)[]): number | readonly number[] {
  // Safe: the caller checks what is not an array.
  if (!Array.isArray(outputSize)) return outputSize as number;
  return outputSize.map((size: number | null, i) => size ?? (x.shape[i + 2] as number));
}

export function expectImage(operation: string, x: Tensor, dims: number): void {
  if (x.ndim !== dims + 2 || x.shape.slice(2).includes(0)) {
    throw shapeError(operation, `an input of ${dims + 1} or ${dims + 2} dimensions, spatial sizes not 0`, x);
  }
}

/** The first index and the end of window `i` of `out` windows over `size` elements. */
function adaptiveWindow(i: number, out: number, size: number): readonly [number, number] {
  return [Math.floor((i * size) / out), Math.ceil(((i + 1) * size) / out)];
}

export function adaptiveAverage(
  operation: string,
  dims: number,
  x: Tensor,
  outputSize: number | readonly (number | null)[],
): Tensor {
  if (shapeOf(operation, x).length === dims + 1)
    return squeeze(adaptiveAverage(operation, dims, unsqueeze(x, 0), outputSize), 0);
  expectImage(operation, x, dims);
  expectFloating(operation, x);
  const sizes = targets(operation, dims, kept(x, outputSize));
  if (sizes.every((out) => out === 1)) {
    const space = sizes.map((_, d) => d + 2);
    return mean(x, space, { keepdim: true });
  }
  expectRoom(x, sizes);
  return resample(
    x,
    sizes.map((out, d) =>
      tapsOf(out, (i, add) => {
        const [from, to] = adaptiveWindow(i, out, x.shape[d + 2] as number);
        for (let k = from; k < to; k++) add(k, 1 / (to - from));
      }),
    ),
  );
}

/**
 * Averages windows so that the output has a given length: [N, C, L] → [N, C, outputSize].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
 *
 * @throws ArgumentError unless the size is a positive integer.
 * @throws ShapeError for an input of another number of dimensions, or of length 0.
 * @throws DTypeError for integers.
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return adaptiveAverage("adaptiveAvgPool1d", 1, x, outputSize);
}

/**
 * Averages windows so that the output has a given size: [N, C, H, W] → [N, C, ...outputSize]. Window `i` extends from
 * ⌊i·in/out⌋ to ⌈(i+1)·in/out⌉.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
 *
 * @param outputSize one size for both dimensions, or one per dimension. `null` keeps the size of the input.
 * @throws ArgumentError unless the sizes are positive integers.
 * @throws ShapeError for an input of another number of dimensions, or with a spatial size of 0.
 * @throws DTypeError for integers.
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return adaptiveAverage("adaptiveAvgPool2d", 2, x, outputSize);
}

/**
 * Averages windows so that the output has a given size: [N, C, D, H, W] → [N, C, ...outputSize].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html
 *
 * @param outputSize one size for all dimensions, or one per dimension. `null` keeps the size of the input.
 * @throws ArgumentError unless the sizes are positive integers.
 * @throws ShapeError for an input of another number of dimensions, or with a spatial size of 0.
 * @throws DTypeError for integers.
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: number | readonly (number | null)[]): Tensor {
  return adaptiveAverage("adaptiveAvgPool3d", 3, x, outputSize);
}

/**
 * For each element of the output, the flat positions of its window in the input. Shorter lists repeat their last
 * position.
 */
function adaptiveSources(
  inputs: Shape,
  outputs: Shape,
): { readonly width: number; readonly positions: readonly number[] } {
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
  const positions = lists.flatMap((list) =>
    Array.from({ length: width }, (_, j) => list[Math.min(j, list.length - 1)] as number),
  );
  return { width, positions };
}

function adaptiveLargest(
  operation: string,
  dims: number,
  x: Tensor,
  outputSize: number | readonly (number | null)[],
): readonly [Tensor, Tensor] {
  if (shapeOf(operation, x).length === dims + 1) {
    const [values, indices] = adaptiveLargest(operation, dims, unsqueeze(x, 0), outputSize);
    return [squeeze(values, 0), squeeze(indices, 0)];
  }
  expectImage(operation, x, dims);
  const sizes = targets(operation, dims, kept(x, outputSize));
  expectRoom(x, sizes);
  const [n, c] = [x.shape[0] as number, x.shape[1] as number];
  const { width, positions } = adaptiveSources(x.shape.slice(2), sizes);
  const table = integers(x, positions);
  const seen = selectUnchecked(reshape(x, [n, c, sizeOf(x.shape.slice(2))]), 2, table);
  const [values, local] = maxPool1d(seen, width, { returnIndices: true });
  const flat = reshape(local, [n * c * sizeOf(sizes)]);
  const indices = gatherUnchecked(table, 0, flat);
  return [reshape(values, [n, c, ...sizes]), reshape(indices, [n, c, ...sizes])];
}

/** An adaptive max pooling function: returns the values, or with `returnIndices` the pair [values, indices]. */
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
  // Safe: `returnIndices` selects the result's type, as the overloads declare.
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
 * Computes the maxima of windows so that the output has a given length: [N, C, L] → [N, C, outputSize].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
 *
 * @throws ArgumentError unless the size is a positive integer.
 * @throws ShapeError for an input of another number of dimensions, or of length 0.
 */
export const adaptiveMaxPool1d: AdaptiveMaxPool = /* @__PURE__ */ adaptiveMaximum("adaptiveMaxPool1d", 1);

/**
 * Computes the maxima of windows so that the output has a given size: [N, C, H, W] → [N, C, ...outputSize].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
 *
 * @throws ArgumentError unless the sizes are positive integers.
 * @throws ShapeError for an input of another number of dimensions, or with a spatial size of 0.
 */
export const adaptiveMaxPool2d: AdaptiveMaxPool = /* @__PURE__ */ adaptiveMaximum("adaptiveMaxPool2d", 2);

/**
 * Computes the maxima of windows so that the output has a given size: [N, C, D, H, W] → [N, C, ...outputSize].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
 *
 * @throws ArgumentError unless the sizes are positive integers.
 * @throws ShapeError for an input of another number of dimensions, or with a spatial size of 0.
 */
export const adaptiveMaxPool3d: AdaptiveMaxPool = /* @__PURE__ */ adaptiveMaximum("adaptiveMaxPool3d", 3);
