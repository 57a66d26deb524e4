/**
 * Sums over dimensions, and reductions computed as sums: means, counts, and tests whether any or all elements are
 * nonzero.
 */

import { expectTensor } from "../argument.ts";
import { computeType, type DType, isFloating } from "../dtype.ts";
import { type Expr, input, scalar } from "../expr/expr.ts";
import { type Reduction, reduction } from "../expr/program.ts";
import { once } from "../once.ts";
import { apply, type Gradient, type Rule, rules } from "../op.ts";
import { settings } from "../settings.ts";
import { broadcastStrides, dimensions, repeatedDimensions, sameShape, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { choose, isnan, logicalNot } from "./comparison.ts";
import { cast } from "./copy.ts";
import { broadcastTo } from "./expand.ts";
import { reshape, type Sizes, sizesOf } from "./reshape.ts";
import {
  type Dims,
  floatingType,
  type KeepOptions,
  keepDefaults,
  type ReduceOptions,
  type RowAttrs,
  RowOp,
  reduceDefaults,
  restored,
  rowLength,
} from "./rows.ts";

const ops = new Map<string, RowOp>();

/** A reduction of one stage: the reduction over the elements, and the formula applied to its result. */
export interface ReductionPlan {
  readonly reduce: Reduction;
  readonly of: (x: Expr) => Expr;
  readonly finish?: (result: Expr) => Expr;
  readonly gradient: Gradient<RowAttrs> | null;
}

/** Applies a reduction plan. `x` is read as `type`; the result is stored as `to`. */
export function reduce(
  name: string,
  x: Tensor,
  dim: Dims,
  keepdim: boolean,
  type: DType,
  to: DType,
  plan: ReductionPlan,
  scalars: readonly number[] = [],
): Tensor {
  expectTensor(name, x);
  const op = once(ops, `${name} ${x.dtype} ${type} ${to}`, () => {
    const element = plan.of(input(0, x.dtype).cast(computeType(type)));
    return new RowOp(name, reduction(plan.reduce, element, plan.finish), [to], plan.gradient);
  });
  return apply(op, [x], { dims: dimensions(name, dim, x), keepdim, scalars });
}

/** The dtype of a sum or product. Bools and integers give int32. */
export function totalType(x: Tensor, dtype: DType | undefined): DType {
  return dtype ?? (isFloating(x?.dtype) ? x.dtype : "int32");
}

const spread: Rule<RowAttrs> = {
  of: (g, { attrs, inputs }) => broadcastTo(restored(g, attrs), inputs[0]?.shape ?? []),
};
const summing: ReductionPlan = { reduce: "sum", of: (x) => x, gradient: /* @__PURE__ */ rules<RowAttrs>(spread) };

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
  const type = totalType(x, dtype);
  return reduce("sum", x, dim, keepdim, type, type, summing);
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

const averaging: ReductionPlan = {
  reduce: "sum",
  of: (x) => x,
  finish: (total) => total.div(scalar(0, total.dtype)),
  gradient: /* @__PURE__ */ rules<RowAttrs>({
    of: (g, { attrs, inputs }) => {
      const shape = inputs[0]?.shape ?? [];
      return broadcastTo(mul(restored(g, attrs), 1 / rowLength(shape, attrs.dims)), shape);
    },
  }),
};

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
  return reduce("mean", x, dim, keepdim, type, type, averaging, [count]);
}

const numbers: ReductionPlan = {
  reduce: "sum",
  of: (x) => x.isNaN().where(0, x),
  gradient: /* @__PURE__ */ rules<RowAttrs>({
    inputs: [0],
    of: (g, { attrs, input }) => choose(isnan(input(0)), 0, restored(g, attrs)),
  }),
};

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
  return reduce("nansum", x, dim, keepdim, type, type, numbers);
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
  const count = sum(logicalNot(isnan(x)), dim, { keepdim });
  return nansum(x, dim, { keepdim, dtype: type }).div(cast(count, type));
}

const counting: ReductionPlan = { reduce: "sum", of: (x) => x.ne(0).cast("int32"), gradient: null };

/**
 * Counts the nonzero elements over the given dimensions, or all. Returns int32.
 * https://pytorch.org/docs/stable/generated/torch.count_nonzero.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function countNonzero(x: Tensor, dim: Dims = null): Tensor {
  return reduce("countNonzero", x, dim, false, x?.dtype, "int32", counting);
}

const finding: ReductionPlan = {
  reduce: "sum",
  of: (x) => x.ne(0).cast("int32"),
  finish: (count) => count.ne(0),
  gradient: null,
};
const checking: ReductionPlan = {
  reduce: "sum",
  of: (x) => x.eq(0).cast("int32"),
  finish: (count) => count.eq(0),
  gradient: null,
};

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
  return reduce("any", x, dim, keepdim, x?.dtype, answerType(x), finding);
}

/**
 * Tests whether all elements are nonzero over the given dimensions, or all. Without elements, the result is true.
 * https://pytorch.org/docs/stable/generated/torch.all.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function all(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("all", options, keepDefaults);
  return reduce("all", x, dim, keepdim, x?.dtype, answerType(x), checking);
}
