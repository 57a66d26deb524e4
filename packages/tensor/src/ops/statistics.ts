/**
 * Variance, standard deviation, norms, covariance and correlation. The variance makes three passes over each row within
 * one kernel, so that numbers far from zero lose no digits.
 */

import { checkInteger, expectNumber, expectTensor, quote } from "../argument.ts";
import { type DType, expectFloating, isFloating, kindOf } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { type Expr, row, scalar } from "../expr/expr.ts";
import { type RowProgram, reduction, rowProgram } from "../expr/program.ts";
import { type NamedTuple, namedTuple } from "../named-tuple.ts";
import { type Gradient, rules } from "../op.ts";
import { type Pointwise, pointwise, type TensorOrNumber } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import { dimensions, expectRank, shapeError } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs, div, mul, sub } from "./arithmetic.ts";
import { expectBetween } from "./check.ts";
import { ne } from "./comparison.ts";
import { cast } from "./copy.ts";
import { amax, amin } from "./extremes.ts";
import { filled } from "./fill.ts";
import { matmul } from "./matmul.ts";
import { t } from "./permute.ts";
import { sqrt } from "./power.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { clamp } from "./rounding.ts";
import {
  type Dims,
  floatingType,
  keepDefaults,
  type ReduceOptions,
  type RowAttrs,
  type RowFunction,
  reduceDefaults,
  restored,
  rowFunction,
  rowLength,
} from "./rows.ts";
import { diagonal } from "./slice.ts";
import { mean, sum } from "./sum.ts";

/** Options of the variance and the standard deviation. */
export interface SpreadOptions {
  /** Whether to keep the reduced dimensions with size one. Default false. */
  readonly keepdim?: boolean;
  /** Number subtracted from the count of elements to get the divisor. Default 1. */
  readonly correction?: number;
  /**
   * Whether `correction` is 1 rather than 0: PyTorch's older option, ignored if `correction` is given. Default true.
   */
  readonly unbiased?: boolean;
}

const deviation: Pointwise<[Tensor, Tensor, Tensor, number]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, Tensor, number]
>("varBackward", (g, x, mean, scale) => g.mul(x.sub(mean)).mul(scale));

const varianceGradient: Gradient<RowAttrs> = /* @__PURE__ */ rules<RowAttrs>({
  inputs: [0],
  of: (g, { attrs, input }) => spreadGradient(restored(g, attrs), input(0), attrs),
});

function spreadGradient(g: Tensor, x: Tensor, { dims, scalars }: RowAttrs): Tensor {
  const center = mean(x, dims, { keepdim: true });
  return deviation(g, x, center, 2 / (scalars[1] as number));
}

const halved: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("stdBackward", (g, y) =>
  y.eq(0).where(0, g.div(y.mul(2))),
);

const deviationGradient: Gradient<RowAttrs> = /* @__PURE__ */ rules<RowAttrs>({
  inputs: [0],
  outputs: [0],
  of: (g, { attrs, input, output }) => spreadGradient(restored(halved(g, output(0)), attrs), input(0), attrs),
});

function variances(of: Expr, finish: (variance: Expr) => Expr): RowProgram {
  const count = scalar(0, of.dtype);
  const first = of.sub(row(0, of.dtype).div(count));
  // The first mean has a rounding error. The mean of the residuals corrects it, so that equal elements have variance 0.
  const centered = first.sub(row(1, of.dtype).div(count));
  return rowProgram({
    stages: [
      { reduce: "sum", of },
      { reduce: "sum", of: first },
      { reduce: "sum", of: centered.mul(centered) },
    ],
    rows: [finish(row(2, of.dtype).div(scalar(1, of.dtype)))],
  });
}

const spreads: Readonly<Record<"var" | "std", RowFunction>> = {
  var: /* @__PURE__ */ rowFunction("var", (x) => variances(x, (variance) => variance), varianceGradient),
  std: /* @__PURE__ */ rowFunction("std", (x) => variances(x, (variance) => variance.sqrt()), deviationGradient),
};

function spread(name: "var" | "std", x: Tensor, dim: Dims | SpreadOptions, options: SpreadOptions | undefined): Tensor {
  if (isOptions(dim)) return spread(name, x, null, dim);
  const {
    keepdim,
    unbiased,
    correction = Number(unbiased),
  } = settings(name, options, { ...keepDefaults, unbiased: true, correction: undefined });
  expectNumber(name, "correction", correction);
  const type = floatingType(name, x);
  const dims = dimensions(name, dim, x);
  const count = rowLength(x.shape, dims);
  return spreads[name](x, dims, { type, keepdim, scalars: [count, Math.max(count - correction, 0)] });
}

/**
 * Computes the variance over the given dimensions, or all: `Σ (x - mean)² / (n - correction)`. `var` is a reserved word
 * in JavaScript, so the function has the full name; the method is `x.var()`.
 *
 * https://pytorch.org/docs/stable/generated/torch.var.html
 *
 * @param dim Default null: all dimensions. May be left out before options.
 * @throws DTypeError for integers.
 * @throws IndexError for a dimension out of range.
 */
export function variance(x: Tensor, dim: Dims | SpreadOptions = null, options?: SpreadOptions): Tensor {
  return spread("var", x, dim, options);
}

/**
 * Computes the standard deviation over the given dimensions, or all: the square root of the variance.
 * https://pytorch.org/docs/stable/generated/torch.std.html
 *
 * @param dim Default null: all dimensions. May be left out before options.
 * @throws DTypeError for integers.
 * @throws IndexError for a dimension out of range.
 */
export function std(x: Tensor, dim: Dims | SpreadOptions = null, options?: SpreadOptions): Tensor {
  return spread("std", x, dim, options);
}

function withMean<Name extends "var" | "std">(
  name: Name,
  x: Tensor,
  dim: Dims,
  options?: SpreadOptions,
): NamedTuple<[Name, "mean"]> {
  const keepdim = options?.keepdim ?? false;
  return namedTuple([spread(name, x, dim, options), mean(x, dim, { keepdim })], name, "mean");
}

/**
 * Computes the variance and the mean over the given dimensions, or all.
 * https://pytorch.org/docs/stable/generated/torch.var_mean.html
 *
 * @throws DTypeError for integers.
 * @throws IndexError for a dimension out of range.
 */
export function varMean(x: Tensor, dim: Dims = null, options?: SpreadOptions): NamedTuple<["var", "mean"]> {
  return withMean("var", x, dim, options);
}

/**
 * Computes the standard deviation and the mean over the given dimensions, or all.
 * https://pytorch.org/docs/stable/generated/torch.std_mean.html
 *
 * @throws DTypeError for integers.
 * @throws IndexError for a dimension out of range.
 */
export function stdMean(x: Tensor, dim: Dims = null, options?: SpreadOptions): NamedTuple<["std", "mean"]> {
  return withMean("std", x, dim, options);
}

/**
 * The order of a norm: a power p for `(Σ |x|ᵖ)^(1/p)`, ±∞ for the largest or smallest absolute value, 0 for the number
 * of nonzero elements, or `"fro"` for 2.
 */
export type NormOrder = number | "fro";

const euclidean: Pointwise<[Tensor, Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>(
  "normBackward",
  (g, x, y) => y.eq(0).where(0, g.mul(x.div(y))),
);
const signs: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("normBackward", (g, x) =>
  g.mul(x.sign()),
);
const powers: Pointwise<[Tensor, Tensor, Tensor, number]> = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, number]>(
  "normBackward",
  (g, x, y, p) =>
    y
      .eq(0)
      .or(x.eq(0))
      .where(0, g.mul(x.sign()).mul(x.abs().div(y).pow(p.sub(1)))),
);

function normFunction(
  programOf: (x: Expr) => RowProgram,
  gradient: (g: Tensor, x: Tensor, y: Tensor, p: number) => Tensor,
): RowFunction {
  const rule = rules<RowAttrs>({
    inputs: [0],
    outputs: [0],
    of: (g, { attrs, input, output }) =>
      gradient(restored(g, attrs), input(0), restored(output(0), attrs), attrs.scalars[0] as number),
  });
  return rowFunction("norm", programOf, rule);
}

/** The norms by their order, which `p` stands for any other than 0, 1 and 2. */
const norms: Readonly<Record<0 | 1 | 2 | "p", RowFunction>> = {
  0: /* @__PURE__ */ rowFunction(
    "norm",
    (x) => reduction("sum", x.ne(0).cast(x.dtype)),
    /* @__PURE__ */ rules<RowAttrs>({ of: (g, { inputs: [x] }) => filled(g, x.shape, 0) }),
  ),
  1: /* @__PURE__ */ normFunction(
    (x) => reduction("sum", x.abs()),
    (g, x) => signs(g, x),
  ),
  2: /* @__PURE__ */ normFunction(
    (x) => reduction("sum", x.mul(x), (total) => total.sqrt()),
    (g, x, y) => euclidean(g, x, y),
  ),
  p: /* @__PURE__ */ normFunction((x) => {
    const order = scalar(0, x.dtype);
    return reduction("sum", x.abs().pow(order), (total) => total.pow(order.reciprocal()));
  }, powers),
};

/**
 * Computes the p-norm over the given dimensions, or all: `(Σ |x|ᵖ)^(1/p)`. Matrices are treated as vectors.
 *
 * https://pytorch.org/docs/stable/generated/torch.norm.html
 *
 * @param p Default 2.
 * @param dim Default null: all dimensions.
 * @throws ArgumentError for an unknown order.
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range, and for ±∞ without elements.
 */
export function norm(x: Tensor, p: NormOrder = 2, dim: Dims = null, options?: ReduceOptions): Tensor {
  const { keepdim, dtype } = settings("norm", options, reduceDefaults);
  const order = p === "fro" ? 2 : p;
  if (typeof order !== "number" || Number.isNaN(order)) {
    throw new ArgumentError(`norm: p must be a number or "fro", got ${quote(p)}; "nuc" is in @akari/linalg`);
  }
  const type: DType = floatingType("norm", x, dtype);
  dimensions("norm", dim, x);
  if (!Number.isFinite(order)) return (order > 0 ? amax : amin)(abs(cast(x, type)), dim, { keepdim });
  if (order === 0 || order === 1 || order === 2) return norms[order](x, dim, { type, keepdim });
  return norms.p(x, dim, { type, keepdim, scalars: [order] });
}

/** Options of `cov`. */
export interface CovOptions {
  /** Number subtracted from the count of observations to get the divisor. Default 1. */
  readonly correction?: number;
  /** How often each observation occurs, integers [observations]. Default: once. */
  readonly fweights?: Tensor;
  /** The importance of each observation, floating-point numbers [observations]. Default: equal. */
  readonly aweights?: Tensor;
}

/**
 * Computes the covariance matrix of variables: [variables, observations] → [variables, variables]. A single variable
 * gives its variance.
 *
 *     Σ w (x - mean) (x - mean)ᵀ / (Σ w - correction · Σ w·aweights / Σ w)
 *
 * where w = fweights · aweights and mean = Σ w·x / Σ w.
 *
 * https://pytorch.org/docs/stable/generated/torch.cov.html
 *
 * @throws ShapeError for more than two dimensions, and unless there is one weight per observation.
 * @throws DTypeError unless `fweights` are integers and `aweights` floating-point numbers.
 * @throws ArgumentError for negative weights, and for weights whose sum is zero.
 */
export function cov(x: Tensor, options?: CovOptions): Tensor {
  const { correction, fweights, aweights } = settings("cov", options, {
    correction: 1,
    fweights: undefined,
    aweights: undefined,
  });
  checkInteger("cov", "correction", correction, Number.NEGATIVE_INFINITY);
  expectRank("cov", "[variables, observations]", x, 0, 2);
  const count = x.shape.at(-1) ?? 1;
  for (const [name, given] of Object.entries({ fweights, aweights })) {
    if (!given) continue;
    expectTensor("cov", given, `a tensor as ${name}`);
    if (given.ndim > 1 || given.numel() !== count) throw shapeError("cov", `one of ${name} per observation`, x, given);
    if (given === aweights) expectFloating("cov: aweights", given);
    else if (kindOf(given.dtype) !== 1) throw new DTypeError(`cov: fweights: expected integers, got ${given.dtype}`);
    expectBetween(given, 0, Number.POSITIVE_INFINITY, `cov: ${name} must not be negative, got {}`);
  }
  const variables = x.ndim < 2 ? 1 : (x.shape[0] as number);
  const rows = reshape(isFloating(x.dtype) ? x : cast(x, "float32"), [variables, count]);
  const weights = fweights && aweights ? mul(fweights, aweights) : (fweights ?? aweights);
  let center = mean(rows, 1, { keepdim: true });
  let divisor: TensorOrNumber = Math.max(count - correction, 0);
  if (weights) {
    const total = sum(weights);
    expectBetween(ne(total, 0), 1, 1, "cov: the weights sum to zero");
    center = div(sum(mul(rows, weights), 1, { keepdim: true }), total);
    const lost = aweights ? div(mul(sum(mul(weights, aweights)), correction), total) : correction;
    divisor = clamp(sub(total, lost), 0);
  }
  const centered = sub(rows, center);
  const products = div(matmul(centered, t(weights ? mul(centered, weights) : centered)), divisor);
  return rows.shape[0] === 1 ? reshape(products, []) : products;
}

/**
 * Computes the matrix of Pearson correlation coefficients of variables: [variables, observations] → [variables,
 * variables].
 *
 * https://pytorch.org/docs/stable/generated/torch.corrcoef.html
 *
 * @throws ShapeError for more than two dimensions.
 */
export function corrcoef(x: Tensor): Tensor {
  const products = cov(x);
  if (products.ndim === 0) return div(products, products);
  const spread = sqrt(diagonal(products));
  return clamp(div(div(products, unsqueeze(spread, 1)), spread), -1, 1);
}
