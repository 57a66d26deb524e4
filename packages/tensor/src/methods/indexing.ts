/**
 * Indexing, slicing, gathering and scattering, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

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
import { FillMethods } from "./fill.ts";

/** Indexing, slicing, gathering and scattering. */
export abstract class IndexingMethods extends FillMethods {
  /** A part of the tensor, as `x[...]` in Python: `x.get(0, "1:3")`, `x.get("...", -1)`, `x.get(mask)`. */
  get(this: Tensor, ...index: readonly Index[]): Tensor {
    return get(this, ...index);
  }
  /** Stores a value in a part of the tensor, as `x[...] = value` in Python: `x.set([0, "1:3"], 7)`. Returns this tensor. */
  set(this: Tensor, index: readonly Index[], value: Tensor | number | boolean): Tensor {
    return set(this, index, value);
  }
  /** The elements an index tensor picks along one dimension. */
  gather(this: Tensor, dim: number, index: Tensor): Tensor {
    return gather(this, dim, index);
  }
  /** The parts at a list of indices of one dimension. */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    return indexSelect(this, dim, index);
  }
  /** The elements of the flat tensor at these indices. */
  take(this: Tensor, index: Tensor): Tensor {
    return take(this, index);
  }
  /** Like `gather`, the other dimensions broadcast. */
  takeAlongDim(this: Tensor, indices: Tensor, dim?: number | null): Tensor {
    return takeAlongDim(this, indices, dim);
  }
  /** With elements of a source put where an index tensor says. */
  scatter(this: Tensor, dim: number, index: Tensor, source: Tensor | number, options?: ScatterOptions): Tensor {
    return scatter(this, dim, index, source, options);
  }
  /** `scatter` in place. */
  scatter_(this: Tensor, dim: number, index: Tensor, source: Tensor | number, options?: ScatterOptions): Tensor {
    return scatter_(this, dim, index, source, options);
  }
  /** With elements of a source added where an index tensor says. */
  scatterAdd(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return scatterAdd(this, dim, index, source);
  }
  /** `scatterAdd` in place. */
  scatterAdd_(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return scatterAdd_(this, dim, index, source);
  }
  /** Combined with elements of a source where an index tensor says. */
  scatterReduce(
    this: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: ScatterReduction,
    options?: ScatterReduceOptions,
  ): Tensor {
    return scatterReduce(this, dim, index, source, reduction, options);
  }
  /** `scatterReduce` in place. */
  scatterReduce_(
    this: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: ScatterReduction,
    options?: ScatterReduceOptions,
  ): Tensor {
    return this.copy_(scatterReduce(this.clone(), dim, index, source, reduction, options));
  }
  /** With parts of a source added at a list of indices of one dimension. */
  indexAdd(this: Tensor, dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor {
    return indexAdd(this, dim, index, source, options);
  }
  /** `indexAdd` in place. */
  indexAdd_(this: Tensor, dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions): Tensor {
    return indexAdd_(this, dim, index, source, options);
  }
  /** With parts of a source put at a list of indices of one dimension. */
  indexCopy(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return indexCopy(this, dim, index, source);
  }
  /** `indexCopy` in place. */
  indexCopy_(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return indexCopy_(this, dim, index, source);
  }
  /** With one value at a list of indices of one dimension. */
  indexFill(this: Tensor, dim: number, index: Tensor, value: number): Tensor {
    return indexFill(this, dim, index, value);
  }
  /** `indexFill` in place. */
  indexFill_(this: Tensor, dim: number, index: Tensor, value: number): Tensor {
    return indexFill_(this, dim, index, value);
  }
  /** Combined with parts of a source at a list of indices of one dimension. */
  indexReduce(
    this: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: Exclude<ScatterReduction, "sum">,
    options?: ScatterReduceOptions,
  ): Tensor {
    return indexReduce(this, dim, index, source, reduction, options);
  }
  /** `indexReduce` in place. */
  indexReduce_(
    this: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduction: Exclude<ScatterReduction, "sum">,
    options?: ScatterReduceOptions,
  ): Tensor {
    return this.copy_(indexReduce(this.clone(), dim, index, source, reduction, options));
  }
  /** With elements of a source at these indices of the flat tensor. */
  put(this: Tensor, index: Tensor, source: Tensor, options?: PutOptions): Tensor {
    return put(this, index, source, options);
  }
  /** `put` in place. */
  put_(this: Tensor, index: Tensor, source: Tensor, options?: PutOptions): Tensor {
    return this.copy_(put(this, index, source, options));
  }
  /** With values put at, or added to, the places that index tensors name. */
  indexPut(this: Tensor, indices: readonly (Tensor | null)[], values: Tensor, options?: IndexPutOptions): Tensor {
    return indexPut(this, indices, values, options);
  }
  /** `indexPut` in place. */
  indexPut_(this: Tensor, indices: readonly (Tensor | null)[], values: Tensor, options?: IndexPutOptions): Tensor {
    return indexPut_(this, indices, values, options);
  }
  /** The elements where a mask is true. */
  maskedSelect(this: Tensor, mask: Tensor): Tensor {
    return maskedSelect(this, mask);
  }
  /** With one value wherever a mask is true. */
  maskedFill(this: Tensor, mask: Tensor, value: TensorOrNumber): Tensor {
    return maskedFill(this, mask, value);
  }
  /** `maskedFill` in place. */
  maskedFill_(this: Tensor, mask: Tensor, value: TensorOrNumber): Tensor {
    return maskedFill_(this, mask, value);
  }
  /** With elements of a source, in order, wherever a mask is true. */
  maskedScatter(this: Tensor, mask: Tensor, source: Tensor): Tensor {
    return maskedScatter(this, mask, source);
  }
  /** `maskedScatter` in place. */
  maskedScatter_(this: Tensor, mask: Tensor, source: Tensor): Tensor {
    return this.copy_(maskedScatter(this, mask, source));
  }
  /** The indices of the elements that are not zero, one row each. */
  nonzero(this: Tensor): Tensor {
    return nonzero(this);
  }
}
