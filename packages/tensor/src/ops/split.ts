/**
 * One tensor as several: views of its parts along a dimension.
 */

import { checkInteger } from "../argument.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { ownDimension, shapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { narrow, select, slice } from "./slice.ts";

/**
 * A tensor (or what else is said) for each element of a list, so that as many come apart as went in:
 * `const [gx, gy] = grad(z, [x, y])`.
 */
export type TensorEach<List extends readonly unknown[], Each = Tensor> = { -readonly [Element in keyof List]: Each };

/** What `split` gives: one part for each size listed, or as many as it takes. */
export type Parts<Sizes extends number | readonly number[]> = Sizes extends readonly number[]
  ? TensorEach<Sizes>
  : Tensor[];

/**
 * What the functions give that take a number of parts, or a list of the indices to cut at: as many as that is, where it
 * is written out.
 */
export type Sections<Given extends number | readonly number[]> = Given extends readonly number[]
  ? TensorEach<readonly [start: 0, ...cuts: Given]>
  : number extends Given
    ? Tensor[]
    : Counted<Given>;

/** A list as long as a number says; of unknown length from 64 on. */
export type Counted<Count, List extends Tensor[] = []> = List["length"] extends Count
  ? List
  : List["length"] extends 64
    ? Tensor[]
    : Counted<Count, [...List, Tensor]>;

/**
 * Parts of a size each (the last may be smaller), or of the sizes listed.
 *
 * https://pytorch.org/docs/stable/generated/torch.split.html
 *
 * @throws ArgumentError when the listed sizes do not add up to the dimension.
 */
export function split<const Sizes extends number | readonly number[]>(
  x: Tensor,
  sizes: Sizes,
  dim?: number,
): Parts<Sizes>;
export function split(x: Tensor, sizes: number | readonly number[], dim = 0): Tensor[] {
  const at = ownDimension("split", dim, x.shape);
  const total = x.shape[at] as number;
  const parts: number[] = [];
  if (typeof sizes === "number") {
    checkInteger("split", "sizes", sizes, total > 0 ? 1 : 0);
    for (let start = 0; start < total; start += sizes) parts.push(Math.min(sizes, total - start));
    if (total === 0) parts.push(0);
  } else {
    parts.push(...sizes);
    const sum = parts.reduce((a, b) => a + b, 0);
    if (sum !== total || parts.some((n) => n < 0)) {
      throw new ArgumentError(
        `split: the sizes ${showShape(parts)} add up to ${sum}, but dimension ${at} has size ${total}`,
      );
    }
  }
  let start = 0;
  return parts.map((length) => {
    const part = narrow(x, at, start, length);
    start += length;
    return part;
  });
}

/**
 * At most `chunks` parts of equal size; the last may be smaller. The type counts on `chunks` parts: there are fewer
 * where the size is no multiple and so many of the size rounded up are not needed (6 in 4 chunks: 3 of 2).
 *
 * https://pytorch.org/docs/stable/generated/torch.chunk.html
 */
export function chunk<const Chunks extends number>(x: Tensor, chunks: Chunks, dim?: number): Sections<Chunks>;
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  checkInteger("chunk", "chunks", chunks, 1);
  const at = ownDimension("chunk", dim, x.shape);
  const total = x.shape[at] as number;
  if (total === 0) return Array.from({ length: chunks }, () => narrow(x, at, 0, 0));
  return split(x, Math.ceil(total / chunks), at);
}

/** One view per index of a dimension, which disappears. https://pytorch.org/docs/stable/generated/torch.unbind.html */
export function unbind(x: Tensor, dim = 0): Tensor[] {
  const at = ownDimension("unbind", dim, x.shape);
  return Array.from({ length: x.shape[at] as number }, (_, i) => select(x, at, i));
}

/**
 * `sections` parts as equal as can be, the larger ones first; or cut before each of the indices listed.
 *
 * https://pytorch.org/docs/stable/generated/torch.tensor_split.html
 */
export function tensorSplit<const Given extends number | readonly number[]>(
  x: Tensor,
  sections: Given,
  dim?: number,
): Sections<Given>;
export function tensorSplit(x: Tensor, sections: number | readonly number[], dim = 0): Tensor[] {
  const at = ownDimension("tensorSplit", dim, x.shape);
  if (typeof sections !== "number") return [0, ...sections].map((start, i) => slice(x, at, start, sections[i] ?? null));
  checkInteger("tensorSplit", "sections", sections, 1);
  const total = x.shape[at] as number;
  const base = Math.floor(total / sections);
  const larger = total % sections;
  let start = 0;
  return Array.from({ length: sections }, (_, i) => {
    const length = base + (i < larger ? 1 : 0);
    const part = narrow(x, at, start, length);
    start += length;
    return part;
  });
}

/** What `hsplit` and its relatives do along their dimension: a number of parts must divide it. */
function splitEvenly(operation: string, x: Tensor, sections: number | readonly number[], dim: number): Tensor[] {
  const size = x.shape[dim] as number; // safe: the callers have looked
  if (typeof sections === "number" && size % sections !== 0)
    throw new ShapeError(
      `${operation}: dimension ${dim} of a tensor of shape ${showShape(x.shape)} does not fall into ${sections} equal parts`,
    );
  return tensorSplit(x, sections, dim);
}

/**
 * Equal parts along the columns (the only dimension of a vector), or parts that start at the indices of a list.
 * https://pytorch.org/docs/stable/generated/torch.hsplit.html
 */
export function hsplit<const Given extends number | readonly number[]>(x: Tensor, sections: Given): Sections<Given>;
export function hsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  if (x.ndim < 1) throw shapeError("hsplit", "at least 1 dimension", x);
  return splitEvenly("hsplit", x, sections, x.ndim === 1 ? 0 : 1);
}

/**
 * Equal parts along the rows, or parts that start at the indices of a list.
 * https://pytorch.org/docs/stable/generated/torch.vsplit.html
 */
export function vsplit<const Given extends number | readonly number[]>(x: Tensor, sections: Given): Sections<Given>;
export function vsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  if (x.ndim < 2) throw shapeError("vsplit", "at least 2 dimensions", x);
  return splitEvenly("vsplit", x, sections, 0);
}

/**
 * Equal parts along the third dimension, or parts that start at the indices of a list.
 * https://pytorch.org/docs/stable/generated/torch.dsplit.html
 */
export function dsplit<const Given extends number | readonly number[]>(x: Tensor, sections: Given): Sections<Given>;
export function dsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  if (x.ndim < 3) throw shapeError("dsplit", "at least 3 dimensions", x);
  return splitEvenly("dsplit", x, sections, 2);
}
