/** Pooling: picks the kernel and writes its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { PoolCall, View } from "../../kernel.ts";
import { contiguousStrides, isContiguous, sizeOf } from "../../shape.ts";
import { triple } from "./conv-geometry.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import type { Element } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import { type MaximaClass, maximaKernel, spreadKernel } from "./pool-kernel.ts";
import type { Runtime } from "./runtime.ts";

/** Runs a pooling call, forward or backward. */
export function runPool(runtime: Runtime, call: PoolCall): void {
  const { input, output, direction } = call;
  const element = elementOf(input.dtype);
  const forward = direction === "forward";
  const fits = ({ dtype, shape, strides }: View, name: string): boolean =>
    dtype === element && (forward || name === "output" || isContiguous(shape.slice(2), strides.slice(2)));
  if (!fits(input, "input") || !fits(output, "output")) {
    withTemporaries(runtime, { input, output }, element, fits, forward ? "output" : "input", false, (views) => {
      runPool(runtime, { ...call, ...(views as Pick<PoolCall, "input" | "output">) }); // safe: both are given
    });
    return;
  }
  const planes = (input.shape[0] as number) * (input.shape[1] as number);
  if (planes === 0) return;
  const what = classOf(call, element);
  const kernel = forward
    ? runtime.kernel(`pool/maxima/${Object.values(what).join("/")}`, () => maximaKernel(runtime, what))
    : runtime.kernel(`pool/spread/${element}`, () => spreadKernel(runtime, element));
  const work = sizeOf(output.shape.slice(2)) * sizeOf(call.kernel);
  runtime.launch(kernel, argumentsOf(call), planes, 40_000 / work);
}

/** Returns what the kernel of the maxima is specialized for. */
function classOf({ input, indices, kernel, stride }: PoolCall, element: Element): MaximaClass {
  const [step = 1, size = 1] = [stride, input.strides].map((list) => list.at(-1));
  const apart = step * size;
  return {
    element,
    indices: indices !== null,
    dims: kernel.length,
    step: apart === 1 || (apart === 2 && element !== "float64") ? apart : 0,
  };
}

/** Returns the range of windows along the width of which four can be computed at a time: those within the input. */
function insideOf({ input, output, indices, kernel, stride, padding, dilation }: PoolCall): number[] {
  const lists = [input.shape, output.shape, kernel, stride, padding, dilation];
  const [size = 0, count = 0, k = 0, s = 1, p = 0, d = 1] = lists.map((list) => list.at(-1));
  const [first, end] = [Math.ceil(p / s), Math.min(count, Math.floor((size + p - d * (k - 1) - 1) / s) + 1)];
  const dense = [output, indices].every((view) => view === null || view.strides.at(-1) === 1);
  return dense && end - first >= 4 ? [first, end] : [0, 0];
}

/** Returns the arguments, in the order of the kernels' slots. */
function argumentsOf(call: PoolCall): number[] {
  const { input, output, indices, kernel, stride, padding, dilation } = call;
  const args: number[] = [];
  for (const view of [input, output, indices ?? output]) {
    const { strides, dtype } = view;
    args.push(addressOf(view));
    for (const step of [...strides.slice(0, 2), ...triple(strides.slice(2), 0)]) args.push(step * bytesOf(dtype));
  }
  for (const values of [input.shape.slice(2), output.shape.slice(2), kernel, stride]) args.push(...triple(values));
  args.push(...triple(padding, 0), ...triple(dilation), input.shape[1] as number, ...insideOf(call));
  args.push(...contiguousStrides(triple(input.shape.slice(2))));
  return args;
}
