/**
 * Largest and smallest elements, and their indices. NaN takes precedence over every number. Operations that return only
 * values distribute the gradient evenly among equal extremes; those that return indices send all of it to the element
 * selected.
 */

import type { DType } from "../dtype.ts";
import type { Expr } from "../expr/expr.ts";
import { reduction } from "../expr/program.ts";
import { type NamedTuple, namedTuple } from "../named-tuple.ts";
import { apply, applyAll, type Gradient, type Op, rules, type Spec } from "../op.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { isOptions, settings } from "../settings.ts";
import { dimensions } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expectBetween } from "./check.ts";
import { eq } from "./comparison.ts";
import { gatherBackward } from "./gather.ts";
import { maximum, minimum } from "./rounding.ts";
import {
  type Dims,
  expectRows,
  type KeepOptions,
  keepDefaults,
  outerView,
  type RowAttrs,
  type RowFunction,
  reducedShape,
  restored,
  rowFunction,
  rowsLast,
} from "./rows.ts";
import { sum } from "./sum.ts";

/**
 * Elements and their indices along a dimension, accessible by name or by destructuring, like PyTorch's named tuples.
 *
 * @example
 * const { values, indices } = x.max(1);
 * const [largest, where] = x.max(1);
 */
export interface ValuesAndIndices extends Iterable<Tensor> {
  /** The elements, in the input's dtype. */
  readonly values: Tensor;
  /** The index of each element along the dimension, int32. */
  readonly indices: Tensor;
  /** Alias of `values`. */
  readonly 0: Tensor;
  /** Alias of `indices`. */
  readonly 1: Tensor;
}

/** Combines elements and their indices. */
export function valuesAndIndices(values: Tensor, indices: Tensor): ValuesAndIndices {
  return namedTuple([values, indices], "values", "indices");
}

/** Runs an operation whose outputs are elements and their indices. */
export function applyPair<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): ValuesAndIndices {
  const [values, indices] = applyAll(op, inputs, attrs);
  return valuesAndIndices(values as Tensor, indices as Tensor); // safe: the operation has two outputs
}

/**
 * Gradient of an operation along a dimension whose second output holds the indices of the elements in the first: it is
 * scattered back to these indices.
 */
export const toPlaces: Gradient<{ readonly dim: number }> = {
  reads: () => ({ outputs: [1] }),
  compute: ([g], { attrs, inputs, output }) => [g ? gatherBackward(g, attrs.dim, output(1), inputs[0].shape) : null],
};

/** Tests whether two elements are equal, or both NaN. */
const same = (x: Expr, y: Expr): Expr => x.eq(y).or(x.ne(x).and(y.ne(y)));
const alike: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("eq", same);

const share: Pointwise<[Tensor, Tensor, Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "shareBackward",
  (g, count, x, extreme) => same(x, extreme).where(g.div(count.cast(g.dtype)), 0),
  { apart: [1] },
);

/** Distributes a gradient evenly among the elements of `x` that equal the result, counting NaNs as equal. */
export function shareAlike(g: Tensor, x: Tensor, result: Tensor): Tensor {
  return share(g, sum(alike(x.detach(), result.detach()), null, { keepdim: true }), x, result);
}

const among: Pointwise<[Tensor, Tensor, Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "shareBackward",
  (g, count, x, extreme) => x.eq(extreme).cast(g.dtype).mul(g).div(count.cast(g.dtype)),
  { apart: [1] },
);

/**
 * Gradient of `amax` and `amin`, distributed evenly within each row. If the result is NaN, no element equals it, and
 * 0 / 0 makes the gradient NaN, as in PyTorch.
 */
const shared: Gradient<RowAttrs> = /* @__PURE__ */ rules<RowAttrs>({
  inputs: [0],
  outputs: [0],
  of: (g, { attrs, input, output }) => {
    const x = input(0);
    const extreme = restored(output(0), attrs);
    const count = sum(eq(x.detach(), extreme.detach()), attrs.dims, { keepdim: true });
    return among(restored(g, attrs), count, x, extreme);
  },
});

/** Gradient of `max` and `min` over all elements. */
const sharedByAll: Gradient<RowAttrs> = /* @__PURE__ */ rules<RowAttrs>({
  inputs: [0],
  outputs: [0],
  of: (g, { attrs, input, output }) => shareAlike(restored(g, attrs), input(0), restored(output(0), attrs)),
});

type Extreme = "amax" | "amin" | "max" | "min";

const extremes: Readonly<Record<Extreme, RowFunction>> = {
  amax: /* @__PURE__ */ rowFunction("amax", (x) => reduction("max", x), shared),
  amin: /* @__PURE__ */ rowFunction("amin", (x) => reduction("min", x), shared),
  max: /* @__PURE__ */ rowFunction("max", (x) => reduction("max", x), sharedByAll),
  min: /* @__PURE__ */ rowFunction("min", (x) => reduction("min", x), sharedByAll),
};

function extreme(name: Extreme, x: Tensor, dim: Dims, options: KeepOptions | undefined): Tensor {
  const { dims, keepdim } = searched(name, x, dim, options);
  return extremes[name](x, dims, { type: x.dtype === "bool" ? "uint8" : x.dtype, to: x.dtype, keepdim });
}

/**
 * Returns the maximum over one or more dimensions, or all. Equal maxima share the gradient evenly.
 *
 * https://pytorch.org/docs/stable/generated/torch.amax.html
 *
 * @param dim default null: all dimensions.
 * @throws IndexError if there is no such dimension, or it has no elements.
 */
export function amax(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  return extreme("amax", x, dim, options);
}

/**
 * Returns the minimum over one or more dimensions, or all. Equal minima share the gradient evenly.
 *
 * https://pytorch.org/docs/stable/generated/torch.amin.html
 *
 * @param dim default null: all dimensions.
 * @throws IndexError if there is no such dimension, or it has no elements.
 */
export function amin(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  return extreme("amin", x, dim, options);
}

/** Options of `aminmax`. */
export interface AminmaxOptions extends KeepOptions {
  /** The dimension, in place of the argument. Default null: all dimensions. */
  readonly dim?: number | null;
}

/**
 * Returns the minimum and the maximum over a dimension, or all: `amin` and `amax`.
 *
 * https://pytorch.org/docs/stable/generated/torch.aminmax.html
 *
 * @param dim default null: all dimensions.
 * @throws IndexError if there is no such dimension, or it has no elements.
 */
export function aminmax(
  x: Tensor,
  dim: number | null | AminmaxOptions = null,
  options?: KeepOptions,
): NamedTuple<["min", "max"]> {
  if (isOptions(dim)) {
    const { dim: only, ...rest } = dim;
    return aminmax(x, only, rest);
  }
  searched("aminmax", x, dim, options);
  return namedTuple([amin(x, dim, options), amax(x, dim, options)], "min", "max");
}

/**
 * Returns one more than the largest of integers that count from 0, or 0 if there are none. Throws an ArgumentError for a
 * negative one. Where reading needs no `prefetch`, only the largest is read.
 */
export function countOf(operation: string, x: Tensor): number {
  expectBetween(x, 0, Number.POSITIVE_INFINITY, `${operation}: expected non-negative integers, got {}`);
  let count = 0;
  for (const value of (x.device.readSync && x.numel() > 0 ? amax(x) : x).dataSync()) count = Math.max(count, value + 1);
  return count;
}

/** Along which dimensions a search goes. */
type Searched = Pick<RowAttrs, "dims" | "keepdim">;

/** What is searched, and where. */
interface ArgAttrs extends Searched {
  readonly op: "max" | "min";
}

/** Checks the arguments of a search. */
function searched(name: string, x: Tensor, dim: Dims, options: KeepOptions | undefined): Searched {
  const { keepdim } = settings(name, options, keepDefaults);
  const dims = dimensions(name, dim, x);
  expectRows(name, x, dims);
  return { dims, keepdim };
}

function argSpec({ shape }: Tensor, dtype: DType, { dims, keepdim }: ArgAttrs): Spec {
  return { shape: reducedShape(shape, dims, keepdim), dtype };
}

function runArg(x: Tensor, { op, dims, keepdim }: ArgAttrs, indices: Tensor, values: Tensor | null): void {
  x.device.run({
    kind: "argreduce",
    op,
    dims: dims.length,
    input: rowsLast(x, dims),
    indices: outerView(indices, dims, keepdim),
    values: values && outerView(values, dims, keepdim),
  });
}

const position: Op<ArgAttrs> = {
  name: "argmax",
  infer: ([x], attrs) => [argSpec(x, "int32", attrs)],
  run: ([x], attrs, [indices]) => runArg(x, attrs, indices, null),
  gradient: null,
};

const choice: Op<ArgAttrs> = {
  name: "max",
  infer: ([x], attrs) => [argSpec(x, x.dtype, attrs), argSpec(x, "int32", attrs)],
  run: ([x], attrs, [values, indices]) => runArg(x, attrs, indices, values),
  gradient: {
    reads: () => ({ outputs: [1] }),
    compute: ([g], { attrs, inputs, output }) => {
      if (!g) return [null];
      return [gatherBackward(restored(g, attrs), attrs.dims[0] ?? 0, restored(output(1), attrs), inputs[0].shape)];
    },
  },
};

/**
 * Returns the index of the maximum along a dimension, or in the flattened tensor, as int32. If several elements are
 * equal to it, returns the first index.
 *
 * https://pytorch.org/docs/stable/generated/torch.argmax.html
 *
 * @param dim default null: the flattened tensor.
 * @throws IndexError if there is no such dimension, or it has no elements.
 */
export function argmax(x: Tensor, dim: number | null = null, options?: KeepOptions): Tensor {
  return apply(position, [x], { op: "max", ...searched("argmax", x, dim, options) });
}

/**
 * Returns the index of the minimum along a dimension, or in the flattened tensor, as int32. If several elements are
 * equal to it, returns the first index.
 *
 * https://pytorch.org/docs/stable/generated/torch.argmin.html
 *
 * @param dim default null: the flattened tensor.
 * @throws IndexError if there is no such dimension, or it has no elements.
 */
export function argmin(x: Tensor, dim: number | null = null, options?: KeepOptions): Tensor {
  return apply(position, [x], { op: "min", ...searched("argmin", x, dim, options) });
}

function choose(name: "max" | "min", x: Tensor, dim: number, options: KeepOptions | undefined): ValuesAndIndices {
  return applyPair(choice, [x], { op: name, ...searched(name, x, dim, options) });
}

/**
 * Returns the maximum of all elements, as a scalar.
 *
 * https://pytorch.org/docs/stable/generated/torch.max.html
 *
 * @throws IndexError if there are no elements.
 */
export function max(x: Tensor): Tensor;
/** Returns the larger of two tensors element by element. The tensors broadcast. */
export function max(x: Tensor, other: Tensor): Tensor;
/**
 * Returns the maxima along a dimension and the index of the first occurrence of each.
 *
 * @throws IndexError if there is no such dimension, or it has no elements.
 */
export function max(x: Tensor, dim: number, options?: KeepOptions): ValuesAndIndices;
export function max(x: Tensor, second?: Tensor | number, options?: KeepOptions): Tensor | ValuesAndIndices {
  if (second === undefined) return extreme("max", x, null, options);
  return typeof second === "number" ? choose("max", x, second, options) : maximum(x, second);
}

/**
 * Returns the minimum of all elements, as a scalar.
 *
 * https://pytorch.org/docs/stable/generated/torch.min.html
 *
 * @throws IndexError if there are no elements.
 */
export function min(x: Tensor): Tensor;
/** Returns the smaller of two tensors element by element. The tensors broadcast. */
export function min(x: Tensor, other: Tensor): Tensor;
/**
 * Returns the minima along a dimension and the index of the first occurrence of each.
 *
 * @throws IndexError if there is no such dimension, or it has no elements.
 */
export function min(x: Tensor, dim: number, options?: KeepOptions): ValuesAndIndices;
export function min(x: Tensor, second?: Tensor | number, options?: KeepOptions): Tensor | ValuesAndIndices {
  if (second === undefined) return extreme("min", x, null, options);
  return typeof second === "number" ? choose("min", x, second, options) : minimum(x, second);
}
