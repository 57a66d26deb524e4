/** The frames that a convolution makes of its operands, and the windows that move over them. */

import type { ConvCall, View } from "../../kernel.ts";
import { isContiguous, sizeOf } from "../../shape.ts";
import { windowOn } from "../../view.ts";
import { type Frame, type Triple, triple, type Windows, zip } from "./conv-geometry.ts";
import { convert, temporary } from "./convert.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { addressOf, type CpuBuffer, indexOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** The frame of the operand that windows slide over, and the windows. */
export interface Plan {
  readonly frame: Frame;
  readonly windows: Windows;
}

/**
 * Returns the plan of a call. Windows slide over the input or, for the gradient of the input, over the gradient of the
 * output.
 */
export function planOf(call: ConvCall): Plan {
  const sizes = (view: View): Triple => triple(view.shape.slice(2));
  const [input, kernel, output] = [sizes(call.input), sizes(call.weight), sizes(call.output)];
  const [stride, padding, dilation] = [triple(call.stride), triple(call.padding, 0), triple(call.dilation)];
  const reach = zip((k, d) => (k - 1) * d, kernel, dilation);
  if (call.direction === "input") {
    const channels = (call.output.shape[1] as number) / call.groups;
    return {
      frame: { size: zip((s, r) => s + r, input, reach), low: zip((r, p) => r - p, reach, padding) },
      windows: { channels, kernel, dilation, flipped: true, positions: input, stride: [1, 1, 1] },
    };
  }
  const needed = zip((o, s, r) => (o - 1) * s + r + 1, output, stride, reach);
  // Padding may be on the high side alone (`"same"` with an even kernel): windows then leave the input although the low
  // padding is 0.
  const bare = padding.every((p, d) => p === 0 && (needed[d] as number) <= (input[d] as number));
  const channels = call.weight.shape[1] as number;
  return {
    frame: { size: bare ? input : needed, low: padding },
    windows: { channels, kernel, dilation, flipped: false, positions: output, stride },
  };
}

/** Contiguous memory: a temporary buffer that the caller frees, or a view's own memory. */
export interface Place {
  readonly address: number;
  readonly buffer: CpuBuffer | null;
}

/** Returns a view's elements in contiguous memory, in the element type of `lanes`. */
export function denseOf(runtime: Runtime, lanes: Lanes, view: View): Place {
  if (view.dtype === lanes.element && isContiguous(view.shape, view.strides))
    return { address: addressOf(view), buffer: null };
  const copy = temporary(runtime, lanes.element, view.shape);
  convert(runtime, view, copy);
  return { address: copy.buffer.address, buffer: copy.buffer };
}

/** Returns a view's frames: a copy, or the view itself where it already is one. */
export function framesOf(runtime: Runtime, lanes: Lanes, view: View, { size, low }: Frame): Place {
  const [images, channels, ...source] = view.shape as [number, number, ...number[]]; // safe: [N, C, ...S]
  const missing = 3 - source.length;
  if (low.every((padding) => padding === 0) && source.every((s, d) => s === size[d + missing]))
    return denseOf(runtime, lanes, view);
  const frames = temporary(runtime, lanes.element, [images, channels, ...size.slice(missing)]);
  const { buffer, shape } = frames;
  const first = indexOf(frames);
  runtime.memory.of(lanes.element).fill(0, first, first + sizeOf(shape));
  let [from, to]: [View, View] = [view, frames];
  source.forEach((s, d) => {
    const [before, after] = [low[d + missing] as number, size[d + missing] as number];
    // The elements that fall inside the frame: negative padding crops some.
    const begin = Math.max(0, -before);
    const count = Math.max(0, Math.min(s, after - before) - begin);
    from = every(from, d + 2, begin, 1, count);
    to = every(to, d + 2, before + begin, 1, count);
  });
  convert(runtime, from, to);
  return { address: buffer.address, buffer };
}

/** Returns a view of `count` indices of dimension `d`, `step` apart, from `start` on. */
export function every(x: View, d: number, start: number, step: number, count: number): View {
  const shape = x.shape.map((size, i) => (i === d ? count : size));
  const strides = x.strides.map((s, i) => (i === d ? s * step : s));
  return windowOn(x, shape, strides, x.offset + start * (x.strides[d] as number));
}

/** Frees temporary memory. */
export function release(runtime: Runtime, ...places: readonly Place[]): void {
  for (const { buffer } of places) if (buffer !== null) runtime.memory.free(buffer);
}
