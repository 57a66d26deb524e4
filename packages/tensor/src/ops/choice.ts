/**
 * Elements taken from positions along one dimension, and put back there: what the gradients of extremes, sorting and running extremes are made
 * of. The positions come from kernels, so nothing is checked. Each of the two is the other's gradient.
 */

import type { View } from "../kernel.ts";
import { apply, type Op, rules } from "../op.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { fillView } from "./fill.ts";

interface Place {
  readonly dim: number;
  /** The shape of what is taken from. */
  readonly shape: Shape;
}

/** A scalar as a vector of one element: kernels that work along a dimension need one. */
export function withDimension(x: View): View {
  return x.shape.length > 0 ? x : { buffer: x.buffer, dtype: x.dtype, shape: [1], strides: [1], offset: x.offset };
}

const taking: Op<Place> = {
  name: "take",
  infer: ([x, index]) => [{ shape: (index as Tensor).shape, dtype: (x as Tensor).dtype }],
  run: ([x, index], { dim }, [to]) => {
    const target = to as Tensor; // safe: two inputs, one output
    if (target.numel() === 0) return;
    const [input, at] = [withDimension(x as Tensor), withDimension(index as Tensor)];
    target.device.run({ kind: "gather", dim, input, index: at, to: withDimension(target) });
  },
  gradient: /* @__PURE__ */ rules<Place>({ inputs: [1], of: (g, { attrs, input }) => put(attrs.shape, attrs.dim, input(1), g) }, null),
};

const putting: Op<Place> = {
  name: "put",
  infer: ([source], { shape }) => [{ shape, dtype: (source as Tensor).dtype }],
  run: ([source, index], { dim }, [to]) => {
    const target = to as Tensor; // safe: two inputs, one output
    fillView(target, 0, target.device);
    if ((source as Tensor).numel() === 0) return;
    const [from, at] = [withDimension(source as Tensor), withDimension(index as Tensor)];
    target.device.run({ kind: "scatter", reduce: "add", dim, to: withDimension(target), index: at, source: from });
  },
  gradient: /* @__PURE__ */ rules<Place>({ inputs: [1], of: (g, { attrs, input }) => take(g, attrs.dim, input(1)) }, null),
};

/** The elements of `x` at positions `index` along `dim`; they have the shape of `index`. */
export function take(x: Tensor, dim: number, index: Tensor): Tensor {
  return apply(taking, [x, index], { dim, shape: x.shape });
}

/** Zeros of a shape, with the elements of `source` added at positions `index` along `dim`. */
export function put(shape: Shape, dim: number, index: Tensor, source: Tensor): Tensor {
  return apply(putting, [source, index], { dim, shape });
}
