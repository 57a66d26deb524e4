/** Pooling: picks the kernel and writes its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { PoolCall, View } from "../../kernel.ts";
import { isContiguous } from "../../shape.ts";
import { triple, volume } from "./conv-geometry.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import type { Element } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import { maximaKernel, type Scalar, spreadKernel } from "./pool-kernel.ts";
import { pairsKernel } from "./pool-pairs.ts";
import type { Runtime } from "./runtime.ts";

const scalars: Readonly<Record<Element, Scalar>> = { float32: "f32", float64: "f64", int32: "i32" };

/** Runs a pooling call, forward or backward. */
export function runPool(runtime: Runtime, call: PoolCall): void {
  const { input, output, indices, direction } = call;
  const element = elementOf(input.dtype);
  const forward = direction === "forward";
  const pairs = !forward && inPairs(call);
  const fits = ({ dtype, shape, strides }: View, name: string): boolean =>
    dtype === element && (forward || pairs || name === "output" || isContiguous(shape.slice(2), strides.slice(2)));
  if (!fits(input, "input") || !fits(output, "output")) {
    withTemporaries(runtime, { input, output }, element, fits, forward ? "output" : "input", false, (views) => {
      runPool(runtime, { ...call, ...(views as Pick<PoolCall, "input" | "output">) }); // safe: both are given
    });
    return;
  }
  const planes = (input.shape[0] as number) * (input.shape[1] as number);
  if (planes === 0) return;
  const inside = insideOf(call);
  const step = forward ? fourStep(call, inside) : null;
  const [dims, taps] = [call.kernel.length, call.kernel.at(-1) as number]; // safe: there is a dimension
  const width = taps > 8 ? null : taps;
  const kernel = runtime.kernel(
    `pool/${direction}/${dims}/${width}/${indices === null}/${pairs}/${element}/${step}`,
    () => {
      if (pairs) return pairsKernel(runtime.shared);
      if (forward) return maximaKernel(runtime, scalars[element], dims, width, indices !== null, step);
      return spreadKernel(runtime.shared, scalars[element]);
    },
  );
  const work = volume(triple(output.shape.slice(2))) * (forward ? volume(triple(call.kernel)) : 4);
  runtime.launch(kernel, [...argumentsOf(call), ...inside], planes, (step === null && !pairs ? 10_000 : 50_000) / work);
}

/** Returns the range of windows along the width that lie within the input. */
function insideOf({ input, output, kernel, stride, padding, dilation }: PoolCall): [first: number, end: number] {
  const lists = [input.shape, output.shape, kernel, stride, padding, dilation];
  const [size = 0, count = 0, k = 0, s = 1, p = 0, d = 1] = lists.map((list) => list.at(-1));
  return [Math.ceil(p / s), Math.min(count, Math.floor((size + p - d * (k - 1) - 1) / s) + 1)];
}

/** Returns the bytes between windows of which four can be computed at a time, as the kernel takes them, or null. */
function fourStep(
  { input, output, indices, stride }: PoolCall,
  [first, end]: readonly [number, number],
): 0 | 4 | 8 | null {
  const dense = [output, indices].every((view) => view === null || view.strides.at(-1) === 1);
  if (input.dtype !== "float32" || !dense || end - first < 4) return null;
  const step = (stride.at(-1) as number) * (input.strides.at(-1) as number);
  return step === 1 ? 4 : step === 2 ? 8 : 0;
}

/**
 * Whether the vector kernel can compute the gradient: that of windows of 2×2 in float32 with a stride of two that cover
 * the whole input, at least four per row.
 */
function inPairs({ kernel, stride, padding, dilation, input, output, indices }: PoolCall): boolean {
  const is = (values: readonly number[], value: number): boolean =>
    values.length === 2 && values[0] === value && values[1] === value;
  if (input.dtype !== "float32" || !is(kernel, 2) || !is(stride, 2) || !is(padding, 0) || !is(dilation, 1))
    return false;
  const [height, width] = output.shape.slice(2) as [number, number]; // safe: kernel has two dimensions
  const dense = [input, output, indices].every((view) => view?.strides[3] === 1);
  return dense && width >= 4 && input.shape[2] === 2 * height && input.shape[3] === 2 * width;
}

/** Returns the arguments, in the order of the kernels' slots. */
function argumentsOf({ input, output, indices, kernel, stride, padding, dilation }: PoolCall): number[] {
  const args: number[] = [];
  for (const view of [input, output, indices ?? output]) {
    const { strides, dtype } = view;
    args.push(addressOf(view));
    for (const step of [...strides.slice(0, 2), ...triple(strides.slice(2), 0)]) args.push(step * bytesOf(dtype));
  }
  for (const values of [input.shape.slice(2), output.shape.slice(2), kernel, stride]) args.push(...triple(values));
  args.push(...triple(padding, 0), ...triple(dilation), input.shape[1] as number);
  return args;
}
