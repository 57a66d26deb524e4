/**
 * The general matrix product. Operands are packed into panels, unless they are small and already in the order that the
 * register tile needs, and blocks of the result are distributed among the threads.
 */

import { argumentsFor, writeArguments } from "./arguments.ts";
import { productKernel, productSlots } from "./matmul-kernel.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { packKernel, packSlots } from "./matmul-pack.ts";
import { flip, type Matrix, type Product, repeats, writeMultiples, writeOffsets } from "./matmul-product.ts";
import { tileRows, tileVectors } from "./matmul-tile.ts";
import { align } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Bytes of a row of `a` within a block of k. The block of a panel of `b`, eight float32 columns wide, then fills a
 * quarter of a 32 KiB L1 cache.
 */
const blockBytes = 1024;
/**
 * Maximum unit of work in tiles (along m) and panels (along n). Its rows of `a` for a block of k take about 100 KiB.
 */
const largestUnit = { tiles: 16, panels: 32 };
/** Multiplications per half, about 10 µs, below which a unit of work is not halved. */
const smallestUnit = 250_000;
/** Minimum elements per piece of packing. */
const smallestPacking = 16_384;
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

const packArguments = /* @__PURE__ */ argumentsFor(packSlots);
const productArguments = /* @__PURE__ */ argumentsFor(productSlots);

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
  /** Address of the offset tables: a, b, result, bias, packed a, packed b. */
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
  const aPlace = align(6 * tableBytes);
  const bPlace = aPlace + align(a.bytes * (a.shared ? 1 : size));
  const tables = runtime.scratch(bPlace + b.bytes * (b.shared ? 1 : size));
  const group: BatchGroup = {
    a,
    b,
    aPacked: tables + aPlace,
    bPacked: tables + bPlace,
    tables,
    tableBytes,
    tiles,
    panels,
  };
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
  group: BatchGroup,
  from: number,
  count: number,
): void {
  const { m, n } = product;
  const { a, b, tables, tableBytes, tiles, panels } = group;
  writeOffsets(runtime, product.a, tables, from, count);
  writeOffsets(runtime, product.b, tables + tableBytes, from, count);
  writeOffsets(runtime, product.to, tables + 2 * tableBytes, from, count);
  writeOffsets(runtime, product.bias, tables + 3 * tableBytes, from, count);
  writeMultiples(runtime, tables + 4 * tableBytes, count, a.shared ? 0 : a.bytes);
  writeMultiples(runtime, tables + 5 * tableBytes, count, b.shared ? 0 : b.bytes);
  // Packed operands that all batches share are kept for the following groups.
  if (a.packed && (from === 0 || !a.shared)) {
    const cut = { panels: tiles, width: Math.floor(m / tiles), extra: m % tiles, size: m };
    pack(runtime, lanes, product, product.a, a, count, true, { target: group.aPacked, offsets: tables, ...cut });
  }
  if (b.packed && (from === 0 || !b.shared)) {
    const cut = { panels, width: tileVectors * lanes.count, extra: 0, size: n };
    pack(runtime, lanes, product, flip(product.b), b, count, false, {
      target: group.bPacked,
      offsets: tables + tableBytes,
      ...cut,
    });
  }
  launch(runtime, lanes, product, group, count);
}

/** Packs `count` batches of an operand. `cut` holds the destination and the widths of the panels. */
function pack(
  runtime: Runtime,
  lanes: Lanes,
  { k }: Product,
  { address, row, column }: Matrix,
  { bytes, shared }: Reading,
  count: number,
  exact: boolean,
  cut: Record<"target" | "offsets" | "panels" | "width" | "extra" | "size", number>,
): void {
  const name = `matmul/pack/${lanes.bytes}/${exact ? "exact" : "padded"}`;
  const kernel = runtime.kernel(name, () => packKernel(runtime.shared, lanes, exact));
  const args = writeArguments(packArguments, packSlots, {
    ...cut,
    ...{ source: address, k, stride: row, kStride: column, block: blockBytes / lanes.bytes, batchBytes: bytes },
  });
  runtime.launch(
    kernel,
    args,
    cut.panels * (shared ? 1 : count),
    Math.max(1, Math.ceil(smallestPacking / (cut.width * k))),
  );
}

/** Multiplies `count` batches. */
function launch(runtime: Runtime, lanes: Lanes, product: Product, group: BatchGroup, count: number): void {
  const { element, m, n, k, a, b, to, bias } = product;
  const { tables, tableBytes, tiles, panels } = group;
  const walk = group.a.packed || a.column !== lanes.bytes ? "lines" : "rows";
  const kernel = runtime.kernel(`matmul/${element}/${walk}`, () => productKernel(runtime.shared, lanes, walk));
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
  const s = productSlots;
  const args = productArguments; // written one by one: a table of names would take noticeable time for small products
  args[s.a] = group.a.packed ? group.aPacked : a.address;
  args[s.b] = group.b.packed ? group.bPacked : b.address;
  args[s.to] = to.address;
  args[s.bias] = bias.address;
  args[s.strides] = to.row;
  args[s.columnStride] = to.column;
  args[s.biasRowStride] = bias.row;
  args[s.biasColumnStride] = bias.column;
  args[s.aOffsets] = tables + (group.a.packed ? 4 : 0) * tableBytes;
  args[s.bOffsets] = tables + (group.b.packed ? 5 : 1) * tableBytes;
  args[s.toOffsets] = tables + 2 * tableBytes;
  args[s.biasOffsets] = tables + 3 * tableBytes;
  args[s.m] = m;
  args[s.n] = n;
  args[s.k] = k;
  args[s.block] = blockBytes / lanes.bytes;
  args[s.tiles] = tiles;
  args[s.height] = Math.floor(m / tiles);
  args[s.extra] = m % tiles;
  args[s.unitTiles] = unitTiles;
  args[s.unitPanels] = unitPanels;
  args[s.unitsDown] = Math.ceil(tiles / unitTiles);
  args[s.unitsAcross] = Math.ceil(panels / unitPanels);
  args[s.aRow] = group.a.packed ? 0 : a.row;
  args[s.aStep] = a.column;
  args[s.bStep] = group.b.packed ? 0 : b.row;
  args[s.accumulate] = product.accumulate ? 1 : 0;
  runtime.launch(kernel, args, units(), Math.max(1, Math.floor(smallestUnit / Math.max(work(), 1))));
}
