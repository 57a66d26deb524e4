/**
 * Scattering elements to positions given by index tensors. Each function returns a new tensor; the function or method
 * whose name ends in `_` writes in place.
 */

import { checkChoice, expectTensor } from "../argument.ts";
import { expectOneType, isFloating } from "../dtype.ts";
import { apply, applyInPlace } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { dimension, expectShape, shapeError, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { checkBounds } from "./check.ts";
import { filled } from "./fill.ts";
import {
  alongDimension,
  checkAlong,
  indexList,
  putting,
  type Scatter,
  scattering,
  uniform,
  wrapNegative,
} from "./gather.ts";
import { reshape } from "./reshape.ts";
import { narrow } from "./slice.ts";

/** The validated operands of a scatter: a dimension, the indices along it, and the source. */
type Prepared = readonly [dim: number, index: Tensor, source: Tensor];

/** Validates the operands of a scatter. The source is cropped to the shape of the index; a number becomes a tensor. */
function prepare(operation: string, x: Tensor, dim: number, index: Tensor, source: Tensor | number): Prepared {
  const at = checkAlong(operation, x, dim, index);
  checkBounds(operation, index, x.shape[at] ?? 1, at);
  if (typeof source !== "object") return [at, index, uniform(x, source, index.shape)];
  if (index.numel() === 0) return [at, index, uniform(x, 0, index.shape)];
  if (
    shapeOf(operation, source).length !== index.ndim ||
    source.shape.some((size, i) => size < (index.shape[i] as number))
  ) {
    throw shapeError(operation, "an index and a source at least as large", index, source);
  }
  return [
    at,
    index,
    index.shape.reduce((part, size, i) => (part.shape[i] === size ? part : narrow(part, i, 0, size)), source),
  ];
}

/** Scatters into a copy of `x`, or in place. */
function scattered(x: Tensor, [dim, index, source]: Prepared, reduce: Scatter["reduce"], inPlace = false): Tensor {
  const inputs = [x, index, source];
  const attrs = { dim, reduce };
  return inPlace ? applyInPlace(scattering, x, inputs, attrs) : apply(scattering, inputs, attrs);
}

/** Options of `scatter`. */
export interface ScatterOptions {
  /** How to combine the source with the existing elements. Default: replace them. */
  readonly reduce?: "add" | "multiply";
}

function scatterBy(operation: string, options: ScatterOptions | undefined): Scatter["reduce"] {
  const { reduce } = settings(operation, options, { reduce: undefined });
  if (reduce !== undefined) checkChoice(operation, "reduce", reduce, ["add", "multiply"]); // `scatterReduce` has others
  return reduce ?? "set";
}

/**
 * Returns a copy of `x` with the elements of `source`, or one number, stored at the positions that an index tensor
 * gives.
 *
 *     y = x;  y[index[i, j, k], j, k] = source[i, j, k]        for dim 0, and so on
 *
 * Where several elements go to the same position, one of them is stored; with `reduce`, all are added or multiplied.
 *
 * https://pytorch.org/docs/stable/generated/torch.scatter.html
 *
 * @param index int32, with as many dimensions as `x` and no larger than it except in `dim`. A scalar counts as a vector
 * of one element.
 * @param source at least as large as `index` in every dimension.
 * @throws IndexError for an index out of range.
 * @throws ShapeError when the shapes of `x`, `index` and `source` do not match.
 * @throws DTypeError unless the index is int32 and `source` has the dtype of `x`.
 * @throws ArgumentError for an unknown `reduce`.
 */
export function scatter(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor | number,
  options?: ScatterOptions,
): Tensor {
  return scattered(x, prepare("scatter", x, dim, index, source), scatterBy("scatter", options));
}

/** In-place version of `scatter`. Returns `x`. */
export function scatter_(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor | number,
  options?: ScatterOptions,
): Tensor {
  return scattered(x, prepare("scatter", x, dim, index, source), scatterBy("scatter_", options), true);
}

/**
 * Returns a copy of `x` with the elements of `source` added at the positions that an index tensor gives.
 *
 *     y = x;  y[index[i, j, k], j, k] += source[i, j, k]        for dim 0, and so on
 *
 * https://pytorch.org/docs/stable/generated/torch.scatter_add.html
 *
 * @throws IndexError for an index out of range.
 * @throws ShapeError when the shapes of `x`, `index` and `source` do not match.
 * @throws DTypeError unless the index is int32 and `source` has the dtype of `x`.
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return scattered(x, prepare("scatterAdd", x, dim, index, source), "add");
}

/** In-place version of `scatterAdd`. Returns `x`. */
export function scatterAdd_(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return scattered(x, prepare("scatterAdd", x, dim, index, source), "add", true);
}

/** How `scatterReduce` combines elements. */
export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";

/** How each reduction scatters, and the value that it starts from. */
const reductions = {
  sum: ["add", 0],
  mean: ["add", 0],
  prod: ["multiply", 1],
  amax: ["max", Number.NEGATIVE_INFINITY],
  amin: ["min", Number.POSITIVE_INFINITY],
} as const;

/** Options of `scatterReduce` and `indexReduce`. */
export interface ScatterReduceOptions {
  /** Whether the existing elements are included in the reduction. Default true. */
  readonly includeSelf?: boolean;
}

/** The quotient, rounded down for integers. */
const quotient = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("div", (sum, count) =>
  isFloating(sum.dtype) ? sum.div(count.max(1)) : sum.floorDiv(count.max(1)),
);

/**
 * Returns a copy of `x` with the elements of `source` combined into it at the positions that an index tensor gives: by
 * sum, product, mean, maximum or minimum.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html
 *
 * @param options.includeSelf Whether the existing elements are included in the reduction. Default true.
 * @throws IndexError for an index out of range.
 * @throws ShapeError when the shapes of `x`, `index` and `source` do not match.
 * @throws DTypeError unless the index is int32 and `source` has the dtype of `x`.
 * @throws ArgumentError for an unknown reduction.
 */
export function scatterReduce(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduction: ScatterReduction,
  options?: ScatterReduceOptions,
): Tensor {
  const { includeSelf } = settings("scatterReduce", options, { includeSelf: true });
  checkChoice("scatterReduce", "reduction", reduction, Object.keys(reductions));
  const [reduce, start] = reductions[reduction];
  const [at, , from] = prepare("scatterReduce", x, dim, index, source);
  const put = (to: Tensor, values: Tensor, by: Scatter["reduce"]) => scattered(to, [at, index, values], by);
  const all = (value: number) => uniform(x, value, index.shape);
  const least = x.dtype === "int32" ? -2147483648 : 0;
  const first = isFloating(x.dtype) ? start : Math.max(least, Math.min(start, 2147483647));
  const base = includeSelf ? x : put(x, all(first), "set");
  const combined = put(base, from, reduce);
  if (reduction !== "mean") return combined;
  const ones = filled(x, x.shape, 1);
  const own = includeSelf ? ones : put(ones, all(0), "set");
  return quotient(combined, put(own, all(1), "add"));
}

/** Validates the operands of functions that accept a list of indices of one dimension. */
function alongList(operation: string, x: Tensor, dim: number, index: Tensor, source: Tensor | number): Prepared {
  const at = dimension(operation, dim, x);
  const list = indexList(operation, index);
  checkBounds(operation, list, x.shape[at] ?? 1, at);
  const places = alongDimension(list, at, x.shape);
  if (typeof source !== "object") return [at, places, uniform(x, source, places.shape)];
  expectTensor(operation, source);
  expectShape(operation, "source", source, places.shape);
  return [at, places, source];
}

/** Options of `indexAdd`. */
export interface IndexAddOptions {
  /** Factor of the source. Default 1. */
  readonly alpha?: number;
}

function scaledList(
  operation: string,
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: IndexAddOptions | undefined,
): Prepared {
  const { alpha } = settings(operation, options, { alpha: 1 });
  expectTensor(operation, source);
  const factor = source.dtype === "bool" ? alpha !== 0 : alpha;
  return alongList(operation, x, dim, index, alpha === 1 ? source : mul(source, factor));
}

/**
 * Returns a copy of `x` with `alpha · source` added at a list of indices of one dimension.
 * https://pytorch.org/docs/stable/generated/torch.index_add.html
 *
 * @param index int32, of at most one dimension.
 * @param source of the shape of `x`, with as many indices in `dim` as the list has.
 * @throws IndexError for an index out of range.
 * @throws ShapeError for a source of another shape.
 * @throws DTypeError unless the index is int32 and `source` has the dtype of `x`.
 */
export function indexAdd(x: Tensor, dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor {
  return scattered(x, scaledList("indexAdd", x, dim, index, source, options), "add");
}

/** In-place version of `indexAdd`. Returns `x`. */
export function indexAdd_(x: Tensor, dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor {
  return scattered(x, scaledList("indexAdd_", x, dim, index, source, options), "add", true);
}

/**
 * Returns a copy of `x` with `source` stored at a list of indices of one dimension.
 * https://pytorch.org/docs/stable/generated/torch.index_copy.html
 *
 * @throws IndexError for an index out of range.
 * @throws ShapeError for a source of another shape.
 * @throws DTypeError unless the index is int32 and `source` has the dtype of `x`.
 */
export function indexCopy(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return scattered(x, alongList("indexCopy", x, dim, index, source), "set");
}

/** In-place version of `indexCopy`. Returns `x`. */
export function indexCopy_(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return scattered(x, alongList("indexCopy", x, dim, index, source), "set", true);
}

/**
 * Returns a copy of `x` with one value stored at a list of indices of one dimension.
 * https://pytorch.org/docs/stable/generated/torch.Tensor.index_fill_.html
 *
 * @throws IndexError for an index out of range.
 * @throws DTypeError unless the index is int32.
 */
export function indexFill(x: Tensor, dim: number, index: Tensor, value: number): Tensor {
  return scattered(x, alongList("indexFill", x, dim, index, value), "set");
}

/** In-place version of `indexFill`. Returns `x`. */
export function indexFill_(x: Tensor, dim: number, index: Tensor, value: number): Tensor {
  return scattered(x, alongList("indexFill", x, dim, index, value), "set", true);
}

/**
 * Returns a copy of `x` with `source` combined into it at a list of indices of one dimension: by product, mean, maximum
 * or minimum. For sums, use `indexAdd`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.index_reduce_.html
 *
 * @throws IndexError for an index out of range.
 * @throws ShapeError for a source of another shape.
 * @throws DTypeError unless the index is int32 and `source` has the dtype of `x`.
 * @throws ArgumentError for an unknown reduction.
 */
export function indexReduce(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduction: Exclude<ScatterReduction, "sum">,
  options?: ScatterReduceOptions,
): Tensor {
  const [at, places, from] = alongList("indexReduce", x, dim, index, source);
  return scatterReduce(x, at, places, from, reduction, options);
}

/** Returns a copy of `x` with the elements of `source`, [n], at `positions`, [n], counted in row-major order. */
export function putFlat(x: Tensor, positions: Tensor, source: Tensor, reduce: "set" | "add"): Tensor {
  return apply(putting, [x, positions, source], { dim: null, reduce });
}

/** In-place version of `putFlat`. Returns `x`. */
export function putFlat_(x: Tensor, positions: Tensor, source: Tensor, reduce: "set" | "add"): Tensor {
  return applyInPlace(putting, x, [x, positions, source], { dim: null, reduce });
}

/** Options of `put`. */
export interface PutOptions {
  /** Whether to add to the existing elements instead of replacing them. Default false. */
  readonly accumulate?: boolean;
}

/** The scatter reduction that the options of `put` select. */
export function puttingBy(operation: string, options: PutOptions | undefined): "add" | "set" {
  return settings(operation, options, { accumulate: false }).accumulate ? "add" : "set";
}

/**
 * Returns a copy of `x` with the elements of `source` stored at indices of the flattened tensor, in row-major order.
 * Negative indices count from the end.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.put_.html
 *
 * @throws IndexError for an index out of range.
 * @throws ShapeError unless there are as many indices as elements of `source`.
 * @throws DTypeError unless the index is int32 and `source` has the dtype of `x`.
 */
export function put(x: Tensor, index: Tensor, source: Tensor, options?: PutOptions): Tensor {
  const by = puttingBy("put", options);
  expectOneType("put", x, source);
  checkBounds("put", index, x.numel(), 0, true);
  if (index.numel() !== source.numel())
    throw shapeError("put", "indices and a source with the same number of elements", index, source);
  return putFlat(x, reshape(wrapNegative(index, x.numel()), [-1]), reshape(source, [-1]), by);
}
