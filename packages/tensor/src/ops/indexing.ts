/**
 * The bracket indexing of NumPy and PyTorch. Numbers, ranges, new axes and `"..."` (basic indexing) select a view;
 * index tensors, arrays and masks (advanced indexing) select a copy. Reading and writing share the same parsing of the
 * index.
 */

import { isTensor, itemsOf, quote } from "../argument.ts";
import { expectOneType } from "../dtype.ts";
import { ArgumentError, IndexError } from "../errors.ts";
import { pointwise } from "../pointwise.ts";
import { checkNames } from "../settings.ts";
import { broadcastShapes, type Shape, shapeError, shapeOf, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkBounds } from "./check.ts";
import { cast, toDevice } from "./copy.ts";
import { expand } from "./expand.ts";
import { counting, fill_, integers } from "./fill.ts";
import { gatherUnchecked, selectUnchecked, uniform, wrapNegative } from "./gather.ts";
import { maskedFill_, nonzero } from "./mask.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { putFlat, putFlat_, puttingBy } from "./scatter.ts";
import { select, slice } from "./slice.ts";

/** A range of indices, like Python's `start:stop:step`. */
export interface Range {
  /** The first index; a negative index counts from the end. Default null: the beginning. */
  readonly start?: number | null;
  /** The index at which to stop, exclusive; a negative index counts from the end. Default null: the end. */
  readonly stop?: number | null;
  /** The distance between consecutive indices, a positive integer. Default null: 1. */
  readonly step?: number | null;
}

/**
 * One entry of an index.
 *
 * A number (negative numbers count from the end), a range as an object or a string (`"1:5"`, `"::2"`, `":"`), `null`
 * for a new axis, `"..."` for all dimensions not indexed, an int32 tensor or an array of indices, or a bool tensor as a
 * mask.
 */
export type Index = number | Range | string | null | Tensor | readonly number[];

/** An index tensor for a dimension of the view that the basic entries select. */
interface Picked {
  readonly dim: number;
  readonly index: Tensor;
}

function parseRange(text: string): Range {
  const parts = text.split(":");
  const bounds = parts.map((part) => (part.trim() === "" ? null : Number(part)));
  if (parts.length < 2 || parts.length > 3 || bounds.some((n) => n !== null && !Number.isInteger(n))) {
    throw new ArgumentError(`index: "${text}" is not a range; write "start:stop", "start:stop:step" or "..."`);
  }
  return { start: bounds[0] ?? null, stop: bounds[1] ?? null, step: bounds[2] ?? null };
}

/** Returns the number of dimensions that an entry indexes. */
function width(entry: Index): number {
  if (entry === null || entry === "...") return 0;
  return isTensor(entry) && entry.dtype === "bool" ? entry.ndim : 1;
}

/** Returns a list of indices as a tensor. */
function listed(like: Tensor, list: readonly number[]): Tensor {
  const wrong = list.findIndex((i) => (i | 0) !== i);
  if (wrong >= 0) {
    throw new ArgumentError(
      `index: an array must contain int32 indices, got ${quote(list[wrong])}; pass masks as tensors`,
    );
  }
  return integers(like, list);
}

/** Applies the basic entries as views, and collects the index tensors with the dimensions that they index. */
function resolve(x: Tensor, entries: readonly Index[]): { readonly view: Tensor; readonly picked: readonly Picked[] } {
  const taken = entries.reduce((sum: number, entry) => sum + width(entry), 0);
  if (taken > shapeOf("index", x).length)
    throw new IndexError(`index: too many indices: ${taken} for a tensor of shape ${showShape(x.shape)}`);
  if (entries.filter((entry) => entry === "...").length > 1)
    throw new ArgumentError('index: only one "..." may appear in an index');
  let view = x;
  let dim = 0;
  const picked: Picked[] = [];
  for (const given of entries) {
    const entry = Array.isArray(given) ? listed(x, given) : given;
    if (entry === null) view = unsqueeze(view, dim++);
    else if (entry === "...") dim += x.ndim - taken;
    else if (typeof entry === "number") view = select(view, dim, entry);
    else if (isTensor(entry)) {
      // A zero-dimensional mask adds a dimension of size 1 or 0.
      if (entry.dtype === "bool" && entry.ndim === 0) view = unsqueeze(view, dim);
      const found = entry.dtype === "bool" ? maskIndices(view, dim, entry) : [checked(view, dim, entry)];
      for (const index of found) picked.push({ dim: dim++, index });
    } else {
      if (typeof entry !== "string") checkNames("index", entry, ["start", "stop", "step"]);
      // "{}", for an object without entries, is not a range either.
      const text = typeof entry === "string" ? entry : Object.keys(entry).length === 0 ? "{}" : null;
      // Safe: numbers, tensors, arrays and null are handled above.
      const { start = null, stop = null, step } = text === null ? (entry as Range) : parseRange(text);
      view = slice(view, dim++, start, stop, step ?? 1);
    }
  }
  return { view, picked };
}

function checked(view: Tensor, dim: number, index: Tensor): Tensor {
  const size = view.shape[dim] as number;
  checkBounds("index", index, size, dim, true);
  return toDevice(index, view.device);
}

function maskIndices(view: Tensor, dim: number, mask: Tensor): Tensor[] {
  mask.shape.forEach((size, i) => {
    if (size !== view.shape[dim + i]) {
      throw new IndexError(
        `index: a mask of shape ${showShape(mask.shape)} does not fit the dimensions from ${dim} on of a tensor of shape ${showShape(view.shape)}`,
      );
    }
  });
  return nonzero(mask, { asTuple: true }).map((index) => toDevice(index, view.device));
}

const position = /* @__PURE__ */ pointwise<[Tensor, number, Tensor]>("position", (outer, size, index) =>
  outer.mul(size).add(index),
);

/** Combines indices of several dimensions into indices of these dimensions flattened in row-major order. */
function joined(indices: readonly Tensor[], sizes: Shape): Tensor {
  return indices.reduce((outer, index, i) => position(outer, sizes[i] as number, index));
}

/** How the dimensions that index tensors pick from and the others form those of the result. */
interface Arrangement {
  /** The common shape of the index tensors. */
  readonly shape: Shape;
  readonly others: readonly number[];
  /**
   * The position among the other dimensions at which those of the index tensors are inserted: their own place if they
   * are adjacent, otherwise the front. Zero-dimensional index tensors act like numbers and do not count.
   */
  readonly place: number;
}

function arrangementOf(view: Tensor, picked: readonly Picked[]): Arrangement {
  const shape = broadcastShapes(
    "index",
    picked.map(({ index }) => index.shape),
  );
  const others = view.shape.map((_, i) => i).filter((i) => picked.every(({ dim }) => dim !== i));
  const before = ({ dim }: Picked): number => others.filter((other) => other < dim).length;
  const wide = picked.filter(({ index }) => index.ndim > 0);
  const place = before(wide[0] ?? (picked[0] as Picked)); // safe: at least one
  return { shape, others, place: wide.every((one) => before(one) === place) ? place : 0 };
}

/**
 * Returns the part of a tensor that an index selects, like `x[index]` in Python.
 *
 * Numbers, ranges, `null` and `"..."` select a view of the same memory; index tensors, arrays and masks select a copy.
 *
 * https://pytorch.org/docs/stable/tensor_view.html and https://numpy.org/doc/stable/user/basics.indexing.html
 *
 * @throws IndexError for an index out of range, too many indices, or a mask that does not fit.
 * @throws ArgumentError for a malformed range or array.
 * @throws DTypeError for an index tensor that is neither int32 nor bool.
 * @throws ShapeError if several index tensors do not broadcast.
 * @throws DeviceError for a mask on a device that cannot be read synchronously; call `await mask.prefetch()` first.
 * @example
 * get(x, 0, "1:3"); // x[0, 1:3]
 * get(x, "...", -1); // the last column
 * get(x, x.gt(0)); // the elements above zero
 */
export function get(x: Tensor, ...entries: readonly Index[]): Tensor {
  const { view, picked } = resolve(x, entries);
  // Writes and gradients reach `x` through the result, but it is another tensor.
  if (picked.length === 0) return view === x ? reshape(x, x.shape) : view;
  if (picked.length > 1) {
    const places = positions(view, picked);
    return reshape(gatherUnchecked(reshape(view, [-1]), 0, reshape(places, [-1])), places.shape);
  }
  const [{ dim, index }] = picked as [Picked]; // safe: there is one
  const rows = selectUnchecked(view, dim, reshape(wrapNegative(index, view.shape[dim] as number), [-1]));
  return reshape(rows, view.shape.toSpliced(dim, 1, ...index.shape));
}

/** Returns the flat row-major position in the view of each element that an index selects, in the shape of `get`. */
function positions(view: Tensor, picked: readonly Picked[]): Tensor {
  const { shape, others, place } = arrangementOf(view, picked);
  const rank = others.length + shape.length;
  /** Adds the dimensions of the result that follow those of the index, which end before dimension `end`. */
  const aligned = (index: Tensor, end: number): Tensor =>
    reshape(index, [...index.shape, ...new Array<number>(rank - end).fill(1)]);
  // The indices into each dimension of the view, which broadcast to the shape of the result.
  const indices = view.shape.map((size, dim) => {
    const given = picked.find((one) => one.dim === dim);
    if (given) return aligned(wrapNegative(given.index, size), place + shape.length);
    const other = others.indexOf(dim);
    return aligned(counting(view, size), 1 + (other < place ? other : other + shape.length));
  });
  const sizes = others.map((dim) => view.shape[dim] as number);
  return expand(joined(indices, view.shape), sizes.toSpliced(place, 0, ...shape));
}

/** Expands a value to the shape of its destination and converts it to its dtype. */
function fitted(value: Tensor | number | boolean, to: Tensor, shape: Shape): Tensor {
  if (typeof value !== "object") return uniform(to, Number(value), shape);
  return expand(cast(withoutLead(value, shape.length), to.dtype), shape);
}

/** Drops leading dimensions of size one in excess of `rank`. */
function withoutLead(value: Tensor, rank: number): Tensor {
  const extra = shapeOf("index", value).length - rank;
  return extra > 0 && value.shape.slice(0, extra).every((size) => size === 1)
    ? reshape(value, value.shape.slice(extra))
    : value;
}

/**
 * Assigns a value in place to the part of a tensor that an index selects, like `x[index] = value` in Python. Returns
 * `x`.
 *
 * The value is broadcast and converted to the dtype of `x`.
 *
 * @param index the entries of the index in an array; a single entry that is not an array may stand alone.
 * @throws IndexError for an index out of range, too many indices, or a mask that does not fit.
 * @throws ArgumentError for a malformed range or array.
 * @throws DTypeError for an index tensor that is neither int32 nor bool.
 * @throws ShapeError if several index tensors do not broadcast, or the value does not broadcast to the part.
 * @throws DeviceError for a mask on a device that cannot be read synchronously, unless it is the only entry and the
 * value a number or boolean; call `await mask.prefetch()` first.
 * @example
 * set(x, [0, "1:3"], 7);
 * set(x, x.lt(0), 0);
 */
export function set(x: Tensor, index: Index | readonly Index[], value: Tensor | number | boolean): Tensor {
  const entries: readonly Index[] = Array.isArray(index) ? index : [index as Index]; // safe: not an array
  const only = entries[0];
  if (entries.length === 1 && isTensor(only) && only.dtype === "bool" && typeof value !== "object") {
    const lead = only.ndim;
    if (lead <= x.ndim && only.shape.every((size, i) => size === x.shape[i])) {
      maskedFill_(x, reshape(only, [...only.shape, ...new Array<number>(x.ndim - lead).fill(1)]), value);
      return x;
    }
  }
  const { view, picked } = resolve(x, entries);
  if (picked.length === 0) {
    fill_(view, typeof value === "object" ? withoutLead(value, view.ndim) : value);
    return x;
  }
  const places = positions(view, picked);
  putFlat_(view, reshape(places, [-1]), reshape(fitted(value, view, places.shape), [-1]), "set");
  return x;
}

/** Options of `indexPut`. */
export interface IndexPutOptions {
  /** Whether to add the values instead of replacing elements. Repeated indices accumulate. Default false. */
  readonly accumulate?: boolean;
}

function putOperands(
  x: Tensor,
  indices: readonly (Tensor | null)[],
  values: Tensor,
): readonly [Tensor, Tensor, Tensor] {
  const { view, picked } = resolve(
    x,
    // Unlike in brackets, a zero-dimensional index is an index tensor like the others.
    itemsOf("indexPut", indices).map((index) => (index?.ndim === 0 ? reshape(index, [1]) : (index ?? ":"))),
  );
  if (picked.length === 0) throw new ArgumentError("indexPut: expected at least one index tensor");
  expectOneType("indexPut", x, values);
  const places = positions(view, picked);
  if (values.ndim > places.ndim)
    throw shapeError("indexPut", `values that broadcast to ${showShape(places.shape)}`, values);
  return [view, reshape(places, [-1]), reshape(fitted(values, x, places.shape), [-1])];
}

/**
 * Copies `x` with values written to, or added at, the positions that index tensors select.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
 *
 * @param indices an int32 or bool tensor for each of the first dimensions; null selects the whole dimension.
 * @param values broadcast to the shape of the selection.
 * @throws IndexError for an index out of range, too many indices, or a mask that does not fit.
 * @throws ArgumentError if `indices` contains no tensor.
 * @throws DTypeError if `values` has another dtype than `x`.
 * @throws ShapeError if `values` does not broadcast to the selection.
 * @throws DeviceError for a mask on a device that cannot be read synchronously; call `await mask.prefetch()` first.
 */
export function indexPut(
  x: Tensor,
  indices: readonly (Tensor | null)[],
  values: Tensor,
  options?: IndexPutOptions,
): Tensor {
  const by = puttingBy("indexPut", options);
  const [, places, source] = putOperands(x, indices, values);
  return putFlat(x, places, source, by);
}

/** In-place `indexPut`: writes to `x` and returns it. */
export function indexPut_(
  x: Tensor,
  indices: readonly (Tensor | null)[],
  values: Tensor,
  options?: IndexPutOptions,
): Tensor {
  const by = puttingBy("indexPut_", options);
  const [, places, source] = putOperands(x, indices, values);
  return putFlat_(x, places, source, by);
}
