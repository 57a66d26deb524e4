/**
 * `Tensor`'s methods for views, reshaping, splitting, repeating and padding. Each method calls the function of the same
 * name in `ops/`, where its full documentation is.
 */

import { diagflat, diagonalScatter, selectScatter, sliceScatter } from "../ops/blocks.ts";
import { broadcastTo, expand, expandAs } from "../ops/expand.ts";
import { type PadMode, type PadOptions, pad } from "../ops/pad.ts";
import { movedim, permute, swapaxes, t, transpose } from "../ops/permute.ts";
import { flip, fliplr, flipud, repeat, repeatInterleave, roll, rot90, tile } from "../ops/repeat.ts";
import { flatten, ravel, reshape, reshapeAs, type Sizes, squeeze, unflatten, unsqueeze, view } from "../ops/reshape.ts";
import { asStrided, diagonal, narrow, select, slice, unfold } from "../ops/slice.ts";
import { chunk, dsplit, hsplit, type Parts, type Sections, split, tensorSplit, unbind, vsplit } from "../ops/split.ts";
import { diag, diagEmbed, tril, triu } from "../ops/triangle.ts";
import { type Shape, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Implementations, inPlaceCopies } from "./implementations.ts";

/** Views, reshaping, splitting, repeating and padding. */
export interface ShapeMethods {
  /**
   * Returns a view of the same memory with another shape. One size may be -1. Throws a ShapeError if the strides would
   * require a copy.
   */
  view(...sizes: Sizes): Tensor;
  /** Returns a view of the same memory with the shape of another tensor. */
  viewAs(other: Tensor): Tensor;
  /** Returns the same elements with another shape: a view where possible, otherwise a copy. One size may be -1. */
  reshape(...sizes: Sizes): Tensor;
  /** Reshapes this tensor to the shape of another. */
  reshapeAs(other: Tensor): Tensor;
  /** Flattens dimensions `startDim` (default 0) to `endDim` (default -1) into one. */
  flatten(startDim?: number, endDim?: number): Tensor;
  /** Flattens all dimensions into one. */
  ravel(): Tensor;
  /** Splits one dimension into several. One size may be -1. */
  unflatten(dim: number, sizes: readonly number[]): Tensor;
  /** Removes dimensions of size one: the given ones, or all by default. */
  squeeze(dims?: number | readonly number[] | null): Tensor;
  /** Inserts a dimension of size one at position `dim` of the result. */
  unsqueeze(dim: number): Tensor;
  /** Expands dimensions of size one to the given sizes without copying. A size of -1 keeps the dimension. */
  expand(...sizes: Sizes): Tensor;
  /** Expands this tensor to the shape of another without copying. */
  expandAs(other: Tensor): Tensor;
  /** Broadcasts this tensor to a shape without copying. */
  broadcastTo(shape: Shape): Tensor;
  /** Reorders the dimensions: dimension `i` of the result is dimension `dims[i]` of this tensor. Returns a view. */
  permute(...dims: readonly number[] | readonly [readonly number[]]): Tensor;
  /** Swaps two dimensions. Returns a view. */
  transpose(dim0: number, dim1: number): Tensor;
  /** NumPy's name for `transpose`. */
  swapaxes(axis0: number, axis1: number): Tensor;
  /** Transposes a matrix. Returns a view; vectors and scalars are unchanged. */
  t(): Tensor;
  /** Moves dimensions to new positions; the others keep their order. Returns a view. */
  movedim(source: number | readonly number[], destination: number | readonly number[]): Tensor;
  /** Selects one index of a dimension and removes that dimension. Returns a view. */
  select(dim: number, index: number): Tensor;
  /** Returns a view of `length` indices of a dimension, beginning at `start`. */
  narrow(dim: number, start: number, length: number): Tensor;
  /**
   * Returns a view of every `step`-th index of a dimension from `start` up to, but not including, `end`. Default: `dim`
   * 0, the whole dimension, `step` 1.
   */
  slice(dim?: number, start?: number | null, end?: number | null, step?: number): Tensor;
  /**
   * Returns a view of the diagonals of the matrices in dimensions `dim1` and `dim2`, as the last dimension. Default:
   * `offset` 0, `dim1` 0, `dim2` 1.
   */
  diagonal(offset?: number, dim1?: number, dim2?: number): Tensor;
  /** Returns a view of the sliding windows of `size` elements along a dimension, as a new last dimension. */
  unfold(dim: number, size: number, step: number): Tensor;
  /**
   * Returns a view of this tensor's memory with any shape and strides. `offset` (default 0) counts from its first
   * element.
   */
  asStrided(shape: Shape, strides: readonly number[], offset?: number): Tensor;
  /** Splits a dimension (default 0) into parts of one size, or of the sizes listed. Returns views. */
  split<const Sizes extends number | readonly number[]>(sizes: Sizes, dim?: number): Parts<Sizes>;
  /** Splits a dimension (default 0) into at most `chunks` parts of equal size. Returns views. */
  chunk<const Chunks extends number>(chunks: Chunks, dim?: number): Sections<Chunks>;
  /** Returns one view per index of a dimension (default 0), without that dimension. */
  unbind(dim?: number): Tensor[];
  /** Splits a dimension (default 0) into nearly equal parts, or before each of the indices listed. Returns views. */
  tensorSplit<const Given extends number | readonly number[]>(sections: Given, dim?: number): Sections<Given>;
  /** Splits at the indices in a vector, or into the number of parts in a scalar. Returns views. */
  tensorSplit(sections: Tensor, dim?: number): Tensor[];
  /** Splits the columns into equal parts, or before each of the indices listed. Returns views. */
  hsplit<const Given extends number | readonly number[]>(sections: Given): Sections<Given>;
  /** Splits the rows into equal parts, or before each of the indices listed. Returns views. */
  vsplit<const Given extends number | readonly number[]>(sections: Given): Sections<Given>;
  /** Splits the third dimension into equal parts, or before each of the indices listed. Returns views. */
  dsplit<const Given extends number | readonly number[]>(sections: Given): Sections<Given>;
  /** Repeats this tensor `counts[i]` times along dimension `i`. Extra counts add leading dimensions. */
  repeat(...counts: Sizes): Tensor;
  /** Repeats this tensor like `repeat`; missing leading counts are 1. */
  tile(...counts: Sizes): Tensor;
  /**
   * Repeats each index of a dimension, or each element of the flattened tensor. `repeats` is one count, or one per
   * index.
   */
  repeatInterleave(repeats: number | readonly number[] | Tensor, dim?: number | null): Tensor;
  /**
   * Shifts elements along dimensions, or in the flattened tensor; elements shifted past the end reappear at the start.
   */
  roll(shifts: number | readonly number[], dims?: number | readonly number[] | null): Tensor;
  /** Reverses the order of the elements along the given dimensions. Returns a copy. */
  flip(...dims: readonly number[] | readonly [readonly number[]]): Tensor;
  /** Reverses the order of the columns. Returns a copy. */
  fliplr(): Tensor;
  /** Reverses the order of the rows. Returns a copy. */
  flipud(): Tensor;
  /** Rotates this tensor by `k` (default 1) quarter turns in the plane of two dimensions, by default 0 and 1. */
  rot90(k?: number, dims?: readonly [number, number]): Tensor;
  /**
   * Pads this tensor. `widths` lists the padding from the last dimension to the first: [left, right, top, bottom, …].
   */
  pad(widths: readonly number[], options?: PadMode | PadOptions, constantValue?: number): Tensor;
  /** Returns the lower triangle of each matrix, with zeros above diagonal `diagonal` (default 0). */
  tril(diagonal?: number): Tensor;
  /** Returns the upper triangle of each matrix, with zeros below diagonal `diagonal` (default 0). */
  triu(diagonal?: number): Tensor;
  /** Returns diagonal `diagonal` (default 0) of a matrix, or the matrix with a vector on that diagonal. */
  diag(diagonal?: number): Tensor;
  /**
   * Returns matrices with the last dimension on diagonal `offset` (default 0), in two new dimensions, by default the
   * last two.
   */
  diagEmbed(offset?: number, dim1?: number, dim2?: number): Tensor;
  /** In-place version of `tril`. */
  tril_(diagonal?: number): Tensor;
  /** In-place version of `triu`. */
  triu_(diagonal?: number): Tensor;
  /** Returns a matrix with the flattened elements on diagonal `offset` (default 0). */
  diagflat(offset?: number): Tensor;
  /** Returns a copy with one index of a dimension replaced by `source`. */
  selectScatter(source: Tensor, dim: number, index: number): Tensor;
  /** Returns a copy with a slice replaced by `source`. The range has the defaults of `slice`. */
  sliceScatter(source: Tensor, dim?: number, start?: number | null, end?: number | null, step?: number): Tensor;
  /** Returns a copy with a diagonal replaced by `source`. The diagonal has the defaults of `diagonal`. */
  diagonalScatter(source: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor;
}

/** The implementations of `ShapeMethods`. */
export const shapeMethods: Implementations<ShapeMethods> = {
  view,
  viewAs: (x, other) => view(x, shapeOf("viewAs", other)),
  reshape,
  reshapeAs,
  flatten,
  ravel,
  unflatten,
  squeeze,
  unsqueeze,
  expand,
  expandAs,
  broadcastTo,
  permute,
  transpose,
  swapaxes,
  t,
  movedim,
  select,
  narrow,
  slice,
  diagonal,
  unfold,
  asStrided,
  split,
  chunk,
  unbind,
  tensorSplit,
  hsplit,
  vsplit,
  dsplit,
  repeat,
  tile,
  repeatInterleave,
  roll,
  flip,
  fliplr,
  flipud,
  rot90,
  pad,
  tril,
  triu,
  diag,
  diagEmbed,
  diagflat,
  selectScatter,
  sliceScatter,
  diagonalScatter,
  ...inPlaceCopies({ tril, triu }),
};
