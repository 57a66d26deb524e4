/**
 * Histograms in one or several dimensions, with weights and bins of any width. Points are assigned to bins by a binary
 * search on the device, so no values are read back to the host.
 */

import {
  ArgumentError,
  arange,
  checkInteger,
  checkOrder,
  expectBetween,
  expectFloating,
  expectTensor,
  itemsOf,
  linspace,
  namedTuple,
  ShapeError,
  searchsorted,
  settings,
  shapeOf,
  sizeOf,
  type Tensor,
  where,
} from "@akari/tensor";

/** Options of `histogram` and `histogramdd`. */
export interface HistogramOptions {
  /**
   * Lower and upper end of the bins, one pair after the other for each dimension. Ignored in dimensions with given
   * edges. Default: the minimum and the maximum of the values.
   */
  readonly range?: readonly number[];
  /** Weight of each point, one per point. Default 1. */
  readonly weight?: Tensor;
  /** Whether to normalize the result to a probability density, whose integral is 1. Default false. */
  readonly density?: boolean;
}

/** Result of `histogram`: `const [hist, binEdges] = histogram(x, bins)`, or by these names. */
export type Histogram = readonly [hist: Tensor, binEdges: Tensor] & {
  /** Count or total weight of each bin, [bins], in the dtype of the points. */
  readonly hist: Tensor;
  /** Edges of the bins, [bins + 1]. */
  readonly binEdges: Tensor;
};

/** Result of `histogramdd`: `const [hist, binEdges] = histogramdd(x, bins)`, or by these names. */
export type HistogramDd = readonly [hist: Tensor, binEdges: readonly Tensor[]] & {
  /** Count or total weight of each bin, in the dtype of the points, with one dimension per coordinate. */
  readonly hist: Tensor;
  /** Edges of the bins along each dimension. */
  readonly binEdges: readonly Tensor[];
};

/**
 * Returns the edges of bins of equal width from `low` to `high`, computed from the nearer end so that both ends are
 * exact.
 */
function between(low: Tensor, high: Tensor, bins: number): Tensor {
  const index = arange(bins + 1, { dtype: low.dtype, device: low.device });
  const step = high.sub(low).div(bins);
  return where(
    index.lt(Math.floor((bins + 1) / 2)),
    low.add(index.mul(step)),
    high.sub(index.neg().add(bins).mul(step)),
  );
}

/** Returns the edges along one dimension: those given, or equally spaced ones over the range given or found. */
function edgesOf(
  operation: string,
  points: Tensor,
  bins: number | Tensor,
  range: readonly number[] | undefined,
): Tensor {
  const { dtype, device } = points;
  if (typeof bins === "object") {
    expectTensor(operation, bins, "a number of bins or a tensor of edges");
    if (bins.ndim !== 1 || bins.numel() < 2)
      throw new ShapeError(
        `${operation}: expected two or more edges in one dimension, got a tensor of shape [${bins.shape}]`,
      );
    return bins.detach().to(dtype);
  }
  checkInteger(operation, "bins", bins, 1);
  if (range !== undefined) {
    const [min, max] = range as readonly [number, number]; // safe: callers pass a pair
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

/** Counts points [N, D] in the bins between the edges. */
function count(
  operation: string,
  points: Tensor,
  edges: readonly Tensor[],
  weight: Tensor | undefined,
  density: boolean,
): Tensor {
  const sizes = edges.map((edge) => edge.numel() - 1);
  const total = sizes.reduce((product, size) => product * size, 1);
  let index = points.newZeros([points.size(0)], { dtype: "int32" });
  let within = index.eq(0);
  edges.forEach((edge, d) => {
    const x = points.select(1, d);
    const bins = sizes[d] as number;
    const last = edge.get(bins);
    // The last bin includes its right edge. Points outside of all bins get weight 0.
    const bin = searchsorted(edge, x, { right: true })
      .sub(1)
      .clamp(0, bins - 1);
    within = within.logicalAnd(x.ge(edge.get(0)).logicalAnd(x.le(last)));
    index = index.mul(bins).add(bin);
  });
  if (weight !== undefined && sizeOf(shapeOf(operation, weight)) !== points.size(0))
    throw new ShapeError(`${operation}: expected a weight for each of ${points.size(0)} points, got [${weight.shape}]`);
  const share =
    weight === undefined ? points.newFull([points.size(0)], 1) : weight.detach().to(points.dtype).reshape(-1);
  const counts = points
    .newZeros([total])
    .scatterAdd(0, index, where(within, share, 0))
    .reshape(...sizes);
  if (!density) return counts;
  return edges.reduce(
    (scaled, edge, d) => scaled.div(edge.diff().reshape(...sizes.map((size, i) => (i === d ? size : 1)))),
    counts.div(counts.sum()),
  );
}

/**
 * Computes the histogram of all elements. Elements outside of the bins are not counted. The result has no gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.histogram.html
 *
 * @param bins the number of bins of equal width, or their edges in ascending order, [bins + 1].
 * @throws DTypeError for integers and bools.
 * @throws ArgumentError when the range is not a pair in ascending order, or when there is none and the elements are not
 * finite.
 * @throws ShapeError when the number of weights differs from that of the elements, or for edges not of shape [n], n ≥
 * 2.
 *
 * @example
 * const { hist, binEdges } = histogram(tensor([1, 2, 1]), 2, { range: [0, 2] });
 */
export function histogram(x: Tensor, bins: number | Tensor, options?: HistogramOptions): Histogram {
  expectFloating("histogram", x);
  const { range, weight, density } = settings("histogram", options, {
    range: undefined,
    weight: undefined,
    density: false,
  });
  if (range !== undefined && range.length !== 2)
    throw new ArgumentError(`histogram: range must be two numbers, got [${range}]`);
  const points = x.detach().reshape(-1, 1);
  const binEdges = edgesOf("histogram", points, bins, range);
  return namedTuple([count("histogram", points, [binEdges], weight, density), binEdges], "hist", "binEdges");
}

/**
 * Computes the histogram of points with several coordinates.
 *
 * https://pytorch.org/docs/stable/generated/torch.histogramdd.html
 *
 * @param x the points, [..., D].
 * @param bins the number of bins or their edges for each dimension, or one number of bins for all dimensions.
 * @throws the errors of `histogram`, and a ShapeError when `bins` or `range` is given for another number of dimensions.
 */
export function histogramdd(
  x: Tensor,
  bins: number | readonly (number | Tensor)[],
  options?: HistogramOptions,
): HistogramDd {
  expectFloating("histogramdd", x);
  const { range, weight, density } = settings("histogramdd", options, {
    range: undefined,
    weight: undefined,
    density: false,
  });
  const points = x.detach().reshape(-1, x.size(-1));
  const dimensions = points.size(1);
  const each =
    typeof bins === "number" ? new Array<number>(dimensions).fill(bins) : itemsOf("histogramdd", bins, "bins");
  if (each.length !== dimensions)
    throw new ShapeError(`histogramdd: expected bins for each of ${dimensions} dimensions, got ${each.length}`);
  if (range !== undefined && range.length !== 2 * dimensions)
    throw new ShapeError(
      `histogramdd: expected a range of ${2 * dimensions} numbers, a pair for each dimension, got ${range.length}`,
    );
  const binEdges = each.map((given, d) =>
    edgesOf("histogramdd", points.select(1, d), given, range?.slice(2 * d, 2 * d + 2)),
  );
  const hist = count("histogramdd", points, binEdges, weight, density);
  return namedTuple([hist, binEdges], "hist", "binEdges") as unknown as HistogramDd; // safe: the values, in their order
}
