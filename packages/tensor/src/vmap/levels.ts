/**
 * The way of tensors onto the device of a batch and back, which are operations like others, so that gradients take it
 * too; and what operations do there.
 */

import { expectTensor } from "../argument.ts";
import type { Backend } from "../backend.ts";
import { bytesOf } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { type Batching, type Op, rules } from "../op.ts";
import { sum } from "../ops/sum.ts";
import { Storage } from "../storage.ts";
import { Tensor } from "../tensor.ts";
import type { Recorded } from "../trace.ts";
import { BatchedDevice, BatchedMemory, ExamplesRead } from "./device.ts";

/** The device that functions run on at present; null outside of `vmap`. */
export const level: { device: BatchedDevice | null } = { device: null };

/** Memory of another tensor, which must not be taken over as if it were free. */
class BorrowedStorage extends Storage {
  override get shared(): boolean {
    return true;
  }
}

interface Crossing {
  readonly device: BatchedDevice;
  /** The dimension of the examples; null if all examples are one tensor. */
  readonly dim: number | null;
}

const entering: Op<Crossing> = {
  name: "vmap",
  infer: ([x]) => [x],
  gradient: /* @__PURE__ */ rules<Crossing>({
    of: (g, { attrs: { device, dim } }) => {
      const own = sameLevel(g.device, device) ? g : enter(g, device, null);
      const all = leave(own, own.device as BatchedDevice, dim ?? 0); // safe: see above
      return dim === null ? sum(all, 0) : all;
    },
  }),
};

const leaving: Op<Crossing> = {
  name: "vmap",
  infer: ([x]) => [x],
  gradient: /* @__PURE__ */ rules<Crossing>({ of: (g, { attrs: { device, dim } }) => enter(g, device, dim) }),
};

function crossed(op: Op<Crossing>, from: Tensor, crossing: Crossing, to: Tensor): Tensor {
  // Safe: `attrs` is only ever passed back to the same op.
  from.trace?.extend({ op, inputs: [from], attrs: crossing, outputs: [to] } as unknown as Recorded);
  return to;
}

/**
 * Returns the device of the same examples on top of another one. A gradient can be computed inside of another `vmap`
 * than the function was, and then has examples of its own.
 */
function over(base: Backend, batch: BatchedDevice): BatchedDevice {
  if (isBelow(base, batch.base)) return batch;
  if (isBelow(batch, base))
    throw new ArgumentError(
      "vmap: a derivative with respect to a tensor that all examples share cannot be computed inside of another vmap; pass the tensor as an argument, with null in inDims",
    );
  return batch.over(base);
}

/**
 * Returns a tensor that stands for the slices of `x` along `dim`, or for `x` itself in each example, on the device
 * `batch` or on its counterpart over the device of `x`.
 */
export function enter(x: Tensor, batch: BatchedDevice, dim: number | null): Tensor {
  const device = over(x.device, batch);
  const below = onto(device.base, x);
  const rest = (list: readonly number[]) => (dim === null ? list : list.toSpliced(dim, 1));
  const step = dim === null ? 0 : (below.strides[dim] as number) * bytesOf(x.dtype);
  const memory = new BatchedMemory(device, below.storage.bytes, below.storage, step === 0 ? null : step);
  // The storage counts no bytes: they are those of `x`.
  const storage = new BorrowedStorage(device, 0, memory);
  const layout = { shape: rest(below.shape), strides: rest(below.strides), offset: below.offset };
  return crossed(entering, below, { device, dim }, new Tensor(storage, x.dtype, layout));
}

/** Returns the tensor of all examples, stacked along a new dimension `dim`. */
export function leave(x: Tensor, device: BatchedDevice, dim: number): Tensor {
  const memory = x.buffer as BatchedMemory; // safe: the tensor is on that device
  const step = (memory.stride ?? 0) / bytesOf(x.dtype);
  const shape = x.shape.toSpliced(dim, 0, device.size);
  const strides = x.strides.toSpliced(dim, 0, step);
  return crossed(leaving, x, { device, dim }, new Tensor(memory.held, x.dtype, { shape, strides, offset: x.offset }));
}

/** Returns whether two devices have the same examples, on the same device or on different ones. */
function sameLevel(a: Backend, b: Backend): a is BatchedDevice {
  return a instanceof BatchedDevice && b instanceof BatchedDevice && a.level === b.level;
}

/** Returns whether tensors of `from` can stand for those of `device`. */
export function isBelow(from: Backend, device: Backend): boolean {
  if (from === device) return true;
  if (!(device instanceof BatchedDevice)) return false;
  return isBelow(from, device.base) || (sameLevel(from, device) && isBelow(from.base, device.base));
}

/** Returns a tensor of a device below as one of `device`. */
export function onto(device: Backend, x: Tensor): Tensor {
  if (x.device === device) return x;
  const batch = device as BatchedDevice; // safe: no others are above a device
  return sameLevel(x.device, batch) ? enter(leave(x, x.device, 0), batch, 0) : enter(x, batch, null);
}

/** Returns a tensor as one of the device that functions run on at present. */
export function lift(x: Tensor): Tensor {
  const { device } = level;
  return device !== null && isBelow(x.device, device) ? onto(device, x) : x;
}

/** How operations run on tensors that stand for many. */
export const levels: Batching = {
  join(inputs) {
    for (const x of inputs) expectTensor("vmap", x);
    const device = inputs
      .map((x) => x.device)
      .find((each) => each instanceof BatchedDevice && inputs.every((x) => isBelow(x.device, each)));
    return device instanceof BatchedDevice ? inputs.map((x) => onto(device, x)) : null;
  },

  lift,

  move(x, device) {
    if (x.device instanceof BatchedDevice && isBelow(device, x.device)) return x;
    return device instanceof BatchedDevice && isBelow(x.device, device) ? onto(device, x) : null;
  },

  run(op, inputs, attrs, outputs) {
    try {
      op.run?.(inputs, attrs, outputs);
    } catch (error) {
      const { device } = outputs[0];
      if (!(error instanceof ExamplesRead && device instanceof BatchedDevice)) throw error;
      // An operation that computes on the host does so for one example after the other.
      if (outputs.some((x) => x.device !== device)) throw error;
      for (const x of outputs) device.spreadAll(x.buffer);
      device.each(() => op.run?.(inputs, attrs, outputs));
    }
  },
};
