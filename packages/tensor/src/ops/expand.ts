/**
 * Broadcasting as a view: a dimension of size one is expanded by setting its stride to 0, so nothing is copied.
 */

import { ShapeError } from "../errors.ts";
import { apply, type Op, rules } from "../op.ts";
import { broadcastShapes, broadcastStrides, checkSizes, type Shape, shapeOf, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Sizes, sizesOf } from "./reshape.ts";
import type { TensorEach } from "./split.ts";
import { viewOp } from "./view.ts";

const expanding: Op<Shape> = /* @__PURE__ */ viewOp<Shape>(
  "expand",
  (x, shape) => ({ shape, strides: broadcastStrides("expand", x.shape, x.strides, shape), offset: x.offset }),
  // The autograd engine sums a broadcast gradient over the expanded dimensions.
  /* @__PURE__ */ rules<Shape>({ of: (g) => g }),
);

/**
 * Expands dimensions of size one to the given sizes, as a view.
 *
 * A size of -1 keeps the dimension unchanged. If there are more sizes than dimensions, new dimensions are added in
 * front.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.expand.html
 *
 * @throws ShapeError if a size other than one would change, or there are fewer sizes than dimensions.
 */
export function expand(x: Tensor, ...sizes: Sizes): Tensor {
  const wanted = sizesOf(sizes);
  const lead = wanted.length - shapeOf("expand", x).length;
  if (lead < 0) {
    throw new ShapeError(
      `expand: ${wanted.length} sizes ${showShape(wanted)} are too few for a tensor of shape ${showShape(x.shape)}`,
    );
  }
  const shape = wanted.map((size, i) => (size === -1 && i >= lead ? (x.shape[i - lead] as number) : size));
  checkSizes("expand", shape);
  return apply(expanding, [x], shape);
}

/**
 * Expands a tensor to the shape of another, as a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.expand_as.html
 *
 * @throws ShapeError if it does not broadcast to that shape.
 */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  return expand(x, shapeOf("expandAs", other));
}

/**
 * Broadcasts a tensor to a shape, as a view.
 *
 * https://pytorch.org/docs/stable/generated/torch.broadcast_to.html
 *
 * @throws ShapeError if it does not broadcast to that shape.
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return expand(x, shape);
}

/**
 * Broadcasts tensors to their common shape, as views.
 *
 * https://pytorch.org/docs/stable/generated/torch.broadcast_tensors.html
 *
 * @throws ShapeError if the shapes do not broadcast.
 */
export function broadcastTensors<Tensors extends readonly Tensor[]>(...tensors: Tensors): TensorEach<Tensors>;
export function broadcastTensors(...tensors: readonly Tensor[]): Tensor[] {
  const shape = broadcastShapes(
    "broadcastTensors",
    tensors.map((x) => shapeOf("broadcastTensors", x)),
  );
  return tensors.map((x) => expand(x, shape));
}
