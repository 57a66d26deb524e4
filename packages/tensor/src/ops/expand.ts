/**
 * Larger shapes by repeating elements without copying them: a dimension of size one is read again and again, with
 * stride 0.
 */

import { ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { broadcastShapes, broadcastStrides, checkSizes, type Shape, sameShape, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Sizes, sizesOf } from "./reshape.ts";
import type { TensorEach } from "./split.ts";
import { viewOp } from "./view.ts";

const expanding: Op<Shape> = /* @__PURE__ */ viewOp<Shape>(
  "expand",
  (x, shape) => ({ shape, strides: broadcastStrides("expand", x.shape, x.strides, shape), offset: x.offset }),
  // The engine sums a broadcast gradient back by itself.
  /* @__PURE__ */ rules<Shape>({ of: (g) => g }),
);

/**
 * Dimensions of size one stretched to the sizes given, without a copy; -1 keeps a size. More sizes than dimensions add
 * dimensions in front.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.expand.html
 *
 * @throws ShapeError when a size other than one would change.
 */
export function expand(x: Tensor, ...sizes: Sizes): Tensor {
  const wanted = sizesOf(sizes);
  const lead = wanted.length - x.ndim;
  if (lead < 0) {
    throw new ShapeError(
      `expand: ${wanted.length} sizes ${showShape(wanted)} are too few for a tensor of shape ${showShape(x.shape)}`,
    );
  }
  const shape = wanted.map((size, i) => (size === -1 && i >= lead ? (x.shape[i - lead] as number) : size));
  checkSizes("expand", shape);
  return sameShape(shape, x.shape) ? apply(expanding, [x], x.shape) : apply(expanding, [x], shape);
}

/** `x` stretched to the shape of `other`. https://pytorch.org/docs/stable/generated/torch.Tensor.expand_as.html */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  return expand(x, other.shape);
}

/** `x` stretched to `shape`. https://pytorch.org/docs/stable/generated/torch.broadcast_to.html */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return expand(x, shape);
}

/**
 * All tensors stretched to their common shape. https://pytorch.org/docs/stable/generated/torch.broadcast_tensors.html
 */
export function broadcastTensors<Tensors extends readonly Tensor[]>(...tensors: Tensors): TensorEach<Tensors>;
export function broadcastTensors(...tensors: readonly Tensor[]): Tensor[] {
  const shape = broadcastShapes(
    "broadcastTensors",
    tensors.map((x) => x.shape),
  );
  return tensors.map((x) => expand(x, shape));
}
