/**
 * The gradient of a convolution's weight: for each weight, what its tap reads times the output's gradient, summed over
 * positions and images. The rows of the product are taps, read from the frames in place, one row of positions at a
 * time; the gradient is packed one image at a time. A unit accumulates some of the images into its own partial result
 * (taps by output channels), so that sums do not depend on the distribution of work among threads, and a second kernel
 * adds the partial results.
 */

import { readArguments } from "./arguments.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { packPanelFunction } from "./matmul-pack.ts";
import { dispatchRows, tileRows, tileVectors, tiling } from "./matmul-tile.ts";
import {
  type FunctionIndex,
  i32,
  type Local,
  ModuleBuilder,
  memoryFill,
  nth,
  type Operand,
  v128,
} from "./wasm/index.ts";

/** The arguments of the kernel. A unit is a chunk of images of one group, for a block of taps. */
export interface WeightArguments {
  readonly frames: number;
  readonly gradient: number;
  /** Partial results, one per chunk and group: [K, Cout per group, rounded up to whole panels]. */
  readonly partial: number;
  readonly partialBytes: number;
  /** Packed gradients of one image, one per unit. */
  readonly packed: number;
  readonly packedBytes: number;
  readonly taps: number;
  readonly places: number;
  /**
   * Output channels per group, taps, rows of positions, positions per row, and bytes between adjacent positions in the
   * frame.
   */
  readonly channels: number;
  readonly k: number;
  readonly rows: number;
  readonly width: number;
  readonly step: number;
  readonly images: number;
  readonly chunks: number;
  readonly groups: number;
  /** Blocks of taps. */
  readonly blocks: number;
  readonly frameImage: number;
  readonly frameGroup: number;
  readonly gradientImage: number;
  readonly gradientChannel: number;
}

/** Builds the kernel. */
export function weightKernel(shared: boolean, lanes: Lanes, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const functions = Array.from({ length: tileRows }, (_, i) => weightTile(module, lanes, i + 1, names));
  const panelWidth = tileVectors * lanes.count;
  const panelBytes = panelWidth * lanes.bytes;
  const pack = packPanelFunction(module, lanes, panelWidth);
  return module.run((f, args, begin, end) => {
    const slot = readArguments<keyof WeightArguments>(f, args, names);
    const { channels, taps, gradientChannel, images, chunks, groups, blocks } = slot;
    const { tiles, top: topOf, rows: rowsOf } = tiling(f, slot.k);
    const positions = f.let(i32.mul(slot.rows, slot.width));
    const panels = f.let(i32.divU(i32.add(channels, panelWidth - 1), panelWidth));
    const lineBytes = f.let(i32.mul(panels, panelBytes));
    f.for(begin, end, 1, (unit) => {
      const block = f.let(i32.remU(unit, blocks));
      const whole = f.let(i32.divU(unit, blocks));
      const group = f.let(i32.remU(whole, groups));
      const chunk = f.let(i32.divU(whole, groups));
      const partial = f.let(nth(slot.partial, whole, slot.partialBytes));
      const packed = f.let(nth(slot.packed, unit, slot.packedBytes));
      const share = (of: Local<"i32">, part: Local<"i32">, parts: Local<"i32">) => i32.divU(i32.mul(part, of), parts);
      const after = (x: Local<"i32">): Local<"i32"> => f.let(i32.add(x, 1));
      const firstTile = f.let(share(tiles, block, blocks));
      const lastTile = f.let(share(tiles, after(block), blocks));
      const top = f.let(topOf(firstTile));
      const bottom = f.let(topOf(lastTile));
      f.do(memoryFill(nth(partial, top, lineBytes), 0, i32.mul(i32.sub(bottom, top), lineBytes)));
      f.for(share(images, chunk, chunks), share(images, after(chunk), chunks), 1, (image) => {
        const frame = f.let(nth(nth(slot.frames, image, slot.frameImage), group, slot.frameGroup));
        const byGroup = i32.mul(i32.mul(group, channels), gradientChannel);
        const gradient = f.let(i32.add(slot.gradient, i32.add(i32.mul(image, slot.gradientImage), byGroup)));
        f.for(0, panels, 1, (panel) => {
          const first = f.let(i32.mul(panel, panelWidth));
          f.call(
            pack,
            ...[nth(gradient, first, gradientChannel), nth(packed, i32.mul(panel, positions), panelBytes)],
            ...[gradientChannel, i32.const(lanes.bytes), positions, i32.sub(channels, first)],
          );
        });
        f.for(0, panels, 1, (panel) => {
          const b = f.let(nth(packed, i32.mul(panel, positions), panelBytes));
          f.for(firstTile, lastTile, 1, (tile) => {
            const row = f.let(topOf(tile));
            const rows = f.let(rowsOf(tile));
            const to = nth(nth(partial, row, lineBytes), panel, panelBytes);
            dispatchRows(f, rows, functions, [args, frame, i32.add(taps, i32.shl(row, 2)), b, to, lineBytes]);
          });
        });
      });
    });
  });
}

/** Defines the function that adds one image's contribution to a tile of the partial result. */
function weightTile(module: ModuleBuilder, lanes: Lanes, rows: number, names: readonly string[]): FunctionIndex {
  return module.procedure((f, args, frame, taps, b, to, lineBytes) => {
    const slot = readArguments<keyof WeightArguments>(f, args, names);
    const { rows: lines, width, step, places } = slot;
    const [line, element] = [f.locals("v128", tileVectors), f.local("v128")];
    const rowsOf = Array.from({ length: rows }, (_, i) => ({
      window: f.let(i32.add(frame, i32.load(taps, 4 * i))),
      start: f.local("i32"),
      sums: f.locals("v128", tileVectors),
    }));
    const eachSum = (body: (sum: Local<"v128">, target: Local<"i32">, offset: number) => void): void => {
      const target = f.let(to);
      for (const { sums } of rowsOf) {
        sums.forEach((sum, v) => {
          body(sum, target, 16 * v);
        });
        f.increase(target, lineBytes);
      }
    };
    eachSum((sum, target, offset) => f.set(sum, v128.load(target, offset)));
    f.for(0, lines, 1, () => {
      const offset = f.let(i32.load(places));
      for (const { start, window } of rowsOf) f.set(start, i32.add(window, offset));
      f.increase(places, i32.shl(width, 2));
      const done = f.let(i32.const(0));
      f.if(i32.eq(step, lanes.bytes), () => {
        f.for(0, i32.sub(width, 3), 4, () => addPositions(4, 4 * lanes.bytes), done);
      });
      f.for(done, width, 1, () => addPositions(1, step), done);
    });
    eachSum((sum, target, offset) => f.do(v128.store(target, sum, offset)));

    /** Adds `count` positions of a row, which are adjacent if there are several, and advances by `bytes`. */
    function addPositions(count: number, bytes: Operand<"i32">): void {
      for (let u = 0; u < count; u++) {
        line.forEach((vector, v) => {
          f.set(vector, v128.load(b, 16 * (u * tileVectors + v)));
        });
        for (const { start, sums } of rowsOf) {
          f.set(element, lanes.splat(start, u * lanes.bytes));
          sums.forEach((sum, v) => {
            f.set(sum, lanes.madd(element, line[v] as Local<"v128">, sum));
          });
        }
      }
      for (const { start } of rowsOf) f.increase(start, bytes);
      f.increase(b, 16 * tileVectors * count);
    }
  });
}

/** The arguments of the kernel that adds partial results. A unit is a tap of a group. */
export interface WeightSumArguments {
  readonly partial: number;
  readonly partialBytes: number;
  readonly chunks: number;
  readonly groups: number;
  readonly k: number;
  readonly channels: number;
  readonly lineBytes: number;
  readonly to: number;
  readonly channelBytes: number;
}

/** Builds the kernel that adds partial results: `to[channel, k] = Σ partial[chunk][k, channel]`. */
export function weightSumKernel(shared: boolean, lanes: Lanes, names: readonly string[]): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const slot = readArguments<keyof WeightSumArguments>(f, args, names);
    const { chunks, groups, k, channels, lineBytes, channelBytes } = slot;
    const chunkBytes = f.let(i32.mul(groups, slot.partialBytes));
    f.for(begin, end, 1, (unit) => {
      const group = f.let(i32.divU(unit, k));
      const place = f.let(i32.remU(unit, k));
      const source = nth(nth(slot.partial, group, slot.partialBytes), place, lineBytes);
      const from = f.let(source);
      const to = f.let(nth(i32.add(slot.to, i32.shl(place, lanes.shift)), i32.mul(group, channels), channelBytes));
      f.for(0, channels, lanes.count, (channel) => {
        const sum = f.let(lanes.zero);
        const at = f.let(from);
        f.for(0, chunks, 1, () => {
          f.set(sum, lanes.add(sum, v128.load(at)));
          f.increase(at, chunkBytes);
        });
        for (let lane = 0; lane < lanes.count; lane++) {
          f.if(i32.lt(i32.add(channel, lane), channels), () => f.do(lanes.storeLane(to, sum, lane)));
          f.increase(to, channelBytes);
        }
        f.increase(from, 16);
      });
    });
  });
}
