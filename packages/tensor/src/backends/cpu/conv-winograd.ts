/**
 * Convolutions with 3×3 kernels by Winograd's algorithm, with a quarter of the multiplications: decides where it pays,
 * lays out the memory and launches the kernels. The gradient of the input is another forward pass with rotated filters.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { type Arguments, launch } from "./arguments.ts";
import { biasOf, denseOf } from "./conv-plan.ts";
import { rowResults, rowTaps } from "./conv-winograd-algebra.ts";
import {
  type ForwardArguments,
  filterGradientKernel,
  filterKernel,
  type GradientArguments,
  tilePoints,
  winogradKernel,
  winogradWeightKernel,
} from "./conv-winograd-kernels.ts";
import type { PlaneArgument, Role } from "./conv-winograd-tiles.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { tileRows } from "./matmul-tile.ts";
import { addressOf, align, type CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Minimum input and output channels for which the transforms pay. */
const fewestChannels = 8;
/** Minimum tiles over all images for which transforming the filters pays. */
const fewestTiles = 16;
/** Bytes of a block's matrices: part of the L2 cache, which filters or sums also pass through. */
const blockBytes = 512 << 10;
/**
 * Limits on the partial sums of a weight gradient: their number, the tiles of each, and their bytes in total. They do
 * not depend on the number of threads, so results do not either.
 */
const mostChunks = 8;
const leastChunkTiles = 64;
const mostSumBytes = 32 << 20;
/** Minimum channels per block of the data: each block transforms the output's gradient again. */
const leastBlockChannels = 32;

/** Whether Winograd's algorithm suits a call. */
export function winogradSuits(
  { direction, input, weight, output, stride, dilation, groups }: ConvCall,
  lanes: Lanes,
): boolean {
  const [outputs, inputs, ...kernel] = weight.shape as [number, number, ...number[]]; // safe: [Cout, Cin, ...K]
  if (lanes.element !== "float32" || groups !== 1 || kernel.length !== 2 || !kernel.every((size) => size === rowTaps))
    return false;
  if (!stride.every((s) => s === 1) || !dilation.every((d) => d === 1) || Math.min(inputs, outputs) < fewestChannels)
    return false;
  const { shape } = direction === "input" ? input : output;
  return shape.slice(2).every((size) => size >= rowTaps) && tilesOf(shape).allTiles >= fewestTiles;
}

/** Runs a convolution or one of its gradients. */
export function winograd(runtime: Runtime, lanes: Lanes, call: ConvCall, made: CpuBuffer[]): void {
  const dense = (view: View): Planes => ({ address: denseOf(runtime, lanes, view, made), shape: view.shape });
  if (call.direction === "weight") weightGradient(runtime, lanes, call, dense(call.input), dense(call.output));
  else slide(runtime, lanes, call, dense);
}

/** Contiguous planes [N, C, H, W]. */
interface Planes {
  readonly address: number;
  readonly shape: readonly number[];
}

/** Returns the arguments for an operand's planes; `other` overrides what follows from their shape. */
function planesOf<R extends Role>(
  role: R,
  { address, shape }: Planes,
  other: Partial<Arguments<PlaneArgument>> = {},
): Arguments<`${R} ${PlaneArgument}`> {
  const [, channels, height, width] = shape as [number, number, number, number]; // safe: [N, C, H, W]
  const row = 4 * width;
  const strides = { image: channels * height * row, channel: height * row, row };
  const planes = { address, ...strides, channels, height, width, top: 0, left: 0, ...other };
  const named = Object.entries(planes).map(([name, value]) => [`${role} ${name}`, value]);
  return Object.fromEntries(named) as Arguments<`${R} ${PlaneArgument}`>; // safe: the planes have all of these names
}

/**
 * Rounds the bytes between points to an odd number of cache lines, so that a tile's values at all points are in
 * different cache sets.
 */
function pointBytes(bytes: number): number {
  return align(bytes) | 64;
}

/** Returns the bytes of a line of channels: whole panels for the register tile, and no multiple of 1024. */
function lineBytes(channels: number): number {
  const bytes = 32 * Math.ceil(channels / 8);
  return bytes % 1024 === 0 ? bytes + 64 : bytes;
}

/** Returns the tiles per row of tiles (`across`), per image, and over all images. */
function tilesOf(results: readonly number[]): { across: number; tiles: number; allTiles: number } {
  const [images, , height, width] = results as [number, number, number, number]; // safe: [N, C, H, W]
  const across = Math.ceil(width / rowResults);
  const tiles = Math.ceil(height / rowResults) * across;
  return { across, tiles, allTiles: images * tiles };
}

/** Returns the tiles per block, for `k` channels of data and `m` of results. */
function blockOf(k: number, m: number): number {
  const fit = blockBytes / (tilePoints * (lineBytes(k) + lineBytes(m)));
  // With many channels nothing fits. A block is then at least as large as the [k, m] filters that it reads at each
  // point.
  return tileRows * Math.max(Math.floor(fit / tileRows), Math.ceil((k * m) / (k + m) / tileRows));
}

function slide(runtime: Runtime, lanes: Lanes, call: ConvCall, dense: (view: View) => Planes): void {
  const { direction, weight, bias } = call;
  const forward = direction === "forward";
  const [source, to] = forward ? [call.input, call.output] : [call.output, call.input];
  // safe: two dimensions
  const [top, left] = call.padding.map((p) => (forward ? p : rowTaps - 1 - p)) as [number, number];
  const [k, m] = [source.shape[1] as number, to.shape[1] as number];
  const planes = dense(source);
  const tiled = tilesOf(to.shape);
  // Small enough for several blocks per thread.
  const block = Math.min(blockOf(k, m), tileRows * Math.ceil(tiled.allTiles / (4 * runtime.threads * tileRows)));
  const filterPoint = pointBytes(Math.ceil(m / 8) * k * 32);
  const [dataPoint, resultPoint] = [pointBytes(block * lineBytes(k)), pointBytes(block * lineBytes(m))];
  const scratchBytes = tilePoints * (dataPoint + resultPoint);
  const counter = runtime.scratch(64 + tilePoints * filterPoint + runtime.threads * scratchBytes);
  runtime.memory.i32[counter >>> 2] = 0;
  const filters = counter + 64;

  const units = Math.ceil(tiled.allTiles / block);
  const taps = dense(weight);
  const [filterBytes, tapRow] = [4 * rowTaps * rowTaps, 4 * rowTaps];
  // The filters' matrices have a line for each channel that is summed over. A rotated filter starts at its last row,
  // and the kernel reverses its taps.
  const filterPlanes = forward
    ? { image: filterBytes, channel: k * filterBytes, channels: m }
    : { address: taps.address + (rowTaps - 1) * tapRow, row: -tapRow };
  const args: ForwardArguments = {
    ...planesOf("data", planes, { top, left }),
    ...planesOf("results", { address: addressOf(to), shape: to.shape }),
    ...planesOf("filter", taps, filterPlanes),
    ...{ ...tiled, block, counter, units, scratch: filters + tilePoints * filterPoint, scratchBytes, m, k },
    ...{ dataLine: lineBytes(k), dataPoint, resultLine: lineBytes(m), resultPoint, filters, filterPoint },
    ...{ productLine: lineBytes(m), productColumn: 4, ...biasOf(bias) },
  };
  launch(
    runtime,
    `conv/winograd/filter/${direction}`,
    args,
    (names) => filterKernel(runtime, !forward, names),
    Math.ceil(m / 8),
    128 / k,
  );
  launch(
    runtime,
    "conv/winograd",
    args,
    (names) => winogradKernel(runtime, lanes, names),
    Math.min(runtime.threads, units),
    1,
  );
}

function weightGradient(runtime: Runtime, lanes: Lanes, call: ConvCall, input: Planes, output: Planes): void {
  const { weight, padding } = call;
  const [m, k] = weight.shape as [number, number]; // safe: [Cout, Cin, 3, 3]
  const tiled = tilesOf(output.shape);
  const wholeBytes = tilePoints * pointBytes(m * lineBytes(k));
  const chunks = Math.max(
    1,
    Math.min(mostChunks, Math.floor(tiled.allTiles / leastChunkTiles), Math.floor(mostSumBytes / wholeBytes)),
  );
  const most = Math.max(1, Math.floor(k / leastBlockChannels));
  const blockChannels = 8 * Math.ceil(k / (8 * Math.min(most, Math.ceil((4 * runtime.threads) / chunks))));
  const blocks = Math.ceil(k / blockChannels);
  const block = blockOf(k, m);
  const sumLine = lineBytes(blockChannels);
  const sumPoint = pointBytes(m * sumLine);
  const sumBytes = tilePoints * sumPoint;
  const [dataPoint, resultPoint] = [pointBytes(block * lineBytes(blockChannels)), pointBytes(block * lineBytes(m))];
  const scratchBytes = tilePoints * (dataPoint + resultPoint);
  const units = chunks * blocks;
  const counter = runtime.scratch(64 + units * sumBytes + runtime.threads * scratchBytes);
  runtime.memory.i32[counter >>> 2] = 0;
  const sums = counter + 64;
  const [top, left] = padding as [number, number]; // safe: two dimensions
  const args: GradientArguments = {
    ...planesOf("data", input, { top, left }),
    ...planesOf("results", output),
    ...planesOf("filter", { address: addressOf(weight), shape: weight.shape }),
    ...{ ...tiled, block, counter, units, scratch: sums + units * sumBytes, scratchBytes, m, k },
    ...{ dataLine: lineBytes(blockChannels), dataPoint, resultLine: lineBytes(m), resultPoint },
    ...{ chunks, blocks, blockChannels, sums, sumBytes, sumPoint, chunkBytes: blocks * sumBytes },
    ...{ productLine: sumLine, productColumn: 4 },
  };
  launch(
    runtime,
    "conv/winograd/weight",
    args,
    (names) => winogradWeightKernel(runtime, lanes, names),
    Math.min(runtime.threads, units),
    1,
  );
  launch(
    runtime,
    "conv/winograd/gradient",
    args,
    (names) => filterGradientKernel(runtime, names),
    blocks * m,
    256 / blockChannels,
  );
}
