/**
 * Sums, extremes, norms, softmax, scans and sorting, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`, which
 * says more. The chain of classes exists only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import { dist, renorm } from "../ops/distance.ts";
import * as extremes from "../ops/extremes.ts";
import * as product from "../ops/product.ts";
import { nanquantile, type QuantileOptions, quantile } from "../ops/quantile.ts";
import type { Dims, KeepOptions, ReduceOptions } from "../ops/rows.ts";
import * as scan from "../ops/scan.ts";
import { type HistcOptions, histc } from "../ops/search.ts";
import * as softmax from "../ops/softmax.ts";
import * as sorting from "../ops/sort.ts";
import * as statistics from "../ops/statistics.ts";
import * as sums from "../ops/sum.ts";
import * as uniques from "../ops/unique.ts";
import type { Tensor } from "../tensor.ts";
import { FunctionMethods } from "./functions.ts";

/** Sums, extremes, norms, softmax, scans and sorting. */
export abstract class ReductionMethods extends FunctionMethods {
  // ——— Sums ———

  /** The sum over some dimensions, or all. */
  sum(this: Tensor, dim: Dims = null, options: ReduceOptions = {}): Tensor {
    return sums.sum(this, dim, options);
  }
  /** The mean over some dimensions, or all. */
  mean(this: Tensor, dim: Dims = null, options: ReduceOptions = {}): Tensor {
    return sums.mean(this, dim, options);
  }
  /** The sum of what is not NaN. */
  nansum(this: Tensor, dim: Dims = null, options: ReduceOptions = {}): Tensor {
    return sums.nansum(this, dim, options);
  }
  /** The mean of what is not NaN. */
  nanmean(this: Tensor, dim: Dims = null, options: ReduceOptions = {}): Tensor {
    return sums.nanmean(this, dim, options);
  }
  /** The product over some dimensions, or all. */
  prod(this: Tensor, dim: Dims = null, options: ReduceOptions = {}): Tensor {
    return product.prod(this, dim, options);
  }
  /** How many elements are not zero. */
  countNonzero(this: Tensor, dim: Dims = null): Tensor {
    return sums.countNonzero(this, dim);
  }
  /** Whether any element is true. */
  any(this: Tensor, dim: Dims = null, options: KeepOptions = {}): Tensor {
    return sums.any(this, dim, options);
  }
  /** Whether all elements are true. */
  all(this: Tensor, dim: Dims = null, options: KeepOptions = {}): Tensor {
    return sums.all(this, dim, options);
  }

  // ——— Extremes ———

  /** The largest of all elements. */
  max(this: Tensor): Tensor;
  /** The larger of two, element by element. */
  max(this: Tensor, other: Tensor): Tensor;
  /** The largest elements along a dimension, and where they are. */
  max(this: Tensor, dim: number, options?: KeepOptions): extremes.ValuesAndIndices;
  max(this: Tensor, second?: Tensor | number, options: KeepOptions = {}): Tensor | extremes.ValuesAndIndices {
    if (second === undefined) return extremes.max(this);
    return typeof second === "number" ? extremes.max(this, second, options) : extremes.max(this, second);
  }
  /** The smallest of all elements. */
  min(this: Tensor): Tensor;
  /** The smaller of two, element by element. */
  min(this: Tensor, other: Tensor): Tensor;
  /** The smallest elements along a dimension, and where they are. */
  min(this: Tensor, dim: number, options?: KeepOptions): extremes.ValuesAndIndices;
  min(this: Tensor, second?: Tensor | number, options: KeepOptions = {}): Tensor | extremes.ValuesAndIndices {
    if (second === undefined) return extremes.min(this);
    return typeof second === "number" ? extremes.min(this, second, options) : extremes.min(this, second);
  }
  /** The largest element over some dimensions, or all; equals share the gradient. */
  amax(this: Tensor, dim: Dims = null, options: KeepOptions = {}): Tensor {
    return extremes.amax(this, dim, options);
  }
  /** The smallest element over some dimensions, or all; equals share the gradient. */
  amin(this: Tensor, dim: Dims = null, options: KeepOptions = {}): Tensor {
    return extremes.amin(this, dim, options);
  }
  /** Both extremes. */
  aminmax(this: Tensor, dim: number | null = null, options: KeepOptions = {}): { readonly min: Tensor; readonly max: Tensor } {
    return extremes.aminmax(this, dim, options);
  }
  /** Where the largest element is, along `dim` or in the flattened tensor. */
  argmax(this: Tensor, dim: number | null = null, options: KeepOptions = {}): Tensor {
    return extremes.argmax(this, dim, options);
  }
  /** Where the smallest element is, along `dim` or in the flattened tensor. */
  argmin(this: Tensor, dim: number | null = null, options: KeepOptions = {}): Tensor {
    return extremes.argmin(this, dim, options);
  }

  // ——— Spread and size ———

  /** The variance over some dimensions, or all. */
  var(this: Tensor, dim: Dims = null, options: statistics.SpreadOptions = {}): Tensor {
    return statistics.variance(this, dim, options);
  }
  /** The standard deviation over some dimensions, or all. */
  std(this: Tensor, dim: Dims = null, options: statistics.SpreadOptions = {}): Tensor {
    return statistics.std(this, dim, options);
  }
  /** The p-norm over some dimensions, or all. */
  norm(this: Tensor, p: statistics.NormOrder = 2, dim: Dims = null, options: ReduceOptions = {}): Tensor {
    return statistics.norm(this, p, dim, options);
  }

  /** The distance from another tensor, both taken as vectors. */
  dist(this: Tensor, other: Tensor, p: statistics.NormOrder = 2): Tensor {
    return dist(this, other, p);
  }
  /** With the norms of the parts along a dimension limited. */
  renorm(this: Tensor, p: number, dim: number, maxNorm: number): Tensor {
    return renorm(this, p, dim, maxNorm);
  }
  /** `renorm` in place. */
  renorm_(this: Tensor, p: number, dim: number, maxNorm: number): Tensor {
    return this.copy_(renorm(this.clone(), p, dim, maxNorm));
  }
  /** The covariances of the rows. */
  cov(this: Tensor, options: statistics.CovOptions = {}): Tensor {
    return statistics.cov(this, options);
  }
  /** The correlations of the rows. */
  corrcoef(this: Tensor): Tensor {
    return statistics.corrcoef(this);
  }

  // ——— Softmax ———

  /** eˣ / Σ eˣ along a dimension. */
  softmax(this: Tensor, dim: number, options: softmax.SoftmaxOptions = {}): Tensor {
    return softmax.softmax(this, dim, options);
  }
  /** ln softmax(x). */
  logSoftmax(this: Tensor, dim: number, options: softmax.SoftmaxOptions = {}): Tensor {
    return softmax.logSoftmax(this, dim, options);
  }
  /** ln Σ eˣ over some dimensions. */
  logsumexp(this: Tensor, dim: Dims = null, options: KeepOptions = {}): Tensor {
    return softmax.logsumexp(this, dim, options);
  }

  // ——— Running totals ———

  /** Running totals along a dimension. */
  cumsum(this: Tensor, dim: number, options: scan.ScanOptions = {}): Tensor {
    return scan.cumsum(this, dim, options);
  }
  /** `cumsum` in place. */
  cumsum_(this: Tensor, dim: number, options: scan.ScanOptions = {}): Tensor {
    return this.copy_(scan.cumsum(this, dim, options));
  }
  /** Running products along a dimension. */
  cumprod(this: Tensor, dim: number, options: scan.ScanOptions = {}): Tensor {
    return scan.cumprod(this, dim, options);
  }
  /** `cumprod` in place. */
  cumprod_(this: Tensor, dim: number, options: scan.ScanOptions = {}): Tensor {
    return this.copy_(scan.cumprod(this.clone(), dim, options));
  }
  /** The largest elements so far, and where they stand. */
  cummax(this: Tensor, dim: number): extremes.ValuesAndIndices {
    return scan.cummax(this, dim);
  }
  /** The smallest elements so far, and where they stand. */
  cummin(this: Tensor, dim: number): extremes.ValuesAndIndices {
    return scan.cummin(this, dim);
  }
  /** Running ln Σ eˣ along a dimension. */
  logcumsumexp(this: Tensor, dim: number): Tensor {
    return scan.logcumsumexp(this, dim);
  }
  /** Differences of neighbours along a dimension, `n` times over. */
  diff(this: Tensor, n = 1, dim = -1): Tensor {
    return scan.diff(this, n, dim);
  }

  // ——— Sorting ———

  /** The elements in order along a dimension, and where they stood. */
  sort(this: Tensor, dim = -1, options: sorting.SortOptions = {}): extremes.ValuesAndIndices {
    return sorting.sort(this, dim, options);
  }
  /** Where the elements of the sorted tensor stand. */
  argsort(this: Tensor, dim = -1, options: sorting.SortOptions = {}): Tensor {
    return sorting.argsort(this, dim, options);
  }
  /** The elements sorted along the first dimension. */
  msort(this: Tensor): Tensor {
    return sorting.msort(this);
  }
  /** The `k` largest elements along a dimension, and where they stand. */
  topk(this: Tensor, k: number, dim = -1, options: sorting.TopkOptions = {}): extremes.ValuesAndIndices {
    return sorting.topk(this, k, dim, options);
  }
  /** The `k`-th smallest element along a dimension, and where it stands. */
  kthvalue(this: Tensor, k: number, dim = -1, options: KeepOptions = {}): extremes.ValuesAndIndices {
    return sorting.kthvalue(this, k, dim, options);
  }
  /** The median of all elements. */
  median(this: Tensor): Tensor;
  /** The median along a dimension, and where it stands. */
  median(this: Tensor, dim: number, options?: KeepOptions): extremes.ValuesAndIndices;
  median(this: Tensor, dim?: number, options: KeepOptions = {}): Tensor | extremes.ValuesAndIndices {
    return dim === undefined ? sorting.median(this) : sorting.median(this, dim, options);
  }
  /** The median of what is not NaN. */
  nanmedian(this: Tensor): Tensor;
  /** The median along a dimension of what is not NaN, and where it stands. */
  nanmedian(this: Tensor, dim: number, options?: KeepOptions): extremes.ValuesAndIndices;
  nanmedian(this: Tensor, dim?: number, options: KeepOptions = {}): Tensor | extremes.ValuesAndIndices {
    return dim === undefined ? sorting.nanmedian(this) : sorting.nanmedian(this, dim, options);
  }
  /** The value below which a part `q` of the elements lies. */
  quantile(this: Tensor, q: number | Tensor, dim: number | null = null, options: QuantileOptions = {}): Tensor {
    return quantile(this, q, dim, options);
  }
  /** `quantile` of what is not NaN. */
  nanquantile(this: Tensor, q: number | Tensor, dim: number | null = null, options: QuantileOptions = {}): Tensor {
    return nanquantile(this, q, dim, options);
  }
  /** The most frequent element along a dimension, and where it stands last. */
  mode(this: Tensor, dim = -1, options: KeepOptions = {}): extremes.ValuesAndIndices {
    return sorting.mode(this, dim, options);
  }
  /** The different elements, where each element is among them, and how often each occurs. */
  unique(this: Tensor, options: uniques.UniqueOptions = {}): uniques.Unique {
    return uniques.unique(this, options);
  }
  /** The elements without those that repeat the one before. */
  uniqueConsecutive(this: Tensor, options: Pick<uniques.UniqueOptions, "dim"> = {}): uniques.Unique {
    return uniques.uniqueConsecutive(this, options);
  }
  /** How often each non-negative integer occurs. */
  bincount(this: Tensor, weights: Tensor | null = null, options: uniques.BincountOptions = {}): Tensor {
    return uniques.bincount(this, weights, options);
  }
  /** A histogram with bins of equal width. */
  histc(this: Tensor, options: HistcOptions = {}): Tensor {
    return histc(this, options);
  }
}
