/**
 * Binary search in sorted boundaries, for all values at once, and histograms. All are composed of other operations, so
 * no values are read on the host.
 */

import { checkChoice, checkInteger, checkOrder } from "../argument.ts";
import { computeType, expectFloating } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import { sameShape, shapeError, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, sub } from "./arithmetic.ts";
import { checkBounds, checkIndexType, expectBetween, largestFinite } from "./check.ts";
import { eq, lt, ne } from "./comparison.ts";
import { amax, amin } from "./extremes.ts";
import { filled } from "./fill.ts";
import { gatherUnchecked } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { scatterAdd } from "./scatter.ts";
import { narrow } from "./slice.ts";
import { sort } from "./sort.ts";

/** Options of `bucketize`. */
export interface SearchOptions {
  /** Whether to return the position after equal boundaries rather than before them. Default false. */
  readonly right?: boolean;
  /** `right` as a word: before (`"left"`) or after (`"right"`) equal boundaries. Default: as `right` says. */
  readonly side?: "left" | "right";
}

/** Options of `searchsorted`. */
export interface SearchSortedOptions extends SearchOptions {
  /** Indices that sort the boundaries along the last dimension, int32, as from `argsort`. Default: they are sorted. */
  readonly sorter?: Tensor;
}

/** Whether a value belongs after a boundary. It does if either is NaN. */
const behindEqual = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("searchsorted", (edge, value) => edge.gt(value).not());
const behindLess = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("searchsorted", (edge, value) => edge.ge(value).not());
/** The boundary that a search step compares with, or the last one. */
const probed = /* @__PURE__ */ pointwise<[Tensor, number, number]>("searchsorted", (place, step, last) =>
  place.add(step).sub(1).min(last),
);
/** The position after a search step, which must not exceed the number of boundaries. */
const moved = /* @__PURE__ */ pointwise<[Tensor, Tensor, number, number]>(
  "searchsorted",
  (place, behind, step, length) => place.add(step).le(length).and(behind).where(place.add(step), place),
  { apart: [1] },
);

function search(operation: string, boundaries: Tensor, given: Tensor | number, options?: SearchSortedOptions): Tensor {
  const {
    right,
    side = right ? "right" : "left",
    sorter,
  } = settings(operation, options, { right: false, side: undefined, sorter: undefined });
  checkChoice(operation, "side", side, ["left", "right"]);
  if (right && side === "left") throw new ArgumentError(`${operation}: right is true, but side is "left"`);
  const axis = shapeOf(operation, boundaries).length - 1;
  const values =
    typeof given === "number"
      ? filled(boundaries, [], given, Number.isInteger(given) ? boundaries.dtype : "float32")
      : given;
  const shared = axis === 0;
  const length = boundaries.shape.at(-1);
  const lead = shapeOf(operation, values).slice(0, -1);
  if (length === undefined || !(shared || sameShape(boundaries.shape.slice(0, -1), lead)))
    throw shapeError(operation, "equal leading sizes", boundaries, values);
  if (sorter) {
    checkIndexType(operation, sorter);
    if (!sameShape(sorter.shape, boundaries.shape))
      throw shapeError(operation, "a sorter of the shape of the boundaries", boundaries, sorter);
    checkBounds(operation, sorter, length, axis);
  }
  const unsorted = boundaries.detach();
  const edges = sorter ? gatherUnchecked(unsorted, axis, sorter) : unsorted;
  const wanted = shared ? reshape(values.detach(), [-1]) : values.detach();
  return reshape(placesOf(edges, wanted, axis, side === "right" ? behindEqual : behindLess), values.shape);
}

/** Returns for each value how many boundaries it is behind. */
function placesOf(
  edges: Tensor,
  values: Tensor,
  axis: number,
  behind: (edge: Tensor, value: Tensor) => Tensor,
): Tensor {
  const length = edges.shape[axis] as number;
  let place = filled(values, values.shape, 0, "int32");
  for (let step = 2 ** Math.floor(Math.log2(length)); step >= 1; step /= 2) {
    const edge = gatherUnchecked(edges, axis, probed(place, step, length - 1));
    place = moved(place, behind(edge, values), step, length);
  }
  return place;
}

/**
 * Returns the indices at which to insert values into sorted boundaries so that the order is preserved, as int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.searchsorted.html
 *
 * @param boundaries [n], or [..., n] with the leading sizes of `values`. Sorted in ascending order along the last
 * dimension, unless there is a `sorter`.
 * @param values of any shape, or a number, for boundaries [n], otherwise [..., m].
 * @throws ShapeError when the leading sizes differ, and for a `sorter` of another shape than the boundaries.
 * @throws DTypeError unless the `sorter` is int32.
 * @throws IndexError for indices of the `sorter` out of range.
 * @throws ArgumentError when `right` is true and `side` is `"left"`.
 */
export function searchsorted(boundaries: Tensor, values: Tensor | number, options?: SearchSortedOptions): Tensor {
  return search("searchsorted", boundaries, values, options);
}

/**
 * Returns the index of the bucket of each value, or of a number, between sorted boundaries, as int32.
 * https://pytorch.org/docs/stable/generated/torch.bucketize.html
 *
 * @throws ArgumentError when `right` is true and `side` is `"left"`.
 */
export function bucketize(values: Tensor | number, boundaries: Tensor, options?: SearchOptions): Tensor {
  return search("bucketize", boundaries, values, options);
}

/** Options of `isin`. */
export interface IsinOptions {
  /** Whether to negate the result. Default false. */
  readonly invert?: boolean;
}

/**
 * Tests whether each element occurs in another tensor, as bools in the shape of `elements`.
 *
 * https://pytorch.org/docs/stable/generated/torch.isin.html
 */
export function isin(elements: Tensor, testElements: Tensor, options?: IsinOptions): Tensor {
  const { invert } = settings("isin", options, { invert: false });
  const [values, tests] = [elements, testElements].map((x) => {
    shapeOf("isin", x);
    return reshape(x.detach(), [-1]);
  }) as [Tensor, Tensor];
  const edges = sort(tests).values;
  const last = edges.numel() - 1;
  if (last < 0) return filled(elements, elements.shape, Number(invert), "bool");
  // A NaN among the test elements is last, and no value is behind it.
  const nearest = gatherUnchecked(edges, 0, probed(placesOf(edges, values, 0, lt), 1, last));
  return reshape((invert ? ne : eq)(nearest, values), elements.shape);
}

/** Options of `histc`. */
export interface HistcOptions {
  /** Number of bins. Default 100. */
  readonly bins?: number;
  /** Lower edge of the first bin. Default 0. If `min` and `max` are equal, the range is that of the elements. */
  readonly min?: number;
  /** Upper edge of the last bin, which includes it. Default 0. */
  readonly max?: number;
}

/** The bin of an element, or `bins` for an element out of range. */
const binOf = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber, TensorOrNumber, number]>(
  "histc",
  (x, low, high, bins) => {
    const bin = x.sub(low).div(high.sub(low)).mul(bins).floor().min(bins.sub(1));
    return x.ge(low).and(x.le(high)).where(bin, bins).cast("int32");
  },
);

/**
 * Computes a histogram with bins of equal width. Elements outside [min, max] are not counted.
 *
 * https://pytorch.org/docs/stable/generated/torch.histc.html
 *
 * @param count Number of bins, as in the options. May be left out before options.
 * @throws DTypeError for integers.
 * @throws ArgumentError unless `bins` is a positive integer, when `min` is above `max`, and for elements that are not
 * finite if the range is theirs.
 */
export function histc(x: Tensor, count: number | HistcOptions = 100, options?: HistcOptions): Tensor {
  if (isOptions(count)) return histc(x, 100, count);
  const { bins, min, max } = settings("histc", options, { bins: count, min: 0, max: 0 });
  expectFloating("histc", x);
  checkInteger("histc", "bins", bins, 1);
  checkOrder("histc", { min, max });
  const data = x.detach().to(computeType(x.dtype));
  let [low, high]: [TensorOrNumber, TensorOrNumber] = min === max ? [min - 1, max + 1] : [min, max];
  if (min === max && x.numel() > 0) {
    const largest = largestFinite(x.dtype);
    expectBetween(data, -largest, largest, "histc: elements reach to {}; give min and max");
    const [least, most] = [amin(data), amax(data)];
    const width = eq(least, most).to(data.dtype);
    [low, high] = [sub(least, width), add(most, width)];
  }
  const places = reshape(binOf(data, low, high, bins), [-1]);
  const counts = scatterAdd(filled(x, [bins + 1], 0, "int32"), 0, places, filled(x, places.shape, 1, "int32"));
  return narrow(counts, 0, 0, bins).to(x.dtype);
}
