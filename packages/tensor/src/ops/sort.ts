/**
 * Sorting, and operations that select from a sorted row: top-k, k-th value, median and mode. Sorting is stable. NaN
 * counts as the largest value.
 */

import { checkInteger } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { apply, type Op, rules } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import { dimension, type Shape, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { choose, eq, isnan, ne } from "./comparison.ts";
import { cast, clone, copyInto } from "./copy.ts";
import { applyPair, argmax, max, shareAlike, toPlaces, type ValuesAndIndices, valuesAndIndices } from "./extremes.ts";
import { counting } from "./fill.ts";
import { gatherUnchecked, withDimension } from "./gather.ts";
import { roll } from "./repeat.ts";
import { reshape, squeeze } from "./reshape.ts";
import { expectRows, type KeepOptions, keepDefaults } from "./rows.ts";
import { cummax } from "./scan.ts";
import { mean, sum } from "./sum.ts";

interface SortAttrs {
  readonly dim: number;
  readonly descending: boolean;
  /** Number of sorted elements per row before the first that is kept. */
  readonly skip: number;
  /** Number of elements kept per row. */
  readonly count: number;
}

const sorting: Op<SortAttrs> = {
  name: "sort",
  infer: ([x], { dim, count }) => {
    const shape: Shape = x.shape.map((size, i) => (i === dim ? count : size));
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: "int32" },
    ];
  },
  run: ([x], { dim, descending, skip }, [values, indices]) => {
    const [input, to, places] = [withDimension(x), withDimension(values), withDimension(indices)];
    values.device.run({ kind: "sort", dim, descending, skip, input, values: to, indices: places });
  },
  gradient: toPlaces,
};

function sorted(x: Tensor, dim: number, descending: boolean, count: number, skip = 0): ValuesAndIndices {
  return applyPair(sorting, [x], { dim, descending, skip, count });
}

/** Options of `sort`. */
export interface SortOptions {
  /** Whether to sort in descending order. Default false. */
  readonly descending?: boolean;
  /** Whether equal elements keep their order. Accepted for compatibility: the sort is always stable. */
  readonly stable?: boolean;
}

/**
 * Sorts the elements along a dimension, by default in ascending order. Returns the values and their indices in `x`.
 *
 * https://pytorch.org/docs/stable/generated/torch.sort.html
 *
 * @param dim Default -1.
 * @throws IndexError for a dimension out of range.
 * @example
 * const { values, indices } = sort(tensor([3, 1, 2])); // [1, 2, 3], [1, 2, 0]
 */
export function sort(x: Tensor, dim: number | SortOptions = -1, options?: SortOptions): ValuesAndIndices {
  if (isOptions(dim)) return sort(x, -1, dim);
  const { descending } = settings("sort", options, { descending: false, stable: true });
  const axis = dimension("sort", dim, x);
  return sorted(x, axis, descending, x.shape[axis] ?? 1);
}

/**
 * Returns the indices that would sort a tensor along a dimension, by default the last.
 * https://pytorch.org/docs/stable/generated/torch.argsort.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function argsort(x: Tensor, dim: number | SortOptions = -1, options?: SortOptions): Tensor {
  if (isOptions(dim)) return argsort(x, -1, dim);
  dimension("argsort", dim, x);
  return sort(x.detach(), dim, options).indices;
}

/** Sorts the elements along the first dimension. https://pytorch.org/docs/stable/generated/torch.msort.html */
export function msort(x: Tensor): Tensor {
  return sort(x, 0).values;
}

/** Options of `topk`. */
export interface TopkOptions {
  /** Whether to return the largest elements rather than the smallest. Default true. */
  readonly largest?: boolean;
  /** Whether the elements are sorted. Accepted for compatibility: they always are. */
  readonly sorted?: boolean;
}

/**
 * Returns the `k` largest elements along a dimension, in descending order, and their indices.
 *
 * https://pytorch.org/docs/stable/generated/torch.topk.html
 *
 * @param dim Default -1. May be left out before options.
 * @throws ArgumentError unless `k` is an integer from 0 to the size of the dimension.
 * @throws IndexError for a dimension out of range.
 */
export function topk(x: Tensor, k: number, dim: number | TopkOptions = -1, options?: TopkOptions): ValuesAndIndices {
  if (isOptions(dim)) return topk(x, k, -1, dim);
  const { largest } = settings("topk", options, { largest: true, sorted: true });
  const axis = dimension("topk", dim, x);
  checkInteger("topk", "k", k, 0, x.shape[axis] ?? 1);
  return sorted(x, axis, largest, k);
}

/** Returns the elements at an index per row, a dimension of size 1, which is dropped unless it is kept. */
function chosen(x: Tensor, axis: number, keepdim: boolean, places: Tensor): ValuesAndIndices {
  if (x.ndim === 0) return valuesAndIndices(clone(x), places);
  const one = (all: Tensor): Tensor => (keepdim ? all : squeeze(all, axis));
  return valuesAndIndices(one(gatherUnchecked(x, axis, places)), one(places));
}

/**
 * Returns the `k`-th smallest element along a dimension, counted from 1, and its index.
 *
 * https://pytorch.org/docs/stable/generated/torch.kthvalue.html
 *
 * @param dim Default -1.
 * @throws ArgumentError unless `k` is an integer from 1 to the size of the dimension.
 * @throws IndexError for a dimension out of range.
 */
export function kthvalue(x: Tensor, k: number, dim = -1, options?: KeepOptions): ValuesAndIndices {
  const { keepdim } = settings("kthvalue", options, keepDefaults);
  const axis = dimension("kthvalue", dim, x);
  checkInteger("kthvalue", "k", k, 1, x.shape[axis] ?? 1);
  return chosen(x, axis, keepdim, sorted(x.detach(), axis, false, 1, k - 1).indices);
}

function medians(operation: string, x: Tensor, dim: number, keepdim: boolean, skip: boolean): ValuesAndIndices {
  const axis = dimension(operation, dim, x);
  expectRows(operation, x, [axis]);
  const half = ((x.shape[axis] ?? 1) - 1) >> 1;
  const data = x.detach();
  if (skip && x.ndim > 0) {
    // NaN sorts to the end, and only the elements before it count.
    const middle = cast(middleOf(sum(eq(data, data), axis, { keepdim: true })), "int32");
    return chosen(x, axis, keepdim, gatherUnchecked(sorted(data, axis, false, half + 1).indices, axis, middle));
  }
  // The first NaN, if there is one, is the largest element.
  const top = max(data, axis, { keepdim: true });
  return chosen(x, axis, keepdim, choose(isnan(top.values), top.indices, sorted(data, axis, false, 1, half).indices));
}

const middleOf = /* @__PURE__ */ pointwise<[Tensor]>("nanmedian", (count) => count.sub(1).max(0).div(2).floor());

/** [x, its median] → the median. All elements equal to it share the gradient. */
const middle: Op = {
  name: "median",
  infer: ([, { shape, dtype }]) => [{ shape, dtype }],
  run: ([, found], _, [to]) => copyInto(to, found, to.device),
  gradient: /* @__PURE__ */ rules({ inputs: [0, 1], of: (g, { input }) => shareAlike(g, input(0), input(1)) }, null),
};

function medianOfAll(operation: string, x: Tensor, skip: boolean): Tensor {
  if (shapeOf(operation, x).includes(0) && isFloating(x.dtype)) return mean(x);
  return apply(middle, [x, medians(operation, reshape(x.detach(), [-1]), 0, false, skip).values], undefined);
}

/**
 * Returns the median of all elements: the lower of two middle elements, and NaN if any element is NaN or there are
 * none. https://pytorch.org/docs/stable/generated/torch.median.html
 *
 * @throws IndexError for integers without elements.
 */
export function median(x: Tensor): Tensor;
/**
 * Returns the medians along a dimension and their indices.
 *
 * @throws IndexError for a dimension that is empty or out of range.
 */
export function median(x: Tensor, dim: number, options?: KeepOptions): ValuesAndIndices;
export function median(x: Tensor, dim?: number, options?: KeepOptions): Tensor | ValuesAndIndices {
  const { keepdim } = settings("median", options, keepDefaults);
  return dim === undefined ? medianOfAll("median", x, false) : medians("median", x, dim, keepdim, false);
}

/**
 * Returns the median of the elements that are not NaN; NaN if there are none.
 * https://pytorch.org/docs/stable/generated/torch.nanmedian.html
 */
export function nanmedian(x: Tensor): Tensor;
/**
 * Returns the medians along a dimension, ignoring NaN, and their indices.
 *
 * @throws IndexError for a dimension that is empty or out of range.
 */
export function nanmedian(x: Tensor, dim: number, options?: KeepOptions): ValuesAndIndices;
export function nanmedian(x: Tensor, dim?: number, options?: KeepOptions): Tensor | ValuesAndIndices {
  const { keepdim } = settings("nanmedian", options, keepDefaults);
  return dim === undefined ? medianOfAll("nanmedian", x, true) : medians("nanmedian", x, dim, keepdim, true);
}

/**
 * Returns the most frequent element along a dimension and the index of its last occurrence. Of equally frequent
 * elements, the smallest is returned.
 *
 * https://pytorch.org/docs/stable/generated/torch.mode.html
 *
 * @param dim Default -1.
 * @throws IndexError for a dimension that is empty or out of range.
 */
export function mode(x: Tensor, dim = -1, options?: KeepOptions): ValuesAndIndices {
  const { keepdim } = settings("mode", options, keepDefaults);
  const axis = dimension("mode", dim, x);
  expectRows("mode", x, [axis]);
  const size = x.shape[axis] ?? 1;
  const { values, indices } = sorted(x.detach(), axis, false, size);
  const position = reshape(
    counting(x, size),
    x.shape.map((_, i) => (i === axis ? size : 1)),
  );
  // The position within each run of equal elements, counted from 0: the distance from the run's start. (A run starts at
  // 0 whatever the last element is, which `roll` compares with the first.)
  const began = mul(position, ne(values, roll(values, 1, axis)));
  const place = argmax(sub(position, cummax(began, axis).values), axis, { keepdim: true });
  return chosen(x, axis, keepdim, x.ndim === 0 ? indices : gatherUnchecked(indices, axis, place));
}
