/**
 * Picking and replacing elements by a mask of bools, and finding what is not zero. Where the result's size depends on
 * values, they are read on the host, so these need a device that can be read at once; `maskedFill` and `maskedScatter`
 * do not.
 */

import { expectOneType, kindOf } from "../dtype.ts";
import { numbersOf } from "../encode.ts";
import { DTypeError } from "../errors.ts";
import { pointwise, type TensorOrNumber } from "../pointwise.ts";
import { settings } from "../settings.ts";
import { broadcastShapes, contiguousStrides, type Shape, shapeError } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkMask, expectBetween } from "./check.ts";
import { expand } from "./expand.ts";
import { fromHost } from "./fill.ts";
import { gatherUnchecked } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { cumsum } from "./scan.ts";
import { select } from "./slice.ts";
import { sum } from "./sum.ts";

/** Where the elements are not zero, counted in row-major order. */
function nonzeroPositions(x: Tensor): Int32Array<ArrayBuffer> {
  const values = numbersOf(x.dataSync(), x.dtype);
  const found = new Int32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    // Without a branch, which nobody foresees: what is not kept is written over.
    found[count] = i;
    count += Number(values[i] !== 0);
  }
  return found.slice(0, count);
}

/**
 * The indices of the elements that are not zero, one row each: int32, [count, dimensions]; with `asTuple` one index
 * tensor per dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.nonzero.html
 *
 * @param options.asTuple Whether there is one index tensor for each dimension instead. Default false.
 * @throws DeviceError on devices that cannot be read at once.
 */
export function nonzero(x: Tensor, options?: { readonly asTuple?: false }): Tensor;
export function nonzero(x: Tensor, options: { readonly asTuple: true }): Tensor[];
export function nonzero(x: Tensor, options?: { readonly asTuple?: boolean }): Tensor | Tensor[] {
  const { asTuple } = settings("nonzero", options, { asTuple: false });
  if (asTuple && x.ndim === 0) return nonzero(reshape(x, [1]), { asTuple: true });
  const found = nonzeroPositions(x);
  const { ndim } = x;
  const rows = new Int32Array(found.length * ndim);
  contiguousStrides(x.shape).forEach((stride, dim) => {
    const size = x.shape[dim] as number;
    for (let i = 0; i < found.length; i++) rows[i * ndim + dim] = Math.floor((found[i] as number) / stride) % size;
  });
  const table = fromHost(x, [found.length, ndim], "int32", rows);
  return asTuple ? x.shape.map((_, dim) => select(table, 1, dim)) : table;
}

/**
 * The elements where a mask is true, in row-major order; both are broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.masked_select.html
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkMask("maskedSelect", mask);
  const shape = broadcastShapes("maskedSelect", [x.shape, mask.shape]);
  const found = nonzeroPositions(expand(mask, shape));
  return gatherUnchecked(reshape(expand(x, shape), [-1]), 0, fromHost(mask, [found.length], "int32", found));
}

const filling = /* @__PURE__ */ pointwise<[Tensor, Tensor, TensorOrNumber]>(
  "maskedFill",
  (x, mask, value) => mask.where(value.cast(x.dtype), x),
  {
    apart: [1, 2],
  },
);

/** The value as it is filled in; refuses one that does not fit. */
function fitting(x: Tensor, mask: Tensor, value: TensorOrNumber): TensorOrNumber {
  checkMask("maskedFill", mask);
  if (typeof value === "object" && value.ndim > 0) {
    throw shapeError("maskedFill", "a number or a scalar tensor as the value (where takes others)", value);
  }
  if (typeof value === "number" && !Number.isFinite(value) && kindOf(x.dtype) < 2)
    throw new DTypeError(`maskedFill: ${value} does not fit into a tensor of ${x.dtype}`);
  // A half is true.
  return x.dtype === "bool" && typeof value === "number" ? value !== 0 : value;
}

/**
 * `x` with one value wherever a mask is true; the mask is broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.masked_fill.html
 *
 * @throws DTypeError unless the mask is bool.
 */
export function maskedFill(x: Tensor, mask: Tensor, value: TensorOrNumber): Tensor {
  return filling(x, mask, fitting(x, mask, value));
}

/** `maskedFill` in place. */
export function maskedFill_(x: Tensor, mask: Tensor, value: TensorOrNumber): Tensor {
  return filling.inPlace(x, mask, fitting(x, mask, value));
}

const placeOf = /* @__PURE__ */ pointwise<[Tensor]>("maskedScatter", (count) => count.sub(1).max(0));

/**
 * `x` with its elements where a mask is true replaced by the elements of `source` in order.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.masked_scatter_.html
 *
 * @throws ArgumentError when the source has too few elements. @throws DTypeError when it is of another dtype.
 */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  checkMask("maskedScatter", mask);
  const shape: Shape = broadcastShapes("maskedScatter", [x.shape, mask.shape]);
  expectOneType("maskedScatter", x, source);
  const replaced = expand(mask, shape);
  const available = source.numel();
  expectBetween(
    sum(replaced),
    0,
    available,
    `maskedScatter: the mask is true {} times, but the source has ${available} elements`,
  );
  if (available === 0) return filling(expand(x, shape), replaced, 0);
  // How often the mask has been true so far says which element of the source comes.
  const place = placeOf(cumsum(reshape(replaced, [-1]), 0));
  const comes = reshape(gatherUnchecked(reshape(source, [-1]), 0, place), shape);
  return filling(expand(x, shape), replaced, comes);
}
