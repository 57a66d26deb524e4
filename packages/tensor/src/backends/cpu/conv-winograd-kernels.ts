/**
 * Winograd's algorithm between its transforms. Tiles are transformed to their points one block at a time, so that all
 * matrices of the block stay in the L2 cache, then multiplied point by point, and transformed back (or, for the
 * gradient of the weight, accumulated).
 */

import { readArguments } from "./arguments.ts";
import { points } from "./conv-winograd-algebra.ts";
import { fromPoints, toPoints } from "./conv-winograd-tiles.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { dispatchRows, tileFunctions, tileRows } from "./matmul-tile.ts";
import { type FunctionBuilder, fetchAdd, i32, type Local, ModuleBuilder, memoryFill } from "./wasm/index.ts";

/** Points per tile. */
export const tilePoints: number = points * points;

/** Maximum channels summed in one pass. Adding a few partial sums loses fewer digits than one long sum. */
const depth = 64;

/**
 * The arguments of the kernels. Each launched unit is a worker with its own scratch memory, which takes work items from
 * a shared counter until none are left. An item of the forward kernel is a block of tiles; an item of the weight kernel
 * is a block of the data's channels for a chunk of the tiles, with sums of its own.
 */
export const winogradSlots = {
  input: 0,
  output: 9,
  /** Tiles per image, per row of tiles, and over all images. */
  tiles: 18,
  across: 19,
  allTiles: 20,
  /** Maximum tiles per block. */
  block: 21,
  /** Address of a 32-bit counter, initially 0, and the number of work items. */
  counter: 22,
  units: 23,
  /** Scratch memory, and its bytes per worker: the matrices of data, followed by those of results. */
  scratch: 24,
  scratchBytes: 25,
  /** Channels of results and of data, which are the columns and lines of the filters' matrices. */
  m: 26,
  k: 27,
  /** Bytes between lines and points of these matrices. */
  dataLine: 28,
  dataPoint: 29,
  resultLine: 30,
  resultPoint: 31,
  /**
   * Strides of the products' destination, as the tile function reads them: row, column, and two for a bias, which is
   * never present.
   */
  productLine: 32,
  productColumn: 33,
  /** Forward: 0 for no bias. */
  bias: 36,
  biasStride: 37,
  filters: 38,
  filterPoint: 39,
  /** Weight: chunks of tiles, blocks of channels, and the sums. */
  chunks: 40,
  blocks: 41,
  blockChannels: 42,
  sums: 43,
  sumBytes: 44,
  sumPoint: 45,
  /** Bytes between chunks of sums. */
  chunkBytes: 46,
  /** The filters as planes, and tiles per image, which is 1. */
  filterTiles: 47,
  weight: 48,
} as const;

/** Builds the forward kernel. */
export function winogradKernel(shared: boolean, lanes: Lanes, relaxed: boolean): Uint8Array {
  const module = new ModuleBuilder(shared);
  const s = winogradSlots;
  const functions = tileFunctions(module, lanes, "rows", "step");
  const take = toPoints(module, relaxed, s, s.input, "data");
  const give = fromPoints(module, relaxed, s, s.output, "results");
  return module.run((f, args, begin) => {
    const slot = readArguments(f, args, s);
    const { k, m, filters, filterPoint, block, dataLine, dataPoint, resultLine, resultPoint } = slot;
    const data = f.let(i32.add(slot.scratch, i32.mul(begin, slot.scratchBytes)));
    const results = f.let(i32.add(data, i32.mul(dataPoint, tilePoints)));
    const strides = f.let(i32.add(args, 8 * s.productLine));
    forEachUnit(f, slot.counter, slot.units, (unit) => {
      const first = f.let(i32.mul(unit, block));
      const count = f.let(i32.sub(slot.allTiles, first));
      f.atMost(count, block);
      f.call(take, args, first, count, i32.const(0), k, data, dataLine, dataPoint);
      const [a, b, to] = [f.let(data), f.let(filters), f.let(results)];
      f.for(0, tilePoints, 1, () => {
        const panel = f.let(b);
        f.for(0, m, 8, (left) => {
          f.for(0, count, tileRows, (top) => {
            const rows = f.let(i32.sub(count, top));
            f.atMost(rows, tileRows);
            const [line, cell] = [
              i32.add(a, i32.mul(top, dataLine)),
              i32.add(to, i32.add(i32.mul(top, resultLine), i32.shl(left, 2))),
            ];
            f.for(0, k, depth, (from) => {
              const length = f.let(i32.sub(k, from));
              f.atMost(length, depth);
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
export function filterKernel(shared: boolean, relaxed: boolean, reversed: boolean): Uint8Array {
  const module = new ModuleBuilder(shared);
  const s = winogradSlots;
  const take = toPoints(module, relaxed, { tiles: s.filterTiles, across: s.filterTiles }, s.weight, "filter", reversed);
  return module.run((f, args, begin, end) => {
    const slot = readArguments(f, args, s);
    const { k, filters, filterPoint } = slot;
    f.for(begin, end, 1, (panel) => {
      const to = i32.add(filters, i32.mul(panel, i32.shl(k, 5)));
      f.call(take, args, i32.const(0), k, i32.shl(panel, 3), i32.const(8), to, i32.const(32), filterPoint);
    });
  });
}

/**
 * Builds the kernel that transforms filters' gradients from their points. A unit is a filter for a block of channels.
 * The first partial sum is overwritten.
 */
export function filterGradientKernel(shared: boolean, relaxed: boolean): Uint8Array {
  const module = new ModuleBuilder(shared);
  const s = winogradSlots;
  const slots = { tiles: s.filterTiles, across: s.filterTiles, partials: s.chunks, partialBytes: s.chunkBytes };
  const give = fromPoints(module, relaxed, slots, s.weight, "filter");
  return module.run((f, args, begin, end) => {
    const slot = readArguments(f, args, s);
    const { m, k, sums, sumBytes, sumPoint, productLine: sumLine } = slot;
    const blockChannels = slot.blockChannels;
    f.for(begin, end, 1, (unit) => {
      const [block, filter] = [f.let(i32.divU(unit, m)), f.let(i32.remU(unit, m))];
      const channel = f.let(i32.mul(block, blockChannels));
      const channels = f.let(i32.sub(k, channel));
      f.atMost(channels, blockChannels);
      const from = i32.add(sums, i32.add(i32.mul(block, sumBytes), i32.mul(filter, sumLine)));
      f.call(give, args, filter, i32.const(1), channel, channels, from, sumLine, sumPoint);
    });
  });
}

/** Builds the weight kernel. */
export function winogradWeightKernel(shared: boolean, lanes: Lanes, relaxed: boolean): Uint8Array {
  const module = new ModuleBuilder(shared);
  const s = winogradSlots;
  const functions = tileFunctions(module, lanes, "lines", "step");
  const take = toPoints(module, relaxed, s, s.input, "data");
  const takeResults = toPoints(module, relaxed, s, s.output, "results");
  return module.run((f, args, begin) => {
    const slot = readArguments(f, args, s);
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
    const data = f.let(i32.add(slot.scratch, i32.mul(begin, slot.scratchBytes)));
    const results = f.let(i32.add(data, i32.mul(dataPoint, tilePoints)));
    const strides = f.let(i32.add(args, 8 * s.productLine));
    forEachUnit(f, slot.counter, slot.units, (unit) => {
      const chunk = f.let(i32.divU(unit, blocks));
      const channel = f.let(i32.mul(i32.remU(unit, blocks), slot.blockChannels));
      const channels = f.let(i32.sub(k, channel));
      f.atMost(channels, slot.blockChannels);
      const sums = f.let(i32.add(slot.sums, i32.mul(unit, sumBytes)));
      f.do(memoryFill(sums, 0, sumBytes));
      const share = (part: Local<"i32">) => f.let(i32.divU(i32.mul(part, allTiles), chunks));
      const last = share(f.let(i32.add(chunk, 1)));
      f.for(share(chunk), last, block, (first) => {
        const count = f.let(i32.sub(last, first));
        f.atMost(count, block);
        f.call(take, args, first, count, channel, channels, data, dataLine, dataPoint);
        f.call(takeResults, args, first, count, i32.const(0), m, results, resultLine, resultPoint);
        const [a, b, to] = [f.let(results), f.let(data), f.let(sums)];
        f.for(0, tilePoints, 1, () => {
          f.for(0, channels, 8, (left) => {
            const panel = f.let(i32.add(b, i32.shl(left, 2)));
            f.for(0, m, tileRows, (top) => {
              const rows = f.let(i32.sub(m, top));
              f.atMost(rows, tileRows);
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
