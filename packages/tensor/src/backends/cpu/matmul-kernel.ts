/**
 * The loops around the register tile. A unit of work is a block of the result, a few tiles high and a few panels wide.
 * Within it, k is blocked so that a panel of `b` stays in the L1 cache and the unit's rows of `a` in the L2 cache (Goto
 * and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication").
 */

import { readArguments } from "./arguments.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { dispatchRows, tileFunctions, tileSpan, tileVectors, type Walk } from "./matmul-tile.ts";
import { type Code, type FunctionBuilder, i32, type Local, ModuleBuilder, select } from "./wasm/index.ts";

/** The arguments of the product kernel. */
export const productSlots = {
  a: 0,
  b: 1,
  to: 2,
  /** 0 for no bias. */
  bias: 3,
  /** Byte strides of the result and the bias, in the order in which the tile function reads them. */
  strides: 4,
  columnStride: 5,
  biasRowStride: 6,
  biasColumnStride: 7,
  /** Tables of the batches' byte offsets in a, b, the result and the bias, as 4-byte integers. */
  aOffsets: 8,
  bOffsets: 9,
  toOffsets: 10,
  biasOffsets: 11,
  m: 12,
  n: 13,
  k: 14,
  /** Steps of k per block. */
  block: 15,
  /** Number of tiles along m, rows per tile, and number of tiles, from the first, that have one more row. */
  tiles: 16,
  height: 17,
  extra: 18,
  /** Tiles and panels per unit, and units per batch along m and along n. */
  unitTiles: 19,
  unitPanels: 20,
  unitsDown: 21,
  unitsAcross: 22,
  /**
   * Byte strides of operands that are read in place: between rows of `a`, between steps of k in `a`, and between steps
   * of k in `b`. `aRow` and `bStep` are 0 for packed operands.
   */
  aRow: 23,
  aStep: 24,
  bStep: 25,
  /** Whether the first block of k is added to the existing result. */
  accumulate: 26,
} as const;

/** Builds the product kernel: with `a` packed or contiguous along m ("lines"), or read along its rows ("rows"). */
export function productKernel(shared: boolean, lanes: Lanes, walk: Walk): Uint8Array {
  const module = new ModuleBuilder(shared);
  const functions = tileFunctions(module, lanes, walk, "step");
  const panelWidth = tileVectors * lanes.count;
  return module.run((f, args, begin, end) => {
    const slot = readArguments(f, args, productSlots);
    const strides = f.let(i32.add(args, 8 * productSlots.strides));
    const { m, n, k, block, height, extra, aRow, aStep, bStep, accumulate } = slot;
    const [rowStride, columnStride] = [f.let(i32.load(strides, 0)), f.let(i32.load(strides, 8))];
    const { biasRowStride: biasRow, biasColumnStride: biasColumn } = slot;
    const aPacked = f.let(i32.eqz(aRow));
    const bPacked = f.let(i32.eqz(bStep));
    const panels = f.let(i32.divU(i32.add(n, panelWidth - 1), panelWidth));

    f.for(begin, end, 1, (unit) => {
      const { a, b, to, bias, firstTile, lastTile, firstPanel, lastPanel } = unitOf(f, slot, unit, panels);
      const from = f.let(i32.const(0));
      // The loop over k runs at least once, because an empty sum still writes zeros.
      f.repeat(
        () => {
          const length = f.let(i32.sub(k, from));
          f.atMost(length, block);
          const first = f.let(i32.eqz(from));
          const load = f.let(select(first, accumulate, i32.const(1)));
          const aBlock = f.let(
            i32.add(a, select(aPacked, i32.shl(i32.mul(from, m), lanes.shift), i32.mul(from, aStep))),
          );
          const bLine = f.let(select(bPacked, i32.const(panelWidth << lanes.shift), bStep));
          const packedLine = i32.mul(i32.mul(from, panels), panelWidth);
          const bBlock = f.let(i32.add(b, select(bPacked, i32.shl(packedLine, lanes.shift), i32.mul(from, bStep))));
          const bPanel = f.let(i32.mul(select(bPacked, length, i32.const(1)), panelWidth << lanes.shift));
          f.for(firstPanel, lastPanel, 1, (panel) => {
            const left = f.let(i32.mul(panel, panelWidth));
            const columns = f.let(i32.sub(n, left));
            f.atMost(columns, panelWidth);
            const bAddress = f.let(i32.add(bBlock, i32.mul(panel, bPanel)));
            f.for(firstTile, lastTile, 1, (tile) => {
              const { top, rows } = tileSpan(f, tile, height, extra);
              const packedStep = walk === "lines" ? i32.shl(rows, lanes.shift) : aRow;
              const packedRow = i32.shl(length, lanes.shift);
              const aAddress = i32.add(aBlock, i32.mul(top, select(aPacked, packedRow, aRow)));
              const cell = i32.add(to, i32.add(i32.mul(top, rowStride), i32.mul(left, columnStride)));
              const biasCell = i32.add(bias, i32.add(i32.mul(top, biasRow), i32.mul(left, biasColumn)));
              dispatchRows(f, rows, functions, [
                ...[
                  aAddress,
                  walk === "lines" ? select(aPacked, packedStep, aStep) : aRow,
                  bAddress,
                  bLine,
                  length,
                  cell,
                ],
                ...[columns, load, select(i32.and(first, i32.ne(bias, 0)), biasCell, i32.const(0)), strides],
              ]);
            });
          });
          f.set(from, i32.add(from, block));
        },
        () => i32.lt(from, k),
      );
    });
  });
}

/** Emits the addresses of a unit's batch, and the tiles and panels of the unit. */
function unitOf(
  f: FunctionBuilder,
  slot: Readonly<Record<keyof typeof productSlots, Local<"i32">>>,
  unit: Local<"i32">,
  panels: Local<"i32">,
): Record<"a" | "b" | "to" | "bias" | "firstTile" | "lastTile" | "firstPanel" | "lastPanel", Local<"i32">> {
  const { unitTiles, unitPanels, unitsDown: down, unitsAcross: across } = slot;
  const batch = f.let(i32.divU(unit, i32.mul(down, across)));
  const inBatch = f.let(i32.remU(unit, i32.mul(down, across)));
  const at = (matrix: "a" | "b" | "to" | "bias"): Code<"i32"> =>
    i32.add(slot[matrix], i32.load(i32.add(slot[`${matrix}Offsets`], i32.shl(batch, 2))));
  const [a, b, to] = [f.let(at("a")), f.let(at("b")), f.let(at("to"))];
  const bias = f.local("i32");
  f.set(bias, 0);
  f.if(slot.bias, () => f.set(bias, at("bias")));
  const firstTile = f.let(i32.mul(i32.remU(inBatch, down), unitTiles));
  const lastTile = f.let(i32.add(firstTile, unitTiles));
  f.atMost(lastTile, slot.tiles);
  const firstPanel = f.let(i32.mul(i32.divU(inBatch, down), unitPanels));
  const lastPanel = f.let(i32.add(firstPanel, unitPanels));
  f.atMost(lastPanel, panels);
  return { a, b, to, bias, firstTile, lastTile, firstPanel, lastPanel };
}
