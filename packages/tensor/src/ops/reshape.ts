/**
 * Changing the shape without changing the elements or their order. The result is a view wherever the strides allow it.
 */

import { ArgumentError, ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import {
  dimension,
  dimensions,
  inferSizes,
  reshapeStrides,
  type Shape,
  sameShape,
  shapeOf,
  showShape,
  sizeOf,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { clone } from "./copy.ts";
import { viewOp } from "./view.ts";

const viewing: Op<Shape> = /* @__PURE__ */ viewOp<Shape>(
  "view",
  (x, shape) => {
    const strides = reshapeStrides(x.shape, x.strides, shape);
    if (strides === null) {
      throw new ShapeError(
        `view: a tensor of shape ${showShape(x.shape)} with strides ${showShape(x.strides)} cannot be seen as ${showShape(shape)} without a copy; use reshape()`,
      );
    }
    return { shape, strides, offset: x.offset };
  },
  /* @__PURE__ */ rules<Shape>({ of: (g, { inputs }) => reshape(g, ...inputs[0].shape) }),
);

/** Sizes as PyTorch accepts them: one list, or one argument per size. */
export type Sizes = readonly number[] | readonly [readonly number[]];

/** Returns both forms of sizes as one list. */
export function sizesOf(sizes: readonly (number | readonly number[])[]): readonly number[] {
  const first = sizes[0];
  // Safe: a list is the only argument, otherwise all are numbers. The checks of sizes reject anything else.
  return (Array.isArray(first) ? first : sizes) as readonly number[];
}

/**
 * Returns a view of the same memory with another shape. One size may be -1 and is inferred.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.view.html
 *
 * @throws ShapeError when the number of elements differs, or the strides would require a copy.
 */
export function view(x: Tensor, ...sizes: Sizes): Tensor {
  return apply(viewing, [x], inferSizes("view", sizesOf(sizes), shapeOf("view", x)));
}

/**
 * Returns the same elements with another shape: a view where the strides allow it, otherwise a copy. One size may be -1
 * and is inferred.
 *
 * https://pytorch.org/docs/stable/generated/torch.reshape.html
 *
 * @throws ShapeError when the number of elements differs.
 * @example
 * arange(6).reshape(2, -1); // [[0, 1, 2], [3, 4, 5]]
 */
export function reshape(x: Tensor, ...sizes: Sizes): Tensor {
  const shape = inferSizes("reshape", sizesOf(sizes), shapeOf("reshape", x));
  const fits = sameShape(shape, x.shape) || reshapeStrides(x.shape, x.strides, shape) !== null;
  return apply(viewing, [fits ? x : clone(x)], shape);
}

/**
 * Reshapes `x` to the shape of `other`. https://pytorch.org/docs/stable/generated/torch.Tensor.reshape_as.html
 *
 * @throws ShapeError when the number of elements differs.
 */
export function reshapeAs(x: Tensor, other: Tensor): Tensor {
  return reshape(x, shapeOf("reshapeAs", other));
}

/**
 * Flattens dimensions `startDim` to `endDim` into one. By default, flattens all dimensions.
 *
 * https://pytorch.org/docs/stable/generated/torch.flatten.html
 *
 * @param startDim Default 0.
 * @param endDim Default -1.
 * @throws ArgumentError when `startDim` comes after `endDim`.
 * @throws IndexError for a dimension out of range.
 */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  const start = dimension("flatten", startDim, x);
  const end = dimension("flatten", endDim, x);
  if (start > end)
    throw new ArgumentError(
      `flatten: startDim ${startDim} comes after endDim ${endDim} in a tensor of ${x.ndim} dimensions`,
    );
  if (start === end && x.ndim > 0) return x;
  return reshape(x, x.shape.toSpliced(start, end + 1 - start, sizeOf(x.shape.slice(start, end + 1))));
}

/** Flattens all dimensions into one. https://pytorch.org/docs/stable/generated/torch.ravel.html */
export function ravel(x: Tensor): Tensor {
  return flatten(x);
}

/**
 * Splits one dimension into several. One size may be -1 and is inferred.
 *
 * https://pytorch.org/docs/stable/generated/torch.unflatten.html
 *
 * @throws ShapeError when the product of the sizes is not the size of the dimension.
 * @throws IndexError for a dimension out of range.
 */
export function unflatten(x: Tensor, dim: number, sizes: readonly number[]): Tensor {
  const at = dimension("unflatten", dim, x);
  const parts = inferSizes("unflatten", [sizes].flat(), x.shape.slice(at, at + 1));
  return reshape(x, x.shape.toSpliced(at, 1, ...parts));
}

/** Removes the given dimensions, which have size one. They are listed in ascending order. */
const squeezing: Op<readonly number[]> = /* @__PURE__ */ viewOp<readonly number[]>(
  "squeeze",
  (x, dims) => ({
    shape: x.shape.filter((_, i) => !dims.includes(i)),
    strides: x.strides.filter((_, i) => !dims.includes(i)),
    offset: x.offset,
  }),
  /* @__PURE__ */ rules<readonly number[]>({ of: (g, { attrs }) => apply(unsqueezing, [g], attrs) }),
);

/** Inserts dimensions of size one at the given positions of the result, listed in ascending order. */
const unsqueezing: Op<readonly number[]> = /* @__PURE__ */ viewOp<readonly number[]>(
  "unsqueeze",
  (x, dims) => {
    const shape = [...x.shape];
    const strides = [...x.strides];
    for (const dim of dims) {
      const stride = dim < shape.length ? (shape[dim] as number) * (strides[dim] as number) : 1;
      shape.splice(dim, 0, 1);
      strides.splice(dim, 0, stride);
    }
    return { shape, strides, offset: x.offset };
  },
  /* @__PURE__ */ rules<readonly number[]>({ of: (g, { attrs }) => apply(squeezing, [g], attrs) }),
);

/**
 * Removes dimensions of size one: the given ones, or all by default. Given dimensions of another size stay. Returns a
 * view.
 *
 * https://pytorch.org/docs/stable/generated/torch.squeeze.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function squeeze(x: Tensor, dims: number | readonly number[] | null = null): Tensor {
  const named = typeof dims === "object" && dims?.length === 0 ? [] : dimensions("squeeze", dims, x);
  return apply(
    squeezing,
    [x],
    named.filter((dim) => x.shape[dim] === 1),
  );
}

/**
 * Inserts a dimension of size one at position `dim` of the result. Returns a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.unsqueeze.html
 *
 * @throws IndexError for a dimension out of range.
 */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  return apply(unsqueezing, [x], [dimension("unsqueeze", dim, x, 1)]);
}

/** Adds leading dimensions of size one until there are `count` dimensions. */
export function atLeast(x: Tensor, count: number): Tensor {
  if (shapeOf(`atleast${count}d`, x).length >= count) return x;
  return apply(
    unsqueezing,
    [x],
    Array.from({ length: count - x.ndim }, (_, i) => i),
  );
}

/** Adds a leading dimension of size one to a scalar. https://pytorch.org/docs/stable/generated/torch.atleast_1d.html */
export function atleast1d(x: Tensor): Tensor {
  return atLeast(x, 1);
}

/**
 * Adds leading dimensions of size one until there are two dimensions.
 * https://pytorch.org/docs/stable/generated/torch.atleast_2d.html
 */
export function atleast2d(x: Tensor): Tensor {
  return atLeast(x, 2);
}

/**
 * Adds dimensions of size one until there are three: a vector becomes [1, n, 1], a matrix [m, n, 1].
 * https://pytorch.org/docs/stable/generated/torch.atleast_3d.html
 */
export function atleast3d(x: Tensor): Tensor {
  return shapeOf("atleast3d", x).length < 3 ? unsqueeze(atLeast(x, 2), 2) : x;
}
