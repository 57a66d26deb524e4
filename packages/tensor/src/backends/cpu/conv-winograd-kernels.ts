/**
 * Winograd's algorithm between its transforms. Tiles are transformed to their points one block at a time, so that all
 * matrices of the block stay in the L2 cache, then multiplied point by point, and transformed back (or, for the
 * gradient of the weight, accumulated).
 */

import { type Arguments, readArguments } from "./arguments.ts";
import { points } from "./conv-winograd-algebra.ts";
import { fromPoints, type TileArgument, toPoints } from "./conv-winograd-tiles.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { dispatchRows, tileFunctions, tileRows } from "./matmul-tile.ts";
import type { Runtime } from "./runtime.ts";
import { type FunctionBuilder, fetchAdd, i32, type Local, ModuleBuilder, memoryFill, nth } from "./wasm/index.ts";

/** Points per tile. */
export const tilePoints: number = points * points;

/** Maximum channels summed in one pass. Adding a few partial sums loses fewer digits than one long sum. */
const depth = 64;

/**
 * The arguments of the kernels. Each launched unit is a worker with its own scratch memory, which takes work items from
 * a shared counter until none are left. An item of the forward kernel is a block of tiles; an item of the weight kernel
 * is a block of the data's channels for a chunk of the tiles, with sums of its own.
 */
interface WinogradArguments extends Arguments<TileArgument> {
  /** Tiles over all images. */
  readonly allTiles: number;
  /** Maximum tiles per block. */
  readonly block: number;
  /** Address of a 32-bit counter, initially 0, and the number of work items. */
  readonly counter: number;
  readonly units: number;
  /** Scratch memory, and its bytes per worker: the matrices of data, followed by those of results. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** Channels of results and of data, which are the columns and lines of the filters' matrices. */
  readonly m: number;
  readonly k: number;
  /** Bytes between lines and points of these matrices. */
  readonly dataLine: number;
  readonly dataPoint: number;
  readonly resultLine: number;
  readonly resultPoint: number;
  /**
   * Strides of the products' destination, in adjacent slots, as the tile function reads them: row and column. It
   * ignores the next two slots, since there is no bias.
   */
  readonly productLine: number;
  readonly productColumn: number;
}

/** The arguments of the forward kernels. */
export interface ForwardArguments extends WinogradArguments {
  /** Address of a bias (0 for none), and bytes between its elements. */
  readonly bias: number;
  readonly biasStride: number;
  readonly filters: number;
  readonly filterPoint: number;
}

/** The arguments of the weight kernels. */
export interface GradientArguments extends WinogradArguments {
  /** Chunks of tiles, blocks of channels, and the sums. */
  readonly chunks: number;
  readonly blocks: number;
  readonly blockChannels: number;
  readonly sums: number;
  readonly sumBytes: number;
  readonly sumPoint: number;
  /** Bytes between chunks of sums. */
  readonly chunkBytes: number;
}

/** Builds the forward kernel. */
export function winogradKernel({ shared, relaxed }: Runtime, lanes: Lanes, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const functions = tileFunctions(module, lanes, "rows", "step");
  const take = toPoints(module, relaxed, names, "data");
  const give = fromPoints(module, relaxed, names, "results");
  return module.run((f, args, begin) => {
    const slot = readArguments<keyof ForwardArguments>(f, args, names);
    const { k, m, filters, filterPoint, block, dataLine, dataPoint, resultLine, resultPoint } = slot;
    const data = f.let(nth(slot.scratch, begin, slot.scratchBytes));
    const results = f.let(nth(data, dataPoint, tilePoints));
    const strides = f.let(i32.add(args, 8 * names.indexOf("productLine")));
    forEachUnit(f, slot.counter, slot.units, (unit) => {
      const first = f.let(i32.mul(unit, block));
      const count = f.least(i32.sub(slot.allTiles, first), block);
      f.call(take, args, first, count, i32.const(0), k, data, dataLine, dataPoint);
      const [a, b, to] = [f.let(data), f.let(filters), f.let(results)];
      f.for(0, tilePoints, 1, () => {
        const panel = f.let(b);
        f.for(0, m, 8, (left) => {
          f.for(0, count, tileRows, (top) => {
            const rows = f.least(i32.sub(count, top), tileRows);
            const [line, cell] = [
              nth(a, top, dataLine),
              i32.add(to, i32.add(i32.mul(top, resultLine), i32.shl(left, 2))),
            ];
            f.for(0, k, depth, (from) => {
              const length = f.least(i32.sub(k, from), depth);
              dispatchRows(f, rows, functions, [
                ...[i32.add(line, i32.shl(from, 2)), dataLine, i32.add(panel, i32.shl(from, 5)), i32.const(32), length],
                ...[cell, i32.const(8), from, i32.const(0), strides],
              ]);
            });
          });
          f.increase(panel, i32.shl(k, 5));
        });
        f.increase(a, dataPoint);
        f.increase(b, filterPoint);
        f.increase(to, resultPoint);
      });
      f.call(give, args, first, count, i32.const(0), m, results, resultLine, resultPoint);
    });
  });
}

/** Builds the kernel that transforms filters to their points, as panels of eight columns. A unit is a panel. */
export function filterKernel({ shared, relaxed }: Runtime, reversed: boolean, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const take = toPoints(module, relaxed, names, "filter", reversed);
  return module.run((f, args, begin, end) => {
    const slot = readArguments<keyof ForwardArguments>(f, args, names);
    const { k, filters, filterPoint } = slot;
    f.for(begin, end, 1, (panel) => {
      const to = nth(filters, panel, i32.shl(k, 5));
      f.call(take, args, i32.const(0), k, i32.shl(panel, 3), i32.const(8), to, i32.const(32), filterPoint);
    });
  });
}

/**
 * Builds the kernel that transforms filters' gradients from their points. A unit is a filter for a block of channels.
 * The first partial sum is overwritten.
 */
export function filterGradientKernel({ shared, relaxed }: Runtime, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const give = fromPoints(module, relaxed, names, "filter");
  return module.run((f, args, begin, end) => {
    const slot = readArguments<keyof GradientArguments>(f, args, names);
    const { m, k, sums, sumBytes, sumPoint, productLine: sumLine } = slot;
    const blockChannels = slot.blockChannels;
    f.for(begin, end, 1, (unit) => {
      const [block, filter] = [f.let(i32.divU(unit, m)), f.let(i32.remU(unit, m))];
      const channel = f.let(i32.mul(block, blockChannels));
      const channels = f.least(i32.sub(k, channel), blockChannels);
      const from = nth(nth(sums, block, sumBytes), filter, sumLine);
      f.call(give, args, filter, i32.const(1), channel, channels, from, sumLine, sumPoint);
    });
  });
}

/** Builds the weight kernel. */
export function winogradWeightKernel({ shared, relaxed }: Runtime, lanes: Lanes, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const functions = tileFunctions(module, lanes, "lines", "step");
  const take = toPoints(module, relaxed, names, "data");
  const takeResults = toPoints(module, relaxed, names, "results");
  return module.run((f, args, begin) => {
    const slot = readArguments<keyof GradientArguments>(f, args, names);
    const {
      k,
      m,
      block,
      blocks,
      productLine: sumLine,
      sumBytes,
      sumPoint,
      allTiles,
      chunks,
      dataLine,
      dataPoint,
      resultLine,
      resultPoint,
    } = slot;
    const data = f.let(nth(slot.scratch, begin, slot.scratchBytes));
    const results = f.let(nth(data, dataPoint, tilePoints));
    const strides = f.let(i32.add(args, 8 * names.indexOf("productLine")));
    forEachUnit(f, slot.counter, slot.units, (unit) => {
      const chunk = f.let(i32.divU(unit, blocks));
      const channel = f.let(i32.mul(i32.remU(unit, blocks), slot.blockChannels));
      const channels = f.least(i32.sub(k, channel), slot.blockChannels);
      const sums = f.let(nth(slot.sums, unit, sumBytes));
      f.do(memoryFill(sums, 0, sumBytes));
      const share = (part: Local<"i32">) => f.let(i32.divU(i32.mul(part, allTiles), chunks));
      const last = share(f.let(i32.add(chunk, 1)));
      f.for(share(chunk), last, block, (first) => {
        const count = f.least(i32.sub(last, first), block);
        f.call(take, args, first, count, channel, channels, data, dataLine, dataPoint);
        f.call(takeResults, args, first, count, i32.const(0), m, results, resultLine, resultPoint);
        const [a, b, to] = [f.let(results), f.let(data), f.let(sums)];
        f.for(0, tilePoints, 1, () => {
          f.for(0, channels, 8, (left) => {
            const panel = f.let(i32.add(b, i32.shl(left, 2)));
            f.for(0, m, tileRows, (top) => {
              const rows = f.least(i32.sub(m, top), tileRows);
              dispatchRows(f, rows, functions, [
                ...[i32.add(a, i32.shl(top, 2)), resultLine, panel, dataLine, count],
                ...[
                  i32.add(to, i32.add(i32.mul(top, sumLine), i32.shl(left, 2))),
                  i32.const(8),
                  i32.const(1),
                  i32.const(0),
                  strides,
                ],
              ]);
            });
          });
          f.increase(a, resultPoint);
          f.increase(b, dataPoint);
          f.increase(to, sumPoint);
        });
      });
    });
  });
}

/** Emits a loop that takes work items from a counter until none are left. */
function forEachUnit(
  f: FunctionBuilder,
  counter: Local<"i32">,
  units: Local<"i32">,
  body: (unit: Local<"i32">) => void,
): void {
  const unit = f.let(fetchAdd(counter, 1));
  f.while(i32.ltU(unit, units), () => {
    body(unit);
    f.set(unit, fetchAdd(counter, 1));
  });
}
