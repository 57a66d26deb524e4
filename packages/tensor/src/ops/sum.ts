/**
 * Sums over dimensions, and reductions computed as sums: means, counts, and tests whether any or all elements are
 * nonzero.
 */

import { type DType, isFloating } from "../dtype.ts";
import { scalar } from "../expr/expr.ts";
import { reduction } from "../expr/program.ts";
import { rules } from "../op.ts";
import { settings } from "../settings.ts";
import { broadcastStrides, dimensions, repeatedDimensions, sameShape, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { choose, isnan, logicalNot } from "./comparison.ts";
import { broadcastTo } from "./expand.ts";
import { reshape, type Sizes, sizesOf } from "./reshape.ts";
import {
  type Dims,
  floatingType,
  type KeepOptions,
  keepDefaults,
  type ReduceOptions,
  type RowAttrs,
  type RowFunction,
  reduceDefaults,
  restored,
  rowFunction,
  rowLength,
} from "./rows.ts";

/** The dtype of a sum or product. Bools and integers give int32. */
export function totalType(x: Tensor, dtype: DType | undefined): DType {
  return dtype ?? (isFloating(x?.dtype) ? x.dtype : "int32");
}

const summing: RowFunction = /* @__PURE__ */ rowFunction(
  "sum",
  (x) => reduction("sum", x),
  /* @__PURE__ */ rules<RowAttrs>({
    of: (g, { attrs, inputs }) => broadcastTo(restored(g, attrs), inputs[0].shape),
  }),
);

/**
 * Sums the elements over the given dimensions, or all. An empty sum is 0. Bools and integers give int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.sum.html
 *
 * @param dim Default null: all dimensions.
 * @throws IndexError for a dimension out of range.
 * @example
 * sum(tensor([[1, 2], [3, 4]]), 0); // [4, 6]
 */
export function sum(x: Tensor, dim: Dims = null, options?: ReduceOptions): Tensor {
  const { keepdim, dtype } = settings("sum", options, reduceDefaults);
  return summing(x, dim, { type: totalType(x, dtype), keepdim });
}

/**
 * Sums over the dimensions in which a tensor of the given sizes is broadcast to the shape of `x`: the gradient of
 * `broadcastTo`. Returns `x` itself if it has these sizes and is not a scalar.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.sum_to_size.html
 *
 * @throws ShapeError unless the sizes broadcast to the shape of `x`.
 * @example
 * sumToSize(ones([4, 2, 3]), 2, 1); // [[12], [12]]
 */
export function sumToSize(x: Tensor, ...sizes: Sizes): Tensor {
  const [from, to] = [shapeOf("sumToSize", x), sizesOf(sizes)];
  broadcastStrides("sumToSize", to, to, from);
  const dims = repeatedDimensions(to, from);
  if (dims.length === 0 && to.length > 0) return x;
  const total = sum(x, dims, { keepdim: from.length === to.length });
  return sameShape(total.shape, to) ? total : reshape(total, to);
}

const averaging: RowFunction = /* @__PURE__ */ rowFunction(
  "mean",
  (x) => reduction("sum", x, (total) => total.div(scalar(0, total.dtype))),
  /* @__PURE__ */ rules<RowAttrs>({
    of: (g, { attrs, inputs }) => {
      const shape = inputs[0].shape;
      return broadcastTo(mul(restored(g, attrs), 1 / rowLength(shape, attrs.dims)), shape);
    },
  }),
);

/**
 * Averages the elements over the given dimensions, or all. The mean of no elements is NaN.
 *
 * https://pytorch.org/docs/stable/generated/torch.mean.html
 *
 * @param dim Default null: all dimensions.
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range.
 */
export function mean(x: Tensor, dim: Dims = null, options?: ReduceOptions): Tensor {
  const { keepdim, dtype } = settings("mean", options, reduceDefaults);
  const type = floatingType("mean", x, dtype);
  const count = rowLength(x.shape, dimensions("mean", dim, x));
  return averaging(x, dim, { type, keepdim, scalars: [count] });
}

const summingNumbers: RowFunction = /* @__PURE__ */ rowFunction(
  "nansum",
  (x) => reduction("sum", x.isNaN().where(0, x)),
  /* @__PURE__ */ rules<RowAttrs>({
    inputs: [0],
    of: (g, { attrs, input }) => choose(isnan(input(0)), 0, restored(g, attrs)),
  }),
);

/**
 * Sums the elements that are not NaN over the given dimensions, or all.
 * https://pytorch.org/docs/stable/generated/torch.nansum.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function nansum(x: Tensor, dim: Dims = null, options?: ReduceOptions): Tensor {
  const { keepdim, dtype } = settings("nansum", options, reduceDefaults);
  const type = totalType(x, dtype);
  if (!isFloating(type)) return sum(x, dim, { keepdim, dtype: type });
  return summingNumbers(x, dim, { type, keepdim });
}

/**
 * Averages the elements that are not NaN over the given dimensions, or all.
 * https://pytorch.org/docs/stable/generated/torch.nanmean.html
 *
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range.
 */
export function nanmean(x: Tensor, dim: Dims = null, options?: ReduceOptions): Tensor {
  const { keepdim, dtype } = settings("nanmean", options, reduceDefaults);
  const type = floatingType("nanmean", x, dtype);
  dimensions("nanmean", dim, x);
  const count = sum(logicalNot(isnan(x)), dim, { keepdim });
  return div(nansum(x, dim, { keepdim, dtype: type }), count); // float16 could not hold a large count
}

const counting: RowFunction = /* @__PURE__ */ rowFunction(
  "countNonzero",
  (x) => reduction("sum", x.ne(0).cast("int32")),
  null,
);

/**
 * Counts the nonzero elements over the given dimensions, or all. Returns int32.
 * https://pytorch.org/docs/stable/generated/torch.count_nonzero.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function countNonzero(x: Tensor, dim: Dims = null): Tensor {
  return counting(x, dim, { type: x?.dtype, to: "int32" });
}

const finding: RowFunction = /* @__PURE__ */ rowFunction(
  "any",
  (x) => reduction("sum", x.ne(0).cast("int32"), (count) => count.ne(0)),
  null,
);
const checking: RowFunction = /* @__PURE__ */ rowFunction(
  "all",
  (x) => reduction("sum", x.eq(0).cast("int32"), (count) => count.eq(0)),
  null,
);

/** The dtype of `any` and `all`: bool, except for uint8, which PyTorch keeps. */
const answerType = (x: Tensor): DType => (x?.dtype === "uint8" ? "uint8" : "bool");

/**
 * Tests whether any element is nonzero over the given dimensions, or all. Without elements, the result is false.
 * https://pytorch.org/docs/stable/generated/torch.any.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function any(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("any", options, keepDefaults);
  return finding(x, dim, { type: x?.dtype, to: answerType(x), keepdim });
}

/**
 * Tests whether all elements are nonzero over the given dimensions, or all. Without elements, the result is true.
 * https://pytorch.org/docs/stable/generated/torch.all.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function all(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("all", options, keepDefaults);
  return checking(x, dim, { type: x?.dtype, to: answerType(x), keepdim });
}
