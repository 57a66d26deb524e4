/**
 * `Tensor`'s methods for reductions, softmax, scans, sorting and counting. Each method calls the function of the same
 * name in `ops/`, where its full documentation is.
 */

import type { NamedTuple } from "../named-tuple.ts";
import { clone } from "../ops/copy.ts";
import { dist, renorm } from "../ops/distance.ts";
import {
  type AminmaxOptions,
  amax,
  amin,
  aminmax,
  argmax,
  argmin,
  max,
  min,
  type ValuesAndIndices,
} from "../ops/extremes.ts";
import { prod } from "../ops/product.ts";
import { nanquantile, type QuantileOptions, quantile } from "../ops/quantile.ts";
import type { Sizes } from "../ops/reshape.ts";
import type { Dims, KeepOptions, ReduceOptions } from "../ops/rows.ts";
import {
  cummax,
  cummin,
  cumprod,
  cumsum,
  type DiffOptions,
  diff,
  logcumsumexp,
  type ScanOptions,
} from "../ops/scan.ts";
import { type HistcOptions, histc } from "../ops/search.ts";
import { logSoftmax, logsumexp, type SoftmaxOptions, softmax } from "../ops/softmax.ts";
import {
  argsort,
  kthvalue,
  median,
  mode,
  msort,
  nanmedian,
  type SortOptions,
  sort,
  type TopkOptions,
  topk,
} from "../ops/sort.ts";
import {
  type CovOptions,
  corrcoef,
  cov,
  type NormOrder,
  norm,
  type SpreadOptions,
  std,
  variance,
} from "../ops/statistics.ts";
import { all, any, countNonzero, mean, nanmean, nansum, sum, sumToSize } from "../ops/sum.ts";
import {
  type BincountOptions,
  bincount,
  type Unique,
  type UniqueConsecutiveOptions,
  type UniqueOptions,
  unique,
  uniqueConsecutive,
} from "../ops/unique.ts";
import type { Tensor } from "../tensor.ts";
import { type Implementations, inPlaceCopies } from "./implementations.ts";

/** Reductions, softmax, scans, sorting and counting. */
export interface ReductionMethods {
  // ——— Sums ———

  /** Sums the elements over the given dimensions, or all. */
  sum(dim?: Dims, options?: ReduceOptions): Tensor;
  /** Sums over the dimensions in which a tensor of the given sizes is broadcast to this tensor's shape. */
  sumToSize(...sizes: Sizes): Tensor;
  /** Averages the elements over the given dimensions, or all. */
  mean(dim?: Dims, options?: ReduceOptions): Tensor;
  /** Sums the elements that are not NaN. */
  nansum(dim?: Dims, options?: ReduceOptions): Tensor;
  /** Averages the elements that are not NaN. */
  nanmean(dim?: Dims, options?: ReduceOptions): Tensor;
  /** Multiplies the elements over the given dimensions, or all. */
  prod(dim?: Dims, options?: ReduceOptions): Tensor;
  /** Counts the nonzero elements over the given dimensions, or all. Returns int32. */
  countNonzero(dim?: Dims): Tensor;
  /** Tests whether any element is nonzero over the given dimensions, or all. */
  any(dim?: Dims, options?: KeepOptions): Tensor;
  /** Tests whether all elements are nonzero over the given dimensions, or all. */
  all(dim?: Dims, options?: KeepOptions): Tensor;

  // ——— Extremes ———

  /** Returns the largest of all elements. */
  max(): Tensor;
  /** Returns the elementwise maximum of this tensor and another. */
  max(other: Tensor): Tensor;
  /** Returns the largest elements along a dimension and their indices. */
  max(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** Returns the smallest of all elements. */
  min(): Tensor;
  /** Returns the elementwise minimum of this tensor and another. */
  min(other: Tensor): Tensor;
  /** Returns the smallest elements along a dimension and their indices. */
  min(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** Returns the largest elements over the given dimensions, or all. Equal elements share the gradient evenly. */
  amax(dim?: Dims, options?: KeepOptions): Tensor;
  /** Returns the smallest elements over the given dimensions, or all. Equal elements share the gradient evenly. */
  amin(dim?: Dims, options?: KeepOptions): Tensor;
  /** Returns the smallest and the largest elements along a dimension, or of the whole tensor. */
  aminmax(dim?: number | null | AminmaxOptions, options?: KeepOptions): NamedTuple<["min", "max"]>;
  /**
   * Returns the index of the largest element along `dim`, or in the flattened tensor. The first of equal elements wins.
   */
  argmax(dim?: number | null, options?: KeepOptions): Tensor;
  /**
   * Returns the index of the smallest element along `dim`, or in the flattened tensor. The first of equal elements
   * wins.
   */
  argmin(dim?: number | null, options?: KeepOptions): Tensor;

  // ——— Variance and norms ———

  /** Computes the variance over the given dimensions, or all. Default: divisor n - 1. */
  var(dim?: Dims | SpreadOptions, options?: SpreadOptions): Tensor;
  /** Computes the standard deviation over the given dimensions, or all. Default: divisor n - 1. */
  std(dim?: Dims | SpreadOptions, options?: SpreadOptions): Tensor;
  /** Computes the p-norm over the given dimensions, or all. Default: `p` 2. */
  norm(p?: NormOrder, dim?: Dims, options?: ReduceOptions): Tensor;
  /** Computes the p-norm of the difference to another tensor. Default: `p` 2. */
  dist(other: Tensor, p?: NormOrder): Tensor;
  /** Scales down the slices along a dimension whose p-norm exceeds `maxNorm`. */
  renorm(p: number, dim: number, maxNorm: number): Tensor;
  /** In-place version of `renorm`. */
  renorm_(p: number, dim: number, maxNorm: number): Tensor;
  /** Computes the covariance matrix of the rows, each one variable. */
  cov(options?: CovOptions): Tensor;
  /** Computes the matrix of Pearson correlation coefficients of the rows, each one variable. */
  corrcoef(): Tensor;

  // ——— Softmax ———

  /** Computes eˣ / Σ eˣ along a dimension. */
  softmax(dim: number, options?: SoftmaxOptions): Tensor;
  /** Computes ln softmax(x) along a dimension. */
  logSoftmax(dim: number, options?: SoftmaxOptions): Tensor;
  /** Computes ln Σ eˣ over the given dimensions, or all. */
  logsumexp(dim?: Dims, options?: KeepOptions): Tensor;

  // ——— Scans ———

  /** Computes the cumulative sum along a dimension. */
  cumsum(dim: number, options?: ScanOptions): Tensor;
  /** In-place version of `cumsum`. */
  cumsum_(dim: number, options?: ScanOptions): Tensor;
  /** Computes the cumulative product along a dimension. */
  cumprod(dim: number, options?: ScanOptions): Tensor;
  /** In-place version of `cumprod`. */
  cumprod_(dim: number, options?: ScanOptions): Tensor;
  /** Returns the cumulative maximum along a dimension and its indices. */
  cummax(dim: number): ValuesAndIndices;
  /** Returns the cumulative minimum along a dimension and its indices. */
  cummin(dim: number): ValuesAndIndices;
  /** Computes the cumulative ln Σ eˣ along a dimension. */
  logcumsumexp(dim: number): Tensor;
  /** Computes the `n`-th difference of adjacent elements along a dimension. Default: `n` 1, `dim` -1. */
  diff(n?: number | DiffOptions, dim?: number, options?: DiffOptions): Tensor;

  // ——— Sorting and counting ———

  /**
   * Sorts the elements along a dimension, by default in ascending order. Returns values and indices. Default: `dim` -1.
   */
  sort(dim?: number | SortOptions, options?: SortOptions): ValuesAndIndices;
  /** Returns the indices that would sort this tensor along a dimension. Default: `dim` -1. */
  argsort(dim?: number | SortOptions, options?: SortOptions): Tensor;
  /** Sorts the elements along the first dimension. */
  msort(): Tensor;
  /** Returns the `k` largest elements along a dimension and their indices. Default: `dim` -1. */
  topk(k: number, dim?: number | TopkOptions, options?: TopkOptions): ValuesAndIndices;
  /** Returns the `k`-th smallest element along a dimension, counted from 1, and its index. Default: `dim` -1. */
  kthvalue(k: number, dim?: number, options?: KeepOptions): ValuesAndIndices;
  /** Returns the median of all elements, the lower of two middle ones. */
  median(): Tensor;
  /** Returns the medians along a dimension and their indices. */
  median(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** Returns the median of the elements that are not NaN. */
  nanmedian(): Tensor;
  /** Returns the medians along a dimension, ignoring NaN, and their indices. */
  nanmedian(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** Computes the `q`-quantiles along a dimension, or of all elements. */
  quantile(q: number | Tensor, dim?: number | null, options?: QuantileOptions): Tensor;
  /** Computes quantiles of the elements that are not NaN. */
  nanquantile(q: number | Tensor, dim?: number | null, options?: QuantileOptions): Tensor;
  /** Returns the most frequent element along a dimension and the index of its last occurrence. Default: `dim` -1. */
  mode(dim?: number, options?: KeepOptions): ValuesAndIndices;
  /** Returns the distinct elements in ascending order, and on request their indices and counts. */
  unique<I extends boolean = false, C extends boolean = false>(options?: UniqueOptions<I, C>): Unique<I, C>;
  /** Removes consecutive duplicates. Returns also inverse indices and counts on request, as `unique` does. */
  uniqueConsecutive<I extends boolean = false, C extends boolean = false>(
    options?: UniqueConsecutiveOptions<I, C>,
  ): Unique<I, C>;
  /** Counts the occurrences of each non-negative integer, or sums their weights. */
  bincount(weights?: Tensor | BincountOptions | null, options?: BincountOptions): Tensor;
  /** Computes a histogram with bins of equal width. */
  histc(bins?: number | HistcOptions, options?: HistcOptions): Tensor;
}

/** The implementations of `ReductionMethods`. */
export const reductionMethods: Implementations<ReductionMethods> = {
  sum,
  sumToSize,
  mean,
  nansum,
  nanmean,
  prod,
  countNonzero,
  any,
  all,
  amax,
  amin,
  aminmax,
  max,
  min,
  argmax,
  argmin,
  var: variance,
  std,
  norm,
  dist,
  renorm,
  cov,
  corrcoef,
  softmax,
  logSoftmax,
  logsumexp,
  cumsum,
  cumprod,
  cummax,
  cummin,
  logcumsumexp,
  diff,
  sort,
  argsort,
  msort,
  topk,
  kthvalue,
  quantile,
  nanquantile,
  median,
  nanmedian,
  mode,
  unique,
  uniqueConsecutive,
  bincount,
  histc,
  ...inPlaceCopies({ cumsum }),
  ...inPlaceCopies({ cumprod, renorm }, clone),
};
