/**
 * Running totals, products and extremes along one dimension.
 */

import { checkInteger } from "../argument.ts";
import { type DType, expectFloating, isFloating } from "../dtype.ts";
import { apply, type Gradient, type Op, rules } from "../op.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { dimension } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { choose, eq } from "./comparison.ts";
import { cast, clone } from "./copy.ts";
import { applyPair, toPlaces, type ValuesAndIndices } from "./extremes.ts";
import { withDimension } from "./gather.ts";
import { cat } from "./join.ts";
import { movedim } from "./permute.ts";
import { logaddexp } from "./power.ts";
import { squareMask } from "./product.ts";
import { flip } from "./repeat.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { narrow, slice } from "./slice.ts";
import { sum } from "./sum.ts";

interface ScanAttrs {
  readonly dim: number;
}

/** The option of running totals and products. */
export interface ScanOptions {
  /** The dtype to compute in and to return. Default: that of the input, int32 for bools and small integers. */
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
      if (to.numel() === 0) return;
      const places = indices ? withDimension(indices) : null;
      to.device.run({ kind: "scan", op, dim, input: withDimension(x), to: withDimension(to), indices: places });
    },
    gradient,
  };
}

function prepared(operation: string, x: Tensor, options: ScanOptions | undefined): Tensor {
  const { dtype } = settings(operation, options, { dtype: undefined });
  return cast(x, dtype ?? (isFloating(x.dtype) ? x.dtype : "int32"));
}

/** Running totals from the end. */
function totalsFromEnd(x: Tensor, dim: number): Tensor {
  return flip(cumsum(flip(x, dim), dim), dim);
}

const summing: Op<ScanAttrs> = /* @__PURE__ */ scanOp(
  "cumsum",
  "sum",
  /* @__PURE__ */ rules<ScanAttrs>({ of: (g, { attrs }) => totalsFromEnd(g, attrs.dim) }),
);

/**
 * Running totals along a dimension: `yᵢ = x₀ + … + xᵢ`.
 *
 * https://pytorch.org/docs/stable/generated/torch.cumsum.html
 *
 * @example
 * cumsum(tensor([1, 2, 3]), 0); // [1, 3, 6]
 */
export function cumsum(x: Tensor, dim: number, options?: ScanOptions): Tensor {
  return apply(summing, [prepared("cumsum", x, options)], { dim: dimension("cumsum", dim, x.ndim) });
}

const product: Pointwise<[Tensor, Tensor, Tensor, Tensor]> = /* @__PURE__ */ pointwise<
  [Tensor, Tensor, Tensor, Tensor]
>(
  "cumprodBackward",
  // Before the first zero the total is divided by the element; at it, the totals are those with a 1 in its place;
  // behind it all products are 0.
  (zeros, x, total, without) => zeros.eq(0).where(total.div(x), zeros.eq(1).and(x.eq(0)).where(without, 0)),
  { apart: [0] },
);

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
      const filled = choose(zero.logicalAnd(eq(zeros, 1)), 1, x);
      return product(
        zeros,
        x,
        totalsFromEnd(mul(g, cumprod(x, dim)), dim),
        totalsFromEnd(mul(g, cumprod(filled, dim)), dim),
      );
    },
  }),
);

/** The gradient of `cumprod` made of differentiable operations: each element in turn is replaced by 1. */
function differentiableProducts(g: Tensor, x: Tensor, dim: number): Tensor {
  const count = x.shape[dim] as number;
  const rows = movedim(x, dim, -1);
  const others = cumprod(
    choose(
      squareMask(x, count, (i, j) => i === j),
      1,
      unsqueeze(rows, -2),
    ),
    -1,
  );
  const parts = mul(unsqueeze(movedim(g, dim, -1), -2), others);
  const total = sum(
    choose(
      squareMask(x, count, (i, j) => i <= j),
      parts,
      0,
    ),
    -1,
  );
  return movedim(total, -1, dim);
}

/** Running products along a dimension. https://pytorch.org/docs/stable/generated/torch.cumprod.html */
export function cumprod(x: Tensor, dim: number, options?: ScanOptions): Tensor {
  return apply(multiplying, [prepared("cumprod", x, options)], { dim: dimension("cumprod", dim, x.ndim) });
}

const rising: Op<ScanAttrs> = /* @__PURE__ */ scanOp("cummax", "max", toPlaces);
const falling: Op<ScanAttrs> = /* @__PURE__ */ scanOp("cummin", "min", toPlaces);

/**
 * The largest elements so far along a dimension, and where they stand.
 * https://pytorch.org/docs/stable/generated/torch.cummax.html
 */
export function cummax(x: Tensor, dim: number): ValuesAndIndices {
  return applyPair(rising, [x], { dim: dimension("cummax", dim, x.ndim) });
}

/**
 * The smallest elements so far along a dimension, and where they stand.
 * https://pytorch.org/docs/stable/generated/torch.cummin.html
 */
export function cummin(x: Tensor, dim: number): ValuesAndIndices {
  return applyPair(falling, [x], { dim: dimension("cummin", dim, x.ndim) });
}

/**
 * Running `ln Σ eˣ` along a dimension, without overflow or underflow on the way: each of log₂ n steps adds what stands
 * twice as far ahead.
 *
 * https://pytorch.org/docs/stable/generated/torch.logcumsumexp.html
 *
 * @throws DTypeError for integers.
 */
export function logcumsumexp(x: Tensor, dim: number): Tensor {
  expectFloating("logcumsumexp", x.dtype);
  const axis = dimension("logcumsumexp", dim, x.ndim);
  const count = x.shape[axis] ?? 1;
  let result = clone(x);
  for (let step = 1; step < count; step *= 2) {
    const sums = logaddexp(narrow(result, axis, step, count - step), narrow(result, axis, 0, count - step));
    result = cat([narrow(result, axis, 0, step), sums], axis);
  }
  return result;
}

/**
 * Differences of neighbours along a dimension, `n` times over.
 *
 * https://pytorch.org/docs/stable/generated/torch.diff.html
 *
 * @throws ArgumentError for a negative `n`.
 */
export function diff(x: Tensor, n = 1, dim = -1): Tensor {
  checkInteger("diff", "n", n);
  const axis = dimension("diff", dim, x.ndim);
  let result = x;
  for (let i = 0; i < n; i++) {
    const count = Math.max((result.shape[axis] as number) - 1, 0);
    const later = narrow(result, axis, Math.min(1, result.shape[axis] as number), count);
    const earlier = narrow(result, axis, 0, count);
    result = x.dtype === "bool" ? later.logicalXor(earlier) : sub(later, earlier);
  }
  return result;
}

/** Where the values of `trapezoid` stand. */
export interface TrapezoidOptions {
  /** The places, in one dimension or in the shape of the values. Default: `dx` apart. */
  readonly x?: Tensor;
  /** The distance of places. Default 1. */
  readonly dx?: number;
  /** The dimension along which the values follow each other. Default the last. */
  readonly dim?: number;
}

/** The areas between neighbours. */
function areas(operation: string, y: Tensor, options: TrapezoidOptions | undefined): readonly [Tensor, number] {
  const { x, dx, dim } = settings(operation, options, { x: undefined, dx: 1, dim: -1 });
  const axis = dimension(operation, dim, y.ndim);
  const mean = mul(add(slice(y, axis, 0, -1), slice(y, axis, 1)), 0.5);
  if (x === undefined) return [mul(mean, dx), axis];
  const places =
    x.ndim === 1
      ? reshape(
          x,
          y.shape.map((_, i) => (i === axis ? -1 : 1)),
        )
      : x;
  return [mul(mean, diff(places, 1, x.ndim === 1 ? axis : dim)), axis];
}

/**
 * The integral of values along a dimension by the trapezoidal rule.
 * https://pytorch.org/docs/stable/generated/torch.trapezoid.html
 */
export function trapezoid(y: Tensor, options?: TrapezoidOptions): Tensor {
  const [parts, axis] = areas("trapezoid", y, options);
  return sum(parts, axis);
}

/**
 * The running integral: one element fewer along the dimension.
 * https://pytorch.org/docs/stable/generated/torch.cumulative_trapezoid.html
 */
export function cumulativeTrapezoid(y: Tensor, options?: TrapezoidOptions): Tensor {
  return cumsum(...areas("cumulativeTrapezoid", y, options));
}
