/**
 * Cumulative sums, products, maxima and minima along one dimension, differences of adjacent elements, and the
 * trapezoidal rule.
 */

import { checkInteger, expectTensor } from "../argument.ts";
import { type DType, expectFloating } from "../dtype.ts";
import { apply, type Gradient, type Op, rules } from "../op.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import { dimension, ownDimension, shapeError, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { choose, eq, logicalAnd, logicalXor } from "./comparison.ts";
import { cast, clone } from "./copy.ts";
import { applyPair, toPlaces, type ValuesAndIndices } from "./extremes.ts";
import { withDimension } from "./gather.ts";
import { cat } from "./join.ts";
import { movedim } from "./permute.ts";
import { logaddexp } from "./power.ts";
import { withOneInTurn, withoutFactor } from "./product.ts";
import { flip } from "./repeat.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { narrow, slice } from "./slice.ts";
import { sum, totalType } from "./sum.ts";
import { triu } from "./triangle.ts";

interface ScanAttrs {
  readonly dim: number;
}

/** Options of cumulative sums and products. */
export interface ScanOptions {
  /** Dtype of the computation and of the result. Default: the dtype of the input; int32 for bools and integers. */
  readonly dtype?: DType;
}

function scanOp(name: string, op: "sum" | "product" | "max" | "min", gradient: Gradient<ScanAttrs>): Op<ScanAttrs> {
  return {
    name,
    infer: ([x]) => {
      const { shape, dtype } = x;
      const values = { shape, dtype };
      return op === "max" || op === "min" ? [values, { shape, dtype: "int32" }] : [values];
    },
    run: ([x], { dim }, [to, indices]: readonly [Tensor, ...Tensor[]]) => {
      const places = indices ? withDimension(indices) : null;
      to.device.run({ kind: "scan", op, dim, input: withDimension(x), to: withDimension(to), indices: places });
    },
    gradient,
  };
}

function prepared(operation: string, x: Tensor, options: ScanOptions | undefined): Tensor {
  expectTensor(operation, x);
  const { dtype } = settings(operation, options, { dtype: undefined });
  return cast(x, totalType(x, dtype));
}

/** The cumulative sum from the end of a dimension. */
function totalsFromEnd(x: Tensor, dim: number): Tensor {
  return flip(cumsum(flip(x, dim), dim), dim);
}

const summing: Op<ScanAttrs> = /* @__PURE__ */ scanOp(
  "cumsum",
  "sum",
  /* @__PURE__ */ rules<ScanAttrs>({ of: (g, { attrs }) => totalsFromEnd(g, attrs.dim) }),
);

/**
 * Computes the cumulative sum along a dimension: `yᵢ = x₀ + … + xᵢ`.
 *
 * https://pytorch.org/docs/stable/generated/torch.cumsum.html
 *
 * @throws IndexError for a dimension out of range.
 * @example
 * cumsum(tensor([1, 2, 3]), 0); // [1, 3, 6]
 */
export function cumsum(x: Tensor, dim: number, options?: ScanOptions): Tensor {
  return apply(summing, [prepared("cumsum", x, options)], { dim: dimension("cumsum", dim, x) });
}

// Before the first zero, the sum is divided by the element. At the first zero, the sum is taken with a 1 in its place.
// After it, all products are 0.
const product: Pointwise<[Tensor, Tensor, Tensor, Tensor]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, Tensor, Tensor]
>("cumprodBackward", withoutFactor, { apart: [0] });

const multiplying: Op<ScanAttrs> = /* @__PURE__ */ scanOp(
  "cumprod",
  "product",
  /* @__PURE__ */ rules<ScanAttrs>({
    inputs: [0],
    of: (g, { attrs: { dim }, input, recording }) => {
      const x = input(0);
      if ((x.shape[dim] ?? 1) === 1) return g;
      if (recording) return differentiableProducts(g, x, dim);
      const zero = eq(x, 0);
      const zeros = cumsum(zero, dim);
      const filled = choose(logicalAnd(zero, eq(zeros, 1)), 1, x);
      return product(
        zeros,
        x,
        totalsFromEnd(mul(g, cumprod(x, dim)), dim),
        totalsFromEnd(mul(g, cumprod(filled, dim)), dim),
      );
    },
  }),
);

/**
 * The gradient of `cumprod` from differentiable operations, for higher derivatives: replaces each element by 1 in turn.
 */
function differentiableProducts(g: Tensor, x: Tensor, dim: number): Tensor {
  const others = cumprod(withOneInTurn(movedim(x, dim, -1)), -1);
  const parts = mul(unsqueeze(movedim(g, dim, -1), -2), others);
  const total = sum(triu(parts), -1);
  return movedim(total, -1, dim);
}

/**
 * Computes the cumulative product along a dimension: `yᵢ = x₀ · … · xᵢ`.
 * https://pytorch.org/docs/stable/generated/torch.cumprod.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function cumprod(x: Tensor, dim: number, options?: ScanOptions): Tensor {
  return apply(multiplying, [prepared("cumprod", x, options)], { dim: dimension("cumprod", dim, x) });
}

const rising: Op<ScanAttrs> = /* @__PURE__ */ scanOp("cummax", "max", toPlaces);
const falling: Op<ScanAttrs> = /* @__PURE__ */ scanOp("cummin", "min", toPlaces);

/**
 * Computes the cumulative maximum along a dimension and its indices.
 * https://pytorch.org/docs/stable/generated/torch.cummax.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function cummax(x: Tensor, dim: number): ValuesAndIndices {
  return applyPair(rising, [x], { dim: dimension("cummax", dim, x) });
}

/**
 * Computes the cumulative minimum along a dimension and its indices.
 * https://pytorch.org/docs/stable/generated/torch.cummin.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function cummin(x: Tensor, dim: number): ValuesAndIndices {
  return applyPair(falling, [x], { dim: dimension("cummin", dim, x) });
}

/**
 * Computes the cumulative `ln Σ eˣ` along a dimension, without intermediate overflow or underflow. It takes log₂ n
 * passes, each of which adds the element twice as far away as the one before.
 *
 * https://pytorch.org/docs/stable/generated/torch.logcumsumexp.html
 *
 * @throws DTypeError for integers.
 * @throws IndexError for a dimension out of range.
 */
export function logcumsumexp(x: Tensor, dim: number): Tensor {
  expectFloating("logcumsumexp", x);
  const axis = dimension("logcumsumexp", dim, x);
  const count = x.shape[axis] ?? 1;
  let result = clone(x);
  for (let step = 1; step < count; step *= 2) {
    const sums = logaddexp(narrow(result, axis, step, count - step), narrow(result, axis, 0, count - step));
    result = cat([narrow(result, axis, 0, step), sums], axis);
  }
  return result;
}

/** Options of `diff`. */
export interface DiffOptions {
  /** Elements to put before those of the tensor along the dimension; all other sizes are equal. Default: none. */
  readonly prepend?: Tensor;
  /** Elements to put after those of the tensor along the dimension; all other sizes are equal. Default: none. */
  readonly append?: Tensor;
}

/**
 * Computes the `n`-th difference of adjacent elements along a dimension: `yᵢ = xᵢ₊₁ - xᵢ`, `n` times.
 *
 * https://pytorch.org/docs/stable/generated/torch.diff.html
 *
 * @param n Default 1. May be left out before options.
 * @param dim Default -1.
 * @throws ArgumentError unless `n` is a non-negative integer.
 * @throws IndexError for a scalar or a dimension out of range.
 * @throws ShapeError for elements to prepend or append whose other sizes differ.
 */
export function diff(x: Tensor, n: number | DiffOptions = 1, dim = -1, options?: DiffOptions): Tensor {
  if (isOptions(n)) return diff(x, 1, -1, n);
  const { prepend, append } = settings("diff", options, { prepend: undefined, append: undefined });
  checkInteger("diff", "n", n);
  const axis = ownDimension("diff", dim, x);
  const parts = [prepend, x, append].filter((part) => part !== undefined);
  for (const part of parts) {
    expectTensor("diff", part);
    if (part.ndim !== x.ndim || part.shape.some((size, i) => i !== axis && size !== x.shape[i]))
      throw shapeError("diff", `sizes that are equal except along dimension ${dim}`, x, part);
  }
  let result = n === 0 || parts.length === 1 ? x : cat(parts, axis);
  for (let i = Math.min(n, result.shape[axis] as number); i > 0; i--) {
    const [later, earlier] = [slice(result, axis, 1), slice(result, axis, 0, -1)];
    result = result.dtype === "bool" ? logicalXor(later, earlier) : sub(later, earlier);
  }
  return result;
}

/** Options of `trapezoid` and `cumulativeTrapezoid`. */
export interface TrapezoidOptions {
  /** Sample points: a vector, or a tensor that broadcasts against the values. Default: points at distance `dx`. */
  readonly x?: Tensor;
  /** Distance between sample points. Default 1. */
  readonly dx?: number;
  /** Dimension of the values to integrate along. Default -1. */
  readonly dim?: number;
}

/** The areas of the trapezoids between adjacent sample points, and the dimension. */
function areas(
  operation: string,
  y: Tensor,
  points: Tensor | TrapezoidOptions | undefined,
  options: TrapezoidOptions | undefined,
): readonly [Tensor, number] {
  const [sampled, given] = isOptions(points) ? [undefined, points] : [points, options];
  const { x = sampled, dx, dim } = settings(operation, given, { x: undefined, dx: 1, dim: -1 });
  const axis = dimension(operation, dim, y);
  const mean = mul(add(slice(y, axis, 0, -1), slice(y, axis, 1)), 0.5);
  if (x === undefined) return [mul(mean, dx), axis];
  const places =
    shapeOf(operation, x).length === 1
      ? reshape(
          x,
          y.shape.map((_, i) => (i === axis ? -1 : 1)),
        )
      : x;
  // The dimension counts from the end, since the points may have fewer dimensions than the values.
  return [mul(mean, diff(places, 1, axis - y.ndim)), axis];
}

/**
 * Integrates along a dimension by the trapezoidal rule. https://pytorch.org/docs/stable/generated/torch.trapezoid.html
 *
 * @param x Sample points, as in the options. May be left out before options.
 * @throws IndexError for a dimension out of range.
 * @throws ShapeError when the sample points do not broadcast against the values.
 */
export function trapezoid(y: Tensor, x?: Tensor | TrapezoidOptions, options?: TrapezoidOptions): Tensor {
  const [parts, axis] = areas("trapezoid", y, x, options);
  return sum(parts, axis);
}

/**
 * Integrates cumulatively along a dimension by the trapezoidal rule. The result has one element less along it.
 * https://pytorch.org/docs/stable/generated/torch.cumulative_trapezoid.html
 *
 * @param x Sample points, as in the options. May be left out before options.
 * @throws IndexError for a dimension out of range.
 * @throws ShapeError when the sample points do not broadcast against the values.
 */
export function cumulativeTrapezoid(y: Tensor, x?: Tensor | TrapezoidOptions, options?: TrapezoidOptions): Tensor {
  return cumsum(...areas("cumulativeTrapezoid", y, x, options));
}
