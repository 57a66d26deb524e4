/**
 * The general matrix product. Operands are packed into panels, unless they are small and already in the order that the
 * register tile needs, and blocks of the result are distributed among the threads.
 */

import { launch } from "./arguments.ts";
import { blockBytes, type ProductArguments, productKernel } from "./matmul-kernel.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { pack } from "./matmul-pack.ts";
import { flip, type Matrix, type Product, repeats, writeMultiples, writeOffsets } from "./matmul-product.ts";
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
 * Maximum columns for which `a` is read in place, and maximum tiles for which `b` is. Packing pays only when the packed
 * operand is read often enough.
 */
export const directColumns = 64;
const directTiles = 8;
/**
 * Maximum tiles for `b` read in place when its rows are a multiple of `farLines` bytes apart and compete for the same
 * cache sets.
 */
const directTilesOfFarLines = 4;
const farLines = 2048;

/** How one operand is read. */
interface Reading {
  readonly packed: boolean;
  /** Whether all batches use one copy. */
  readonly shared: boolean;
  /** Bytes of a packed batch; 0 for an operand read in place. */
  readonly bytes: number;
}

/** The operands, tables and sizes of a group of batches. */
interface BatchGroup {
  readonly a: Reading;
  readonly b: Reading;
  readonly aPacked: number;
  readonly bPacked: number;
  /** Address of the offset tables: of a, b, the result and the bias; and bytes of each. */
  readonly tables: number;
  readonly tableBytes: number;
  readonly tiles: number;
  readonly panels: number;
}

/** Computes a product of any shape. */
export function multiplyBlocks(runtime: Runtime, lanes: Lanes, product: Product): void {
  const { m, n, k, batches } = product;
  const panels = Math.ceil(n / (tileVectors * lanes.count));
  const tiles = Math.ceil(m / tileRows);
  const a = reading(product.a, batches, readsA(product, lanes.bytes), m * k * lanes.bytes);
  const b = reading(product.b, batches, readsB(product, lanes.bytes), k * panels * tileVectors * 16);
  const each = (a.shared ? 0 : a.bytes) + (b.shared ? 0 : b.bytes);
  const size = Math.max(1, Math.min(batches, Math.floor(packedLimit / Math.max(each, 1))));
  const tableBytes = 4 * size;
  const aPlace = align(4 * tableBytes);
  const bPlace = aPlace + align(a.bytes * (a.shared ? 1 : size));
  const tables = runtime.scratch(bPlace + b.bytes * (b.shared ? 1 : size));
  const group = { a, b, aPacked: tables + aPlace, bPacked: tables + bPlace, tables, tableBytes, tiles, panels };
  for (let from = 0; from < batches; from += size)
    runGroup(runtime, lanes, product, group, from, Math.min(size, batches - from));
}

function reading(matrix: Matrix, batches: number, direct: boolean, bytes: number): Reading {
  const packed = !direct && bytes > 0;
  return { packed, shared: batches > 1 && repeats(matrix), bytes: packed ? bytes : 0 };
}

/** Whether `a` is read in place. The kernel treats a row stride of 0 as a packed operand. */
function readsA({ a, n }: Product, bytes: number): boolean {
  return n <= directColumns && a.row !== 0 && (a.column === bytes || a.row === bytes);
}

/** Whether `b` is read in place. */
function readsB({ b, m }: Product, bytes: number): boolean {
  const most = b.row % farLines === 0 ? directTilesOfFarLines : directTiles;
  return m <= most * tileRows && b.row !== 0 && b.column === bytes;
}

/** Packs and multiplies `count` batches. */
function runGroup(
  runtime: Runtime,
  lanes: Lanes,
  product: Product,
  { a, b, aPacked, bPacked, tables, tableBytes, tiles, panels }: BatchGroup,
  from: number,
  count: number,
): void {
  const { element, m, n, k, to, bias } = product;
  writeOffsets(runtime, product.a, tables, from, count);
  writeOffsets(runtime, product.b, tables + tableBytes, from, count);
  writeOffsets(runtime, to, tables + 2 * tableBytes, from, count);
  writeOffsets(runtime, bias, tables + 3 * tableBytes, from, count);
  const prepare = (name: "a" | "b", matrix: Matrix, size: number, target: number, offsets: number): void => {
    const { packed, shared, bytes } = name === "a" ? a : b;
    if (!packed) return;
    const cut = { target, offsets, size, k, block: blockBytes / lanes.bytes, batchBytes: bytes };
    // Packed operands that all batches share are kept for the following groups.
    if (from === 0 || !shared) pack(runtime, lanes, name, shared ? 1 : count, matrix, cut);
    writeMultiples(runtime, offsets, count, shared ? 0 : bytes);
  };
  prepare("a", product.a, m, aPacked, tables);
  prepare("b", flip(product.b), n, bPacked, tables + tableBytes);

  const panelWidth = tileVectors * lanes.count;
  let unitTiles = Math.min(tiles, largestUnit.tiles);
  let unitPanels = Math.min(panels, largestUnit.panels);
  const units = (): number => count * Math.ceil(tiles / unitTiles) * Math.ceil(panels / unitPanels);
  const work = (): number => unitTiles * tileRows * unitPanels * panelWidth * k;
  // Units are halved until every thread has several of them, or they become too small.
  while (units() < 8 * runtime.threads && work() > 2 * smallestUnit && unitTiles * unitPanels > 1) {
    if (unitTiles * tileRows > unitPanels * panelWidth || unitPanels === 1) unitTiles = Math.ceil(unitTiles / 2);
    else unitPanels = Math.ceil(unitPanels / 2);
  }
  const args: ProductArguments = {
    a: a.packed ? aPacked : product.a.address,
    b: b.packed ? bPacked : product.b.address,
    to: to.address,
    bias: bias.address,
    strides: to.row,
    columnStride: to.column,
    biasRowStride: bias.row,
    biasColumnStride: bias.column,
    tables,
    tableBytes,
    m,
    n,
    k,
    unitTiles,
    unitPanels,
    aRow: a.packed ? 0 : product.a.row,
    aStep: product.a.column,
    bStep: b.packed ? 0 : product.b.row,
    accumulate: product.accumulate ? 1 : 0,
  };
  const walk = a.packed || product.a.column !== lanes.bytes ? "lines" : "rows";
  launch(
    runtime,
    `matmul/${element}/${walk}`,
    args,
    (names) => productKernel(runtime.shared, lanes, walk, names),
    units(),
    smallestUnit / work(),
  );
}
