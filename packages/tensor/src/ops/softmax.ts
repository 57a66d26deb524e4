/**
 * Softmax and its relatives: one fused row program forward, one backward. The largest element is subtracted first, so
 * nothing overflows.
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

/** The option of the softmax family. */
export interface SoftmaxOptions {
  /** The dtype to compute in and to return. Default: that of the input. */
  readonly dtype?: DType;
}

/** The parts that all formulas here share, for rows of `x`. */
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

/** The backward pass as one kernel: `gradient` of the incoming g, the result y and the row's sum of `summed`. */
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

/** What a softmax-like operation is made of. */
interface Family {
  readonly sign: 1 | -1;
  readonly element: (shifted: Expr, total: Expr) => Expr;
  readonly backward: (dtype: DType) => RowOp;
  /** The same gradient made of differentiable operations. */
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

/** The sum over a row, kept; a scalar is its own row. */
function rowSum(x: Tensor, dims: readonly number[]): Tensor {
  return dims.length === 0 ? x : sum(x, dims, { keepdim: true });
}

const soft: Family = {
  sign: 1,
  // The sum is at least one, as the largest element is subtracted from itself; one division a row will do.
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
 * `eˣ / Σ eˣ` along a dimension: positive numbers that sum to 1.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 *
 * @throws DTypeError for integers, unless `dtype` asks for a float.
 * @example
 * softmax(tensor([[0, 1, 2]]), -1);
 */
export function softmax(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return applyFamily("softmax", x, dim, options, soft);
}

/** The softmax of `-x`. https://pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html */
export function softmin(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return applyFamily("softmin", x, dim, options, softNegative);
}

/**
 * `ln softmax(x)`, exact where the softmax itself underflows.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 */
export function logSoftmax(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return applyFamily("logSoftmax", x, dim, options, logarithmic);
}

/**
 * `ln Σ eˣ` over some dimensions, without overflow on the way.
 *
 * Integers give float32. https://pytorch.org/docs/stable/generated/torch.logsumexp.html
 */
export function logsumexp(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("logsumexp", options, keepDefaults);
  const dims = dimensions("logsumexp", dim, x.ndim);
  const type = isFloating(x.dtype) ? x.dtype : "float32";
  const empty = rowLength(x.shape, dims) === 0;
  const op = once(ops, `logsumexp ${x.dtype} ${empty}`, () => {
    const of = input(0, x.dtype).toFloat();
    const most = row(0, of.dtype);
    // Where the largest is infinite, nothing can be subtracted from it; in an empty row there is none.
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
