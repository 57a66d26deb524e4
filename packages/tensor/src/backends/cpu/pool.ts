/** Pooling: picks the kernel and writes its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { PoolCall, View } from "../../kernel.ts";
import { argumentsFor } from "./arguments.ts";
import { triple, volume } from "./conv-geometry.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import type { Element } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import { poolKernel, type Scalar } from "./pool-kernel.ts";
import { pairsKernel } from "./pool-pairs.ts";
import { poolSlots } from "./pool-windows.ts";
import type { Runtime } from "./runtime.ts";

const scalars: Readonly<Record<Element, Scalar>> = { float32: "f32", float64: "f64", int32: "i32" };
const args = /* @__PURE__ */ argumentsFor(poolSlots);

/** Runs a pooling call, forward or backward. */
export function runPool(runtime: Runtime, call: PoolCall): void {
  const { input, output, indices, direction } = call;
  const element = elementOf(input.dtype);
  const target = direction === "forward" ? "output" : "input";
  if (input.dtype !== element || output.dtype !== element) {
    const needs = (name: string, view: View): Element | null =>
      name === "indices" || view.dtype === element ? null : element;
    const source = direction === "forward" ? "input" : "output";
    withTemporaries<"input" | "output" | "indices">(
      runtime,
      { input, output, indices },
      needs,
      [source],
      [target],
      (views) => {
        // Safe: only the indices may be null.
        runPool(runtime, { ...call, ...(views as Pick<PoolCall, "input" | "output" | "indices">) });
      },
    );
    return;
  }
  const planes = (input.shape[0] as number) * (input.shape[1] as number);
  if (planes === 0) return;
  write(call);
  if (inPairs(call)) {
    const variant = `${direction}/${indices === null ? "values" : "indices"}`;
    const pairs = runtime.kernel(`pool/pairs/${variant}`, () =>
      pairsKernel(runtime.shared, direction, indices !== null),
    );
    runtime.launch(pairs, args, planes, Math.max(1, Math.floor(30_000 / volume(triple(output.shape.slice(2))))));
    return;
  }
  const name = `pool/${direction}/${indices === null ? "values" : "indices"}/${element}`;
  const kind = { direction, indices: indices !== null };
  const kernel = runtime.kernel(name, () => poolKernel(runtime.shared, scalars[element], kind));
  const work = Math.max(1, volume(triple(call.kernel)) * volume(triple(output.shape.slice(2))));
  runtime.launch(kernel, args, planes, Math.max(1, Math.floor(10_000 / work)));
}

/**
 * Whether the vector kernel can run a call: windows of 2×2 in float32 with a stride of two, at least four outputs per row,
 * and, for the backward pass, windows that cover the whole input.
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

function write(call: PoolCall): void {
  const s = poolSlots;
  const place = (view: View, address: number, image: number, strides: number): void => {
    const bytes = bytesOf(view.dtype);
    args[address] = addressOf(view);
    args[image] = (view.strides[0] as number) * bytes;
    args[image + 1] = (view.strides[1] as number) * bytes;
    list(strides, view.strides.slice(2), 0, bytes);
  };
  place(call.input, s.input, s.inputImage, s.inputStrides);
  place(call.output, s.output, s.outputImage, s.outputStrides);
  if (call.indices !== null) place(call.indices, s.indices, s.indicesImage, s.indicesStrides);
  args[s.channels] = call.input.shape[1] as number;
  list(s.sizes, call.input.shape.slice(2), 1);
  list(s.positions, call.output.shape.slice(2), 1);
  list(s.kernel, call.kernel, 1);
  list(s.step, call.stride, 1);
  list(s.padding, call.padding, 0);
  list(s.dilation, call.dilation, 1);
}

function list(slot: number, values: readonly number[], fill: number, scale = 1): void {
  triple(values, fill).forEach((value, d) => {
    args[slot + d] = value * scale;
  });
}
