/**
 * Operations with a weight that all examples share and that requires a gradient. They run on the device below, for all
 * examples at once, so that the gradient of the weight is a single product. On the device of the batch it would be the
 * sum of one gradient for each example, which together take as many times the memory.
 */

import { apply, type Op } from "../op.ts";
import { mT } from "../ops/permute.ts";
import { reshape } from "../ops/reshape.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { BatchedDevice } from "./device.ts";
import { enter, isBelow, leave } from "./levels.ts";

/** Runs an operation on inputs of the device below, of which `x` is the stack of the examples. */
type Shared = (run: (...inputs: readonly Tensor[]) => Tensor, x: Tensor, inputs: readonly Tensor[]) => Tensor | null;

/** Joins the first `count` dimensions before a function, and splits them after it. */
function joining(count: number, x: Tensor, fn: (x: Tensor) => Tensor): Tensor {
  const leading = x.shape.slice(0, count);
  const y = fn(reshape(x, [sizeOf(leading), ...x.shape.slice(count)]));
  return reshape(y, [...leading, ...y.shape.slice(1)]);
}

/** For each operation by name: how it runs if only the input at some index differs between examples. */
const operations: Readonly<Record<string, Readonly<Record<number, Shared>>>> = {
  linear: {
    0: (run, x, [, ...rest]) => joining(x.ndim - 1, x, (rows) => run(rows, ...rest)),
  },
  matmul: {
    0: (run, x, [, b]) => (b?.ndim === 2 ? joining(x.ndim - 1, x, (rows) => run(rows, b)) : null),
    1: (run, x, [a]) => (a?.ndim === 2 ? mT(joining(x.ndim - 1, mT(x), (rows) => run(rows, mT(a)))) : null),
  },
  conv: {
    0: (run, x, [, ...rest]) => joining(2, x, (images) => run(images, ...rest)),
  },
  embedding: {
    1: (run, x, [table]) => joining(2, x, (rows) => run(table as Tensor, rows)), // safe: the inputs of a lookup
  },
};

/** Runs an operation on the device below. Returns null if it has no such weight. */
export function runShared<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor | null {
  const ways = operations[op.name];
  if (ways === undefined) return null;
  for (const [i, x] of inputs.entries()) {
    const device = x?.device;
    if (!(device instanceof BatchedDevice)) continue;
    const weights = inputs.toSpliced(i, 1);
    if (!weights.every((w) => isBelow(w.device, device.base)) || !weights.some((w) => w.requiresGrad)) continue;
    const y = ways[i]?.((...all) => apply(op, all, attrs), leave(x, device, 0), inputs);
    if (y) return enter(y, device, 0);
  }
  return null;
}
