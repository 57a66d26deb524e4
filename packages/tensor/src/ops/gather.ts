/**
 * Selecting elements by index tensors. The gradient of a gather is a scatter-add, and vice versa. Indices are int32.
 * Those that users pass are checked before anything runs; those that kernels compute, as sorting and `argmax` do, are
 * in bounds by construction and are not checked.
 */

import { expectTensor } from "../argument.ts";
import { ShapeError } from "../errors.ts";
import type { View } from "../kernel.ts";
import { apply, type Op, rules, type Spec } from "../op.ts";
import { pointwise } from "../pointwise.ts";
import { dimension, type Shape, shapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { checkBounds } from "./check.ts";
import { expand } from "./expand.ts";
import { fillView } from "./fill.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";

/** Views a scalar as a vector of one element, since kernels that work along a dimension need one. */
export function withDimension(x: View): View {
  return x.shape.length > 0 ? x : windowOn(x, [1], [1]);
}

const gathering: Op<number> = {
  name: "gather",
  infer: ([x, index]) => [{ shape: index.shape, dtype: x.dtype }],
  run: ([x, index], dim, [to]) => {
    if (to.numel() > 0)
      to.device.run({
        kind: "gather",
        dim,
        input: withDimension(x),
        index: withDimension(index),
        to: withDimension(to),
      });
  },
  gradient: /* @__PURE__ */ rules<number>(
    {
      inputs: [1],
      of: (g, context) =>
        apply(spreading, [g, context.input(1)], { dim: context.attrs, shape: (context.inputs[0] as Spec).shape }),
    },
    null,
  ),
};

interface Spreading {
  readonly dim: number;
  readonly shape: Shape;
}

/** [g, index] → zeros of the given shape, to which g is added at the indices. */
const spreading: Op<Spreading> = {
  name: "gatherBackward",
  infer: ([g], { shape }) => [{ shape, dtype: g.dtype }],
  run: ([g, index], { dim }, [to]) => {
    fillView(to, 0, to.device);
    if (g.numel() === 0) return;
    const [source, at] = [withDimension(g), withDimension(index)];
    to.device.run({ kind: "scatter", reduce: "add", dim, to: withDimension(to), index: at, source });
  },
  gradient: /* @__PURE__ */ rules<Spreading>(
    { inputs: [1], of: (g, context) => apply(gathering, [g, context.input(1)], context.attrs.dim) },
    null,
  ),
};

/** Computes the gradient of a gather: zeros of the given shape, to which `g` is added at the indices. */
export function gatherBackward(g: Tensor, dim: number, index: Tensor, shape: Shape): Tensor {
  return apply(spreading, [g, index], { dim, shape });
}

/** Gathers with indices that are known to be in bounds. */
export function gatherUnchecked(x: Tensor, dim: number, index: Tensor): Tensor {
  return apply(gathering, [x, index], dim);
}

/** Checks the shapes of a gather or scatter and returns the non-negative dimension. Scalars count as vectors of one. */
export function checkAlong(operation: string, x: Tensor, dim: number, index: Tensor): number {
  expectTensor(operation, x);
  expectTensor(operation, index);
  const at = dimension(operation, dim, x.ndim);
  // An empty index selects nothing, whatever its sizes are.
  const fits =
    index.ndim === x.ndim &&
    (index.numel() === 0 || index.shape.every((size, i) => i === at || size <= (x.shape[i] as number)));
  if (!fits) {
    throw new ShapeError(
      `${operation}: an index of shape ${showShape(index.shape)} does not fit a tensor of shape ${showShape(x.shape)}: the ranks must match, and only dimension ${at} may be larger`,
    );
  }
  return at;
}

/**
 * Gathers elements along a dimension by an index tensor.
 *
 *     y[i, j, k] = x[index[i, j, k], j, k]        for dim 0
 *     y[i, j, k] = x[i, index[i, j, k], k]        for dim 1
 *
 * https://pytorch.org/docs/stable/generated/torch.gather.html
 *
 * @param index int32, of the rank of `x`, and not larger than `x` except in dimension `dim`.
 * @returns a tensor of the shape of `index`.
 * @throws IndexError for an index out of range.
 * @throws ShapeError if the shape of the index does not fit.
 * @throws DTypeError unless the index is int32.
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  const at = checkAlong("gather", x, dim, index);
  checkBounds("gather", index, x.shape[at] ?? 1, at);
  return gatherUnchecked(x, at, index);
}

/** Expands a vector of indices along `dim` over all other dimensions of a shape. */
export function alongDimension(index: Tensor, dim: number, shape: Shape): Tensor {
  const length = index.shape[0] as number;
  const sizes = shape.map((size, i) => (i === dim ? length : size));
  return expand(
    reshape(
      index,
      shape.map((_, i) => (i === dim ? length : 1)),
    ),
    sizes,
  );
}

/** Selects as `indexSelect` does, with indices that are known to be in bounds. */
export function selectUnchecked(x: Tensor, dim: number, index: Tensor): Tensor {
  return gatherUnchecked(x, dim, alongDimension(index, dim, x.shape));
}

/** Returns indices as a vector, a scalar as one index. Throws a ShapeError for more than one dimension. */
export function indexList(operation: string, index: Tensor): Tensor {
  expectTensor(operation, index);
  if (index.ndim > 1) throw shapeError(operation, "indices in one dimension", index);
  return index.ndim === 0 ? unsqueeze(index, 0) : index;
}

/**
 * Selects the slices at the given indices of a dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.index_select.html
 *
 * @param index an int32 vector or scalar.
 * @returns the shape of `x`, with the number of indices as the size of dimension `dim`.
 * @throws IndexError for an index out of range.
 * @throws ShapeError if the index has more than one dimension.
 * @throws DTypeError unless the index is int32.
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  if (x.ndim === 0) return squeeze(indexSelect(unsqueeze(x, 0), 0, index), 0);
  const at = dimension("indexSelect", dim, x.ndim);
  const list = indexList("indexSelect", index);
  checkBounds("indexSelect", list, x.shape[at] as number, at);
  return selectUnchecked(x, at, list);
}

/**
 * Selects elements of the flattened tensor by index, in the shape of the indices.
 *
 * Negative indices count from the end.
 *
 * https://pytorch.org/docs/stable/generated/torch.take.html
 *
 * @param index int32, of any shape.
 * @throws IndexError for an index out of range.
 * @throws DTypeError unless the index is int32.
 */
export function take(x: Tensor, index: Tensor): Tensor {
  checkBounds("take", index, x.numel(), 0, true);
  const flat = reshape(wrapNegative(index, x.numel()), [-1]);
  return reshape(gatherUnchecked(reshape(x, [-1]), 0, flat), index.shape);
}

/**
 * Gathers elements along a dimension, like `gather`, with the other dimensions broadcast.
 *
 * Negative indices count from the end.
 *
 * https://pytorch.org/docs/stable/generated/torch.take_along_dim.html
 *
 * @param indices int32, of the rank of `x`.
 * @param dim default null: `x` and `indices` are flattened.
 * @throws IndexError for an index out of range.
 * @throws ShapeError if the ranks differ, or the other dimensions do not broadcast.
 * @throws DTypeError unless the indices are int32.
 */
export function takeAlongDim(x: Tensor, indices: Tensor, dim: number | null = null): Tensor {
  if (dim === null) return takeAlongDim(reshape(x, [-1]), reshape(indices, [-1]), 0);
  const at = dimension("takeAlongDim", dim, x.ndim);
  if (x.ndim !== indices.ndim) {
    throw shapeError("takeAlongDim", "as many dimensions in both", x, indices);
  }
  const size = x.shape[at] as number;
  checkBounds("takeAlongDim", indices, size, at, true);
  const common = (own: Shape) =>
    x.shape.map((n, i) => {
      const m = indices.shape[i] as number;
      if (i === at) return own[i] as number;
      return n === 1 ? m : n;
    });
  return gatherUnchecked(expand(x, common(x.shape)), at, expand(wrapNegative(indices, size), common(indices.shape)));
}

/** Converts negative indices, which count from the end, to non-negative ones. */
export const wrapNegative: (index: Tensor, size: number) => Tensor = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "wrapNegative",
  (i, size) => i.lt(0).where(i.add(size), i),
);
