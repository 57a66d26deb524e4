/**
 * Reordering the dimensions of a tensor. All functions return views: they reorder shape and strides and leave the
 * memory unchanged.
 */

import { ArgumentError, ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { differentDimensions, dimension, expectRank, shapeOf, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { sizesOf } from "./reshape.ts";
import { viewOp } from "./view.ts";

const permuting: Op<readonly number[]> = /* @__PURE__ */ viewOp<readonly number[]>(
  "permute",
  (x, dims) => ({
    shape: dims.map((d) => x.shape[d] as number),
    strides: dims.map((d) => x.strides[d] as number),
    offset: x.offset,
  }),
  /* @__PURE__ */ rules<readonly number[]>({
    of: (g, { attrs }) =>
      apply(
        permuting,
        [g],
        attrs.map((_, i) => attrs.indexOf(i)),
      ),
  }),
);

/**
 * Reorders the dimensions: dimension `i` of the result is dimension `dims[i]` of `x`. Returns a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.permute.html
 *
 * @throws ShapeError unless there is one entry per dimension.
 * @throws ArgumentError when a dimension appears twice.
 * @throws IndexError for a dimension out of range.
 */
export function permute(x: Tensor, ...dims: readonly number[] | readonly [readonly number[]]): Tensor {
  const list = sizesOf(dims);
  if (list.length !== shapeOf("permute", x).length) {
    throw new ShapeError(
      `permute: ${list.length} dimensions ${showShape(list)} for a tensor of shape ${showShape(x.shape)}; list each once`,
    );
  }
  return apply(permuting, [x], differentDimensions("permute", list, x));
}

/** Swaps two dimensions. Returns a view. https://pytorch.org/docs/stable/generated/torch.transpose.html */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const a = dimension("transpose", dim0, x);
  const b = dimension("transpose", dim1, x);
  const order = x.shape.map((_, i) => (i === a ? b : i === b ? a : i));
  return apply(permuting, [x], order);
}

/** NumPy's name for `transpose`. https://pytorch.org/docs/stable/generated/torch.swapaxes.html */
export function swapaxes(x: Tensor, axis0: number, axis1: number): Tensor {
  return transpose(x, axis0, axis1);
}

/**
 * Transposes a matrix. Vectors and scalars are unchanged. Returns a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.t.html
 *
 * @throws ShapeError for more than two dimensions.
 */
export function t(x: Tensor): Tensor {
  expectRank("t", "at most 2 dimensions (transpose and mT take more)", x, 0, 2);
  return transpose(x, 0, -1);
}

/**
 * Transposes the matrices in the last two dimensions. Returns a view.
 *
 * https://pytorch.org/docs/stable/tensors.html#torch.Tensor.mT
 *
 * @throws ShapeError for fewer than two dimensions.
 */
export function mT(x: Tensor): Tensor {
  expectRank("mT", "at least 2 dimensions", x, 2, Number.POSITIVE_INFINITY);
  return transpose(x, -2, -1);
}

/**
 * Moves the dimensions `source` to the positions `destination`. The others keep their order. Returns a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.movedim.html
 *
 * @throws ArgumentError unless both list the same number of distinct dimensions.
 * @throws IndexError for a dimension out of range.
 */
export function movedim(
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const list = (dims: number | readonly number[]) => [dims].flat().map((d) => dimension("movedim", d, x));
  const from = list(source);
  const to = list(destination);
  if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length) {
    throw new ArgumentError(
      `movedim: source [${from}] and destination [${to}] must match in length, without duplicates`,
    );
  }
  if (x.ndim === 0) return apply(permuting, [x], []);
  const order = new Array<number>(x.ndim).fill(-1);
  to.forEach((place, i) => {
    order[place] = from[i] as number;
  });
  const rest = x.shape.map((_, i) => i).filter((i) => !from.includes(i));
  return apply(
    permuting,
    [x],
    order.map((d) => (d === -1 ? (rest.shift() as number) : d)),
  );
}
