/**
 * Selecting elements by index tensors. The gradient of a gather is a scatter-add, and vice versa. Indices are int32.
 * Those that users pass are checked before anything runs; those that kernels compute, as sorting and `argmax` do, are
 * in bounds by construction and are not checked.
 */

import { expectOneType } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import type { View } from "../kernel.ts";
import { apply, applyInPlace, type GradientContext, type Op, rules } from "../op.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import { dimension, expectRank, type Shape, shapeError, shapeOf, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { mul } from "./arithmetic.ts";
import { checkBounds } from "./check.ts";
import { copyInto } from "./copy.ts";
import { expand } from "./expand.ts";
import { filled } from "./fill.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";

/** Views a scalar as a vector of one element, since kernels that work along a dimension need one. */
export function withDimension(x: View): View {
  return x.shape.length > 0 ? x : windowOn(x, [1], [1]);
}

/** Gathering along the dimension that the attribute names. */
export const gathering: Op<number> = {
  name: "gather",
  infer: ([x, index]) => [{ shape: index.shape, dtype: x.dtype }],
  run: ([x, index], dim, [to]) => {
    const [input, at, target] = [withDimension(x), withDimension(index), withDimension(to)];
    to.device.run({ kind: "gather", dim, input, index: at, to: target });
  },
  gradient: /* @__PURE__ */ rules<number>(
    {
      inputs: [1],
      of: (g, { attrs, input, inputs, sum }) => gatherBackward(g, attrs, input(1), inputs[0].shape, sum(0)),
    },
    null,
  ),
};

/** How to scatter. */
export interface Scatter {
  /** The dimension that the indices are along, or null if they count all elements in row-major order. */
  readonly dim: number | null;
  readonly reduce: "set" | "add" | "multiply" | "max" | "min";
}

/** [x, index, source] → x with the source scattered into it */
function scatterOp(name: string): Op<Scatter> {
  const op: Op<Scatter> = {
    name,
    infer: ([to, , from]) => {
      expectOneType(name, to, from);
      return [to];
    },
    run: ([x, index, from], { dim, reduce }, [to]) => {
      // Memory in another order is copied into row-major order first.
      const whole = dim !== null || to.isContiguous() ? to : to.newEmpty(to.shape);
      if (whole !== x) copyInto(whole, x, to.device);
      if (from.numel() > 0) {
        const [at, source] = [withDimension(index), withDimension(from)];
        const target = dim === null ? windowOn(whole, [whole.numel()], [1]) : withDimension(whole);
        to.device.run({ kind: "scatter", reduce, dim: dim ?? 0, to: target, index: at, source });
      }
      if (whole === to) return;
      copyInto(to, whole, to.device);
      whole.dispose();
    },
    gradient: {
      reads: (needs, { reduce }) => {
        if (reduce !== "set" && reduce !== "add") return { inputs: [0, 1, 2], outputs: [0] };
        return { inputs: needs[2] || (needs[0] && reduce === "set") ? [1] : [] };
      },
      compute: ([g], context) => {
        const { attrs, needs } = context;
        const { dim, reduce } = attrs;
        if (!g) return [null, null, null];
        if (reduce !== "set" && reduce !== "add") return combined(g, context);
        const outside = (index: Tensor) => apply(op, [g, index, uniform(g, 0, index.shape)], attrs);
        return [
          needs[0] && reduce === "set" ? outside(context.input(1)) : g,
          null,
          needs[2] ? gatherUnchecked(dim === null ? reshape(g, [-1]) : g, dim ?? 0, context.input(1)) : null,
        ];
      },
    },
  };
  return op;
}

/** Scattering along a dimension. */
export const scattering: Op<Scatter> = /* @__PURE__ */ scatterOp("scatter");
/** Scattering to positions in the flattened tensor. */
export const putting: Op<Scatter> = /* @__PURE__ */ scatterOp("indexPut");

/** A tensor of one value, in the memory of a single element. */
export function uniform(like: Tensor, value: number, shape: Shape): Tensor {
  return expand(filled(like, [], value), shape);
}

const oneForOnlyZero = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("where", (x, zeros) =>
  x.eq(0).and(zeros.eq(1)).where(1, x),
);
const timesOthers = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor, Tensor]>(
  "mul",
  (g, y, others, x, zeros) =>
    x
      .eq(0)
      .and(zeros.eq(1))
      .where(g.mul(others), g.mul(y).div(x.eq(0).where(1, x))),
);
const same = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber]>("eq", (x, y) => x.eq(y).cast(x.dtype));
const share = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("mul", (g, part, count) => g.mul(part).div(count));

/**
 * The gradients of a scatter that multiplies or keeps an extreme, which is shared evenly among the elements that attain
 * it. In a product `y`, nonzero factors are divided out. For a zero factor, the other factors are multiplied again,
 * provided it is the only zero that the source scatters to its position; with two zeros the gradient is zero.
 */
function combined(g: Tensor, { attrs, input, output }: GradientContext<Scatter>): (Tensor | null)[] {
  const [x, index, source, y] = [input(0), input(1), input(2), output()];
  const pick = (z: Tensor) => gatherUnchecked(z, attrs.dim as number, index); // safe: `put` sets or adds
  const into = (z: Tensor, from: Tensor, reduce: Scatter["reduce"]) =>
    apply(scattering, [z, index, from], { ...attrs, reduce });
  if (attrs.reduce === "multiply") {
    const zeros = pick(into(filled(x, x.shape, 0), same(source.detach(), 0), "add"));
    const others = pick(into(x, oneForOnlyZero(source, zeros), "multiply"));
    const factors = into(filled(x, x.shape, 1), source, "multiply");
    return [mul(g, factors), null, timesOthers(pick(g), pick(y), others, source, zeros)];
  }
  const own = same(x, y);
  const theirs = same(source, pick(y));
  const count = into(own, theirs, "add");
  return [share(g, own, count), null, share(pick(g), theirs, pick(count))];
}

/** Computes the gradient of a gather: adds `g` at the indices to `sum`, by default zeros of the given shape. */
export function gatherBackward(g: Tensor, dim: number, index: Tensor, shape: Shape, sum: Tensor | null = null): Tensor {
  const to = sum ?? filled(g, shape, 0);
  return applyInPlace(scattering, to, [to, index, g], { dim, reduce: "add" });
}

/** Gathers with indices that are known to be in bounds. */
export function gatherUnchecked(x: Tensor, dim: number, index: Tensor): Tensor {
  return apply(gathering, [x, index], dim);
}

/** Checks the shapes of a gather or scatter and returns the non-negative dimension. Scalars count as vectors of one. */
export function checkAlong(operation: string, x: Tensor, dim: number, index: Tensor): number {
  const at = dimension(operation, dim, x);
  // An empty index selects nothing, whatever its sizes are.
  const fits =
    (shapeOf(operation, index).length || 1) === (x.ndim || 1) &&
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
 * @param index int32, of the rank of `x`, and not larger than `x` except in dimension `dim`. A scalar counts as a vector
 * of one element.
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
  expectRank(operation, "indices in one dimension", index, 0, 1);
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
  if (shapeOf("indexSelect", x).length === 0) return squeeze(indexSelect(unsqueeze(x, 0), 0, index), 0);
  const at = dimension("indexSelect", dim, x);
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
  const count = sizeOf(shapeOf("take", x));
  checkBounds("take", index, count, 0, true);
  const flat = reshape(wrapNegative(index, count), [-1]);
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
  const at = dimension("takeAlongDim", dim, x);
  if (x.ndim !== shapeOf("takeAlongDim", indices).length) {
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
