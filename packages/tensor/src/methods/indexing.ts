/**
 * `Tensor`'s methods for indexing, gathering and scattering. Each method calls the function of the same name in `ops/`,
 * where its full documentation is.
 */

import { clone } from "../ops/copy.ts";
import { gather, indexSelect, take, takeAlongDim } from "../ops/gather.ts";
import { get, type Index, type IndexPutOptions, indexPut, indexPut_, set } from "../ops/indexing.ts";
import { maskedFill, maskedFill_, maskedScatter, maskedSelect, nonzero } from "../ops/mask.ts";
import {
  type IndexAddOptions,
  indexAdd,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  indexReduce,
  type PutOptions,
  put,
  type ScatterOptions,
  type ScatterReduceOptions,
  type ScatterReduction,
  scatter,
  scatter_,
  scatterAdd,
  scatterAdd_,
  scatterReduce,
} from "../ops/scatter.ts";
import type { TensorOrNumber } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";
import { type Implementations, inPlaceCopies } from "./implementations.ts";

/** Indexing, gathering and scattering. */
export interface IndexingMethods {
  /** Returns a part of the tensor, as `x[...]` in Python: `x.get(0, "1:3")`, `x.get("...", -1)`, `x.get(mask)`. */
  get(...index: readonly Index[]): Tensor;
  /**
   * Stores a value in a part of the tensor, as `x[...] = value` in Python: `x.set([0, "1:3"], 7)`, `x.set(mask, 0)`. Returns
   * this tensor.
   */
  set(index: Index | readonly Index[], value: Tensor | number | boolean): Tensor;
  /** Gathers elements along a dimension: for `dim` 0, `y[i, j] = x[index[i, j], j]`. */
  gather(dim: number, index: Tensor): Tensor;
  /** Selects a list of indices of one dimension. */
  indexSelect(dim: number, index: Tensor): Tensor;
  /** Returns the elements of the flattened tensor at the given indices, in the shape of `index`. */
  take(index: Tensor): Tensor;
  /**
   * Gathers along a dimension like `gather`, broadcasting the others; without a dimension, from the flattened tensor.
   */
  takeAlongDim(indices: Tensor, dim?: number | null): Tensor;
  /**
   * Returns a copy with elements of `source` scattered along a dimension: for `dim` 0,
   * `y[index[i, j], j] = source[i, j]`.
   */
  scatter(dim: number, index: Tensor, source: Tensor | number, options?: ScatterOptions): Tensor;
  /** In-place version of `scatter`. */
  scatter_(dim: number, index: Tensor, source: Tensor | number, options?: ScatterOptions): Tensor;
  /**
   * Returns a copy with elements of `source` added where the index points: for `dim` 0,
   * `y[index[i, j], j] += source[i, j]`.
   */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor;
  /** In-place version of `scatterAdd`. */
  scatterAdd_(dim: number, index: Tensor, source: Tensor): Tensor;
  /**
   * Returns a copy with elements of `source` combined into it where the index points, by sum, product, mean, maximum or
   * minimum.
   */
  scatterReduce(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: ScatterReduction,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** In-place version of `scatterReduce`. */
  scatterReduce_(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: ScatterReduction,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** Returns a copy with `alpha` (default 1) times `source` added at a list of indices of one dimension. */
  indexAdd(dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor;
  /** In-place version of `indexAdd`. */
  indexAdd_(dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor;
  /** Returns a copy with `source` stored at a list of indices of one dimension. */
  indexCopy(dim: number, index: Tensor, source: Tensor): Tensor;
  /** In-place version of `indexCopy`. */
  indexCopy_(dim: number, index: Tensor, source: Tensor): Tensor;
  /** Returns a copy with one value stored at a list of indices of one dimension. */
  indexFill(dim: number, index: Tensor, value: number): Tensor;
  /** In-place version of `indexFill`. */
  indexFill_(dim: number, index: Tensor, value: number): Tensor;
  /**
   * Returns a copy with `source` combined into it at a list of indices of one dimension, by product, mean, maximum or
   * minimum.
   */
  indexReduce(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: Exclude<ScatterReduction, "sum">,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** In-place version of `indexReduce`. */
  indexReduce_(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: Exclude<ScatterReduction, "sum">,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** Returns a copy with elements of `source` stored at indices of the flattened tensor. */
  put(index: Tensor, source: Tensor, options?: PutOptions): Tensor;
  /** In-place version of `put`. */
  put_(index: Tensor, source: Tensor, options?: PutOptions): Tensor;
  /** Returns a copy with `values` stored at, or added to, the positions that one index tensor per dimension gives. */
  indexPut(indices: readonly (Tensor | null)[], values: Tensor, options?: IndexPutOptions): Tensor;
  /** In-place version of `indexPut`. */
  indexPut_(indices: readonly (Tensor | null)[], values: Tensor, options?: IndexPutOptions): Tensor;
  /** Returns the elements where the mask is true, as a vector. */
  maskedSelect(mask: Tensor): Tensor;
  /** Returns a copy with `value` wherever the mask is true. */
  maskedFill(mask: Tensor, value: TensorOrNumber): Tensor;
  /** In-place version of `maskedFill`. */
  maskedFill_(mask: Tensor, value: TensorOrNumber): Tensor;
  /** Returns a copy with the elements of `source`, in order, wherever the mask is true. */
  maskedScatter(mask: Tensor, source: Tensor): Tensor;
  /** In-place version of `maskedScatter`. */
  maskedScatter_(mask: Tensor, source: Tensor): Tensor;
  /** Returns the indices of the nonzero elements, one row per element: int32, [count, dimensions]. */
  nonzero(options?: { readonly asTuple?: false }): Tensor;
  /** Returns the indices of the nonzero elements, one tensor per dimension: int32, [count] each. */
  nonzero(options: { readonly asTuple: true }): Tensor[];
}

/** The implementations of `IndexingMethods`. */
export const indexingMethods: Implementations<IndexingMethods> = {
  get,
  set,
  gather,
  indexSelect,
  take,
  takeAlongDim,
  scatter,
  scatter_,
  scatterAdd,
  scatterAdd_,
  scatterReduce,
  indexAdd,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  indexReduce,
  put,
  indexPut,
  indexPut_,
  maskedSelect,
  maskedFill,
  maskedFill_,
  maskedScatter,
  nonzero,
  ...inPlaceCopies({ put, maskedScatter }),
  ...inPlaceCopies({ scatterReduce, indexReduce }, clone),
};
