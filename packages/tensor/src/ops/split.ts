/** Splitting a tensor along a dimension. The parts are views. */

import { checkInteger } from "../argument.ts";
import { ArgumentError } from "../errors.ts";
import { expectRank, ownDimension, shapeError, shapeOf, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { narrow, select, slice } from "./slice.ts";

/**
 * A tuple with one tensor (or `Each`) per element of a list, so that destructuring knows the number of results:
 * `const [gx, gy] = grad(z, [x, y])`.
 */
export type TensorEach<List extends readonly unknown[], Each = Tensor> = { -readonly [Element in keyof List]: Each };

/** The result of `split`: one part per listed size, or an array of unknown length for a single size. */
export type Parts<Sizes extends number | readonly number[]> = Sizes extends readonly number[]
  ? TensorEach<Sizes>
  : Tensor[];

/**
 * The result of functions that accept a number of parts or a list of indices to split at: a tuple where the literal
 * type determines its length, otherwise an array.
 */
export type Sections<Given extends number | readonly number[]> = Given extends readonly number[]
  ? TensorEach<readonly [start: 0, ...cuts: Given]>
  : number extends Given
    ? Tensor[]
    : Counted<Given>;

/** A tuple of `Count` tensors; an array of unknown length for 64 and more. */
export type Counted<Count, List extends Tensor[] = []> = List["length"] extends Count
  ? List
  : List["length"] extends 64
    ? Tensor[]
    : Counted<Count, [...List, Tensor]>;

/**
 * Splits a dimension into parts of one size (the last may be smaller), or of the sizes listed. Returns views.
 *
 * https://pytorch.org/docs/stable/generated/torch.split.html
 *
 * @param dim Default 0.
 * @throws ArgumentError when the listed sizes do not add up to the dimension, and unless a single size is a positive
 * integer.
 * @throws IndexError for a dimension out of range.
 */
export function split<const Sizes extends number | readonly number[]>(
  x: Tensor,
  sizes: Sizes,
  dim?: number,
): Parts<Sizes>;
export function split(x: Tensor, sizes: number | readonly number[], dim = 0): Tensor[] {
  const at = ownDimension("split", dim, x);
  const total = x.shape[at] as number;
  const parts: number[] = [];
  if (typeof sizes === "number") {
    checkInteger("split", "sizes", sizes, total > 0 ? 1 : 0);
    for (let start = 0; start < total; start += sizes) parts.push(Math.min(sizes, total - start));
    if (total === 0) parts.push(0);
  } else {
    parts.push(...[sizes].flat());
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
 * Splits a dimension into at most `chunks` parts of equal size; the last may be smaller. Returns views. The result's
 * type assumes exactly `chunks` parts, but there are fewer where parts of the rounded-up size cover the dimension
 * earlier (6 in 4 chunks: 3 of 2).
 *
 * https://pytorch.org/docs/stable/generated/torch.chunk.html
 *
 * @param dim Default 0.
 * @throws ArgumentError unless `chunks` is a positive integer.
 * @throws IndexError for a dimension out of range.
 */
export function chunk<const Chunks extends number>(x: Tensor, chunks: Chunks, dim?: number): Sections<Chunks>;
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  checkInteger("chunk", "chunks", chunks, 1);
  const at = ownDimension("chunk", dim, x);
  const total = x.shape[at] as number;
  return split(x, total === 0 ? new Array<number>(chunks).fill(0) : Math.ceil(total / chunks), at);
}

/**
 * Returns one view per index of a dimension, without that dimension.
 * https://pytorch.org/docs/stable/generated/torch.unbind.html
 *
 * @param dim Default 0.
 * @throws IndexError for a scalar or a dimension out of range.
 */
export function unbind(x: Tensor, dim = 0): Tensor[] {
  const at = ownDimension("unbind", dim, x);
  return Array.from({ length: x.shape[at] as number }, (_, i) => select(x, at, i));
}

/**
 * Splits a dimension into `sections` nearly equal parts, the larger ones first, or before each of the indices listed.
 * Returns views. A tensor with the number or the indices is read on the host; prefetch it on a device that cannot be
 * read synchronously.
 *
 * https://pytorch.org/docs/stable/generated/torch.tensor_split.html
 *
 * @param dim Default 0.
 * @throws ArgumentError unless a number of sections is a positive integer.
 * @throws IndexError for a dimension out of range.
 */
export function tensorSplit<const Given extends number | readonly number[]>(
  x: Tensor,
  sections: Given,
  dim?: number,
): Sections<Given>;
/** Splits at the indices in a vector, or into the number of parts in a scalar. */
export function tensorSplit(x: Tensor, sections: Tensor, dim?: number): Tensor[];
export function tensorSplit(x: Tensor, given: unknown, dim = 0): Tensor[] {
  const at = ownDimension("tensorSplit", dim, x);
  const sections = ((given as Tensor | null)?.toArraySync?.() ?? given) as number | number[];
  const least = Array.isArray(sections) ? Number.NEGATIVE_INFINITY : 1;
  for (const section of [sections].flat()) checkInteger("tensorSplit", "sections", section, least);
  if (Array.isArray(sections)) return [0, ...sections].map((start, i) => slice(x, at, start, sections[i] ?? null));
  const total = x.shape[at] as number;
  const base = Math.floor(total / sections);
  const larger = total % sections;
  const sizes = Array.from({ length: sections }, (_, i) => base + Number(i < larger));
  return split(x, sizes, at);
}

/** Splits a dimension into equal parts, for `hsplit`, `vsplit` and `dsplit`: a number of parts must divide it. */
function splitEvenly(
  operation: string,
  x: Tensor,
  sections: number | readonly number[],
  least: number,
  dim: number,
): Tensor[] {
  expectRank(operation, `at least ${least} dimension${least === 1 ? "" : "s"}`, x, least, Number.POSITIVE_INFINITY);
  const size = x.shape[dim] as number;
  if (typeof sections === "number" && size % sections !== 0)
    throw shapeError(operation, `a size of dimension ${dim} divisible by ${sections}`, x);
  return tensorSplit(x, sections, dim);
}

/**
 * Splits the columns (or the only dimension of a vector) into equal parts, or before each of the indices listed.
 * Returns views.
 *
 * https://pytorch.org/docs/stable/generated/torch.hsplit.html
 *
 * @throws ShapeError for a scalar, and when a number of parts does not divide the dimension.
 */
export function hsplit<const Given extends number | readonly number[]>(x: Tensor, sections: Given): Sections<Given>;
export function hsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  return splitEvenly("hsplit", x, sections, 1, shapeOf("hsplit", x).length === 1 ? 0 : 1);
}

/**
 * Splits the rows into equal parts, or before each of the indices listed. Returns views.
 *
 * https://pytorch.org/docs/stable/generated/torch.vsplit.html
 *
 * @throws ShapeError for fewer than two dimensions, and when a number of parts does not divide the dimension.
 */
export function vsplit<const Given extends number | readonly number[]>(x: Tensor, sections: Given): Sections<Given>;
export function vsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  return splitEvenly("vsplit", x, sections, 2, 0);
}

/**
 * Splits the third dimension into equal parts, or before each of the indices listed. Returns views.
 *
 * https://pytorch.org/docs/stable/generated/torch.dsplit.html
 *
 * @throws ShapeError for fewer than three dimensions, and when a number of parts does not divide the dimension.
 */
export function dsplit<const Given extends number | readonly number[]>(x: Tensor, sections: Given): Sections<Given>;
export function dsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  return splitEvenly("dsplit", x, sections, 3, 2);
}
