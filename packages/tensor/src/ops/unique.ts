/**
 * Distinct values and their counts. The size of the results depends on the values, so they are computed on the host,
 * and the tensor must be on a device that can be read synchronously.
 */

import { checkInteger, expectTensor } from "../argument.ts";
import { isFloating } from "../dtype.ts";
import { numbersOf } from "../encode.ts";
import { DTypeError } from "../errors.ts";
import { isOptions, settings } from "../settings.ts";
import { dimension, expectRank, shapeError } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { cast, contiguous } from "./copy.ts";
import { countOf } from "./extremes.ts";
import { filled, fromHost, integers } from "./fill.ts";
import { selectUnchecked } from "./gather.ts";
import { movedim } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { scatterAdd } from "./scatter.ts";
import { sort } from "./sort.ts";

/** Options of `uniqueConsecutive`. `I` and `C` are the types of `returnInverse` and `returnCounts`. */
export interface UniqueConsecutiveOptions<I extends boolean = boolean, C extends boolean = boolean> {
  /**
   * Whether to also return for each element of the input, or each index of the dimension, its index in the values, as
   * int32. Default false.
   */
  readonly returnInverse?: I;
  /** Whether to also return the number of occurrences of each value, as int32. Default false. */
  readonly returnCounts?: C;
  /** Dimension whose slices are compared, instead of elements. Default null: elements. */
  readonly dim?: number | null;
}

/** Options of `unique`. `I` and `C` are the types of `returnInverse` and `returnCounts`. */
export interface UniqueOptions<I extends boolean = boolean, C extends boolean = boolean>
  extends UniqueConsecutiveOptions<I, C> {
  /** Whether the values are in ascending order. Accepted for compatibility: they always are. */
  readonly sorted?: boolean;
}

/**
 * The result of `unique`: the distinct elements, or the distinct slices along the dimension. With `returnInverse` or
 * `returnCounts` it is an array: the values, then the inverse indices, then the counts. Every NaN is distinct.
 */
export type Unique<I extends boolean = boolean, C extends boolean = boolean> = I extends true
  ? C extends true
    ? [values: Tensor, inverse: Tensor, counts: Tensor]
    : [values: Tensor, inverse: Tensor]
  : C extends true
    ? [values: Tensor, counts: Tensor]
    : Tensor;

const defaults = { dim: null, returnInverse: false, returnCounts: false } as const;

/** The position of the first of each group of equal elements or slices, the group of each, and the groups' sizes. */
interface Groups {
  readonly firsts: number[];
  readonly inverse: Int32Array;
  readonly counts: number[];
}

/** Groups integers with a table of all numbers from the smallest to the largest; null if it would be too long. */
function tabulated(data: ArrayLike<number>): Groups | null {
  let [least, most] = [data[0] as number, data[0] as number];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most - least <= data.length)) return null;
  const [firsts, counts, inverse] = [[] as number[], [] as number[], new Int32Array(data.length)];
  const [found, sizes] = [new Int32Array(most - least + 1), new Int32Array(most - least + 1)];
  for (let i = data.length - 1; i >= 0; i--) {
    const slot = (data[i] as number) - least;
    found[slot] = i;
    (sizes[slot] as number) += 1;
  }
  for (const [slot, size] of sizes.entries()) {
    if (size === 0) continue;
    sizes[slot] = counts.length;
    firsts.push(found[slot] as number);
    counts.push(size);
  }
  for (let i = 0; i < data.length; i++) inverse[i] = sizes[(data[i] as number) - least] as number;
  return { firsts, inverse, counts };
}

/** Groups the elements of an order if `equal` holds for neighbors. */
function grouped(order: ArrayLike<number>, equal: (i: number, j: number) => boolean): Groups {
  const [firsts, counts, inverse] = [[] as number[], [] as number[], new Int32Array(order.length)];
  for (let k = 0; k < order.length; k++) {
    const i = order[k] as number;
    if (k === 0 || !equal(i, order[k - 1] as number)) {
      firsts.push(i);
      counts.push(0);
    }
    inverse[i] = firsts.length - 1;
    (counts[firsts.length - 1] as number) += 1;
  }
  return { firsts, inverse, counts };
}

/**
 * Finds distinct elements, or distinct slices along a dimension. With `neighbors`, each is compared only with the one
 * before it.
 */
function different(
  operation: string,
  x: Tensor,
  { dim = null, returnInverse, returnCounts }: UniqueConsecutiveOptions,
  neighbors: boolean,
): Tensor | Tensor[] {
  expectTensor(operation, x);
  const flat = dim === null ? reshape(x.detach(), [-1]) : movedim(x.detach(), dimension(operation, dim, x), 0);
  // Read the tensor itself, not a copy in another layout: it may have been prefetched.
  const { dtype } = x;
  const data = numbersOf((dim === null ? x : flat).dataSync(), dtype);
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
    return given().sort((i, j) => compare(i, j));
  };
  const table = neighbors || width !== 1 || isFloating(x.dtype) ? null : tabulated(data);
  const { firsts, inverse, counts } = table ?? grouped(neighbors ? given() : sorted(), equal);
  const found = selectUnchecked(flat, 0, integers(x, firsts));
  const values = dim === null ? found : contiguous(movedim(found, 0, dim));
  if (!returnInverse && !returnCounts) return values;
  return [
    values,
    ...(returnInverse ? [fromHost(x, dim === null ? x.shape : [count], "int32", inverse)] : []),
    ...(returnCounts ? [integers(x, counts)] : []),
  ];
}

/**
 * Returns the distinct elements in ascending order, or with `dim` the distinct slices along that dimension, which it
 * compares lexicographically. `returnInverse` and `returnCounts` make the result an array with the index of each input
 * element among them, and the number of occurrences of each.
 *
 * https://pytorch.org/docs/stable/generated/torch.unique.html
 *
 * @throws DeviceError on devices that cannot be read synchronously; call `await x.prefetch()` first.
 * @throws ShapeError for slices without elements.
 * @example
 * unique(tensor([3, 1, 3])); // [1, 3]
 * const [values, counts] = unique(tensor([3, 1, 3]), { returnCounts: true }); // [1, 3] and [1, 2]
 */
export function unique<I extends boolean = false, C extends boolean = false>(
  x: Tensor,
  options?: UniqueOptions<I, C>,
): Unique<I, C> {
  const given = settings<UniqueOptions, typeof defaults & { readonly sorted: true }>("unique", options, {
    ...defaults,
    sorted: true,
  });
  return different("unique", x, given, false) as Unique<I, C>; // safe: `I` and `C` are the types of the options
}

/**
 * Removes consecutive duplicates: each run of equal elements, or with `dim` of equal slices, is returned once.
 * `returnInverse` and `returnCounts` make the result an array, as those of `unique` do.
 *
 * https://pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 *
 * @throws DeviceError on devices that cannot be read synchronously; call `await x.prefetch()` first.
 * @throws ShapeError for slices without elements.
 * @example
 * uniqueConsecutive(tensor([1, 1, 2, 1])); // [1, 2, 1]
 */
export function uniqueConsecutive<I extends boolean = false, C extends boolean = false>(
  x: Tensor,
  options?: UniqueConsecutiveOptions<I, C>,
): Unique<I, C> {
  const given = settings<UniqueConsecutiveOptions, typeof defaults>("uniqueConsecutive", options, defaults);
  return different("uniqueConsecutive", x, given, true) as Unique<I, C>; // safe: as above
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
 * occurrence counts 1, and the result is int32. May be left out before options.
 * @throws DTypeError for floats.
 * @throws ArgumentError for negative elements, and unless `minlength` is a non-negative integer.
 * @throws ShapeError for other shapes.
 * @throws DeviceError on devices that cannot be read synchronously; call `await x.prefetch()` first.
 */
export function bincount(
  x: Tensor,
  weights: Tensor | BincountOptions | null = null,
  options?: BincountOptions,
): Tensor {
  if (isOptions(weights)) return bincount(x, null, weights);
  const { minlength } = settings("bincount", options, { minlength: 0 });
  checkInteger("bincount", "minlength", minlength);
  expectRank("bincount", "one dimension", x, 1);
  if (isFloating(x.dtype)) throw new DTypeError(`bincount: expected integers, got ${x.dtype}`);
  if (weights && (weights.ndim !== 1 || weights.shape[0] !== x.shape[0])) {
    throw shapeError("bincount", "as many weights as elements", x, weights);
  }
  const size = Math.max(minlength, countOf("bincount", x));
  const dtype = weights ? (weights.dtype === "float32" ? "float32" : "float64") : "int32";
  const each = weights ? cast(weights.detach(), dtype) : filled(x, x.shape, 1, dtype);
  return scatterAdd(filled(x, [size], 0, dtype), 0, cast(x, "int32"), each);
}
