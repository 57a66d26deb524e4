/** Pooling: picks the kernel and writes its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { PoolCall, View } from "../../kernel.ts";
import { triple, volume } from "./conv-geometry.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import type { Element } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import { poolKernel, type Scalar } from "./pool-kernel.ts";
import { pairsKernel } from "./pool-pairs.ts";
import type { Runtime } from "./runtime.ts";

const scalars: Readonly<Record<Element, Scalar>> = { float32: "f32", float64: "f64", int32: "i32" };

/** Runs a pooling call, forward or backward. */
export function runPool(runtime: Runtime, call: PoolCall): void {
  const { input, output, indices, direction } = call;
  const element = elementOf(input.dtype);
  const target = direction === "forward" ? "output" : "input";
  if (input.dtype !== element || output.dtype !== element) {
    const fits = ({ dtype }: View): boolean => dtype === element;
    withTemporaries(runtime, { input, output }, element, fits, target, false, (views) => {
      runPool(runtime, { ...call, ...(views as Pick<PoolCall, "input" | "output">) }); // safe: both are given
    });
    return;
  }
  const planes = (input.shape[0] as number) * (input.shape[1] as number);
  if (planes === 0) return;
  const args = argumentsOf(call);
  const pairs = inPairs(call);
  const name = `pool/${direction}/${indices === null ? "values" : "indices"}/${pairs ? "pairs" : element}`;
  const kernel = runtime.kernel(name, () =>
    pairs
      ? pairsKernel(runtime.shared, direction, indices !== null)
      : poolKernel(runtime.shared, scalars[element], direction, indices !== null),
  );
  const work = volume(triple(output.shape.slice(2))) * volume(triple(call.kernel));
  runtime.launch(kernel, args, planes, (pairs ? 120_000 : 10_000) / work);
}

/**
 * Whether the vector kernel can run a call: windows of 2×2 in float32 with a stride of two, at least four outputs per
 * row, and, for the backward pass, windows that cover the whole input.
 */
function inPairs({ direction, kernel, stride, padding, dilation, input, output, indices }: PoolCall): boolean {
  const is = (values: readonly number[], value: number): boolean =>
    values.length === 2 && values[0] === value && values[1] === value;
  if (input.dtype !== "float32" || !is(kernel, 2) || !is(stride, 2) || !is(padding, 0) || !is(dilation, 1))
    return false;
  const [height, width] = output.shape.slice(2) as [number, number]; // safe: kernel has two dimensions
  const whole = input.shape[2] === 2 * height && input.shape[3] === 2 * width;
  const inside = (input.shape[2] as number) >= 2 * height && (input.shape[3] as number) >= 2 * width;
  const dense = [input, output, indices].every((view) => view === null || view.strides[3] === 1);
  return dense && width >= 4 && (direction === "forward" ? inside : whole && indices !== null);
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
