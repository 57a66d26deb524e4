/**
 * Distinct values and their counts. The size of the results depends on the values, so they are computed on the host,
 * and the tensor must be on a device that can be read synchronously.
 */

import { checkInteger } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { encode, numbersOf } from "../encode.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { settings } from "../settings.ts";
import { dimension, type Shape, shapeError } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./copy.ts";
import { fromHost } from "./fill.ts";
import { selectUnchecked } from "./gather.ts";
import { movedim } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { sort } from "./sort.ts";

/** Options of `unique`. */
export interface UniqueOptions {
  /** Whether the values are in ascending order. Accepted for compatibility: they always are. */
  readonly sorted?: boolean;
  /** Dimension whose slices are compared, instead of elements. Default null: elements. */
  readonly dim?: number | null;
}

/** The result of `unique`. */
export interface Unique {
  /** The distinct elements, or the distinct slices along the dimension. Every NaN is distinct. */
  readonly values: Tensor;
  /** For each element of the input, or each index of the dimension, its index in `values`, as int32. */
  readonly inverse: Tensor;
  /** The number of occurrences of each value, as int32. */
  readonly counts: Tensor;
}

function numbers(x: Tensor): ArrayLike<number> {
  return numbersOf(x.dataSync(), x.dtype);
}

function written(like: Tensor, dtype: Tensor["dtype"], shape: Shape, numbers: ArrayLike<number>): Tensor {
  return fromHost(like, shape, dtype, encode(numbers, dtype));
}

/**
 * Finds distinct elements, or distinct slices along a dimension. With `neighbours`, each is compared only with the one
 * before it.
 */
function different(operation: string, x: Tensor, dim: number | null, neighbours: boolean): Unique {
  const flat = dim === null ? reshape(x.detach(), [-1]) : movedim(x.detach(), dimension(operation, dim, x.ndim), 0);
  // Read the tensor itself, not a copy in another layout: it may have been prefetched.
  const data = numbers(dim === null ? x : flat);
  const count = flat.shape[0] as number;
  if (count > 0 && data.length === 0) throw shapeError(operation, `non-empty slices along dimension ${dim}`, x);
  const width = count === 0 ? 0 : data.length / count;
  const compare = (i: number, j: number): number => {
    for (let k = 0; k < width; k++) {
      const order = compareNumbers(data[i * width + k] as number, data[j * width + k] as number);
      if (order !== 0) return order;
    }
    return 0;
  };
  const equal = (i: number, j: number): boolean => {
    // NaN differs from every NaN.
    for (let k = 0; k < width; k++) if (data[i * width + k] !== data[j * width + k]) return false;
    return true;
  };
  const given = () => Int32Array.from({ length: count }, (_, i) => i);
  const sorted = () => {
    // A synchronous device sorts stably with NaN at the end, and faster.
    if (width === 1 && x.device.readSync) return sort(reshape(flat, [-1])).indices.dataSync();
    return given().sort((i, j) => compare(i, j) || i - j);
  };
  const order = neighbours ? given() : sorted();
  const firsts: number[] = [];
  const counts: number[] = [];
  const inverse = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const i = order[k] as number;
    if (k === 0 || !equal(i, order[k - 1] as number)) {
      firsts.push(i);
      counts.push(0);
    }
    inverse[i] = firsts.length - 1;
    (counts[firsts.length - 1] as number) += 1;
  }
  const found = selectUnchecked(flat, 0, written(x, "int32", [firsts.length], firsts));
  return {
    values: dim === null ? found : contiguous(movedim(found, 0, dim)),
    inverse: written(x, "int32", dim === null ? x.shape : [count], inverse),
    counts: written(x, "int32", [counts.length], counts),
  };
}

/**
 * Returns the distinct elements in ascending order, the index of each input element among them, and their counts. With
 * `dim`, it compares slices along that dimension lexicographically.
 *
 * https://pytorch.org/docs/stable/generated/torch.unique.html
 *
 * @throws DeviceError on devices that cannot be read synchronously; call `await x.prefetch()` first.
 * @throws ShapeError for slices without elements.
 * @example
 * unique(tensor([3, 1, 3])).values; // [1, 3]
 */
export function unique(x: Tensor, options?: UniqueOptions): Unique {
  const { dim } = settings("unique", options, { dim: null, sorted: true });
  return different("unique", x, dim, false);
}

/**
 * Removes consecutive duplicates: each run of equal elements, or with `dim` of equal slices, is returned once. Returns
 * values, inverse indices and counts.
 *
 * https://pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 *
 * @throws DeviceError on devices that cannot be read synchronously; call `await x.prefetch()` first.
 * @throws ShapeError for slices without elements.
 * @example
 * uniqueConsecutive(tensor([1, 1, 2, 1])).values; // [1, 2, 1]
 */
export function uniqueConsecutive(x: Tensor, options?: Pick<UniqueOptions, "dim">): Unique {
  const { dim } = settings("uniqueConsecutive", options, { dim: null });
  return different("uniqueConsecutive", x, dim, true);
}

/** Compares in ascending order, with NaN last. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

/** Options of `bincount`. */
export interface BincountOptions {
  /** Minimum number of bins. Default 0. */
  readonly minlength?: number;
}

/**
 * Counts the occurrences of each non-negative integer, or sums the weights of its occurrences.
 *
 * https://pytorch.org/docs/stable/generated/torch.bincount.html
 *
 * @param x one-dimensional tensor of integers or bools.
 * @param weights of the shape of `x`. The result is float32 for float32 weights, otherwise float64. Default null: each
 * occurrence counts 1, and the result is int32.
 * @throws DTypeError for floats.
 * @throws ArgumentError for negative elements, and unless `minlength` is a non-negative integer.
 * @throws ShapeError for other shapes.
 * @throws DeviceError on devices that cannot be read synchronously; call `await x.prefetch()` first.
 */
export function bincount(x: Tensor, weights: Tensor | null = null, options?: BincountOptions): Tensor {
  const { minlength } = settings("bincount", options, { minlength: 0 });
  checkInteger("bincount", "minlength", minlength);
  if (isFloating(x.dtype)) throw new DTypeError(`bincount: expected integers, got ${x.dtype}`);
  if (x.ndim !== 1) throw shapeError("bincount", "one dimension", x);
  if (weights && (weights.ndim !== 1 || weights.shape[0] !== x.shape[0])) {
    throw shapeError("bincount", "as many weights as elements", x, weights);
  }
  const data = numbers(x);
  const each = weights ? numbers(weights) : null;
  let size = minlength;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < 0) throw new ArgumentError(`bincount: expected non-negative integers, got ${value}`);
    size = Math.max(size, value + 1);
  }
  const bins = new Float64Array(size);
  for (let i = 0; i < data.length; i++) (bins[data[i] as number] as number) += each ? (each[i] as number) : 1;
  const dtype = weights ? (weights.dtype === "float32" ? "float32" : "float64") : "int32";
  return written(x, dtype, [size], bins);
}
