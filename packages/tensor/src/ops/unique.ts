/**
 * Which values there are, and how often: operations whose results depend on the values and are worked out on the host.
 * They read the tensor, so they need a device that can be read at once.
 */

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

/** The options of `unique`. */
export interface UniqueOptions {
  /** In ascending order. They always are; the option is PyTorch's. */
  readonly sorted?: boolean;
  /** Compare the parts at each index of this dimension instead of elements. Default null: elements. */
  readonly dim?: number | null;
}

/** What `unique` finds. */
export interface Unique {
  /** The different elements, or the different parts along the dimension. NaN is never equal to NaN. */
  readonly values: Tensor;
  /** For each element of the input, or for each index of the dimension, its place among the values, int32. */
  readonly inverse: Tensor;
  /** How often each value occurs, int32. */
  readonly counts: Tensor;
}

function numbers(x: Tensor): ArrayLike<number> {
  return numbersOf(x.dataSync(), x.dtype);
}

function written(beside: Tensor, dtype: Tensor["dtype"], shape: Shape, numbers: ArrayLike<number>): Tensor {
  return fromHost(beside, shape, dtype, encode(numbers, dtype));
}

/**
 * The different elements, or parts along a dimension: those that differ from all others, or from the one before only.
 */
function different(operation: string, x: Tensor, dim: number | null, neighbours: boolean): Unique {
  const flat = dim === null ? reshape(x.detach(), [-1]) : movedim(x.detach(), dimension(operation, dim, x.ndim), 0);
  // Of all elements, the tensor itself is read: it, and no copy in another order, may have been prefetched.
  const data = numbers(dim === null ? x : flat);
  const count = flat.shape[0] as number;
  if (count > 0 && data.length === 0) throw shapeError(operation, `parts along dimension ${dim} that have elements`, x);
  const width = count === 0 ? 0 : data.length / count;
  const compare = (i: number, j: number): number => {
    for (let k = 0; k < width; k++) {
      const order = compareNumbers(data[i * width + k] as number, data[j * width + k] as number);
      if (order !== 0) return order;
    }
    return 0;
  };
  const equal = (i: number, j: number): boolean => {
    // as every NaN is from all others
    for (let k = 0; k < width; k++) if (data[i * width + k] !== data[j * width + k]) return false;
    return true;
  };
  const given = () => Int32Array.from({ length: count }, (_, i) => i);
  const sorted = () => {
    // What the device can sort and show at once, it does: stably, with NaN at the end.
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
 * The different elements of a tensor in ascending order (with `dim`, the different parts along it, compared element by
 * element), where each of the input is among them, and how often each occurs.
 *
 * https://pytorch.org/docs/stable/generated/torch.unique.html
 *
 * @throws DeviceError when the device cannot be read at once; `await x.prefetch()` there first.
 * @example
 * unique(tensor([3, 1, 3])).values; // [1, 3]
 */
export function unique(x: Tensor, options?: UniqueOptions): Unique {
  const { dim } = settings("unique", options, { dim: null, sorted: true });
  return different("unique", x, dim, false);
}

/**
 * The elements of a tensor (with `dim`, its parts along it) without those that repeat the one before: runs of equals
 * count once.
 *
 * https://pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 *
 * @throws DeviceError when the device cannot be read at once; `await x.prefetch()` there first.
 * @example
 * uniqueConsecutive(tensor([1, 1, 2, 1])).values; // [1, 2, 1]
 */
export function uniqueConsecutive(x: Tensor, options?: Pick<UniqueOptions, "dim">): Unique {
  const { dim } = settings("uniqueConsecutive", options, { dim: null });
  return different("uniqueConsecutive", x, dim, true);
}

/** Ascending, NaN last. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

/** The option of `bincount`. */
export interface BincountOptions {
  /** The least number of bins. Default 0. */
  readonly minlength?: number;
}

/**
 * How often each non-negative integer occurs, or the sum of the weights where it does.
 *
 * https://pytorch.org/docs/stable/generated/torch.bincount.html
 *
 * @param x integers, one-dimensional. @param weights of the same shape; default: each counts 1, and the result is
 * int32.
 * @throws DTypeError for floats. @throws ArgumentError for negative numbers. @throws ShapeError for other shapes.
 */
export function bincount(x: Tensor, weights: Tensor | null = null, options?: BincountOptions): Tensor {
  const { minlength } = settings("bincount", options, { minlength: 0 });
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
