/**
 * The largest and smallest elements of rows, and where they are. NaN beats everything. Without indices, equals share
 * the gradient; with them, the element that was chosen gets all of it.
 */

import { expectTensor } from "../argument.ts";
import { computeType, type DType } from "../dtype.ts";
import { IndexError } from "../errors.ts";
import { type Expr, input, row } from "../expr/expr.ts";
import { rowProgram } from "../expr/program.ts";
import { once } from "../once.ts";
import { apply, applyAll, type Gradient, type Op, rules, type Spec } from "../op.ts";
import { type Pointwise, pointwise } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { dimension, dimensions, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
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
  RowOp,
  reducedShape,
  restored,
  rowsLast,
} from "./rows.ts";
import { sum } from "./sum.ts";

/**
 * Elements, and where they stood along the dimension: by name, or one after the other as from PyTorch's named tuple.
 *
 * @example
 * const { values, indices } = x.max(1);
 * const [largest, where] = x.max(1);
 */
export class ValuesAndIndices {
  /** The elements found, in the input's dtype. */
  readonly values: Tensor;
  /** Positions along the dimension, int32. */
  readonly indices: Tensor;

  /** Internal: operations make them. */
  constructor(values: Tensor, indices: Tensor) {
    this.values = values;
    this.indices = indices;
  }

  /** The same as `values`. */
  get 0(): Tensor {
    return this.values;
  }

  /** The same as `indices`. */
  get 1(): Tensor {
    return this.indices;
  }

  /** First the values, then the indices. */
  [Symbol.iterator](): Iterator<Tensor> {
    return [this.values, this.indices].values();
  }
}

/** Runs an operation whose outputs are elements and their places. */
export function applyPair<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): ValuesAndIndices {
  const [values, indices] = applyAll(op, inputs, attrs);
  return new ValuesAndIndices(values as Tensor, indices as Tensor); // safe: the operation has two outputs
}

/**
 * The gradient of an operation along a dimension whose second output says where the elements of the first stood: each
 * goes back there.
 */
export const toPlaces: Gradient<{ readonly dim: number }> = {
  reads: () => ({ outputs: [1] }),
  compute: ([g], { attrs, inputs, output }) => [
    g ? gatherBackward(g, attrs.dim, output(1), inputs[0]?.shape ?? []) : null,
  ],
};

/** Equal, or both NaN. */
const same = (x: Expr, y: Expr): Expr => x.eq(y).or(x.ne(x).and(y.ne(y)));
const alike: Pointwise<[Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("eq", same);

const share: Pointwise<[Tensor, Tensor, Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "shareBackward",
  (g, count, x, extreme) => same(x, extreme).where(g.div(count.cast(g.dtype)), 0),
  { apart: [1] },
);

/** A gradient shared evenly by the elements that are the result, NaN among them. */
export function shareAlike(g: Tensor, x: Tensor, result: Tensor): Tensor {
  return share(g, sum(alike(x.detach(), result.detach()), null, { keepdim: true }), x, result);
}

const among: Pointwise<[Tensor, Tensor, Tensor, Tensor]> = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "shareBackward",
  (g, count, x, extreme) => x.eq(extreme).cast(g.dtype).mul(g).div(count.cast(g.dtype)),
  { apart: [1] },
);

/** The same for rows. Where the result is NaN no element equals it, and the gradient is NaN as well. */
const shared: Gradient<RowAttrs> = /* @__PURE__ */ rules<RowAttrs>({
  inputs: [0],
  outputs: [0],
  of: (g, { attrs, input, output }) => {
    const x = input(0);
    const extreme = restored(output(0), attrs);
    const count = sum(eq(x.detach(), extreme.detach()), attrs.dims.length === 0 ? null : attrs.dims, { keepdim: true });
    return among(restored(g, attrs), count, x, extreme);
  },
});

/** For the extreme of everything. */
const sharedByAll: Gradient<RowAttrs> = /* @__PURE__ */ rules<RowAttrs>({
  inputs: [0],
  outputs: [0],
  of: (g, { attrs, input, output }) => shareAlike(restored(g, attrs), input(0), restored(output(0), attrs)),
});

const extremeOps = new Map<string, RowOp>();

function extreme(name: string, reduce: "max" | "min", x: Tensor, dim: Dims, options: KeepOptions | undefined): Tensor {
  expectTensor(name, x);
  const { keepdim } = settings(name, options, keepDefaults);
  const dims = dimensions(name, dim, x.ndim);
  expectRows(name, x, dims, (message) => new IndexError(message));
  const op = once(extremeOps, `${name} ${x.dtype}`, () => {
    const bool = x.dtype === "bool";
    const of: Expr = input(0, x.dtype).cast(bool ? "uint8" : computeType(x.dtype));
    const gradient = name.startsWith("a") ? shared : sharedByAll;
    return new RowOp(name, rowProgram({ stages: [{ reduce, of }], rows: [row(0, of.dtype)] }), [x.dtype], gradient);
  });
  return apply(op, [x], { dims, keepdim, scalars: [] });
}

/**
 * The largest element over some dimensions, or all. Equals share the gradient.
 *
 * https://pytorch.org/docs/stable/generated/torch.amax.html
 *
 * @throws IndexError when there is nothing to choose from.
 */
export function amax(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  return extreme("amax", "max", x, dim, options);
}

/**
 * The smallest element over some dimensions, or all. Equals share the gradient.
 * https://pytorch.org/docs/stable/generated/torch.amin.html
 */
export function amin(x: Tensor, dim: Dims = null, options?: KeepOptions): Tensor {
  return extreme("amin", "min", x, dim, options);
}

/** Both extremes. https://pytorch.org/docs/stable/generated/torch.aminmax.html */
export function aminmax(
  x: Tensor,
  dim: number | null = null,
  options?: KeepOptions,
): { readonly min: Tensor; readonly max: Tensor } {
  return { min: amin(x, dim, options), max: amax(x, dim, options) };
}

interface ArgAttrs {
  readonly op: "max" | "min";
  readonly dims: readonly number[];
  readonly keepdim: boolean;
  readonly shape: Shape;
}

function argSpec(dtype: DType, { dims, keepdim, shape }: ArgAttrs): Spec {
  return { shape: reducedShape(shape, dims, keepdim), dtype };
}

function runArg(x: Tensor, { op, dims, keepdim }: ArgAttrs, indices: Tensor, values: Tensor | null): void {
  if (indices.numel() === 0) return;
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
  infer: (_, attrs) => [argSpec("int32", attrs)],
  run: ([x], attrs, [indices]) => runArg(x, attrs, indices, null),
  gradient: null,
};

const choice: Op<ArgAttrs> = {
  name: "max",
  infer: ([x], attrs) => [argSpec(x.dtype, attrs), argSpec("int32", attrs)],
  run: ([x], attrs, [values, indices]) => runArg(x, attrs, indices, values),
  gradient: {
    reads: () => ({ outputs: [1] }),
    compute: ([g], { attrs, output }) => {
      if (!g) return [null];
      return [gatherBackward(restored(g, attrs), attrs.dims[0] ?? 0, restored(output(1), attrs), attrs.shape)];
    },
  },
};

function find(name: string, op: "max" | "min", x: Tensor, dim: number | null, keepdim: boolean): Tensor {
  const dims = dim === null ? dimensions(name, null, x.ndim) : dimensions(name, dim, x.ndim);
  expectRows(name, x, dims, (message) => new IndexError(message));
  return apply(position, [x], { op, dims, keepdim, shape: x.shape });
}

/**
 * Where the largest element is along `dim`, or in the flattened tensor; the first of equals.
 *
 * https://pytorch.org/docs/stable/generated/torch.argmax.html
 *
 * @throws IndexError when there is nothing to choose from.
 */
export function argmax(x: Tensor, dim: number | null = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("argmax", options, keepDefaults);
  return find("argmax", "max", x, dim, keepdim);
}

/** Where the smallest element is; the first of equals. https://pytorch.org/docs/stable/generated/torch.argmin.html */
export function argmin(x: Tensor, dim: number | null = null, options?: KeepOptions): Tensor {
  const { keepdim } = settings("argmin", options, keepDefaults);
  return find("argmin", "min", x, dim, keepdim);
}

function choose(name: "max" | "min", x: Tensor, dim: number, options: KeepOptions | undefined): ValuesAndIndices {
  const { keepdim } = settings(name, options, keepDefaults);
  const axis = dimension(name, dim, x.ndim);
  const dims = x.ndim === 0 ? [] : [axis];
  expectRows(name, x, dims, (message) => new IndexError(message));
  return applyPair(choice, [x], { op: name, dims, keepdim, shape: x.shape });
}

/** The largest of all elements. https://pytorch.org/docs/stable/generated/torch.max.html */
export function max(x: Tensor): Tensor;
/** The larger of two, element by element. */
export function max(x: Tensor, other: Tensor): Tensor;
/** The largest elements along a dimension, and where they are; the first of equals. */
export function max(x: Tensor, dim: number, options?: KeepOptions): ValuesAndIndices;
export function max(x: Tensor, second?: Tensor | number, options?: KeepOptions): Tensor | ValuesAndIndices {
  if (second === undefined) return extreme("max", "max", x, null, options);
  return typeof second === "number" ? choose("max", x, second, options) : maximum(x, second);
}

/** The smallest of all elements. https://pytorch.org/docs/stable/generated/torch.min.html */
export function min(x: Tensor): Tensor;
/** The smaller of two, element by element. */
export function min(x: Tensor, other: Tensor): Tensor;
/** The smallest elements along a dimension, and where they are; the first of equals. */
export function min(x: Tensor, dim: number, options?: KeepOptions): ValuesAndIndices;
export function min(x: Tensor, second?: Tensor | number, options?: KeepOptions): Tensor | ValuesAndIndices {
  if (second === undefined) return extreme("min", "min", x, null, options);
  return typeof second === "number" ? choose("min", x, second, options) : minimum(x, second);
}
