/**
 * Picking elements by index tensors, and putting them back. A gather's gradient is a scatter that adds, and the other
 * way round. Indices are int32 and, where users give them, checked before anything runs; those that kernels find, as
 * extremes and sorting do, are right.
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

/** A scalar as a vector of one element: kernels that work along a dimension need one. */
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

/** [g, index] → zeros of a shape to which g is added at the indices. */
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

/** The gradient of a gather: zeros of a shape to which `g` is added where the index says. */
export function gatherBackward(g: Tensor, dim: number, index: Tensor, shape: Shape): Tensor {
  return apply(spreading, [g, index], { dim, shape });
}

/** A gather whose indices are known to be right. */
export function gatherUnchecked(x: Tensor, dim: number, index: Tensor): Tensor {
  return apply(gathering, [x, index], dim);
}

/** The two tensors of a gather or scatter as they have to be, scalars counting as one element of one dimension. */
export function checkAlong(operation: string, x: Tensor, dim: number, index: Tensor): number {
  expectTensor(operation, x);
  expectTensor(operation, index);
  const at = dimension(operation, dim, x.ndim);
  // An index with nothing in it picks nothing, however long its sides are.
  const fits =
    index.ndim === x.ndim &&
    (index.numel() === 0 || index.shape.every((size, i) => i === at || size <= (x.shape[i] as number)));
  if (!fits) {
    throw new ShapeError(
      `${operation}: an index of shape ${showShape(index.shape)} does not fit a tensor of shape ${showShape(x.shape)}: it needs as many dimensions, none larger except dimension ${at}`,
    );
  }
  return at;
}

/**
 * The elements that an index tensor picks along one dimension.
 *
 *     y[i, j, k] = x[index[i, j, k], j, k]        for dim 0, and so on
 *
 * https://pytorch.org/docs/stable/generated/torch.gather.html
 *
 * @throws IndexError for an index out of range. @throws ShapeError when the index does not fit.
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  const at = checkAlong("gather", x, dim, index);
  checkBounds("gather", index, x.shape[at] ?? 1, at);
  return gatherUnchecked(x, at, index);
}

/** A list of indices repeated over all other dimensions of a shape. */
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

/** `indexSelect` with indices that are known to be right. */
export function selectUnchecked(x: Tensor, dim: number, index: Tensor): Tensor {
  return gatherUnchecked(x, dim, alongDimension(index, dim, x.shape));
}

/** Indices as a list: one dimension, a scalar counting as one index. */
export function indexList(operation: string, index: Tensor): Tensor {
  expectTensor(operation, index);
  if (index.ndim > 1) throw shapeError(operation, "indices in one dimension", index);
  return index.ndim === 0 ? unsqueeze(index, 0) : index;
}

/**
 * The parts of `x` at a list of indices of one dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.index_select.html
 *
 * @throws IndexError for an index out of range.
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  if (x.ndim === 0) return squeeze(indexSelect(unsqueeze(x, 0), 0, index), 0);
  const at = dimension("indexSelect", dim, x.ndim);
  const list = indexList("indexSelect", index);
  checkBounds("indexSelect", list, x.shape[at] as number, at);
  return selectUnchecked(x, at, list);
}

/**
 * The elements of `x`, counted in row-major order, at these indices, in the shape of the indices. Negative indices
 * count from the end.
 *
 * https://pytorch.org/docs/stable/generated/torch.take.html
 */
export function take(x: Tensor, index: Tensor): Tensor {
  checkBounds("take", index, x.numel(), 0, true);
  const flat = reshape(wrapNegative(index, x.numel()), [-1]);
  return reshape(gatherUnchecked(reshape(x, [-1]), 0, flat), index.shape);
}

/**
 * Like `gather`, but the other dimensions are broadcast; without a dimension, `x` is taken flat. Negative indices count
 * from the end.
 *
 * https://pytorch.org/docs/stable/generated/torch.take_along_dim.html
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

/** Negative indices made to count from the start. */
export const wrapNegative: (index: Tensor, size: number) => Tensor = /* @__PURE__ */ pointwise<[Tensor, number]>(
  "wrapNegative",
  (i, size) => i.lt(0).where(i.add(size), i),
);
