/**
 * Products over dimensions. The gradient of an element is the product of the other elements. Dividing the total by the
 * element gives it only where there are no zeros, so zeros are counted and left out of the product.
 */

import type { DType } from "../dtype.ts";
import { type Expr, input, row } from "../expr/expr.ts";
import { reduction, rowProgram } from "../expr/program.ts";
import { once } from "../once.ts";
import { apply, type GradientContext, rules } from "../op.ts";
import { settings } from "../settings.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { choose, eq } from "./comparison.ts";
import { broadcastTo } from "./expand.ts";
import { counting } from "./fill.ts";
import { permute } from "./permute.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import {
  type Dims,
  type ReduceOptions,
  type RowAttrs,
  type RowFunction,
  RowOp,
  reduceDefaults,
  restored,
  rowFunction,
} from "./rows.ts";
import { totalType } from "./sum.ts";

/**
 * A product without its factor `x`: the quotient, or if `x` is the only zero, the product of the others, `rest`. With
 * more zeros it is 0.
 */
export function withoutFactor(zeros: Expr, x: Expr, whole: Expr, rest: Expr): Expr {
  return zeros.eq(0).where(whole.div(x), zeros.eq(1).and(x.eq(0)).where(rest, 0));
}

const othersOps = new Map<DType, RowOp>();

/** Computes the upstream gradient times the product of the other elements of the row, in one kernel. */
function productOfOthers(dtype: DType): RowOp {
  return once(othersOps, dtype, () => {
    const g = input(0, dtype);
    const x = input(1, dtype);
    const zeros = row(0, "int32");
    const product = row(1, x.dtype);
    const program = rowProgram({
      stages: [
        { reduce: "sum", of: x.eq(0).cast("int32") },
        { reduce: "product", of: x.eq(0).where(1, x) },
      ],
      elements: [g.mul(withoutFactor(zeros, x, product, product))],
    });
    return new RowOp("prodBackward", program, [dtype], null);
  });
}

/** Replaces each element of a row by 1 in turn: [..., n] → [..., n, n]. */
export function withOneInTurn(rows: Tensor): Tensor {
  const index = counting(rows, rows.shape.at(-1) as number);
  return choose(eq(unsqueeze(index, 1), index), 1, unsqueeze(rows, -2));
}

/**
 * Computes the product of the other elements with differentiable operations, for higher derivatives: replaces each
 * element by 1 in turn and multiplies the rest.
 */
function differentiableOthers(x: Tensor, dims: readonly number[]): Tensor {
  const outer = x.shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const order = [...outer, ...dims];
  const rows = permute(x, order);
  const flat = reshape(rows, [
    ...outer.map((d) => x.shape[d] as number),
    sizeOf(dims.map((d) => x.shape[d] as number)),
  ]);
  return permute(
    reshape(prod(withOneInTurn(flat), -1), rows.shape),
    order.map((_, i) => order.indexOf(i)),
  );
}

const multiplying: RowFunction = /* @__PURE__ */ rowFunction(
  "prod",
  (x) => reduction("product", x),
  /* @__PURE__ */ rules<RowAttrs>({
    inputs: [0],
    of: (g: Tensor, { attrs, input, recording }: GradientContext<RowAttrs>) => {
      const x = input(0).to(g.dtype);
      const incoming = restored(g, attrs);
      if (recording) return mul(incoming, differentiableOthers(x, attrs.dims));
      return apply(productOfOthers(g.dtype), [broadcastTo(incoming, x.shape), x], attrs);
    },
  }),
);

/**
 * Multiplies the elements over one dimension, several or all. An empty product is 1. Bools and integers give int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.prod.html
 *
 * @param dim Default null: all dimensions.
 * @throws IndexError for a dimension out of range.
 */
export function prod(x: Tensor, dim: Dims = null, options?: ReduceOptions): Tensor {
  const { keepdim, dtype } = settings("prod", options, reduceDefaults);
  return multiplying(x, dim, { type: totalType(x, dtype), keepdim });
}
