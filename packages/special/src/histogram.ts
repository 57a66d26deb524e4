/**
 * Histograms over one or several dimensions, with weights and bins of any width. Nothing is read: the place of each
 * point is found by a binary search on the device.
 */

import {
  ArgumentError,
  arange,
  checkInteger,
  checkOrder,
  expectBetween,
  expectFloating,
  linspace,
  ShapeError,
  searchsorted,
  settings,
  type Tensor,
  where,
} from "@akari/tensor";

/** The options of `histogram` and `histogramdd`. */
export interface HistogramOptions {
  /**
   * The ends of the outermost bins, one pair after the other for each dimension. Default: the least and the largest
   * value.
   */
  readonly range?: readonly number[];
  /** What each point counts, in the shape of the points. Default 1. */
  readonly weight?: Tensor;
  /** Whether the result is a density, whose integral is 1. Default false. */
  readonly density?: boolean;
}

/** What `histogram` gives. */
export interface Histogram {
  /** The count of each bin, in the dtype of the points. */
  readonly hist: Tensor;
  /** The ends of the bins, one more than there are bins. */
  readonly binEdges: Tensor;
}

/** What `histogramdd` gives. */
export interface HistogramDd {
  /** The count of each bin, in the dtype of the points; a dimension for each coordinate. */
  readonly hist: Tensor;
  /** The ends of the bins in each dimension. */
  readonly binEdges: readonly Tensor[];
}

/** Bins of equal width from `low` to `high`, both exact. */
function between(low: Tensor, high: Tensor, bins: number): Tensor {
  const place = arange(bins + 1, { dtype: low.dtype, device: low.device });
  const step = high.sub(low).div(bins);
  return where(
    place.lt(Math.floor((bins + 1) / 2)),
    low.add(place.mul(step)),
    high.sub(place.neg().add(bins).mul(step)),
  );
}

/** The edges of one dimension: those given, or so many between the ends given or found. */
function edgesOf(
  operation: string,
  points: Tensor,
  bins: number | Tensor,
  range: readonly number[] | undefined,
): Tensor {
  const { dtype, device } = points;
  if (typeof bins === "object") {
    if (bins.ndim !== 1 || bins.numel() < 2)
      throw new ShapeError(
        `${operation}: expected two or more edges in one dimension, got a tensor of shape [${bins.shape}]`,
      );
    return bins.detach().to(dtype);
  }
  checkInteger(operation, "bins", bins, 1);
  if (range !== undefined) {
    const [min, max] = range as readonly [number, number]; // safe: the caller hands over a pair
    checkOrder(operation, { min, max });
    const [low, high] = min === max ? [min - 0.5, max + 0.5] : [min, max];
    return linspace(low, high, bins + 1, { dtype, device });
  }
  if (points.numel() === 0) return linspace(0, 1, bins + 1, { dtype, device });
  expectBetween(points, -Number.MAX_VALUE, Number.MAX_VALUE, `${operation}: elements reach to {}; give the range`);
  const [least, most] = [points.amin(), points.amax()];
  const half = least.eq(most).to(dtype).mul(0.5);
  return between(least.sub(half), most.add(half), bins);
}

/** The counts of points [N, D] in the bins between some edges. */
function count(
  operation: string,
  points: Tensor,
  edges: readonly Tensor[],
  weight: Tensor | undefined,
  density: boolean,
): Tensor {
  const sizes = edges.map((edge) => edge.numel() - 1);
  const total = sizes.reduce((product, size) => product * size, 1);
  let place = points.newZeros([points.size(0)], { dtype: "int32" });
  let within = place.eq(0);
  edges.forEach((edge, d) => {
    const x = points.select(1, d);
    const bins = sizes[d] as number;
    const last = edge.get(bins);
    // The last bin has its right end as well; what is outside of all goes nowhere.
    const bin = searchsorted(edge, x, { right: true })
      .sub(1)
      .clamp(0, bins - 1);
    within = within.logicalAnd(x.ge(edge.get(0)).logicalAnd(x.le(last)));
    place = place.mul(bins).add(bin);
  });
  if (weight !== undefined && weight.numel() !== points.size(0))
    throw new ShapeError(`${operation}: expected a weight for each of ${points.size(0)} points, got [${weight.shape}]`);
  const share =
    weight === undefined ? points.newFull([points.size(0)], 1) : weight.detach().to(points.dtype).reshape(-1);
  const counts = points
    .newZeros([total])
    .scatterAdd(0, place, where(within, share, 0))
    .reshape(...sizes);
  if (!density) return counts;
  return edges.reduce(
    (scaled, edge, d) => scaled.div(edge.diff().reshape(...sizes.map((size, i) => (i === d ? size : 1)))),
    counts.div(counts.sum()),
  );
}

/**
 * A histogram of all elements. What lies outside of the bins is not counted.
 *
 * https://pytorch.org/docs/stable/generated/torch.histogram.html
 *
 * @param bins how many bins of equal width, or their edges, ascending.
 * @throws DTypeError for integers. @throws ArgumentError when the range is empty, or not given and not finite. @throws
 * ShapeError for weights of another number.
 *
 * @example
 * const { hist, binEdges } = histogram(tensor([1, 2, 1]), 2, { range: [0, 2] });
 */
export function histogram(x: Tensor, bins: number | Tensor, options?: HistogramOptions): Histogram {
  expectFloating("histogram", x.dtype);
  const { range, weight, density } = settings("histogram", options, {
    range: undefined,
    weight: undefined,
    density: false,
  });
  if (range !== undefined && range.length !== 2)
    throw new ArgumentError(`histogram: the range is two numbers, got [${range}]`);
  const points = x.detach().reshape(-1, 1);
  const binEdges = edgesOf("histogram", points, bins, range);
  return { hist: count("histogram", points, [binEdges], weight, density), binEdges };
}

/**
 * A histogram over points with several coordinates.
 *
 * https://pytorch.org/docs/stable/generated/torch.histogramdd.html
 *
 * @param x the points, [..., D].
 * @param bins how many bins in each dimension, or their edges; one number holds for all.
 * @throws the errors of `histogram`, and a ShapeError for bins or a range of another number of dimensions.
 */
export function histogramdd(
  x: Tensor,
  bins: number | readonly (number | Tensor)[],
  options?: HistogramOptions,
): HistogramDd {
  expectFloating("histogramdd", x.dtype);
  const { range, weight, density } = settings("histogramdd", options, {
    range: undefined,
    weight: undefined,
    density: false,
  });
  const points = x.detach().reshape(-1, x.size(-1));
  const dimensions = points.size(1);
  const each = typeof bins === "number" ? new Array<number>(dimensions).fill(bins) : bins;
  if (each.length !== dimensions)
    throw new ShapeError(`histogramdd: expected bins for each of ${dimensions} dimensions, got ${each.length}`);
  if (range !== undefined && range.length !== 2 * dimensions)
    throw new ShapeError(
      `histogramdd: expected a range of ${2 * dimensions} numbers, a pair for each dimension, got ${range.length}`,
    );
  const binEdges = each.map((some, d) =>
    edgesOf("histogramdd", points.select(1, d), some, range?.slice(2 * d, 2 * d + 2)),
  );
  return { hist: count("histogramdd", points, binEdges, weight, density), binEdges };
}
