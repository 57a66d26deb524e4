/**
 * Quantiles of sorted rows. NaN sorts to the end, so one formula, a rank that depends on the count of non-NaN elements,
 * serves both `quantile`, which returns NaN for rows with NaN, and `nanquantile`, which ignores NaN.
 */

import { checkChoice, checkNumber } from "../argument.ts";
import { computeType, expectFloating } from "../dtype.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { dimension, expectRank, shapeError } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expectBetween } from "./check.ts";
import { eq } from "./comparison.ts";
import { cast } from "./copy.ts";
import { filled } from "./fill.ts";
import { gatherUnchecked } from "./gather.ts";
import { movedim } from "./permute.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";
import { ceil, floor, frac, round } from "./rounding.ts";
import type { KeepOptions } from "./rows.ts";
import { sort } from "./sort.ts";
import { sum } from "./sum.ts";

/** Options of `quantile`. */
export interface QuantileOptions extends KeepOptions {
  /**
   * How to compute a quantile between two elements: `"linear"` interpolates, `"lower"` and `"higher"` pick one of the
   * two, `"midpoint"` averages them, `"nearest"` picks the nearer one. Default `"linear"`.
   */
  readonly interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest";
}

const ranked = /* @__PURE__ */ pointwise<[Tensor, Tensor, number, number]>("quantile", (q, count, size, skip) => {
  const last = skip.ne(0).where(count.sub(1).max(0), size.sub(1));
  return skip.ne(0).or(count.eq(size)).where(q.mul(last), last);
});
const roundings = { linear: null, lower: floor, higher: ceil, midpoint: null, nearest: round };
const between = /* @__PURE__ */ pointwise<[Tensor, Tensor, TensorOrNumber]>(
  "quantile",
  (low, high, share) => low.add(high.sub(low).mul(share)),
  { apart: [2] },
);

function quantiles(
  operation: string,
  x: Tensor,
  q: number | Tensor,
  dim: number | null,
  options: QuantileOptions | undefined,
  skip: boolean,
): Tensor {
  const { keepdim, interpolation } = settings(operation, options, { keepdim: false, interpolation: "linear" });
  expectFloating(operation, x);
  checkChoice(operation, "interpolation", interpolation, Object.keys(roundings));
  if (typeof q === "number") checkNumber(operation, "q", q, 1);
  else {
    expectRank(operation, "a number or a vector as q", q, 0, 1);
    expectBetween(q, 0, 1, `${operation}: q must be from 0 to 1, got {}`);
  }
  const at = dim === null ? 0 : dimension(operation, dim, x);
  // Rows are the last dimension. Without `dim`, the whole tensor is one row.
  const rows = dim === null ? reshape(x, [-1]) : movedim(x, at, -1);
  const size = rows.shape.at(-1) ?? 1;
  if (size === 0) throw shapeError(operation, "at least one element", x);
  const { values } = sort(rows.ndim === 0 ? unsqueeze(rows, 0) : rows, -1);
  // 16-bit floats cannot tell large ranks apart.
  const type = computeType(x.dtype);
  const wanted = typeof q === "number" ? filled(x, [1], q, type) : cast(reshape(q, [-1]), type);
  const sorted = values.detach();
  const count = cast(sum(eq(sorted, sorted), -1, { keepdim: true }), type);
  const rank = ranked(wanted, count, size, Number(skip));
  const pick = (rounding: (x: Tensor) => Tensor) =>
    gatherUnchecked(values, values.ndim - 1, cast(rounding(rank), "int32"));
  const rounding = roundings[interpolation];
  const found = rounding
    ? pick(rounding)
    : between(pick(floor), pick(ceil), interpolation === "midpoint" ? 0.5 : frac(rank));
  const first = movedim(found, -1, 0);
  const kept = keepdim
    ? reshape(first, [first.shape[0] as number, ...x.shape.map((n, i) => (dim === null || i === at ? 1 : n))])
    : first;
  return typeof q === "number" || q.ndim === 0 ? squeeze(kept, 0) : kept;
}

/**
 * Computes the `q`-quantile along a dimension, or of all elements; NaN where an element is NaN. With a vector `q` of
 * shape [k], the result has a leading dimension of size k.
 *
 * https://pytorch.org/docs/stable/generated/torch.quantile.html
 *
 * @param q fractions from 0 to 1: a number, or a tensor of at most one dimension.
 * @param dim Default null: all elements.
 * @throws ArgumentError for a fraction outside [0, 1] or an unknown interpolation.
 * @throws ShapeError when there are no elements, or `q` has more than one dimension.
 * @throws DTypeError for integers.
 * @example
 * quantile(tensor([0, 1, 2, 3]), 0.5); // 1.5
 */
export function quantile(x: Tensor, q: number | Tensor, dim: number | null = null, options?: QuantileOptions): Tensor {
  return quantiles("quantile", x, q, dim, options, false);
}

/**
 * Computes the `q`-quantile of the elements that are not NaN; NaN where there are none.
 * https://pytorch.org/docs/stable/generated/torch.nanquantile.html
 *
 * @throws ArgumentError for a fraction outside [0, 1] or an unknown interpolation.
 * @throws ShapeError when there are no elements, or `q` has more than one dimension.
 * @throws DTypeError for integers.
 */
export function nanquantile(
  x: Tensor,
  q: number | Tensor,
  dim: number | null = null,
  options?: QuantileOptions,
): Tensor {
  return quantiles("nanquantile", x, q, dim, options, true);
}
