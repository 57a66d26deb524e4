/**
 * The gradient of a convolution's input, and the transposed convolution, as a matrix product followed by a sum: the
 * product of the transposed weights with the output's gradient has a row for each channel and tap, and each of its
 * elements is added to the input element that the tap meets (col2im). Unlike the sliding product, this never multiplies
 * by padding, and a single channel has as many rows as the kernel has taps.
 */

import type { ConvCall } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import { windowOn } from "../../view.ts";
import { type Arguments, launch, readArguments } from "./arguments.ts";
import { type Triple, triple } from "./conv-geometry.ts";
import { denseView } from "./conv-plan.ts";
import { temporary } from "./convert.ts";
import { runMatmul } from "./matmul.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { tileRows } from "./matmul-tile.ts";
import { addressOf, type CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";
import { i32, ModuleBuilder, memoryFill, nth, v128 } from "./wasm/index.ts";

/** Adding an element of the product takes as long as so many multiplications of a matrix product. */
const addition = 16;
/** Bytes of the products of several images, which are added while they are in the caches. */
const blockBytes = 1 << 20;
/** Bytes of the products of one image, which are otherwise computed in parts. */
const mostBytes = 1 << 25;

/**
 * Whether to compute a gradient of the input as a product and a sum: with a stride, which the sliding product does not
 * support in this direction, or where that takes longer.
 */
export function foldSuits({ direction, input, weight, output, stride, groups }: ConvCall): boolean {
  if (direction !== "input") return false;
  if (stride.some((step) => step > 1)) return true;
  const [produced, channels] = weight.shape as readonly [number, number]; // safe: [Cout, Cin / groups, ...K]
  // Both are counted for each tap and each channel of the output. The sliding product computes whole tiles of channels.
  const added = sizeOf(output.shape.slice(2)) * channels * (1 + (addition * groups) / produced);
  const slid = sizeOf(input.shape.slice(2)) * Math.max(channels, tileRows);
  return added < slid;
}

/** Computes the gradient of the input. */
export function fold(runtime: Runtime, lanes: Lanes, call: ConvCall, made: CpuBuffer[]): void {
  const { input, groups } = call;
  const weight = denseView(runtime, lanes, call.weight, made);
  const output = denseView(runtime, lanes, call.output, made);
  const [images, channels] = input.shape as readonly [number, number]; // safe: [N, Cin, ...S]
  const inGroup = channels / groups;
  const each = (weight.shape[0] as number) / groups;
  const rows = sizeOf(weight.shape.slice(1));
  const taps = rows / inGroup;
  const positions = sizeOf(output.shape.slice(2));
  const productBytes = taps * positions * lanes.bytes;
  const planeBytes = sizeOf(input.shape.slice(2)) * lanes.bytes;
  const table = runsOf(call, lanes.bytes);
  const part = partOf(images, groups, inGroup, productBytes);
  const products = temporary(runtime, lanes.element, [part.images, part.groups, part.channels * taps, positions]);
  const runs = temporary(runtime, "int32", [table.length]);
  made.push(products.buffer, runs.buffer);
  runtime.memory.i32.set(table, runs.buffer.address >>> 2);
  const outputStrides = [groups * each * positions, each * positions, positions, 1] as const;
  const shared: Omit<Arguments<Argument>, "to"> = {
    ...{ planeBytes, products: addressOf(products), productBytes },
    ...{ runs: addressOf(runs), runsEnd: addressOf(runs) + 4 * table.length },
    step: (call.stride.at(-1) as number) * lanes.bytes,
  };

  /** Computes the part that begins at an image, a group and a channel of the group. */
  const compute = (image: number, group: number, channel: number): void => {
    const count = Math.min(part.images, images - image);
    const planes = Math.min(part.channels, inGroup - channel);
    const shape = [count, part.groups, planes * taps, positions];
    const a = weight.offset + group * each * rows + channel * taps;
    const b = output.offset + image * outputStrides[0] + group * outputStrides[1];
    runMatmul(runtime, {
      ...{ kind: "matmul", accumulate: false, bias: null },
      a: windowOn(weight, [count, part.groups, planes * taps, each], [0, each * rows, 1, rows], a),
      b: windowOn(output, [count, part.groups, each, positions], outputStrides, b),
      to: windowOn(products, shape, contiguousStrides(shape), products.offset),
    });
    const plane = image * channels + group * inGroup + channel;
    launch(
      runtime,
      `conv/fold/${lanes.element}`,
      { ...shared, to: addressOf(input) + plane * planeBytes },
      (names) => foldKernel(runtime.shared, lanes, names),
      count * part.groups * planes,
      20_000 / (taps * positions),
    );
  };

  for (let image = 0; image < images; image += part.images)
    for (let group = 0; group < groups; group += part.groups)
      for (let channel = 0; channel < inGroup; channel += part.channels) compute(image, group, channel);
}

/**
 * Returns of how many images, groups and channels per group the products are computed together: of all channels of some
 * images, or of some channels of one group where those of one image take too much memory.
 */
function partOf(
  images: number,
  groups: number,
  channels: number,
  productBytes: number,
): Record<"images" | "groups" | "channels", number> {
  const imageBytes = groups * channels * productBytes;
  return imageBytes <= mostBytes
    ? { images: Math.min(images, Math.max(1, Math.floor(blockBytes / imageBytes))), groups, channels }
    : { images: 1, groups: 1, channels: Math.min(channels, Math.max(1, Math.floor(mostBytes / productBytes))) };
}

/**
 * Returns what to add where: for each tap and each row of positions, the byte offset of the first product that meets an
 * element of the input, that of this element, and the number of elements.
 */
function runsOf({ input, weight, output, ...call }: ConvCall, bytes: number): number[] {
  const [sizes, kernel, positions] = [input, weight, output].map((view) => triple(view.shape.slice(2))) as [
    Triple,
    Triple,
    Triple,
  ];
  const [stride, padding, dilation] = [triple(call.stride), triple(call.padding, 0), triple(call.dilation)];
  /** Where a tap at position 0 is, and the positions [from, to) at which it meets an element. */
  const reach = (d: 0 | 1 | 2, tap: number): readonly [number, number, number] => {
    const at = tap * dilation[d] - padding[d];
    const from = Math.max(0, Math.ceil(-at / stride[d]));
    return [at, from, Math.min(positions[d], Math.ceil((sizes[d] - at) / stride[d]))];
  };
  const runs: number[] = [];
  let tap = 0;
  for (let kz = 0; kz < kernel[0]; kz++) {
    const [depth, zFrom, zTo] = reach(0, kz);
    for (let ky = 0; ky < kernel[1]; ky++) {
      const [height, yFrom, yTo] = reach(1, ky);
      for (let kx = 0; kx < kernel[2]; kx++, tap++) {
        const [width, from, to] = reach(2, kx);
        if (from >= to) continue;
        for (let z = zFrom; z < zTo; z++) {
          for (let y = yFrom; y < yTo; y++) {
            const product = ((tap * positions[0] + z) * positions[1] + y) * positions[2] + from;
            const row = (z * stride[0] + depth) * sizes[1] + y * stride[1] + height;
            runs.push(product * bytes, (row * sizes[2] + from * stride[2] + width) * bytes, to - from);
          }
        }
      }
    }
  }
  return runs;
}

/**
 * The arguments: the input and the products of the first image, bytes per channel of both, the table of runs, and the
 * bytes between the elements of the input that adjacent products are added to.
 */
type Argument = "to" | "planeBytes" | "products" | "productBytes" | "runs" | "runsEnd" | "step";

/** Builds the kernel that adds the products. A unit is a plane of the input. */
function foldKernel(shared: boolean, lanes: Lanes, names: readonly string[]): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const slot = readArguments<Argument>(f, args, names);
    const dense = f.let(i32.eq(slot.step, lanes.bytes));
    f.for(begin, end, 1, (unit) => {
      const plane = f.let(nth(slot.to, unit, slot.planeBytes));
      const products = f.let(nth(slot.products, unit, slot.productBytes));
      f.do(memoryFill(plane, 0, slot.planeBytes));
      f.for(slot.runs, slot.runsEnd, 12, (run) => {
        const from = f.let(i32.add(products, i32.load(run)));
        const to = f.let(i32.add(plane, i32.load(run, 4)));
        const count = f.let(i32.load(run, 8));
        const i = f.let(i32.const(0));
        f.if(dense, () => {
          const sum = lanes.add(v128.load(to), v128.load(from));
          f.for(
            0,
            i32.sub(count, lanes.count - 1),
            lanes.count,
            () => {
              f.do(v128.store(to, sum));
              f.increase(from, 16);
              f.increase(to, 16);
            },
            i,
          );
        });
        f.for(
          i,
          count,
          1,
          () => {
            f.do(lanes.addMemory(to, to, from));
            f.increase(from, lanes.bytes);
            f.increase(to, slot.step);
          },
          i,
        );
      });
    });
  });
}
