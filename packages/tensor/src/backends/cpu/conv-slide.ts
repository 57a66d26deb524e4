/**
 * The forward pass, and the gradient of the input in the same form: packs the weights, writes the tables and launches
 * the sliding product.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { windowOn } from "../../view.ts";
import { launch } from "./arguments.ts";
import { type CorrelateArguments, correlateKernel } from "./conv-correlate.ts";
import { depthwise } from "./conv-depthwise.ts";
import { type Triple, volume, type Windows, writePlaces, writeTaps } from "./conv-geometry.ts";
import { denseOf, framesOf, planOf, release } from "./conv-plan.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { pack } from "./matmul-pack.ts";
import { tileVectors } from "./matmul-tile.ts";
import { addressOf, align } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Maximum taps per block: their lines of a panel and of the packed weights fit into the L1 cache together. */
const blockLength = 320;
/** Minimum multiplications per unit of work, about 20 µs. */
const smallestUnit = 500_000;

/** Sizes of a sliding product: for each image and group, [m, k] weights times [k, positions]. */
export interface Sizes {
  readonly groups: number;
  readonly m: number;
  readonly k: number;
  readonly positions: number;
  /** Taps per block. */
  readonly block: number;
  /** Bytes per element, elements per line of a panel, and bytes per line. */
  readonly bytes: number;
  readonly width: number;
  readonly lineBytes: number;
}

/** Addresses within the scratch memory. */
export interface Scratch {
  readonly taps: number;
  readonly lines: number;
  readonly places: number;
  readonly offsets: number;
  readonly counter: number;
  readonly weights: number;
  readonly gathered: number;
}

/** Runs a convolution, or its gradient with respect to the input. */
export function slide(runtime: Runtime, lanes: Lanes, call: ConvCall): void {
  const forward = call.direction === "forward";
  const { groups, bias } = call;
  const [source, to] = forward ? [call.input, call.output] : [call.output, call.input];
  const { frame, windows } = planOf(call);
  const k = windows.channels * volume(windows.kernel);
  const width = tileVectors * lanes.count;
  const sizes: Sizes = {
    ...{ groups, m: (to.shape[1] as number) / groups, k, positions: volume(windows.positions) },
    ...{
      block: Math.max(1, Math.ceil(k / Math.ceil(Math.max(k, 1) / blockLength))),
      bytes: lanes.bytes,
      width,
      lineBytes: width * lanes.bytes,
    },
  };
  const frames = framesOf(runtime, lanes, source, frame);
  try {
    const scratch = layOut(runtime, sizes);
    writeTables(runtime, windows, frame.size, sizes, scratch);
    if (k > 0) {
      const weights = denseOf(runtime, lanes, forward ? call.weight : swapped(call));
      const { m, bytes, block } = sizes;
      const matrix = { address: weights.address, row: k * bytes, column: bytes };
      const cut = { target: scratch.weights, offsets: scratch.offsets, size: m, k, block, batchBytes: m * k * bytes };
      pack(runtime, lanes, "a", groups, matrix, cut);
      release(runtime, weights);
    }
    // Depthwise convolutions whose rows are read contiguously or with a stride of two are not matrix products.
    const run = sizes.m === 1 && windows.channels === 1 && windows.stride[2] < 3 ? depthwise : correlate;
    run(runtime, lanes, sizes, scratch, {
      frames: frames.address,
      plane: volume(frame.size) * windows.channels,
      to,
      bias,
      windows,
    });
  } finally {
    release(runtime, frames);
  }
}

/** Returns the weights of each group with input channels first: [groups, Cin per group, Cout per group, ...K]. */
function swapped({ weight, groups }: ConvCall): View {
  // safe: [Cout, Cin per group, ...K]
  const [outputs, inputs, ...kernel] = weight.shape as [number, number, ...number[]];
  const [byOutput, byInput, ...rest] = weight.strides as [number, number, ...number[]];
  const each = outputs / groups;
  return windowOn(weight, [groups, inputs, each, ...kernel], [each * byOutput, byInput, byOutput, ...rest]);
}

/** Divides the scratch memory into the tables, the packed weights, and a gathered panel per thread. */
function layOut(runtime: Runtime, { groups, m, k, positions, block, bytes, width, lineBytes }: Sizes): Scratch {
  const tables = align(4 * (k + block + positions + width + groups + 1));
  const packed = align(groups * m * k * bytes);
  const taps = runtime.scratch(tables + packed + runtime.threads * align(block * lineBytes));
  const lines = taps + 4 * k;
  const places = lines + 4 * block;
  const offsets = places + 4 * (positions + width);
  return {
    taps,
    lines,
    places,
    offsets,
    counter: offsets + 4 * groups,
    weights: taps + tables,
    gathered: taps + tables + packed,
  };
}

function writeTables(runtime: Runtime, windows: Windows, frame: Triple, sizes: Sizes, scratch: Scratch): void {
  const { i32 } = runtime.memory;
  const { groups, m, k, block, bytes, width, lineBytes } = sizes;
  writeTaps(i32, scratch.taps >>> 2, windows, frame, bytes);
  writePlaces(i32, scratch.places >>> 2, windows, frame, bytes, width);
  for (let i = 0; i < block; i++) i32[(scratch.lines >>> 2) + i] = i * lineBytes;
  for (let g = 0; g < groups; g++) i32[(scratch.offsets >>> 2) + g] = g * m * k * bytes;
  i32[scratch.counter >>> 2] = 0;
}

/** The operands of a sliding product. */
export interface Operands {
  /** Address of the frames, and elements of one group's frame. */
  readonly frames: number;
  readonly plane: number;
  readonly to: View;
  readonly bias: View | null;
  readonly windows: Windows;
}

function correlate(
  runtime: Runtime,
  lanes: Lanes,
  sizes: Sizes,
  scratch: Scratch,
  { frames, plane, to, bias }: Operands,
): void {
  const { groups, m, k, positions, block, bytes, width, lineBytes } = sizes;
  const images = to.shape[0] as number;
  const panels = Math.ceil(positions / width);
  const total = images * groups * m * k * positions;
  let unitPanels = panels;
  const units = (): number => images * groups * Math.ceil(panels / unitPanels);
  while (units() < 8 * runtime.threads && unitPanels > 1 && total / units() > 2 * smallestUnit)
    unitPanels = Math.ceil(unitPanels / 2);
  const biasStride = bias === null ? 0 : (bias.strides[0] as number) * bytes;
  const args: CorrelateArguments = {
    ...{ frames, weights: scratch.weights, to: addressOf(to), bias: bias === null ? 0 : addressOf(bias) },
    ...{ strides: positions * bytes, columnStride: bytes, biasStride, biasColumnStride: 0 },
    ...{ taps: scratch.taps, lines: scratch.lines, places: scratch.places, counter: scratch.counter },
    ...{ gathered: scratch.gathered, gatheredBytes: align(block * lineBytes) },
    ...{ m, k, positions, block, units: units(), unitsAcross: Math.ceil(panels / unitPanels), unitPanels, groups },
    ...{ frameImage: groups * plane * bytes, frameGroup: plane * bytes, weightGroup: m * k * bytes },
    ...{ toImage: groups * m * positions * bytes, toGroup: m * positions * bytes, biasGroup: m * biasStride },
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
