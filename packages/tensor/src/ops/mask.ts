/**
 * Selecting and replacing elements by a bool mask, and finding nonzero elements. `nonzero` and `maskedSelect` read the
 * values on the host, since the size of their result depends on them, so they need a device that can be read
 * synchronously. `maskedFill` and `maskedScatter` do not.
 */

import { expectTensor } from "../argument.ts";
import { expectOneType, kindOf } from "../dtype.ts";
import { numbersOf } from "../encode.ts";
import { DTypeError } from "../errors.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { broadcastShapes, contiguousStrides, expectRank, type Shape, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkMask, expectBetween } from "./check.ts";
import { expand } from "./expand.ts";
import { fromHost, integers } from "./fill.ts";
import { gatherUnchecked } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { cumsum } from "./scan.ts";
import { select } from "./slice.ts";
import { sum } from "./sum.ts";

/** Positions of the nonzero elements, counted in row-major order. */
function nonzeroPositions(x: Tensor): Int32Array<ArrayBuffer> {
  const values = numbersOf(x.dataSync(), x.dtype);
  const found = new Int32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    // Branch-free, since the branch would be mispredicted: positions that are not kept are overwritten.
    found[count] = i;
    count += Number(values[i] !== 0);
  }
  return found.slice(0, count);
}

/**
 * Returns the indices of the nonzero elements in row-major order, one row per element: int32, [count, dimensions]. With
 * `asTuple`, returns one index tensor [count] per dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.nonzero.html
 *
 * @param options.asTuple Whether to return one index tensor per dimension instead. Default false.
 * @throws DeviceError on devices that cannot be read synchronously; call `await x.prefetch()` first.
 */
export function nonzero(x: Tensor, options?: { readonly asTuple?: false }): Tensor;
export function nonzero(x: Tensor, options: { readonly asTuple: true }): Tensor[];
export function nonzero(x: Tensor, options?: { readonly asTuple?: boolean }): Tensor | Tensor[] {
  const { asTuple } = settings("nonzero", options, { asTuple: false });
  const { length: ndim } = shapeOf("nonzero", x);
  if (asTuple && ndim === 0) return nonzero(reshape(x, [1]), { asTuple: true });
  const found = nonzeroPositions(x);
  const rows = new Int32Array(found.length * ndim);
  contiguousStrides(x.shape).forEach((stride, dim) => {
    const size = x.shape[dim] as number;
    for (let i = 0; i < found.length; i++) rows[i * ndim + dim] = Math.floor((found[i] as number) / stride) % size;
  });
  const table = fromHost(x, [found.length, ndim], "int32", rows);
  return asTuple ? x.shape.map((_, dim) => select(table, 1, dim)) : table;
}

/**
 * Returns the elements where a mask is true, in row-major order, as a vector. The tensor and the mask are broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.masked_select.html
 *
 * @throws DTypeError unless the mask is bool.
 * @throws ShapeError when the shapes do not broadcast.
 * @throws DeviceError on devices that cannot be read synchronously; call `await mask.prefetch()` first.
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkMask("maskedSelect", mask);
  const shape = broadcastShapes("maskedSelect", [shapeOf("maskedSelect", x), mask.shape]);
  const found = nonzeroPositions(expand(mask, shape));
  return gatherUnchecked(reshape(expand(x, shape), [-1]), 0, integers(mask, found));
}

const filling = /* @__PURE__ */ pointwise<[Tensor, Tensor, TensorOrNumber]>(
  "maskedFill",
  (x, mask, value) => mask.where(value.cast(x.dtype), x),
  {
    apart: [1, 2],
  },
);

/** Checks the mask and the value of `maskedFill`. Returns the value to fill with. */
function checkedValue(x: Tensor, mask: Tensor, value: TensorOrNumber): TensorOrNumber {
  expectTensor("maskedFill", x);
  checkMask("maskedFill", mask);
  if (typeof value === "object")
    expectRank("maskedFill", "a number or a scalar tensor as the value (where takes others)", value, 0);
  if (typeof value === "number" && !Number.isFinite(value) && kindOf(x.dtype) < 2)
    throw new DTypeError(`maskedFill: ${value} does not fit into a tensor of ${x.dtype}`);
  // For bool tensors any nonzero number is true, 0.5 included.
  return x.dtype === "bool" && typeof value === "number" ? value !== 0 : value;
}

/**
 * Returns a copy of `x` with one value wherever a mask is true. The mask is broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.masked_fill.html
 *
 * @param value a number or a scalar tensor.
 * @throws DTypeError unless the mask is bool, and for a value of NaN or ±∞ with integers or bools.
 * @throws ShapeError when the shapes do not broadcast, or the value is not a scalar.
 */
export function maskedFill(x: Tensor, mask: Tensor, value: TensorOrNumber): Tensor {
  return filling(x, mask, checkedValue(x, mask, value));
}

/** In-place version of `maskedFill`. */
export function maskedFill_(x: Tensor, mask: Tensor, value: TensorOrNumber): Tensor {
  return filling.inPlace(x, mask, checkedValue(x, mask, value));
}

const placeOf = /* @__PURE__ */ pointwise<[Tensor]>("maskedScatter", (count) => count.sub(1).max(0));

/**
 * Returns a copy of `x` with its elements where a mask is true replaced by the elements of `source`, in row-major
 * order. The tensor and the mask are broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.masked_scatter_.html
 *
 * @throws ArgumentError when `source` has fewer elements than the mask has true values.
 * @throws DTypeError unless the mask is bool and `source` has the dtype of `x`.
 */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  checkMask("maskedScatter", mask);
  expectOneType("maskedScatter", x, source);
  const shape: Shape = broadcastShapes("maskedScatter", [x.shape, mask.shape]);
  const replaced = expand(mask, shape);
  const available = source.numel();
  expectBetween(
    sum(replaced),
    0,
    available,
    `maskedScatter: the mask is true {} times, but the source has ${available} elements`,
  );
  if (available === 0) return filling(expand(x, shape), replaced, 0);
  // The number of true values up to and including an element gives its index in the source, plus one.
  const place = placeOf(cumsum(reshape(replaced, [-1]), 0));
  const comes = reshape(gatherUnchecked(reshape(source, [-1]), 0, place), shape);
  return filling(expand(x, shape), replaced, comes);
}
