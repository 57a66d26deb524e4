/**
 * Filling memory with one value. The value reaches the kernel as an argument, so that each dtype is compiled once.
 */

import type { Backend } from "../backend.ts";
import type { DType, TypedArray } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { input, scalar } from "../expr/expr.ts";
import { type Program, program } from "../expr/program.ts";
import type { View } from "../kernel.ts";
import { once } from "../once.ts";
import { applyInPlace } from "../op.ts";
import { PointwiseOp } from "../pointwise.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { copy_ } from "./copy.ts";

const programs = new Map<DType, Program>();

/** A value as it is handed to a kernel: of bools, all but zero is true, a half and NaN as well. */
function elementOf(dtype: DType, value: number | boolean): number {
  if (typeof value !== "number" && typeof value !== "boolean")
    throw new ArgumentError(`fill: the value must be a number or a boolean, got ${JSON.stringify(value)}`);
  return dtype === "bool" ? Number(Number(value) !== 0) : Number(value);
}

/** Stores `value` in every element of a view; no history is recorded. */
export function fillView(to: View, value: number | boolean, device: Backend): void {
  if (to.shape.includes(0)) return;
  const fill = once(programs, to.dtype, () => program([scalar(0, to.dtype)]));
  device.run({ kind: "pointwise", program: fill, inputs: [], scalars: [elementOf(to.dtype, value)], to: [to] });
}

const sums = new Map<DType, Program>();

/** Adds a view to another of the same shape and dtype; no history is recorded. */
export function addInto(to: View, from: View, device: Backend): void {
  if (to.shape.includes(0)) return;
  const sum = once(sums, to.dtype, () => program([input(0, to.dtype).add(input(1, to.dtype))]));
  device.run({ kind: "pointwise", program: sum, inputs: [to, from], scalars: [], to: [to] });
}

const fills = new Map<DType, PointwiseOp>();

/**
 * Stores one value in every element of `target`. Returns `target`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.fill_.html
 */
export function fill_(target: Tensor, value: number | boolean | Tensor): Tensor {
  if (typeof value === "object") return copy_(target, value);
  const op = once(fills, target.dtype, () => new PointwiseOp("fill", [scalar(0, target.dtype)], [target.dtype]));
  return applyInPlace(op, target, [target], [elementOf(target.dtype, value)]);
}

/** Stores zero in every element of `target`. Returns `target`. */
export function zero_(target: Tensor): Tensor {
  return fill_(target, 0);
}

/** A new tensor beside `like`, of one value throughout. */
export function filled(like: Tensor, shape: Shape, value: number, dtype: DType = like.dtype): Tensor {
  const result = like.allocate(shape, dtype);
  fillView(result, value, result.device);
  return result;
}

/** A new tensor beside `like` with elements from the host. 16-bit floats come as raw bits. */
export function fromHost(like: Tensor, shape: Shape, dtype: DType, data: TypedArray): Tensor {
  const result = like.allocate(shape, dtype);
  if (data.length > 0)
    result.device.write(result.buffer, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return result;
}
