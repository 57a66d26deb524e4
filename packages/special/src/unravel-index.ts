/** Positions in a tensor of a given shape. */

import {
  checkSizes,
  contiguousStrides,
  DTypeError,
  expectTensor,
  floorDivide,
  isFloating,
  remainder,
  type Shape,
  type Tensor,
} from "@akari/tensor";

/**
 * Converts positions in a flattened tensor into indices: one tensor of the shape of `indices` for each dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.unravel_index.html
 *
 * @param shape the shape of the tensor before it was flattened.
 * @throws DTypeError for floats and bools.
 * @throws ShapeError for sizes that are not non-negative integers.
 * @example
 * const [row, column] = unravelIndex(x.argmax(), x.shape);
 */
export function unravelIndex(indices: Tensor, shape: number | Shape): Tensor[] {
  expectTensor("unravelIndex", indices);
  const { dtype } = indices;
  if (isFloating(dtype) || dtype === "bool")
    throw new DTypeError(`unravelIndex: expected integers, got ${dtype}; convert with to("int32")`);
  const sizes = typeof shape === "number" ? [shape] : shape;
  checkSizes("unravelIndex", sizes);
  return contiguousStrides(sizes).map((stride, d) =>
    // Safe: as many strides as sizes. No index is within a dimension of size 0.
    remainder(floorDivide(indices, Math.max(stride, 1)), Math.max(sizes[d] as number, 1)),
  );
}
