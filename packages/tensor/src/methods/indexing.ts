/**
 * Indexing, slicing, gathering and scattering, as methods of `Tensor`. Each is the function of the same name in `ops/`,
 * which says more.
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
import { type Behind, copied } from "./behind.ts";

/** Indexing, slicing, gathering and scattering. */
export interface IndexingMethods {
  /** A part of the tensor, as `x[...]` in Python: `x.get(0, "1:3")`, `x.get("...", -1)`, `x.get(mask)`. */
  get(...index: readonly Index[]): Tensor;
  /**
   * Stores a value in a part of the tensor, as `x[...] = value` in Python: `x.set([0, "1:3"], 7)`. Returns this tensor.
   */
  set(index: readonly Index[], value: Tensor | number | boolean): Tensor;
  /** The elements an index tensor picks along one dimension. */
  gather(dim: number, index: Tensor): Tensor;
  /** The parts at a list of indices of one dimension. */
  indexSelect(dim: number, index: Tensor): Tensor;
  /** The elements of the flat tensor at these indices. */
  take(index: Tensor): Tensor;
  /** Like `gather`, the other dimensions broadcast. */
  takeAlongDim(indices: Tensor, dim?: number | null): Tensor;
  /** With elements of a source put where an index tensor says. */
  scatter(dim: number, index: Tensor, source: Tensor | number, options?: ScatterOptions): Tensor;
  /** `scatter` in place. */
  scatter_(dim: number, index: Tensor, source: Tensor | number, options?: ScatterOptions): Tensor;
  /** With elements of a source added where an index tensor says. */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor;
  /** `scatterAdd` in place. */
  scatterAdd_(dim: number, index: Tensor, source: Tensor): Tensor;
  /** Combined with elements of a source where an index tensor says. */
  scatterReduce(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: ScatterReduction,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** `scatterReduce` in place. */
  scatterReduce_(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: ScatterReduction,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** With parts of a source added at a list of indices of one dimension. */
  indexAdd(dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor;
  /** `indexAdd` in place. */
  indexAdd_(dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor;
  /** With parts of a source put at a list of indices of one dimension. */
  indexCopy(dim: number, index: Tensor, source: Tensor): Tensor;
  /** `indexCopy` in place. */
  indexCopy_(dim: number, index: Tensor, source: Tensor): Tensor;
  /** With one value at a list of indices of one dimension. */
  indexFill(dim: number, index: Tensor, value: number): Tensor;
  /** `indexFill` in place. */
  indexFill_(dim: number, index: Tensor, value: number): Tensor;
  /** Combined with parts of a source at a list of indices of one dimension. */
  indexReduce(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: Exclude<ScatterReduction, "sum">,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** `indexReduce` in place. */
  indexReduce_(
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: Exclude<ScatterReduction, "sum">,
    options?: ScatterReduceOptions,
  ): Tensor;
  /** With elements of a source at these indices of the flat tensor. */
  put(index: Tensor, source: Tensor, options?: PutOptions): Tensor;
  /** `put` in place. */
  put_(index: Tensor, source: Tensor, options?: PutOptions): Tensor;
  /** With values put at, or added to, the places that index tensors name. */
  indexPut(indices: readonly (Tensor | null)[], values: Tensor, options?: IndexPutOptions): Tensor;
  /** `indexPut` in place. */
  indexPut_(indices: readonly (Tensor | null)[], values: Tensor, options?: IndexPutOptions): Tensor;
  /** The elements where a mask is true. */
  maskedSelect(mask: Tensor): Tensor;
  /** With one value wherever a mask is true. */
  maskedFill(mask: Tensor, value: TensorOrNumber): Tensor;
  /** `maskedFill` in place. */
  maskedFill_(mask: Tensor, value: TensorOrNumber): Tensor;
  /** With elements of a source, in order, wherever a mask is true. */
  maskedScatter(mask: Tensor, source: Tensor): Tensor;
  /** `maskedScatter` in place. */
  maskedScatter_(mask: Tensor, source: Tensor): Tensor;
  /** The indices of the elements that are not zero, one row each. */
  nonzero(): Tensor;
}

/** The functions behind them. */
export const indexingMethods: Behind<IndexingMethods> = {
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
  ...copied({ put, maskedScatter }),
  ...copied({ scatterReduce, indexReduce }, clone),
};
