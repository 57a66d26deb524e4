/**
 * Views, reshaping, joining and splitting, as methods of `Tensor`. Each is the function of the same name in `ops/`,
 * which says more.
 */

import { diagflat, diagonalScatter, selectScatter, sliceScatter } from "../ops/blocks.ts";
import { broadcastTo, expand, expandAs } from "../ops/expand.ts";
import { type PadOptions, pad } from "../ops/pad.ts";
import { movedim, permute, swapaxes, t, transpose } from "../ops/permute.ts";
import { flip, fliplr, flipud, repeat, repeatInterleave, roll, rot90, tile } from "../ops/repeat.ts";
import { flatten, ravel, reshape, reshapeAs, type Sizes, squeeze, unflatten, unsqueeze, view } from "../ops/reshape.ts";
import { asStrided, diagonal, narrow, select, slice, unfold } from "../ops/slice.ts";
import { chunk, dsplit, hsplit, type Parts, type Sections, split, tensorSplit, unbind, vsplit } from "../ops/split.ts";
import { diag, diagEmbed, tril, triu } from "../ops/triangle.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Behind, copied } from "./behind.ts";

/** Views, reshaping, joining and splitting. */
export interface ShapeMethods {
  /** The same memory seen as another shape; throws a ShapeError where that would need a copy. */
  view(...sizes: Sizes): Tensor;
  /** The same elements as another shape: a view where possible, else a copy. One size may be -1. */
  reshape(...sizes: Sizes): Tensor;
  /** The elements in the shape of another tensor. */
  reshapeAs(other: Tensor): Tensor;
  /** Dimensions `startDim` to `endDim` run together into one. */
  flatten(startDim?: number, endDim?: number): Tensor;
  /** All elements in one dimension. */
  ravel(): Tensor;
  /** One dimension split into several. */
  unflatten(dim: number, sizes: readonly number[]): Tensor;
  /** Without dimensions of size one: those named, or all. */
  squeeze(dims?: number | readonly number[] | null): Tensor;
  /** With one more dimension, of size one. */
  unsqueeze(dim: number): Tensor;
  /** Dimensions of size one stretched without a copy; -1 keeps a size. */
  expand(...sizes: Sizes): Tensor;
  /** Stretched to the shape of another tensor. */
  expandAs(other: Tensor): Tensor;
  /** Stretched to a shape. */
  broadcastTo(shape: Shape): Tensor;
  /** The dimensions in another order. */
  permute(...dims: readonly number[] | readonly [readonly number[]]): Tensor;
  /** Two dimensions exchanged. */
  transpose(dim0: number, dim1: number): Tensor;
  /** Two dimensions exchanged, by numpy's name. */
  swapaxes(axis0: number, axis1: number): Tensor;
  /** A matrix transposed. */
  t(): Tensor;
  /** Dimensions moved to other places. */
  movedim(source: number | readonly number[], destination: number | readonly number[]): Tensor;
  /** The part at one index of a dimension. */
  select(dim: number, index: number): Tensor;
  /** `length` indices of a dimension from `start`. */
  narrow(dim: number, start: number, length: number): Tensor;
  /** Every `step`-th index from `start` up to `end` of a dimension. */
  slice(dim?: number, start?: number | null, end?: number | null, step?: number): Tensor;
  /** The diagonals of the matrices in two dimensions, as the last dimension. */
  diagonal(offset?: number, dim1?: number, dim2?: number): Tensor;
  /** Sliding windows along a dimension, as a new last dimension. */
  unfold(dim: number, size: number, step: number): Tensor;
  /** The memory seen with any shape and strides. */
  asStrided(shape: Shape, strides: readonly number[], offset?: number): Tensor;
  /** Parts of a size each, or of the sizes listed. */
  split<const Sizes extends number | readonly number[]>(sizes: Sizes, dim?: number): Parts<Sizes>;
  /** At most `chunks` parts of equal size. */
  chunk<const Chunks extends number>(chunks: Chunks, dim?: number): Sections<Chunks>;
  /** One view per index of a dimension. */
  unbind(dim?: number): Tensor[];
  /** Parts as equal as can be, or cut at the indices listed. */
  tensorSplit<const Given extends number | readonly number[]>(sections: Given, dim?: number): Sections<Given>;
  /** `tensorSplit` along the columns. */
  hsplit<const Given extends number | readonly number[]>(sections: Given): Sections<Given>;
  /** `tensorSplit` along the rows. */
  vsplit<const Given extends number | readonly number[]>(sections: Given): Sections<Given>;
  /** `tensorSplit` along the third dimension. */
  dsplit<const Given extends number | readonly number[]>(sections: Given): Sections<Given>;
  /** Laid out so many times along each dimension. */
  repeat(...counts: Sizes): Tensor;
  /** `repeat`, fewer counts standing for the last dimensions. */
  tile(...counts: Sizes): Tensor;
  /** Each element along a dimension several times in a row. */
  repeatInterleave(repeats: number | readonly number[] | Tensor, dim?: number | null): Tensor;
  /** The elements shifted along dimensions, around the end. */
  roll(shifts: number | readonly number[], dims?: number | readonly number[] | null): Tensor;
  /** The elements in the opposite order along the dimensions named. */
  flip(...dims: readonly number[] | readonly [readonly number[]]): Tensor;
  /** Columns in the opposite order. */
  fliplr(): Tensor;
  /** Rows in the opposite order. */
  flipud(): Tensor;
  /** Turned by quarter turns in the plane of two dimensions. */
  rot90(k?: number, dims?: readonly [number, number]): Tensor;
  /** With a border; widths from the last dimension to the first. */
  pad(widths: readonly number[], options?: PadOptions): Tensor;
  /** The lower triangle of each matrix, zeros above. */
  tril(offset?: number): Tensor;
  /** The upper triangle of each matrix, zeros below. */
  triu(offset?: number): Tensor;
  /** The diagonal of a matrix, or the matrix with a vector on its diagonal. */
  diag(offset?: number): Tensor;
  /** Matrices with the last dimension on a diagonal. */
  diagEmbed(offset?: number, dim1?: number, dim2?: number): Tensor;
  /** `tril` in place. */
  tril_(offset?: number): Tensor;
  /** `triu` in place. */
  triu_(offset?: number): Tensor;
  /** A matrix with the elements, flat, on a diagonal. */
  diagflat(offset?: number): Tensor;
  /** With the part at one index of a dimension replaced. */
  selectScatter(source: Tensor, dim: number, index: number): Tensor;
  /** With a slice replaced. */
  sliceScatter(source: Tensor, dim?: number, start?: number | null, end?: number | null, step?: number): Tensor;
  /** With a diagonal replaced. */
  diagonalScatter(source: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor;
}

/** The functions behind them. */
export const shapeMethods: Behind<ShapeMethods> = {
  view,
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
  ...copied({ tril, triu }),
};
