/**
 * Convolutions: brings the operands into a form that the kernels can read and starts the kernel for the direction. The
 * gradient of the input is another forward pass, over the zero-padded gradient of the output with rotated weights. With
 * a stride it is several passes, one for each set of input elements that meet the same weights.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { isContiguous, sizeOf } from "../../shape.ts";
import { windowOn } from "../../view.ts";
import { slide } from "./conv-slide.ts";
import { convolveWeight } from "./conv-weight-call.ts";
import { winograd, winogradSuits } from "./conv-winograd.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import { lanesOf } from "./matmul-lanes.ts";
import { type CpuBuffer, indexOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Runs a convolution or one of its gradients. */
export function runConv(runtime: Runtime, call: ConvCall): void {
  const { direction, input, weight, output, bias } = call;
  const element = elementOf(input.dtype);
  const target = direction === "forward" ? "output" : direction;
  if (sizeOf(call[target].shape) === 0) return;
  // Operands may have gaps, which the copy into frames removes. The result may not.
  const fits = ({ dtype, shape, strides }: View, name: string): boolean =>
    dtype === element && (name !== target || isContiguous(shape, strides));
  withTemporaries(runtime, { input, weight, output, bias }, element, fits, target, false, (replaced) => {
    // Safe: only the bias may be null.
    const ready = { ...call, ...(replaced as Pick<ConvCall, "input" | "weight" | "output" | "bias">) };
    const lanes = lanesOf(element, runtime.relaxed);
    const made: CpuBuffer[] = []; // the copies that are made on the way
    try {
      if (direction === "input" && call.stride.some((step) => step > 1)) withoutStride(runtime, ready);
      else if (winogradSuits(ready, lanes)) winograd(runtime, lanes, ready, made);
      else if (direction === "weight") convolveWeight(runtime, lanes, ready, made);
      else slide(runtime, lanes, ready, made);
    } finally {
      for (const buffer of made) runtime.memory.free(buffer);
    }
  });
}

/** Computes the gradient of the input of a strided convolution as several gradients without a stride. */
function withoutStride(runtime: Runtime, call: ConvCall): void {
  let parts: readonly Part[] = [{ input: call.input, weight: call.weight, padding: [], dilation: [] }];
  call.stride.forEach((step, d) => {
    parts = parts.flatMap((part) => phases(part, call, step, d));
  });
  // A kernel smaller than the stride leaves some input elements without any weight; their gradient is zero.
  const [start, count] = [indexOf(call.input), sizeOf(call.input.shape)];
  if (parts.reduce((sum, { input }) => sum + sizeOf(input.shape), 0) < count)
    runtime.memory.of(call.input.dtype).fill(0, start, start + count);
  for (const part of parts) runConv(runtime, { ...call, ...part, stride: call.stride.map(() => 1) });
}

/**
 * A part of the gradient: its elements, the weights that meet them, and the padding and dilation of the remaining
 * convolution.
 */
type Part = Pick<ConvCall, "input" | "weight" | "padding" | "dilation">;

/**
 * Splits a part along spatial dimension `d`. Element `i` of the input meets weight `k` at output `o` where i + padding
 * = o · step + k · dilation, so elements with equal remainders of i + padding modulo `step` meet the same weights.
 */
function phases(part: Part, call: ConvCall, step: number, d: number): Part[] {
  const [padding, dilation] = [call.padding[d] as number, call.dilation[d] as number];
  const [size, kernel] = [call.input.shape[d + 2] as number, call.weight.shape[d + 2] as number];
  return Array.from({ length: step }, (_, rest) => rest).flatMap((rest) => {
    const taps = Array.from({ length: kernel }, (_, k) => k).filter((k) => (k * dilation) % step === rest);
    const [tap = 0, next = tap] = taps;
    const from = (((rest - padding) % step) + step) % step;
    const count = Math.ceil((size - from) / step);
    if (taps.length === 0 || count <= 0) return [];
    const weight = every(part.weight, d + 2, tap, next - tap, taps.length);
    const shift = (from + padding - tap * dilation) / step;
    return [
      {
        input: every(part.input, d + 2, from, step, count),
        weight,
        padding: [...part.padding, shift],
        dilation: [...part.dilation, taps.length > 1 ? ((next - tap) * dilation) / step : 1],
      },
    ];
  });
}

/** Returns a view of `count` indices of dimension `d`, `step` apart, from `start` on. */
function every(x: View, d: number, start: number, step: number, count: number): View {
  const shape = x.shape.with(d, count);
  const strides = x.strides.with(d, (x.strides[d] as number) * step);
  return windowOn(x, shape, strides, x.offset + start * (x.strides[d] as number));
}
