/**
 * Sums, extremes, norms, softmax, scans and sorting, as methods of `Tensor`. Each is the function of the same name in
 * `ops/`, which says more.
 */

import { clone } from "../ops/copy.ts";
import { dist, renorm } from "../ops/distance.ts";
import { amax, amin, aminmax, argmax, argmin, max, min, type ValuesAndIndices } from "../ops/extremes.ts";
import { prod } from "../ops/product.ts";
import { nanquantile, type QuantileOptions, quantile } from "../ops/quantile.ts";
import type { Dims, KeepOptions, ReduceOptions } from "../ops/rows.ts";
import { cummax, cummin, cumprod, cumsum, diff, logcumsumexp, type ScanOptions } from "../ops/scan.ts";
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
import { all, any, countNonzero, mean, nanmean, nansum, sum } from "../ops/sum.ts";
import {
  type BincountOptions,
  bincount,
  type Unique,
  type UniqueOptions,
  unique,
  uniqueConsecutive,
} from "../ops/unique.ts";
import type { Tensor } from "../tensor.ts";
import { type Behind, copied } from "./behind.ts";

/** Sums, extremes, norms, softmax, scans and sorting. */
export interface ReductionMethods {
  // ——— Sums ———

  /** The sum over some dimensions, or all. */
  sum(dim?: Dims, options?: ReduceOptions): Tensor;
  /** The mean over some dimensions, or all. */
  mean(dim?: Dims, options?: ReduceOptions): Tensor;
  /** The sum of what is not NaN. */
  nansum(dim?: Dims, options?: ReduceOptions): Tensor;
  /** The mean of what is not NaN. */
  nanmean(dim?: Dims, options?: ReduceOptions): Tensor;
  /** The product over some dimensions, or all. */
  prod(dim?: Dims, options?: ReduceOptions): Tensor;
  /** How many elements are not zero. */
  countNonzero(dim?: Dims): Tensor;
  /** Whether any element is true. */
  any(dim?: Dims, options?: KeepOptions): Tensor;
  /** Whether all elements are true. */
  all(dim?: Dims, options?: KeepOptions): Tensor;

  // ——— Extremes ———

  /** The largest of all elements. */
  max(): Tensor;
  /** The larger of two, element by element. */
  max(other: Tensor): Tensor;
  /** The largest elements along a dimension, and where they are. */
  max(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** The smallest of all elements. */
  min(): Tensor;
  /** The smaller of two, element by element. */
  min(other: Tensor): Tensor;
  /** The smallest elements along a dimension, and where they are. */
  min(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** The largest element over some dimensions, or all; equals share the gradient. */
  amax(dim?: Dims, options?: KeepOptions): Tensor;
  /** The smallest element over some dimensions, or all; equals share the gradient. */
  amin(dim?: Dims, options?: KeepOptions): Tensor;
  /** Both extremes. */
  aminmax(dim?: number | null, options?: KeepOptions): { readonly min: Tensor; readonly max: Tensor };
  /** Where the largest element is, along `dim` or in the flattened tensor. */
  argmax(dim?: number | null, options?: KeepOptions): Tensor;
  /** Where the smallest element is, along `dim` or in the flattened tensor. */
  argmin(dim?: number | null, options?: KeepOptions): Tensor;

  // ——— Spread and size ———

  /** The variance over some dimensions, or all. */
  var(dim?: Dims, options?: SpreadOptions): Tensor;
  /** The standard deviation over some dimensions, or all. */
  std(dim?: Dims, options?: SpreadOptions): Tensor;
  /** The p-norm over some dimensions, or all. Default: `p` 2. */
  norm(p?: NormOrder, dim?: Dims, options?: ReduceOptions): Tensor;
  /** The distance from another tensor, both taken as vectors. Default: `p` 2. */
  dist(other: Tensor, p?: NormOrder): Tensor;
  /** With the norms of the parts along a dimension limited. */
  renorm(p: number, dim: number, maxNorm: number): Tensor;
  /** `renorm` in place. */
  renorm_(p: number, dim: number, maxNorm: number): Tensor;
  /** The covariances of the rows. */
  cov(options?: CovOptions): Tensor;
  /** The correlations of the rows. */
  corrcoef(): Tensor;

  // ——— Softmax ———

  /** eˣ / Σ eˣ along a dimension. */
  softmax(dim: number, options?: SoftmaxOptions): Tensor;
  /** ln softmax(x). */
  logSoftmax(dim: number, options?: SoftmaxOptions): Tensor;
  /** ln Σ eˣ over some dimensions. */
  logsumexp(dim?: Dims, options?: KeepOptions): Tensor;

  // ——— Running totals ———

  /** Running totals along a dimension. */
  cumsum(dim: number, options?: ScanOptions): Tensor;
  /** `cumsum` in place. */
  cumsum_(dim: number, options?: ScanOptions): Tensor;
  /** Running products along a dimension. */
  cumprod(dim: number, options?: ScanOptions): Tensor;
  /** `cumprod` in place. */
  cumprod_(dim: number, options?: ScanOptions): Tensor;
  /** The largest elements so far, and where they stand. */
  cummax(dim: number): ValuesAndIndices;
  /** The smallest elements so far, and where they stand. */
  cummin(dim: number): ValuesAndIndices;
  /** Running ln Σ eˣ along a dimension. */
  logcumsumexp(dim: number): Tensor;
  /** Differences of neighbours along a dimension, `n` times over. Default: `n` 1, `dim` -1. */
  diff(n?: number, dim?: number): Tensor;

  // ——— Sorting ———

  /** The elements in order along a dimension, and where they stood. Default: `dim` -1. */
  sort(dim?: number, options?: SortOptions): ValuesAndIndices;
  /** Where the elements of the sorted tensor stand. Default: `dim` -1. */
  argsort(dim?: number, options?: SortOptions): Tensor;
  /** The elements sorted along the first dimension. */
  msort(): Tensor;
  /** The `k` largest elements along a dimension, and where they stand. Default: `dim` -1. */
  topk(k: number, dim?: number, options?: TopkOptions): ValuesAndIndices;
  /** The `k`-th smallest element along a dimension, and where it stands. Default: `dim` -1. */
  kthvalue(k: number, dim?: number, options?: KeepOptions): ValuesAndIndices;
  /** The median of all elements. */
  median(): Tensor;
  /** The median along a dimension, and where it stands. */
  median(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** The median of what is not NaN. */
  nanmedian(): Tensor;
  /** The median along a dimension of what is not NaN, and where it stands. */
  nanmedian(dim: number, options?: KeepOptions): ValuesAndIndices;
  /** The value below which a part `q` of the elements lies. */
  quantile(q: number | Tensor, dim?: number | null, options?: QuantileOptions): Tensor;
  /** `quantile` of what is not NaN. */
  nanquantile(q: number | Tensor, dim?: number | null, options?: QuantileOptions): Tensor;
  /** The most frequent element along a dimension, and where it stands last. Default: `dim` -1. */
  mode(dim?: number, options?: KeepOptions): ValuesAndIndices;
  /** The different elements, where each element is among them, and how often each occurs. */
  unique(options?: UniqueOptions): Unique;
  /** The elements without those that repeat the one before. */
  uniqueConsecutive(options?: Pick<UniqueOptions, "dim">): Unique;
  /** How often each non-negative integer occurs. */
  bincount(weights?: Tensor | null, options?: BincountOptions): Tensor;
  /** A histogram with bins of equal width. */
  histc(options?: HistcOptions): Tensor;
}

/** The functions behind them. */
export const reductionMethods: Behind<ReductionMethods> = {
  sum,
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
  ...copied({ cumsum }),
  ...copied({ cumprod, renorm }, clone),
};
