/** Launches the kernels that compute the gradient of a convolution's weight. */

import type { ConvCall } from "../../kernel.ts";
import { launch } from "./arguments.ts";
import { volume, writePlaces, writeTaps } from "./conv-geometry.ts";
import { denseOf, framesOf, planOf } from "./conv-plan.ts";
import { type WeightArguments, type WeightSumArguments, weightKernel, weightSumKernel } from "./conv-weight.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { tileRows, tileVectors } from "./matmul-tile.ts";
import { addressOf, align, type CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Minimum multiplications per unit of work, about 20 µs. */
const smallestUnit = 500_000;
/**
 * Chunks of images, divided among the groups. The limit does not depend on the number of threads, so results do not
 * either.
 */
const mostChunks = 8;
/** Minimum tiles per block of taps: each block packs the gradient again. */
const leastTiles = 8;

/** Computes the gradient of the weight. */
export function convolveWeight(runtime: Runtime, lanes: Lanes, call: ConvCall, made: CpuBuffer[]): void {
  const { groups, weight } = call;
  const { frame, windows } = planOf(call);
  const frames = framesOf(runtime, lanes, call.input, frame, made);
  const gradient = denseOf(runtime, lanes, call.output, made);
  const { bytes } = lanes;
  const images = call.input.shape[0] as number;
  const channels = (weight.shape[0] as number) / groups;
  const k = windows.channels * volume(windows.kernel);
  const positions = volume(windows.positions);

  const tiles = Math.ceil(k / tileRows);
  const chunks = Math.max(1, Math.min(images, Math.ceil(mostChunks / groups)));
  const blocks = Math.max(
    1,
    Math.min(Math.ceil((4 * runtime.threads) / (chunks * groups)), Math.floor(tiles / leastTiles)),
  );
  const units = chunks * groups * blocks;
  const lineBytes = Math.ceil(channels / (tileVectors * lanes.count)) * tileVectors * 16;
  const [partialBytes, packedBytes] = [k * lineBytes, positions * lineBytes];
  const tables = align(4 * (k + positions));
  const taps = runtime.scratch(tables + chunks * groups * partialBytes + units * packedBytes);
  const places = taps + 4 * k;
  const partial = taps + tables;
  writeTaps(runtime.memory.i32, taps >>> 2, windows, frame.size, bytes);
  writePlaces(runtime.memory.i32, places >>> 2, windows, frame.size, bytes, 0);

  const plane = windows.channels * volume(frame.size) * bytes;
  const width = windows.positions[2];
  const args: WeightArguments = {
    ...{ frames, gradient, partial, partialBytes },
    ...{ packed: partial + chunks * groups * partialBytes, packedBytes, taps, places },
    ...{ channels, k, rows: positions === 0 ? 0 : positions / width, width, step: windows.stride[2] * bytes },
    ...{ images, chunks, groups, blocks },
    ...{ frameImage: groups * plane, frameGroup: plane },
    ...{ gradientImage: groups * channels * positions * bytes, gradientChannel: positions * bytes },
  };
  launch(
    runtime,
    `conv/weight/${lanes.element}`,
    args,
    (names) => weightKernel(runtime.shared, lanes, names),
    units,
    (smallestUnit * chunks * blocks) / (images * positions * channels * k),
  );
  const sums: WeightSumArguments = {
    ...{ partial, partialBytes, chunks, groups, k, channels, lineBytes },
    ...{ to: addressOf(weight), channelBytes: k * bytes },
  };
  launch(
    runtime,
    `conv/weight/sum/${lanes.element}`,
    sums,
    (names) => weightSumKernel(runtime.shared, lanes, names),
    groups * k,
    32768 / (channels * chunks),
  );
}
