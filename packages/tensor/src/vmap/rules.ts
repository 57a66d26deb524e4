/**
 * Kernel calls for all examples of a batch at once. Most kinds work in any number of dimensions, so the batch is one
 * more; the others join it with the dimension that holds their own batch or their channels.
 */

import type { Backend } from "../backend.ts";
import { bytesOf } from "../dtype.ts";
import { input } from "../expr/expr.ts";
import { programOf } from "../expr/program.ts";
import type { ConvCall, KernelCall, MatmulCall, PointwiseCall, View } from "../kernel.ts";
import { mapViews } from "../kernel-views.ts";
import { copyInto } from "../ops/copy.ts";
import { contiguousStrides, isContiguous, reshapeStrides, type Shape, sizeOf } from "../shape.ts";
import { Storage } from "../storage.ts";
import { windowOn } from "../view.ts";
import type { BatchedDevice } from "./device.ts";

/** Runs a call for all examples. What it writes has its own memory for each. */
export function runBatched(call: KernelCall, device: BatchedDevice): void {
  const { base } = device;
  const lift = (view: View, written = false) => device.lifted(view, written);
  switch (call.kind) {
    case "pointwise":
    case "foreach":
    case "rows":
    case "argreduce":
    case "check":
      base.run(mapViews(call, lift));
      break;
    case "gather":
    case "scatter":
    case "scan":
    case "sort":
      base.run({ ...mapViews(call, lift), dim: call.dim + 1 });
      break;
    case "matmul":
      base.run(simpler(mapViews(call, lift)));
      break;
    case "conv":
      convolve(call, device);
      break;
    case "pool":
      // The batch joins the images' own.
      reshaping(base, (as) =>
        base.run(mapViews(call, (view, written) => as(lift(view, written), joined(lift(view).shape, 0), written))),
      );
      break;
    case "sparse": {
      const { starts, positions, weights, input, to } = call;
      if ([starts, positions, weights].some(({ buffer }) => device.varies(buffer))) {
        device.each(() => device.run(call));
        break;
      }
      const matrix = {
        starts: device.single(starts),
        positions: device.single(positions),
        weights: device.single(weights),
      };
      reshaping(base, (as) => {
        const all = (view: View, written: boolean) =>
          as(lift(view, written), joined([device.size, ...view.shape], 0), written);
        base.run({ ...call, ...matrix, input: all(input, false), to: all(to, true) });
      });
      break;
    }
    case "random": {
      const to = lift(call.to, true);
      const shape = [sizeOf(to.shape)];
      if (device.randomness === "different" && isContiguous(to.shape, to.strides)) {
        base.run({ ...call, to: windowOn(to, shape, [1]) });
        break;
      }
      // The same numbers for all examples, or the next ones of the sequence for each.
      const count = device.randomness === "same" ? 0 : sizeOf(call.to.shape);
      let { offset } = call;
      device.each(() => {
        base.run({ ...call, to: device.single(call.to), offset });
        offset += count;
      });
      break;
    }
    default:
      throw call satisfies never;
  }
}

/** Joins dimension `dim` of a shape with the next one. */
function joined(shape: Shape, dim: number): number[] {
  return [...shape.slice(0, dim), (shape[dim] as number) * (shape[dim + 1] as number), ...shape.slice(dim + 2)];
}

const outer = /* @__PURE__ */ programOf((dtype) => [input(0, dtype).mul(input(1, dtype))]);

/** Multiplies by a matrix that all examples share once, instead of once for each, and columns by rows elementwise. */
function simpler(call: MatmulCall): MatmulCall | PointwiseCall {
  const { a, b, to, bias, accumulate } = call;
  if (a.shape.at(-1) === 1 && bias === null && !accumulate) {
    const { shape, dtype } = to;
    const left = windowOn(a, shape, [...a.strides.slice(0, -1), 0]);
    const right = windowOn(b, shape, b.strides.with(-2, 0));
    return { kind: "pointwise", program: outer(dtype), inputs: [left, right], scalars: [], to: [to] };
  }
  const shares = (x: View) => x.strides.slice(0, -2).every((stride, d) => stride === 0 || x.shape[d] === 1);
  const last = (x: View) => windowOn(x, x.shape.slice(-2), x.strides.slice(-2));
  /** Views [...B, m, n] as [B · m, n]. */
  const rows = (x: View): View | null => {
    const shape = [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) as number];
    const strides = reshapeStrides(x.shape, x.strides, shape);
    return strides && windowOn(x, shape, strides);
  };
  const turned = (x: View) => windowOn(x, swapped(x.shape), swapped(x.strides));
  const product = (left: View, right: View, result: View, added: View | null): MatmulCall | null => {
    if (!shares(right)) return null;
    const [above, output, summand] = [rows(left), rows(result), added && rows(added)];
    if (above === null || output === null || (added !== null && summand === null)) return null;
    return { ...call, a: above, b: last(right), to: output, bias: summand };
  };
  return product(a, b, to, bias) ?? product(turned(b), turned(a), turned(to), bias && turned(bias)) ?? call;
}

function swapped<T>(list: readonly T[]): T[] {
  return [...list.slice(0, -2), list.at(-1) as T, list.at(-2) as T]; // safe: matrices have two dimensions
}

/** Joins the batch with that of the images if all examples share the weight, and otherwise with the channels. */
function convolve(call: ConvCall, device: BatchedDevice): void {
  const { base } = device;
  const { direction, input, weight, output, bias, groups } = call;
  const shared = direction !== "weight" && [weight, bias].every((x) => x === null || !device.varies(x.buffer));
  reshaping(base, (as) => {
    const view = (x: View, written: boolean, arrange: (x: View) => View, dim: number): View => {
      const arranged = arrange(device.lifted(x, written));
      return as(arranged, joined(arranged.shape, dim), written);
    };
    const same = (x: View) => x;
    const images = (x: View, written: boolean) => view(x, written, shared ? same : afterFirst, shared ? 0 : 1);
    const weights = (x: View, written: boolean) => (shared ? device.single(x) : view(x, written, same, 0));
    base.run({
      ...call,
      input: images(input, direction === "input"),
      weight: weights(weight, direction === "weight"),
      output: images(output, direction === "forward"),
      bias: bias && weights(bias, false),
      groups: shared ? groups : groups * device.size,
    });
  });
}

/** Exchanges the first two dimensions: [examples, N, C, ...S] → [N, examples, C, ...S]. */
function afterFirst(x: View): View {
  const swap = <T>([first, second, ...rest]: readonly T[]) => [second as T, first as T, ...rest]; // safe: at least two
  return windowOn(x, swap(x.shape), swap(x.strides));
}

/**
 * Calls `use` with a function that views memory in another shape. Where that needs a copy, it makes one, and after `use`
 * copies back what was written.
 */
function reshaping(base: Backend, use: (as: (view: View, shape: Shape, written: boolean) => View) => void): void {
  const after: (() => void)[] = [];
  use((view, shape, written) => {
    const strides = reshapeStrides(view.shape, view.strides, shape);
    if (strides !== null) return windowOn(view, shape, strides);
    const storage = new Storage(base, sizeOf(shape) * bytesOf(view.dtype));
    storage.retain();
    const copy: View = {
      buffer: storage.buffer,
      dtype: view.dtype,
      shape: view.shape,
      strides: contiguousStrides(view.shape),
      offset: 0,
    };
    if (!written) copyInto(copy, view, base);
    after.push(() => {
      if (written) copyInto(view, copy, base);
      storage.release();
    });
    return windowOn(copy, shape, contiguousStrides(shape));
  });
  for (const finish of after) finish();
}
