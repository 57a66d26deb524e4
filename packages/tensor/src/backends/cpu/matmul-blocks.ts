/**
 * The general matrix product. Operands are packed into panels, unless they are small and already in the order that the
 * register tile needs, and blocks of the result are distributed among the threads.
 */

import { launch } from "./arguments.ts";
import { type BlockArguments, blockBytes, productKernel } from "./matmul-kernel.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { type Cut, pack } from "./matmul-pack.ts";
import {
  flip,
  type Matrix,
  type Product,
  productArguments,
  repeats,
  writeMultiples,
  writeTables,
} from "./matmul-product.ts";
import { tileRows, tileVectors } from "./matmul-tile.ts";
import { align } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Maximum unit of work in tiles (along m) and panels (along n). Its rows of `a` for a block of k take about 100 KiB.
 */
const largestUnit = { tiles: 16, panels: 32 };
/** Multiplications per half, about 10 µs, below which a unit of work is not halved. */
const smallestUnit = 250_000;
/** Maximum bytes of packed operands at a time. Batches that do not fit are processed in several groups. */
const packedLimit = 64 << 20;
/**
 * Maximum columns for which `a` is read in place, and maximum rows for which `b` is. Packing pays only when the packed
 * operand is read often enough.
 */
export const directColumns = 64;
const directRows = 8 * tileRows;
/**
 * The same for an operand whose lines along k are a multiple of `farLines` bytes apart and compete for the same cache
 * sets.
 */
const directColumnsOfFarLines = 16;
const directRowsOfFarLines = 4 * tileRows;
const farLines = 4096;

/** Computes a product of any shape. */
export function multiplyBlocks(runtime: Runtime, lanes: Lanes, product: Product): void {
  const { element, m, n, k, a, b, batches } = product;
  const panelWidth = tileVectors * lanes.count;
  const panels = Math.ceil(n / panelWidth);
  const tiles = Math.ceil(m / tileRows);
  // Bytes of a packed batch (0 for an operand read in place), and bytes between batches (0 if all use one copy).
  const aBytes = readsA(product, lanes.bytes) ? 0 : m * k * lanes.bytes;
  const bBytes = readsB(product, lanes.bytes) ? 0 : k * panels * tileVectors * 16;
  const aEach = batches > 1 && repeats(a) ? 0 : aBytes;
  const bEach = batches > 1 && repeats(b) ? 0 : bBytes;
  const size = Math.max(1, Math.min(batches, Math.floor(packedLimit / Math.max(aEach + bEach, 1))));
  const tableBytes = 4 * size;
  const aPlace = align(4 * tableBytes);
  const bPlace = aPlace + align(Math.max(aBytes, aEach * size));
  const tables = runtime.scratch(bPlace + Math.max(bBytes, bEach * size));
  for (let from = 0; from < batches; from += size) {
    const count = Math.min(size, batches - from);
    writeTables(runtime, product, tables, tableBytes, from, count);
    const block = blockBytes / lanes.bytes;
    if (aBytes > 0) {
      const cut = { target: tables + aPlace, offsets: tables, size: m, k, block, batchBytes: aEach };
      prepare("a", a, cut, from, count);
    }
    if (bBytes > 0) {
      const cut = { target: tables + bPlace, offsets: tables + tableBytes, size: n, k, block, batchBytes: bEach };
      prepare("b", flip(b), cut, from, count);
    }
    multiply(count);
  }

  /** Packs an operand. A copy that all batches share is kept for the following groups. */
  function prepare(name: "a" | "b", matrix: Matrix, cut: Cut, from: number, count: number): void {
    const { offsets, batchBytes } = cut;
    if (from === 0 || batchBytes > 0) pack(runtime, lanes, name, batchBytes > 0 ? count : 1, matrix, cut);
    writeMultiples(runtime, offsets, count, batchBytes);
  }

  function multiply(count: number): void {
    let unitTiles = Math.min(tiles, largestUnit.tiles);
    let unitPanels = Math.min(panels, largestUnit.panels);
    const units = (): number => count * Math.ceil(tiles / unitTiles) * Math.ceil(panels / unitPanels);
    const work = (): number => unitTiles * tileRows * unitPanels * panelWidth * k;
    // Units are halved until every thread has several of them, or they become too small.
    while (units() < 8 * runtime.threads && work() > 2 * smallestUnit && unitTiles * unitPanels > 1) {
      if (unitTiles * tileRows > unitPanels * panelWidth || unitPanels === 1) unitTiles = Math.ceil(unitTiles / 2);
      else unitPanels = Math.ceil(unitPanels / 2);
    }
    const args: BlockArguments = {
      ...productArguments(product, tables, tableBytes),
      ...(aBytes > 0 && { a: tables + aPlace }),
      ...(bBytes > 0 && { b: tables + bPlace }),
      unitTiles,
      unitPanels,
      aRow: aBytes > 0 ? 0 : a.row,
      aStep: a.column,
      bStep: bBytes > 0 ? 0 : b.row,
    };
    const walk = aBytes > 0 || a.column !== lanes.bytes ? "lines" : "rows";
    launch(
      runtime,
      `matmul/${element}/${walk}`,
      args,
      (names) => productKernel(runtime.shared, lanes, walk, names),
      units(),
      smallestUnit / work(),
    );
  }
}

/** Whether `a` is read in place. The kernel treats a row stride of 0 as a packed operand. */
function readsA({ a, n }: Product, bytes: number): boolean {
  const most = a.column % farLines === 0 ? directColumnsOfFarLines : directColumns;
  return n <= most && a.row !== 0 && (a.column === bytes || a.row === bytes);
}

/** Whether `b` is read in place. */
function readsB({ b, m }: Product, bytes: number): boolean {
  const most = b.row % farLines === 0 ? directRowsOfFarLines : directRows;
  return m <= most && b.row !== 0 && b.column === bytes;
}
