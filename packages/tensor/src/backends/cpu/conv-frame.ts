/** Copies planes into frames with zero padding. A unit of work is one plane of one image. */

import type { View } from "../../kernel.ts";
import { type Arguments, launch, readArguments } from "./arguments.ts";
import { type Frame, type Triple, triple, volume, zip } from "./conv-geometry.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";
import { i32, ModuleBuilder, memoryFill, nth, v128 } from "./wasm/index.ts";

/**
 * The arguments: source, target and channels; strides and sizes of the part of a plane that is copied; bytes of a
 * frame, and of the target's first element, planes and rows within it.
 */
type Argument =
  | ("source" | "target" | "channels" | "imageStride" | "channelStride")
  | ("depthStride" | "heightStride" | "widthStride" | "depth" | "height" | "width")
  | ("frameBytes" | "first" | "depthStep" | "heightStep");

function frameKernel(shared: boolean, lanes: Lanes, names: readonly string[]): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const slot = readArguments<Argument>(f, args, names);
    const { channels, frameBytes, depth, height, width } = slot;
    const { depthStride, heightStride, widthStride, depthStep, heightStep } = slot;
    const dense = f.let(i32.eq(widthStride, lanes.bytes));
    f.for(begin, end, 1, (unit) => {
      const image = i32.mul(i32.divU(unit, channels), slot.imageStride);
      const channel = i32.mul(i32.remU(unit, channels), slot.channelStride);
      const source = f.let(i32.add(slot.source, i32.add(image, channel)));
      const plane = f.let(nth(slot.target, unit, frameBytes));
      f.do(memoryFill(plane, 0, frameBytes));
      const target = f.let(i32.add(plane, slot.first));
      f.for(0, depth, 1, (z) => {
        f.for(0, height, 1, (y) => {
          const from = f.let(nth(nth(source, z, depthStride), y, heightStride));
          const to = f.let(nth(nth(target, z, depthStep), y, heightStep));
          const x = f.let(i32.const(0));
          f.if(dense, () => {
            f.for(
              0,
              i32.sub(width, lanes.count - 1),
              lanes.count,
              () => {
                f.do(v128.store(to, v128.load(from)));
                f.increase(from, 16);
                f.increase(to, 16);
              },
              x,
            );
          });
          f.for(
            x,
            width,
            1,
            () => {
              f.do(lanes.copy(to, from));
              f.increase(from, widthStride);
              f.increase(to, lanes.bytes);
            },
            x,
          );
        });
      });
    });
  });
}

/** Copies the planes of a view [N, C, ...S] into contiguous frames [N, C, ...frame.size] at address `target`. */
export function copyIntoFrames(runtime: Runtime, lanes: Lanes, view: View, frame: Frame, target: number): void {
  const { bytes } = lanes;
  const [images, channels, ...spatial] = view.shape as [number, number, ...number[]]; // safe: [N, C, ...S]
  const [imageStride, channelStride, ...rest] = view.strides.map((stride) => stride * bytes) as [number, number];
  const strides = triple(rest, 0);
  const steps: Triple = [frame.size[1] * frame.size[2] * bytes, frame.size[2] * bytes, bytes];
  // The elements that fall inside the frame: negative padding crops some.
  const begin = zip((low) => Math.max(0, -low), frame.low);
  const end = zip((size, limit, low) => Math.min(size, limit - low), triple(spatial), frame.size, frame.low);
  const [depth, height, width] = zip((from, to) => to - from, begin, end);
  const sum = (values: Triple): number => values[0] + values[1] + values[2];
  const args: Arguments<Argument> = {
    source: addressOf(view) + sum(zip((from, stride) => from * stride, begin, strides)),
    ...{ target, channels, imageStride, channelStride },
    ...{ depthStride: strides[0], heightStride: strides[1], widthStride: strides[2], depth, height, width },
    ...{ frameBytes: volume(frame.size) * bytes, depthStep: steps[0], heightStep: steps[1] },
    first: sum(zip((from, low, step) => (from + low) * step, begin, frame.low, steps)),
  };
  launch(
    runtime,
    `conv/frame/${bytes}`,
    args,
    (names) => frameKernel(runtime.shared, lanes, names),
    images * channels,
    8192 / volume(frame.size),
  );
}
