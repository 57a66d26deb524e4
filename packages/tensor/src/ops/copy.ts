/**
 * Copies: the same values in new memory, in another memory layout, in another dtype, or on another device.
 */

import { expectTensor } from "../argument.ts";
import type { Backend } from "../backend.ts";
import { bytesOf, checkSupport, computeType, type DType, isDType, type TypedArray } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { input } from "../expr/expr.ts";
import { copying } from "../expr/program.ts";
import type { View } from "../kernel.ts";
import { once } from "../once.ts";
import { apply, batching, type Op, rules } from "../op.ts";
import { PointwiseOp, pointwise } from "../pointwise.ts";
import { isContiguous, shapeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Copies `from` into `to`, of the same shape and device, converting the dtype. Autograd does not record it. */
export function copyInto(to: View, from: View, device: Backend): void {
  if (to.shape.includes(0)) return;
  device.run({ kind: "pointwise", program: copying(from.dtype), inputs: [from], scalars: [], to: [to] });
}

/**
 * Copies a tensor into new contiguous memory. Differentiable.
 *
 * https://pytorch.org/docs/stable/generated/torch.clone.html
 */
export const clone: (x: Tensor) => Tensor = /* @__PURE__ */ pointwise<[Tensor]>("clone", (x) => x);

/** Returns the tensor itself if it is contiguous (row-major without gaps), otherwise a contiguous copy. */
export function contiguous(x: Tensor): Tensor {
  return isContiguous(shapeOf("contiguous", x), x.strides) ? x : clone(x);
}

const casts = new Map<string, PointwiseOp>();

/**
 * Converts a tensor to another dtype. Returns the tensor itself if it already has that dtype.
 *
 * Conversion to an integer truncates toward zero. Conversion to bool maps every nonzero value to true.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.to.html
 *
 * @throws ArgumentError for an unknown dtype.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (!isDType(dtype))
    throw new ArgumentError(`to: there is no dtype "${dtype}"; a device must be a Backend, such as cpu()`);
  const from = x?.dtype ?? expectTensor("to", x);
  if (from === dtype) return x;
  const op = once(
    casts,
    `${from} ${dtype}`,
    () => new PointwiseOp("to", [input(0, from).cast(computeType(dtype))], [dtype]),
  );
  return apply(op, [x], []);
}

/** Writes all elements of a contiguous tensor from the host, encoded in its dtype. Autograd does not record it. */
export function writeInto({ device, buffer, dtype, offset }: Tensor, data: TypedArray): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data.length > 0) device.write(buffer, bytes, offset * bytesOf(dtype));
}

const transfer: Op<Backend> = {
  name: "to",
  infer: ([x], device) => {
    const { shape, dtype } = x;
    checkSupport("to", dtype, device);
    return [{ shape, dtype, device }];
  },
  run: ([source], _, [target]) => writeInto(target, source.dataSync()),
  gradient: rules<Backend>({ of: (g, { inputs }) => toDevice(g, inputs[0].device ?? g.device) }),
};

/**
 * Copies a tensor to another device. Returns the tensor itself if it is already there. Differentiable.
 *
 * @throws DeviceError if the tensor's own device cannot be read synchronously; call `await x.prefetch()` first.
 * @throws DeviceError if the target device does not support the dtype.
 */
export function toDevice(x: Tensor, device: Backend): Tensor {
  return x?.device === device ? x : (batching.by.move?.(x, device) ?? apply(transfer, [x], device));
}

const copyFrom = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("copy", (target, source) => source.cast(target.dtype), {
  apart: [0, 1],
});

/**
 * Copies `source` into `target` in place, broadcasting it and converting its dtype and device. Returns `target`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.copy_.html
 *
 * @throws ShapeError if `source` does not broadcast to the shape of `target`.
 */
export function copy_(target: Tensor, source: Tensor): Tensor {
  expectTensor("copy_", target);
  expectTensor("copy_", source);
  return copyFrom.inPlace(target, toDevice(source, target.device));
}
