/** Copies planes into frames: with zero padding, or only without gaps. A unit of work is one plane of one image. */

import { bytesOf } from "../../dtype.ts";
import type { View } from "../../kernel.ts";
import { argumentsFor, readArguments } from "./arguments.ts";
import { type Frame, type Triple, triple, volume } from "./conv-geometry.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";
import { i32, ModuleBuilder, memoryFill, v128 } from "./wasm/index.ts";

const slots = {
  ...{ source: 0, target: 1, channels: 2, imageStride: 3, channelStride: 4 },
  ...{ depthStride: 5, heightStride: 6, widthStride: 7, depth: 8, height: 9, width: 10 },
  ...{ planeBytes: 11, first: 12, depthStep: 13, heightStep: 14, fill: 15 },
} as const;

function frameKernel(shared: boolean, lanes: Lanes): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const slot = readArguments(f, args, slots);
    const {
      channels,
      planeBytes,
      fill,
      depth,
      height,
      width,
      depthStride,
      heightStride,
      widthStride,
      depthStep,
      heightStep,
    } = slot;
    const dense = f.let(i32.eq(widthStride, lanes.bytes));
    f.for(begin, end, 1, (unit) => {
      const image = i32.mul(i32.divU(unit, channels), slot.imageStride);
      const channel = i32.mul(i32.remU(unit, channels), slot.channelStride);
      const source = f.let(i32.add(slot.source, i32.add(image, channel)));
      const plane = f.let(i32.add(slot.target, i32.mul(unit, planeBytes)));
      f.if(fill, () => f.do(memoryFill(plane, 0, planeBytes)));
      const target = f.let(i32.add(plane, slot.first));
      f.for(0, depth, 1, (z) => {
        f.for(0, height, 1, (y) => {
          const from = f.let(i32.add(source, i32.add(i32.mul(z, depthStride), i32.mul(y, heightStride))));
          const to = f.let(i32.add(target, i32.add(i32.mul(z, depthStep), i32.mul(y, heightStep))));
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

const args = /* @__PURE__ */ argumentsFor(slots);

/** Copies the planes of a view [N, C, ...S] into contiguous frames [N, C, ...frame.size] at address `target`. */
export function copyIntoFrames(runtime: Runtime, lanes: Lanes, view: View, frame: Frame, target: number): void {
  const { bytes } = lanes;
  const [images, channels] = view.shape as [number, number]; // safe: [N, C, ...S]
  const size = triple(view.shape.slice(2));
  const strides = triple(view.strides.slice(2), 0);
  let source = addressOf(view);
  let first = 0;
  const counts: number[] = [];
  const steps = lines(frame.size);
  for (let d = 0; d < 3; d++) {
    const [low, limit] = [frame.low[d] as number, frame.size[d] as number];
    // The elements that fall inside the frame: negative padding crops some.
    const begin = Math.max(0, -low);
    const end = Math.min(size[d] as number, limit - low);
    counts.push(Math.max(0, end - begin));
    source += begin * (strides[d] as number) * bytesOf(view.dtype);
    first += (low + begin) * (steps[d] as number);
  }
  const planeSize = volume(frame.size);
  const kernel = runtime.kernel(`conv/frame/${bytes}`, () => frameKernel(runtime.shared, lanes));
  args[slots.source] = source;
  args[slots.target] = target;
  args[slots.channels] = channels;
  args[slots.imageStride] = (view.strides[0] as number) * bytes;
  args[slots.channelStride] = (view.strides[1] as number) * bytes;
  for (let d = 0; d < 3; d++) {
    args[slots.depthStride + d] = (strides[d] as number) * bytes;
    args[slots.depth + d] = counts[d] as number;
  }
  args[slots.depthStep] = steps[0] * bytes;
  args[slots.heightStep] = steps[1] * bytes;
  args[slots.planeBytes] = planeSize * bytes;
  args[slots.first] = first * bytes;
  args[slots.fill] = (counts[0] as number) * (counts[1] as number) * (counts[2] as number) === planeSize ? 0 : 1;
  runtime.launch(kernel, args, images * channels, Math.max(1, Math.ceil(8192 / Math.max(planeSize, 1))));
}

/** Returns row-major strides. */
function lines([, h, w]: Triple): Triple {
  return [h * w, w, 1];
}
