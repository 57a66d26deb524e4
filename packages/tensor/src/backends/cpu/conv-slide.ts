/**
 * The forward pass, and the gradient of the input in the same form: packs the weights, writes the tables and launches
 * the sliding product.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { windowOn } from "../../view.ts";
import { launch } from "./arguments.ts";
import { type CorrelateArguments, correlateKernel } from "./conv-correlate.ts";
import { depthwise } from "./conv-depthwise.ts";
import { volume, type Windows, writePlaces, writeTaps } from "./conv-geometry.ts";
import { biasOf, denseOf, framesOf, planOf } from "./conv-plan.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { pack } from "./matmul-pack.ts";
import { writeMultiples } from "./matmul-product.ts";
import { tileVectors } from "./matmul-tile.ts";
import { addressOf, align, type CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Maximum taps per block: their lines of a panel and of the packed weights fit into the L1 cache together. */
const blockLength = 320;
/** Minimum multiplications per unit of work, about 20 µs. */
const smallestUnit = 500_000;

/** A sliding product: for each image and group, [m, k] weights times [k, positions]. */
export interface Slide {
  readonly groups: number;
  readonly m: number;
  readonly k: number;
  readonly positions: number;
  readonly windows: Windows;
  readonly to: View;
  readonly bias: View | null;
  /** Address of the frames, and bytes of one group's frame. */
  readonly frames: number;
  readonly frameGroup: number;
  /** Addresses of the packed weights, of the tables, of a counter, and of the gathered panels. */
  readonly weights: number;
  readonly taps: number;
  readonly lines: number;
  readonly places: number;
  readonly counter: number;
  readonly gathered: number;
  /** Taps per block, elements per line of a panel, and bytes of a gathered panel. */
  readonly block: number;
  readonly width: number;
  readonly gatheredBytes: number;
}

/** Runs a convolution, or its gradient with respect to the input. */
export function slide(runtime: Runtime, lanes: Lanes, call: ConvCall, made: CpuBuffer[]): void {
  const { bytes } = lanes;
  const forward = call.direction === "forward";
  const { groups, bias } = call;
  const [source, to] = forward ? [call.input, call.output] : [call.output, call.input];
  const { frame, windows } = planOf(call);
  const m = (to.shape[1] as number) / groups;
  const k = windows.channels * volume(windows.kernel);
  const positions = volume(windows.positions);
  const width = tileVectors * lanes.count;
  const block = Math.max(1, Math.ceil(k / Math.ceil(Math.max(k, 1) / blockLength)));
  const gatheredBytes = align(block * width * bytes);
  const frames = framesOf(runtime, lanes, source, frame, made);
  // The scratch memory holds the tables, the packed weights, and a gathered panel per thread.
  const tables = align(4 * (k + block + positions + width + groups + 1));
  const packed = align(groups * m * k * bytes);
  const taps = runtime.scratch(tables + packed + runtime.threads * gatheredBytes);
  const lines = taps + 4 * k;
  const places = lines + 4 * block;
  const offsets = places + 4 * (positions + width);
  const counter = offsets + 4 * groups;
  const weights = taps + tables;
  const { i32 } = runtime.memory;
  writeTaps(i32, taps >>> 2, windows, frame.size, bytes);
  writePlaces(i32, places >>> 2, windows, frame.size, bytes, width);
  writeMultiples(runtime, lines, block, width * bytes);
  writeMultiples(runtime, offsets, groups, m * k * bytes);
  i32[counter >>> 2] = 0;
  if (k > 0) {
    const address = denseOf(runtime, lanes, forward ? call.weight : swapped(call), made);
    const matrix = { address, row: k * bytes, column: bytes };
    pack(runtime, lanes, "a", groups, matrix, {
      ...{ target: weights, offsets, size: m, k, block, batchBytes: m * k * bytes },
    });
  }
  // Depthwise convolutions whose rows are read contiguously or with a stride of two are not matrix products.
  const run = m === 1 && windows.channels === 1 && windows.stride[2] < 3 ? depthwise : correlate;
  run(runtime, lanes, {
    ...{ groups, m, k, positions, windows, to, bias, frames },
    ...{ frameGroup: volume(frame.size) * windows.channels * bytes, weights, taps, lines, places, counter },
    ...{ gathered: weights + packed, block, width, gatheredBytes },
  });
}

/** Returns the weights of each group with input channels first: [groups, Cin per group, Cout per group, ...K]. */
function swapped({ weight, groups }: ConvCall): View {
  // safe: [Cout, Cin per group, ...K]
  const [outputs, inputs, ...kernel] = weight.shape as [number, number, ...number[]];
  const [byOutput, byInput, ...rest] = weight.strides as [number, number, ...number[]];
  const each = outputs / groups;
  return windowOn(weight, [groups, inputs, each, ...kernel], [each * byOutput, byInput, byOutput, ...rest]);
}

function correlate(runtime: Runtime, lanes: Lanes, product: Slide): void {
  const { groups, m, k, positions, to, bias, frames, frameGroup, weights } = product;
  const { taps, lines, places, counter, gathered, block, width, gatheredBytes } = product;
  const images = to.shape[0] as number;
  const panels = Math.ceil(positions / width);
  const total = images * groups * m * k * positions;
  let unitPanels = panels;
  const units = (): number => images * groups * Math.ceil(panels / unitPanels);
  while (units() < 8 * runtime.threads && unitPanels > 1 && total / units() > 2 * smallestUnit)
    unitPanels = Math.ceil(unitPanels / 2);
  const channel = positions * lanes.bytes;
  const { bias: biasAddress, biasStride } = biasOf(bias);
  const args: CorrelateArguments = {
    ...{ frames, weights, to: addressOf(to), bias: biasAddress },
    ...{ strides: channel, columnStride: lanes.bytes, biasStride, biasColumnStride: 0 },
    ...{ taps, lines, places, counter, gathered, gatheredBytes, m, k, positions, block },
    ...{ units: units(), unitsAcross: Math.ceil(panels / unitPanels), unitPanels, groups },
    ...{ frameImage: groups * frameGroup, frameGroup, weightGroup: m * k * lanes.bytes },
    ...{ toImage: groups * m * channel, toGroup: m * channel, biasGroup: m * biasStride },
  };
  launch(
    runtime,
    `conv/slide/${lanes.element}`,
    args,
    (names) => correlateKernel(runtime.shared, lanes, names),
    total < smallestUnit ? 1 : runtime.threads,
    1,
  );
}
