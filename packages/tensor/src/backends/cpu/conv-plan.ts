/** The frames that a convolution makes of its operands, and the windows that move over them. */

import { bytesOf } from "../../dtype.ts";
import type { ConvCall, View } from "../../kernel.ts";
import { isContiguous } from "../../shape.ts";
import { copyIntoFrames } from "./conv-frame.ts";
import { type Frame, isBare, type Triple, triple, volume, type Windows, zip } from "./conv-geometry.ts";
import { convert, temporary } from "./convert.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { addressOf, type CpuBuffer } from "./memory.ts";
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

/** Returns a view in contiguous memory: itself, or a copy, whose memory `made` receives. */
export function denseView(runtime: Runtime, lanes: Lanes, view: View, made: CpuBuffer[]): View {
  if (isContiguous(view.shape, view.strides)) return view;
  const copy = temporary(runtime, lanes.element, view.shape);
  made.push(copy.buffer);
  convert(runtime, view, copy);
  return copy;
}

/** Returns the address of a view's elements in contiguous memory: its own, or that of a copy, which `made` receives. */
export function denseOf(runtime: Runtime, lanes: Lanes, view: View, made: CpuBuffer[]): number {
  return addressOf(denseView(runtime, lanes, view, made));
}

/** Returns the address of a view's frames: its own where it already consists of them, or that of a copy. */
export function framesOf(runtime: Runtime, lanes: Lanes, view: View, frame: Frame, made: CpuBuffer[]): number {
  if (isBare(frame, triple(view.shape.slice(2)))) return denseOf(runtime, lanes, view, made);
  const planes = (view.shape[0] as number) * (view.shape[1] as number);
  const buffer = runtime.memory.allocate(planes * volume(frame.size) * lanes.bytes);
  made.push(buffer);
  copyIntoFrames(runtime, lanes, view, frame, buffer.address);
  return buffer.address;
}

/** Returns the address of a bias (0 for none), and the bytes between its elements. */
export function biasOf(view: View | null): { bias: number; biasStride: number } {
  if (view === null) return { bias: 0, biasStride: 0 };
  return { bias: addressOf(view), biasStride: (view.strides[0] as number) * bytesOf(view.dtype) };
}
