/**
 * The loops around the register tile. A unit of work is a block of the result, a few tiles high and a few panels wide.
 * Within it, k is blocked so that a panel of `b` stays in the L1 cache and the unit's rows of `a` in the L2 cache (Goto
 * and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication").
 */

import { readArguments } from "./arguments.ts";
import type { Lanes } from "./matmul-lanes.ts";
import type { ProductArguments } from "./matmul-product.ts";
import { dispatchRows, tileFunctions, tileVectors, tiling, type Walk } from "./matmul-tile.ts";
import { type FunctionBuilder, i32, type Local, ModuleBuilder, nth, select } from "./wasm/index.ts";

/**
 * Bytes of a row of `a` within a block of k. The block of a panel of `b`, eight float32 columns wide, then fills a
 * quarter of a 32 KiB L1 cache.
 */
export const blockBytes = 1024;

/** The arguments of the product kernel. */
export interface BlockArguments extends ProductArguments {
  /** Tiles along m and panels along n per unit. */
  readonly unitTiles: number;
  readonly unitPanels: number;
  /**
   * Byte strides of operands that are read in place: between rows of `a`, between steps of k in `a`, and between steps
   * of k in `b`. `aRow` and `bStep` are 0 for packed operands.
   */
  readonly aRow: number;
  readonly aStep: number;
  readonly bStep: number;
}

/** Builds the product kernel: with `a` packed or contiguous along m ("lines"), or read along its rows ("rows"). */
export function productKernel(shared: boolean, lanes: Lanes, walk: Walk, names: readonly string[]): Uint8Array {
  const module = new ModuleBuilder(shared);
  const functions = tileFunctions(module, lanes, walk, "step");
  const panelWidth = tileVectors * lanes.count;
  return module.run((f, args, begin, end) => {
    const slot = readArguments<keyof BlockArguments>(f, args, names);
    const strides = f.let(i32.add(args, 8 * names.indexOf("toRow")));
    const { m, n, k, toRow, toColumn, biasRow, biasColumn, aRow, aStep, bStep, accumulate } = slot;
    const { tiles, top: topOf, rows: rowsOf } = tiling(f, m);
    const block = i32.const(blockBytes / lanes.bytes);
    const aPacked = f.let(i32.eqz(aRow));
    const bPacked = f.let(i32.eqz(bStep));
    const panels = f.let(i32.divU(i32.add(n, panelWidth - 1), panelWidth));

    f.for(begin, end, 1, (unit) => {
      const { a, b, to, bias, firstTile, lastTile, firstPanel, lastPanel } = unitOf(f, slot, unit, tiles, panels);
      const from = f.let(i32.const(0));
      // The loop over k runs at least once, because an empty sum still writes zeros.
      f.repeat(
        () => {
          const length = f.least(i32.sub(k, from), block);
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
            const columns = f.least(i32.sub(n, left), panelWidth);
            const bAddress = f.let(nth(bBlock, panel, bPanel));
            f.for(firstTile, lastTile, 1, (tile) => {
              const [top, rows] = [f.let(topOf(tile)), f.let(rowsOf(tile))];
              const packedStep = walk === "lines" ? i32.shl(rows, lanes.shift) : aRow;
              const packedRow = i32.shl(length, lanes.shift);
              const aAddress = nth(aBlock, top, select(aPacked, packedRow, aRow));
              const cell = nth(nth(to, top, toRow), left, toColumn);
              const biasCell = nth(nth(bias, top, biasRow), left, biasColumn);
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
  slot: Readonly<Record<keyof BlockArguments, Local<"i32">>>,
  unit: Local<"i32">,
  tiles: Local<"i32">,
  panels: Local<"i32">,
): Record<"a" | "b" | "to" | "bias" | "firstTile" | "lastTile" | "firstPanel" | "lastPanel", Local<"i32">> {
  const { unitTiles, unitPanels } = slot;
  const ceil = (all: Local<"i32">, part: Local<"i32">) => f.let(i32.divU(i32.sub(i32.add(all, part), 1), part));
  const [down, across] = [ceil(tiles, unitTiles), ceil(panels, unitPanels)];
  const each = f.let(i32.mul(down, across));
  const inBatch = f.let(i32.remU(unit, each));
  const firstTile = f.let(i32.mul(i32.remU(inBatch, down), unitTiles));
  const lastTile = f.least(i32.add(firstTile, unitTiles), tiles);
  const firstPanel = f.let(i32.mul(i32.divU(inBatch, down), unitPanels));
  const lastPanel = f.least(i32.add(firstPanel, unitPanels), panels);
  return { ...batchOf(f, slot, f.let(i32.divU(unit, each))), firstTile, lastTile, firstPanel, lastPanel };
}

/** Emits the addresses of a batch. Without a bias, both the bias and its offsets are 0. */
export function batchOf(
  f: FunctionBuilder,
  slot: Readonly<Record<"a" | "b" | "to" | "bias" | "tables" | "tableBytes", Local<"i32">>>,
  batch: Local<"i32">,
): Record<"a" | "b" | "to" | "bias", Local<"i32">> {
  const offset = f.let(i32.add(slot.tables, i32.shl(batch, 2)));
  const at = (base: Local<"i32">): Local<"i32"> => {
    const address = f.let(i32.add(base, i32.load(offset)));
    f.increase(offset, slot.tableBytes);
    return address;
  };
  return { a: at(slot.a), b: at(slot.b), to: at(slot.to), bias: at(slot.bias) };
}
