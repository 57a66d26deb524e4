/**
 * Softmax, softmin, log-softmax and log-sum-exp. Each is one fused row program forward and one backward. The largest
 * element is subtracted first, so that nothing overflows.
 */

import { type DType, isFloating } from "../dtype.ts";
import { constant, type Expr, input, row } from "../expr/expr.ts";
import { rowProgram } from "../expr/program.ts";
import { once } from "../once.ts";
import { apply, type GradientContext, rules } from "../op.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import type { Tensor } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { exp } from "./power.ts";
import {
  type Dims,
  floatingType,
  type KeepOptions,
  keepDefaults,
  type RowAttrs,
  type RowFunction,
  RowOp,
  restored,
  rowFunction,
} from "./rows.ts";
import { sum } from "./sum.ts";

/** Options of `softmax`, `softmin` and `logSoftmax`. */
export interface SoftmaxOptions {
  /** Dtype of the computation and of the result. Default: the dtype of the input. */
  readonly dtype?: DType;
}

/** The formulas that define an operation of the softmax family. */
interface Family {
  readonly sign: 1 | -1;
  readonly element: (shifted: Expr, total: Expr) => Expr;
  /** What the backward pass sums over each row, from the upstream gradient and the result. */
  readonly summed: Pointwise<[Tensor, Tensor]>;
  /** The gradient from the upstream gradient, the result and that sum. */
  readonly gradient: Pointwise<[Tensor, Tensor, Tensor]>;
}

type SoftFunction = (x: Tensor, dim: number, options: SoftmaxOptions | undefined) => Tensor;

function softFunction(name: string, { sign, element, summed, gradient }: Family): SoftFunction {
  const fused = new Map<DType, RowOp>();
  const backward = (type: DType) => {
    const [g, y] = [input(0, type), input(1, type)];
    const program = rowProgram({
      stages: [{ reduce: "sum", of: summed.formula(g, y) }],
      elements: [gradient.formula(g, y, row(0, g.dtype))],
    });
    return new RowOp(`${name}Backward`, program, [type], null);
  };
  const forward = rowFunction(
    name,
    (x) => {
      const of = sign === 1 ? x : x.neg();
      const shifted = of.sub(row(0, of.dtype));
      return rowProgram({
        stages: [
          { reduce: "max", of },
          { reduce: "sum", of: shifted.exp() },
        ],
        elements: [element(shifted, row(1, of.dtype))],
      });
    },
    rules<RowAttrs>({
      outputs: [0],
      of: (g, { attrs, output, recording }: GradientContext<RowAttrs>) => {
        const y = output(0);
        // Higher derivatives need differentiable operations.
        if (recording) return gradient(g, y, sum(summed(g, y), attrs.dims, { keepdim: true }));
        return apply(
          once(fused, y.dtype, () => backward(y.dtype)),
          [g, y],
          attrs,
        );
      },
    }),
  );
  return (x, dim, options) => {
    const { dtype } = settings(name, options, { dtype: undefined });
    return forward(x, dim, { type: floatingType(name, x, dtype), keepdim: true });
  };
}

const dotted = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("softmaxBackward", (g, y) => g.mul(y));

// The sum is at least 1, the exponential of the largest element, so one reciprocal per row is accurate enough.
const quotient = (shifted: Expr, total: Expr): Expr => shifted.exp().mul(constant(1, total.dtype).div(total));

const soft: SoftFunction = /* @__PURE__ */ softFunction("softmax", {
  sign: 1,
  element: quotient,
  summed: dotted,
  gradient: /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("softmaxBackward", (g, y, dot) => y.mul(g.sub(dot))),
});

const softNegative: SoftFunction = /* @__PURE__ */ softFunction("softmin", {
  sign: -1,
  element: quotient,
  summed: dotted,
  gradient: /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("softminBackward", (g, y, dot) => y.mul(dot.sub(g))),
});

const logarithmic: SoftFunction = /* @__PURE__ */ softFunction("logSoftmax", {
  sign: 1,
  element: (shifted, total) => shifted.sub(total.log()),
  // Of any number of operands: a minifier may drop a parameter that is not used.
  summed: /* @__PURE__ */ pointwise<[Tensor, Tensor]>("logSoftmaxBackward", (...[g]) => g),
  gradient: /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("logSoftmaxBackward", (g, y, total) =>
    g.sub(y.exp().mul(total)),
  ),
});

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
  return soft(x, dim, options);
}

/**
 * Computes the softmax of `-x` along a dimension.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
 *
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range.
 */
export function softmin(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return softNegative(x, dim, options);
}

/**
 * Computes `ln softmax(x)` along a dimension, accurate even where the softmax underflows.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 *
 * @throws DTypeError for integers, unless `dtype` is a floating-point type.
 * @throws IndexError for a dimension out of range.
 */
export function logSoftmax(x: Tensor, dim: number, options?: SoftmaxOptions): Tensor {
  return logarithmic(x, dim, options);
}

const logarithmOfSum: RowFunction = /* @__PURE__ */ rowFunction(
  "logsumexp",
  (of) => {
    const most = row(0, of.dtype);
    // An infinite maximum, which that of an empty row is too, cannot be subtracted.
    const shift = most.abs().eq(Number.POSITIVE_INFINITY).where(0, most);
    return rowProgram({
      stages: [
        { reduce: "max", of },
        { reduce: "sum", of: of.sub(shift).exp() },
      ],
      rows: [row(1, of.dtype).log().add(shift)],
    });
  },
  /* @__PURE__ */ rules<RowAttrs>({
    inputs: [0],
    outputs: [0],
    of: (g, { attrs, input, output }) => mul(restored(g, attrs), exp(sub(input(0), restored(output(0), attrs)))),
  }),
);

/**
 * Computes `ln Σ eˣ` over the given dimensions, or all, without intermediate overflow. Integers give float32.
 * https://pytorch.org/docs/stable/generated/torch.logsumexp.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function logsumexp(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("logsumexp", options, keepDefaults);
  return logarithmOfSum(x, dim, { type: isFloating(x?.dtype) ? x.dtype : "float32", keepdim });
}
