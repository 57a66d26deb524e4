/**
 * Softmax, softmin, log-softmax and log-sum-exp. Each is one fused row program forward and one backward. The largest
 * element is subtracted first, so that nothing overflows.
 */

import { computeType, type DType, isFloating } from "../dtype.ts";
import { constant, type Expr, input, row } from "../expr/expr.ts";
import { type RowProgram, rowProgram } from "../expr/program.ts";
import { once } from "../once.ts";
import { apply, type GradientContext, rules } from "../op.ts";
import { settings } from "../settings.ts";
import { dimensions } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { exp } from "./power.ts";
import {
  type Dims,
  floatingType,
  type KeepOptions,
  keepDefaults,
  type RowAttrs,
  RowOp,
  restored,
  rowLength,
} from "./rows.ts";
import { sum } from "./sum.ts";

const ops = new Map<string, RowOp>();

/** Options of `softmax`, `softmin` and `logSoftmax`. */
export interface SoftmaxOptions {
  /** Dtype of the computation and of the result. Default: the dtype of the input. */
  readonly dtype?: DType;
}

/** The subexpressions that all formulas share, for rows of `x`. */
function parts(x: Expr): { readonly stages: RowProgram["stages"]; readonly shifted: Expr; readonly total: Expr } {
  const shifted = x.sub(row(0, x.dtype));
  return {
    stages: [
      { reduce: "max", of: x },
      { reduce: "sum", of: shifted.exp() },
    ],
    shifted,
    total: row(1, x.dtype),
  };
}

/**
 * The backward pass as one kernel: `gradient` of the upstream gradient g, the result y and the sum of `summed` over the
 * row.
 */
function backwardOp(
  name: string,
  dtype: DType,
  summed: (g: Expr, y: Expr) => Expr,
  gradient: (g: Expr, y: Expr, sum: Expr) => Expr,
): RowOp {
  return once(ops, `${name} ${dtype}`, () => {
    const g = input(0, dtype);
    const y = input(1, dtype);
    const program = rowProgram({
      stages: [{ reduce: "sum", of: summed(g, y) }],
      elements: [gradient(g, y, row(0, g.dtype))],
    });
    return new RowOp(name, program, [dtype], null);
  });
}

function rowsOf(name: string, x: Tensor, dim: number): RowAttrs {
  return { dims: dimensions(name, dim, x.ndim), keepdim: true, scalars: [] };
}

/** The formulas that define an operation of the softmax family. */
interface Family {
  readonly sign: 1 | -1;
  readonly element: (shifted: Expr, total: Expr) => Expr;
  readonly backward: (dtype: DType) => RowOp;
  /** The same gradient from differentiable operations, for higher derivatives. */
  readonly differentiable: (g: Tensor, y: Tensor, dims: readonly number[]) => Tensor;
}

function applyFamily(
  name: string,
  x: Tensor,
  dim: number,
  options: SoftmaxOptions | undefined,
  family: Family,
): Tensor {
  const { dtype } = settings(name, options, { dtype: undefined });
  const type = floatingType(name, x, dtype);
  const op = once(ops, `${name} ${x.dtype} ${type}`, () => {
    const of = input(0, x.dtype).cast(computeType(type));
    const { stages, shifted, total } = parts(family.sign === 1 ? of : of.neg());
    const gradient = rules<RowAttrs>({
      outputs: [0],
      of: (g, { attrs, output, recording }: GradientContext<RowAttrs>) => {
        const y = output(0);
        if (recording) return family.differentiable(g, y, attrs.dims);
        return apply(family.backward(type), [g, y], attrs);
      },
    });
    return new RowOp(name, rowProgram({ stages, elements: [family.element(shifted, total)] }), [type], gradient);
  });
  return apply(op, [x], rowsOf(name, x, dim));
}

/** The sum over each row, with the dimension kept. A scalar is its own row. */
function rowSum(x: Tensor, dims: readonly number[]): Tensor {
  return dims.length === 0 ? x : sum(x, dims, { keepdim: true });
}

const soft: Family = {
  sign: 1,
  // The sum is at least 1, the exponential of the largest element, so one reciprocal per row is accurate enough.
  element: (shifted, total) => shifted.exp().mul(constant(1, total.dtype).div(total)),
  backward: (dtype) =>
    backwardOp(
      "softmaxBackward",
      dtype,
      (g, y) => g.mul(y),
      (g, y, dot) => y.mul(g.sub(dot)),
    ),
  differentiable: (g, y, dims) => mul(y, sub(g, rowSum(mul(g, y), dims))),
};

const softNegative: Family = {
  sign: -1,
  element: soft.element,
  backward: (dtype) =>
    backwardOp(
      "softminBackward",
      dtype,
      (g, y) => g.mul(y),
      (g, y, dot) => y.mul(dot.sub(g)),
    ),
  differentiable: (g, y, dims) => mul(y, sub(rowSum(mul(g, y), dims), g)),
};

const logarithmic: Family = {
  sign: 1,
  element: (shifted, total) => shifted.sub(total.log()),
  backward: (dtype) =>
    backwardOp(
      "logSoftmaxBackward",
      dtype,
      (g) => g,
      (g, y, total) => g.sub(y.exp().mul(total)),
    ),
  differentiable: (g, y, dims) => sub(g, mul(exp(y), rowSum(g, dims))),
};

/**
 * Computes `eˣ / Σ eˣ` along a dimension: positive numbers that sum to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 *
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range.
 * @example
 * softmax(tensor([[0, 1, 2]]), -1);
 */
export function softmax(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return applyFamily("softmax", x, dim, options, soft);
}

/**
 * Computes the softmax of `-x` along a dimension.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
 *
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range.
 */
export function softmin(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return applyFamily("softmin", x, dim, options, softNegative);
}

/**
 * Computes `ln softmax(x)` along a dimension, accurate even where the softmax underflows.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 *
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range.
 */
export function logSoftmax(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return applyFamily("logSoftmax", x, dim, options, logarithmic);
}

/**
 * Computes `ln Σ eˣ` over the given dimensions, or all, without intermediate overflow. Integers give float32.
 * https://pytorch.org/docs/stable/generated/torch.logsumexp.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function logsumexp(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("logsumexp", options, keepDefaults);
  const dims = dimensions("logsumexp", dim, x.ndim);
  const type = isFloating(x.dtype) ? x.dtype : "float32";
  const empty = rowLength(x.shape, dims) === 0;
  const op = once(ops, `logsumexp ${x.dtype} ${empty}`, () => {
    const of = input(0, x.dtype).toFloat();
    const most = row(0, of.dtype);
    // An infinite maximum cannot be subtracted, and an empty row has no maximum.
    const shift = empty ? constant(0, of.dtype) : most.abs().eq(Number.POSITIVE_INFINITY).where(0, most);
    const total = row(empty ? 0 : 1, of.dtype);
    const summing = { reduce: "sum", of: of.sub(shift).exp() } as const;
    const program = rowProgram({
      stages: empty ? [summing] : [{ reduce: "max", of }, summing],
      rows: [total.log().add(shift)],
    });
    return new RowOp(
      "logsumexp",
      program,
      [type],
      rules<RowAttrs>({
        inputs: [0],
        outputs: [0],
        of: (g, { attrs, input, output }) => mul(restored(g, attrs), exp(sub(input(0), restored(output(0), attrs)))),
      }),
    );
  });
  return apply(op, [x], { dims, keepdim, scalars: [] });
}
