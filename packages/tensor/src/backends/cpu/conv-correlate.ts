/**
 * The sliding product of the forward pass and the gradient of the input: weights [M, K] times a matrix whose row `k`
 * holds what tap `k` reads at each position. That matrix is never materialized. Where the positions of a panel are
 * adjacent in the frame, the register tile reads them in place through the table of taps. Other panels (at the end of a
 * row, or with a stride) are gathered into a small buffer first.
 */

import { readArguments } from "./arguments.ts";
import { gatherFunction } from "./conv-gather.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { dispatchRows, tileFunctions, tileVectors, tiling } from "./matmul-tile.ts";
import { fetchAdd, i32, type Local, ModuleBuilder, nth, select } from "./wasm/index.ts";

/**
 * The arguments of the kernel. Each launched unit is a worker with its own gather buffer. It takes blocks of positions
 * from a shared counter until none are left.
 */
export interface CorrelateArguments {
  readonly frames: number;
  /** Weights as packed panels, one group after another. */
  readonly weights: number;
  readonly to: number;
  /** 0 for no bias. */
  readonly bias: number;
  /** Byte strides of the result and the bias, in adjacent slots and in this order, as the tile function reads them. */
  readonly strides: number;
  readonly columnStride: number;
  readonly biasStride: number;
  readonly biasColumnStride: number;
  /** Byte offsets of taps, of the lines of a gathered panel, and of positions. */
  readonly taps: number;
  readonly lines: number;
  readonly places: number;
  /** Address of a 32-bit counter, initially 0. */
  readonly counter: number;
  /** Gathered panels, one per worker, and their size in bytes. */
  readonly gathered: number;
  readonly gatheredBytes: number;
  readonly m: number;
  readonly k: number;
  readonly positions: number;
  /** Taps per block. */
  readonly block: number;
  /** Blocks in total, blocks per image and group, and panels per block. */
  readonly units: number;
  readonly unitsAcross: number;
  readonly unitPanels: number;
  readonly groups: number;
  /**
   * Byte strides: images and groups in the frames, groups in the weights, images and groups in the result, groups in
   * the bias.
   */
  readonly frameImage: number;
  readonly frameGroup: number;
  readonly weightGroup: number;
  readonly toImage: number;
  readonly toGroup: number;
  readonly biasGroup: number;
}

/** Builds the kernel. */
export function correlateKernel(shared: boolean, lanes: Lanes, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const functions = tileFunctions(module, lanes, "lines", "table");
  const gather = gatherFunction(module, lanes);
  const panelWidth = tileVectors * lanes.count;
  return module.run((f, args, begin) => {
    const slot = readArguments<keyof CorrelateArguments>(f, args, names);
    const strides = f.let(i32.add(args, 8 * names.indexOf("strides")));
    const { taps, lines, places, counter, m, k, positions, block, units, unitsAcross, unitPanels, groups } = slot;
    const gathered = f.let(nth(slot.gathered, begin, slot.gatheredBytes));
    const { tiles, top: topOf, rows: rowsOf } = tiling(f, m);
    const panels = f.let(i32.divU(i32.add(positions, panelWidth - 1), panelWidth));
    const unit = f.let(fetchAdd(counter, 1));
    f.while(i32.ltU(unit, units), () => {
      computeUnit();
      f.set(unit, fetchAdd(counter, 1));
    });

    /** Computes a block of positions of one image and group: block by block of taps, and panel by panel within. */
    function computeUnit(): void {
      const plane = f.let(i32.divU(unit, unitsAcross));
      const image = f.let(i32.divU(plane, groups));
      const group = f.let(i32.remU(plane, groups));
      const place = (base: Local<"i32">, byImage: Local<"i32">, byGroup: Local<"i32">) =>
        f.let(nth(nth(base, image, byImage), group, byGroup));
      const frame = place(slot.frames, slot.frameImage, slot.frameGroup);
      const to = place(slot.to, slot.toImage, slot.toGroup);
      const weights = f.let(nth(slot.weights, group, slot.weightGroup));
      const bias = f.let(slot.bias);
      f.if(bias, () => f.increase(bias, i32.mul(group, slot.biasGroup)));
      const firstPanel = f.let(i32.mul(i32.remU(unit, unitsAcross), unitPanels));
      const lastPanel = f.least(i32.add(firstPanel, unitPanels), panels);
      // Tiles read the frame at many addresses at once, which hardware prefetchers cannot predict. Reading it
      // sequentially first brings it into the L2 cache quickly.
      f.if(i32.eq(unitsAcross, 1), () =>
        f.for(0, slot.frameGroup, 64, (line) => f.drop(i32.load(i32.add(frame, line)))),
      );
      const from = f.let(i32.const(0));
      // The loop over taps runs at least once, because an empty sum still writes zeros.
      f.repeat(
        () => {
          const length = f.least(i32.sub(k, from), block);
          const first = f.let(i32.eqz(from));
          const aBlock = f.let(i32.add(weights, i32.shl(i32.mul(from, m), lanes.shift)));
          const blockTaps = f.let(i32.add(taps, i32.shl(from, 2)));
          f.for(firstPanel, lastPanel, 1, (panel) => {
            const left = f.let(i32.mul(panel, panelWidth));
            const columns = f.least(i32.sub(positions, left), panelWidth);
            const cells = f.let(i32.add(places, i32.shl(left, 2)));
            const start = f.let(i32.load(cells));
            const last = i32.load(i32.add(cells, i32.shl(i32.sub(columns, 1), 2)));
            // Where the panel is, and the byte offsets of its lines: in the frame if its positions are adjacent there.
            const b = f.let(i32.add(frame, start));
            const table = f.let(blockTaps);
            f.if(i32.ne(i32.sub(last, start), i32.shl(i32.sub(columns, 1), lanes.shift)), () => {
              f.call(gather, frame, cells, blockTaps, length, gathered);
              f.set(b, gathered);
              f.set(table, lines);
            });
            f.for(0, tiles, 1, (tile) => {
              const [top, rows] = [f.let(topOf(tile)), f.let(rowsOf(tile))];
              const a = i32.add(aBlock, i32.shl(i32.mul(top, length), lanes.shift));
              const address = i32.add(to, i32.add(i32.mul(top, slot.strides), i32.shl(left, lanes.shift)));
              // Only the first block of taps adds the bias. The others add to what is there.
              const tileBias = select(i32.and(first, i32.ne(bias, 0)), nth(bias, top, slot.biasStride), i32.const(0));
              const aStep = i32.shl(rows, lanes.shift);
              const load = i32.eqz(first);
              dispatchRows(f, rows, functions, [a, aStep, b, table, length, address, columns, load, tileBias, strides]);
            });
          });
          f.set(from, i32.add(from, block));
        },
        () => i32.lt(from, k),
      );
    }
  });
}
