/**
 * Filling memory with one value, and creating tensors from a value or from host data. The fill value is an argument of
 * the kernel, so each dtype is compiled only once.
 */

import { expectTensor, refuse } from "../argument.ts";
import type { Backend } from "../backend.ts";
import type { DType, TypedArray } from "../dtype.ts";
import { input, scalar } from "../expr/expr.ts";
import { programOf } from "../expr/program.ts";
import type { View } from "../kernel.ts";
import { once } from "../once.ts";
import { applyInPlace } from "../op.ts";
import { PointwiseOp } from "../pointwise.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { copy_, writeInto } from "./copy.ts";

const filling = /* @__PURE__ */ programOf((dtype) => [scalar(0, dtype)]);
const adding = /* @__PURE__ */ programOf((dtype) => [input(0, dtype).add(input(1, dtype))]);

/** Returns a fill value as the kernel's argument. For bool, every nonzero value is true, including 0.5 and NaN. */
function elementOf(dtype: DType, value: number | boolean): number {
  if (typeof value !== "number" && typeof value !== "boolean")
    refuse("fill", "the value", value, "be a number or a boolean");
  return dtype === "bool" ? Number(Number(value) !== 0) : Number(value);
}

/** Fills a view with `value`. Autograd does not record it. */
export function fillView(to: View, value: number | boolean, device: Backend): void {
  if (to.shape.includes(0)) return;
  const scalars = [elementOf(to.dtype, value)];
  device.run({ kind: "pointwise", program: filling(to.dtype), inputs: [], scalars, to: [to] });
}

/** Adds the view `from` to `to`, of the same shape and dtype, in place. Autograd does not record it. */
export function addInto(to: View, from: View, device: Backend): void {
  if (to.shape.includes(0)) return;
  device.run({ kind: "pointwise", program: adding(to.dtype), inputs: [to, from], scalars: [], to: [to] });
}

const fills = new Map<DType, PointwiseOp>();

/**
 * Fills a tensor with one value in place. Returns `target`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.fill_.html
 *
 * @param value a number, a boolean, or a tensor to copy, which is broadcast.
 * @throws ArgumentError for any other value.
 */
export function fill_(target: Tensor, value: number | boolean | Tensor): Tensor {
  expectTensor("fill_", target);
  if (typeof value === "object") return copy_(target, value);
  const op = once(fills, target.dtype, () => new PointwiseOp("fill", [scalar(0, target.dtype)], [target.dtype]));
  return applyInPlace(op, target, [target], [elementOf(target.dtype, value)]);
}

/**
 * Fills a tensor with zeros in place. Returns `target`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.zero_.html
 */
export function zero_(target: Tensor): Tensor {
  return fill_(target, 0);
}

/** Creates a tensor filled with one value on the device of `like`. */
export function filled(like: Tensor, shape: Shape, value: number, dtype: DType = like.dtype): Tensor {
  const result = like.allocate(shape, dtype);
  fillView(result, value, result.device);
  return result;
}

/** Creates a tensor from host data on the device of `like`. 16-bit floats are passed as raw bits. */
export function fromHost(like: Tensor, shape: Shape, dtype: DType, data: TypedArray): Tensor {
  const result = like.allocate(shape, dtype);
  writeInto(result, data);
  return result;
}

/** Creates an int32 vector on the device of `like`. */
export function integers(like: Tensor, values: ArrayLike<number>): Tensor {
  return fromHost(like, [values.length], "int32", new Int32Array(values));
}

/**
 * Creates an int32 vector of `size` numbers on the device of `like`. By default, `at` counts them: 0, 1, …. Throws a
 * DeviceError before the first is computed if there is no room for them.
 */
export function counting(like: Tensor, size: number, at: (i: number) => number = (i) => i): Tensor {
  const result = like.allocate([size], "int32");
  writeInto(
    result,
    new Int32Array(size).map((_, i) => at(i)),
  );
  return result;
}
