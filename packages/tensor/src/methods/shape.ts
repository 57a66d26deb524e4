/**
 * Views, reshaping, joining and splitting, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import { diagflat, diagonalScatter, selectScatter, sliceScatter } from "../ops/blocks.ts";
import { broadcastTo, expand, expandAs } from "../ops/expand.ts";
import { type PadOptions, pad } from "../ops/pad.ts";
import { movedim, mT, permute, swapaxes, t, transpose } from "../ops/permute.ts";
import { flip, fliplr, flipud, repeat, repeatInterleave, roll, rot90, tile } from "../ops/repeat.ts";
import { flatten, ravel, reshape, reshapeAs, type Sizes, squeeze, unflatten, unsqueeze, view } from "../ops/reshape.ts";
import { asStrided, diagonal, narrow, select, slice, unfold } from "../ops/slice.ts";
import { chunk, dsplit, hsplit, type Parts, type Sections, split, tensorSplit, unbind, vsplit } from "../ops/split.ts";
import { diag, diagEmbed, tril, triu } from "../ops/triangle.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { ReductionMethods } from "./reduction.ts";

/** Views, reshaping, joining and splitting. */
export abstract class ShapeMethods extends ReductionMethods {
  /** The same memory seen as another shape; throws a ShapeError where that would need a copy. */
  view(this: Tensor, ...sizes: Sizes): Tensor {
    return view(this, ...sizes);
  }
  /** The same elements as another shape: a view where possible, else a copy. One size may be -1. */
  reshape(this: Tensor, ...sizes: Sizes): Tensor {
    return reshape(this, ...sizes);
  }
  /** The elements in the shape of another tensor. */
  reshapeAs(this: Tensor, other: Tensor): Tensor {
    return reshapeAs(this, other);
  }
  /** Dimensions `startDim` to `endDim` run together into one. */
  flatten(this: Tensor, startDim?: number, endDim?: number): Tensor {
    return flatten(this, startDim, endDim);
  }
  /** All elements in one dimension. */
  ravel(this: Tensor): Tensor {
    return ravel(this);
  }
  /** One dimension split into several. */
  unflatten(this: Tensor, dim: number, sizes: readonly number[]): Tensor {
    return unflatten(this, dim, sizes);
  }
  /** Without dimensions of size one: those named, or all. */
  squeeze(this: Tensor, dims?: number | readonly number[] | null): Tensor {
    return squeeze(this, dims);
  }
  /** With one more dimension, of size one. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    return unsqueeze(this, dim);
  }
  /** Dimensions of size one stretched without a copy; -1 keeps a size. */
  expand(this: Tensor, ...sizes: Sizes): Tensor {
    return expand(this, ...sizes);
  }
  /** Stretched to the shape of another tensor. */
  expandAs(this: Tensor, other: Tensor): Tensor {
    return expandAs(this, other);
  }
  /** Stretched to a shape. */
  broadcastTo(this: Tensor, shape: Shape): Tensor {
    return broadcastTo(this, shape);
  }
  /** The dimensions in another order. */
  permute(this: Tensor, ...dims: readonly number[] | readonly [readonly number[]]): Tensor {
    return permute(this, ...dims);
  }
  /** Two dimensions exchanged. */
  transpose(this: Tensor, dim0: number, dim1: number): Tensor {
    return transpose(this, dim0, dim1);
  }
  /** Two dimensions exchanged, by numpy's name. */
  swapaxes(this: Tensor, axis0: number, axis1: number): Tensor {
    return swapaxes(this, axis0, axis1);
  }
  /** A matrix transposed. */
  t(this: Tensor): Tensor {
    return t(this);
  }
  /** A matrix transposed, as a property. */
  get T(): Tensor {
    return t(this as unknown as Tensor); // safe: Tensor is the one concrete end of this chain of classes
  }
  /** Each matrix of a batch transposed. */
  get mT(): Tensor {
    return mT(this as unknown as Tensor); // safe: as above
  }
  /** Dimensions moved to other places. */
  movedim(this: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
    return movedim(this, source, destination);
  }
  /** The part at one index of a dimension. */
  select(this: Tensor, dim: number, index: number): Tensor {
    return select(this, dim, index);
  }
  /** `length` indices of a dimension from `start`. */
  narrow(this: Tensor, dim: number, start: number, length: number): Tensor {
    return narrow(this, dim, start, length);
  }
  /** Every `step`-th index from `start` up to `end` of a dimension. */
  slice(this: Tensor, dim?: number, start?: number | null, end?: number | null, step?: number): Tensor {
    return slice(this, dim, start, end, step);
  }
  /** The diagonals of the matrices in two dimensions, as the last dimension. */
  diagonal(this: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor {
    return diagonal(this, offset, dim1, dim2);
  }
  /** Sliding windows along a dimension, as a new last dimension. */
  unfold(this: Tensor, dim: number, size: number, step: number): Tensor {
    return unfold(this, dim, size, step);
  }
  /** The memory seen with any shape and strides. */
  asStrided(this: Tensor, shape: Shape, strides: readonly number[], offset?: number): Tensor {
    return asStrided(this, shape, strides, offset);
  }
  /** Parts of a size each, or of the sizes listed. */
  split<const Sizes extends number | readonly number[]>(this: Tensor, sizes: Sizes, dim?: number): Parts<Sizes> {
    return split(this, sizes, dim);
  }
  /** At most `chunks` parts of equal size. */
  chunk<const Chunks extends number>(this: Tensor, chunks: Chunks, dim?: number): Sections<Chunks> {
    return chunk(this, chunks, dim);
  }
  /** One view per index of a dimension. */
  unbind(this: Tensor, dim?: number): Tensor[] {
    return unbind(this, dim);
  }
  /** Parts as equal as can be, or cut at the indices listed. */
  tensorSplit<const Given extends number | readonly number[]>(this: Tensor, sections: Given, dim?: number): Sections<Given> {
    return tensorSplit(this, sections, dim);
  }
  /** `tensorSplit` along the columns. */
  hsplit<const Given extends number | readonly number[]>(this: Tensor, sections: Given): Sections<Given> {
    return hsplit(this, sections);
  }
  /** `tensorSplit` along the rows. */
  vsplit<const Given extends number | readonly number[]>(this: Tensor, sections: Given): Sections<Given> {
    return vsplit(this, sections);
  }
  /** `tensorSplit` along the third dimension. */
  dsplit<const Given extends number | readonly number[]>(this: Tensor, sections: Given): Sections<Given> {
    return dsplit(this, sections);
  }
  /** Laid out so many times along each dimension. */
  repeat(this: Tensor, ...counts: Sizes): Tensor {
    return repeat(this, ...counts);
  }
  /** `repeat`, fewer counts standing for the last dimensions. */
  tile(this: Tensor, ...counts: Sizes): Tensor {
    return tile(this, ...counts);
  }
  /** Each element along a dimension several times in a row. */
  repeatInterleave(this: Tensor, repeats: number | readonly number[] | Tensor, dim?: number | null): Tensor {
    return repeatInterleave(this, repeats, dim);
  }
  /** The elements shifted along dimensions, around the end. */
  roll(this: Tensor, shifts: number | readonly number[], dims?: number | readonly number[] | null): Tensor {
    return roll(this, shifts, dims);
  }
  /** The elements in the opposite order along the dimensions named. */
  flip(this: Tensor, ...dims: readonly number[] | readonly [readonly number[]]): Tensor {
    return flip(this, ...dims);
  }
  /** Columns in the opposite order. */
  fliplr(this: Tensor): Tensor {
    return fliplr(this);
  }
  /** Rows in the opposite order. */
  flipud(this: Tensor): Tensor {
    return flipud(this);
  }
  /** Turned by quarter turns in the plane of two dimensions. */
  rot90(this: Tensor, k?: number, dims?: readonly [number, number]): Tensor {
    return rot90(this, k, dims);
  }
  /** With a border; widths from the last dimension to the first. */
  pad(this: Tensor, widths: readonly number[], options?: PadOptions): Tensor {
    return pad(this, widths, options);
  }
  /** The lower triangle of each matrix, zeros above. */
  tril(this: Tensor, offset?: number): Tensor {
    return tril(this, offset);
  }
  /** The upper triangle of each matrix, zeros below. */
  triu(this: Tensor, offset?: number): Tensor {
    return triu(this, offset);
  }
  /** The diagonal of a matrix, or the matrix with a vector on its diagonal. */
  diag(this: Tensor, offset?: number): Tensor {
    return diag(this, offset);
  }
  /** Matrices with the last dimension on a diagonal. */
  diagEmbed(this: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor {
    return diagEmbed(this, offset, dim1, dim2);
  }
  /** `tril` in place. */
  tril_(this: Tensor, offset?: number): Tensor {
    return this.copy_(tril(this, offset));
  }
  /** `triu` in place. */
  triu_(this: Tensor, offset?: number): Tensor {
    return this.copy_(triu(this, offset));
  }
  /** A matrix with the elements, flat, on a diagonal. */
  diagflat(this: Tensor, offset?: number): Tensor {
    return diagflat(this, offset);
  }
  /** With the part at one index of a dimension replaced. */
  selectScatter(this: Tensor, source: Tensor, dim: number, index: number): Tensor {
    return selectScatter(this, source, dim, index);
  }
  /** With a slice replaced. */
  sliceScatter(this: Tensor, source: Tensor, dim?: number, start?: number | null, end?: number | null, step?: number): Tensor {
    return sliceScatter(this, source, dim, start, end, step);
  }
  /** With a diagonal replaced. */
  diagonalScatter(this: Tensor, source: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor {
    return diagonalScatter(this, source, offset, dim1, dim2);
  }
}
