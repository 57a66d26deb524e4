/**
 * Copies: the same values in new memory, in another memory layout, as another dtype, or on another device.
 */

import { expectTensor } from "../argument.ts";
import type { Backend } from "../backend.ts";
import { bytesOf, computeType, type DType, isDType } from "../dtype.ts";
import { ArgumentError, DeviceError } from "../errors.ts";
import { input } from "../expr/expr.ts";
import { type Program, program } from "../expr/program.ts";
import type { View } from "../kernel.ts";
import { once } from "../once.ts";
import { apply, type Op, rules } from "../op.ts";
import { PointwiseOp, pointwise } from "../pointwise.ts";
import type { Tensor } from "../tensor.ts";

const copies = new Map<DType, Program>();

/** Copies `from` to `to`, of the same shape on the same device, converting the dtype; no history is recorded. */
export function copyInto(to: View, from: View, device: Backend): void {
  if (to.shape.includes(0)) return;
  const copy = once(copies, from.dtype, () => program([input(0, from.dtype)]));
  device.run({ kind: "pointwise", program: copy, inputs: [from], scalars: [], to: [to] });
}

/**
 * The same values in memory of their own, contiguous. Differentiable.
 *
 * https://pytorch.org/docs/stable/generated/torch.clone.html
 */
export const clone: (x: Tensor) => Tensor = /* @__PURE__ */ pointwise<[Tensor]>("clone", (x) => x);

/** The tensor itself when its elements lie in row-major order without gaps, else a copy that does. */
export function contiguous(x: Tensor): Tensor {
  return x.isContiguous() ? x : clone(x);
}

const casts = new Map<string, PointwiseOp>();

/**
 * The values converted to another dtype; the tensor itself when it has that dtype already. Floats are cut off towards
 * zero where the target is an integer, and anything but zero is true.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.to.html
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (!isDType(dtype)) throw new ArgumentError(`to: there is no dtype ${String(dtype)}`);
  if (x.dtype === dtype) return x;
  const op = once(
    casts,
    `${x.dtype} ${dtype}`,
    () => new PointwiseOp("to", [input(0, x.dtype).cast(computeType(dtype))], [dtype]),
  );
  return apply(op, [x], []);
}

const transfer: Op<Backend> = {
  name: "to",
  infer: ([x], device) => {
    const { shape, dtype } = x;
    if (!device.supports(dtype)) throw new DeviceError(`to: the device ${device.name} has no ${dtype}`);
    return [{ shape, dtype, device }];
  },
  run: ([source], _, [target]) => {
    const bytes = source.dataSync();
    target.device.write(
      target.buffer,
      new Uint8Array(bytes.buffer, bytes.byteOffset, source.numel() * bytesOf(source.dtype)),
    );
  },
  gradient: rules<Backend>({ of: (g, { inputs }) => toDevice(g, inputs[0]?.device ?? g.device) }),
};

/**
 * The tensor on another device; the tensor itself when it is there already. Differentiable.
 *
 * @throws DeviceError when the present device cannot be read at once; `await x.prefetch()` there first.
 */
export function toDevice(x: Tensor, device: Backend): Tensor {
  return x.device === device ? x : apply(transfer, [x], device);
}

const copyFrom = /* @__PURE__ */ pointwise<[Tensor, Tensor]>("copy", (target, source) => source.cast(target.dtype), {
  apart: [0, 1],
});

/**
 * Stores the values of `source` in `target`, broadcast and converted to its dtype. Returns `target`.
 *
 * https://pytorch.org/docs/stable/generated/torch.Tensor.copy_.html
 */
export function copy_(target: Tensor, source: Tensor): Tensor {
  expectTensor("copy_", source);
  return copyFrom.inPlace(target, toDevice(source, target.device));
}
