/**
 * Matrix products: chooses how a call is cut into work and starts the kernels. Operands are packed into panels, unless they are small and
 * already lie as the register tile wants them, and then the blocks of the result are shared out among the threads.
 */

import { bytesOf } from "../../dtype.ts";
import type { MatmulCall, View } from "../../kernel.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import { dotColumns, dotKernel, dotRows, dotSlots } from "./matmul-dot.ts";
import { productKernel, productSlots } from "./matmul-kernel.ts";
import { type Element, type Lanes, lanesOf } from "./matmul-lanes.ts";
import { packKernel, packSlots } from "./matmul-pack.ts";
import { tileRows, tileVectors } from "./matmul-tile.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Lines of a block of k: 256 lines of eight float32 columns are a quarter of a first-level cache. */
const blockBytes = 1024;
/** The largest unit of work: tiles high, panels wide. Its rows of `a` for a block of k take about 100 KiB. */
const largestUnit = { tiles: 16, panels: 32 };
/** Multiplications below which a unit of work is not cut in two: about 10 µs. */
const smallestUnit = 250_000;
/** The most bytes of packed operands at a time; more batches than fit go one lot after the other. */
const packedLimit = 64 << 20;

/** A matrix operand, or the result: its address, and strides in bytes. */
export interface Matrix {
  address: number;
  row: number;
  column: number;
}

/** A product of matrices of one element type, with its batches as tables of byte offsets. */
export interface Product {
  readonly element: Element;
  m: number;
  n: number;
  readonly k: number;
  a: Matrix;
  b: Matrix;
  readonly to: Matrix;
  /** An address of 0 is none. */
  readonly bias: Matrix;
  readonly accumulate: boolean;
  readonly batches: number;
}

/** Runs a matrix product of any dtype. */
export function runMatmul(runtime: Runtime, call: MatmulCall): void {
  const { shape, dtype } = call.to;
  const rank = shape.length;
  const m = shape[rank - 2] as number;
  const n = shape[rank - 1] as number;
  let batches = 1;
  for (let d = 0; d < rank - 2; d++) batches *= shape[d] as number;
  if (m === 0 || n === 0 || batches === 0) return;
  const element = elementOf(dtype);
  const { a, b, bias: added, accumulate } = call;
  if (dtype !== element || a.dtype !== element || b.dtype !== element || (added !== null && added.dtype !== element)) {
    const read = accumulate ? (["a", "b", "bias", "to"] as const) : (["a", "b", "bias"] as const);
    const needs = (_: string, view: View): Element | null => (view.dtype === element ? null : element);
    withTemporaries(runtime, { a, b, bias: added, to: call.to }, needs, read, ["to"], (views) => {
      // Safe: only the bias may be null.
      runMatmul(runtime, { ...call, ...(views as Pick<MatmulCall, "a" | "b" | "bias" | "to">) });
    });
    return;
  }
  const k = call.a.shape[call.a.shape.length - 1] as number;
  const none = { address: 0, row: 0, column: 0 };
  const bias = call.bias === null ? none : matrix(call.bias);
  let product: Product = {
    ...{ element, m, n, k, batches, bias, accumulate: call.accumulate },
    ...{ a: matrix(call.a), b: matrix(call.b), to: matrix(call.to) },
  };
  let views: readonly (View | null)[] = [call.a, call.b, call.to, call.bias];
  // A result that lies column by column is the transpose of one that lies row by row; and few columns are few rows of the transpose.
  const { to } = product;
  const bytes = bytesOf(dtype);
  const byColumns = to.column !== bytes && to.row === bytes;
  if (Math.min(m, n) <= dotRows ? n < m : byColumns) {
    product = { ...product, m: n, n: m, a: flip(product.b), b: flip(product.a), to: flip(to), bias: flip(bias) };
    views = [call.b, call.a, call.to, call.bias];
  }
  multiply(runtime, product, views);
}

/** A single column or row may have any stride: it is taken for one that suits the kernels. */
function matrix(view: View): Matrix {
  const bytes = bytesOf(view.dtype);
  const rank = view.strides.length;
  const stride = (d: number): number => (view.shape[d] === 1 ? bytes : (view.strides[d] as number) * bytes);
  return { address: addressOf(view), row: stride(rank - 2), column: stride(rank - 1) };
}

function flip({ address, row, column }: Matrix): Matrix {
  return { address, row: column, column: row };
}

/** How one operand is read: packed, or where it lies. */
interface Reading {
  readonly packed: boolean;
  readonly bytes: number;
}

function multiply(runtime: Runtime, product: Product, views: readonly (View | null)[]): void {
  const { element, m, n, k, batches } = product;
  const lanes = lanesOf(element, runtime.relaxed);
  if (m <= dotRows && product.a.column === lanes.bytes && product.b.row === lanes.bytes && product.b.column !== lanes.bytes) {
    multiplyDots(runtime, lanes, product, views);
    return;
  }
  const panelWidth = tileVectors * lanes.count;
  const panels = Math.ceil(n / panelWidth);
  const tiles = Math.ceil(m / tileRows);
  const a = readA(product, lanes.bytes);
  const b: Reading = {
    packed: !(product.b.column === lanes.bytes && product.b.row !== 0 && m <= 8 * tileRows),
    bytes: k * panels * panelWidth * lanes.bytes,
  };
  const aBytes = a.packed ? m * k * lanes.bytes : 0;
  const bBytes = b.packed ? b.bytes : 0;
  // A batch of products with the same operand packs it once.
  const aShared = batches > 1 && repeats(views[0] as View);
  const bShared = batches > 1 && repeats(views[1] as View);
  const each = (aShared ? 0 : aBytes) + (bShared ? 0 : bBytes);
  const lot = Math.max(1, Math.min(batches, Math.floor(packedLimit / Math.max(each, 1))));
  const tableBytes = align(8 * 4 * lot);
  const aTotal = align(aBytes * (aShared ? 1 : lot));
  const scratch = runtime.scratch(tableBytes + aTotal + bBytes * (bShared ? 1 : lot));
  const aPacked = scratch + tableBytes;
  const bPacked = aPacked + aTotal;
  for (let from = 0; from < batches; from += lot) {
    const count = Math.min(lot, batches - from);
    views.forEach((view, i) => {
      if (view !== null) offsets(runtime, view, scratch + i * 4 * lot, from, count);
    });
    offsetsOfPacked(runtime, scratch + 4 * 4 * lot, count, aShared ? 0 : aBytes);
    offsetsOfPacked(runtime, scratch + 5 * 4 * lot, count, bShared ? 0 : bBytes);
    if (k > 0 && a.packed && (from === 0 || !aShared)) {
      const height = Math.floor(m / tiles);
      pack(runtime, product, product.a, true, {
        ...{ target: aPacked, offsets: scratch, panels: tiles, width: height, extra: m % tiles, size: m },
        ...{ batchBytes: aBytes, batches: aShared ? 1 : count },
      });
    }
    if (k > 0 && b.packed && (from === 0 || !bShared)) {
      pack(runtime, product, flip(product.b), false, {
        ...{ target: bPacked, offsets: scratch + 4 * lot, panels, width: panelWidth, extra: 0, size: n },
        ...{ batchBytes: bBytes, batches: bShared ? 1 : count },
      });
    }
    launch(runtime, product, { a, b, aPacked, bPacked, tables: scratch, lot, count, tiles, panels });
  }
}

function readA({ a, m, n, k }: Product, bytes: number): Reading {
  const direct = (a.column === bytes || a.row === bytes) && a.row !== 0 && n <= 64;
  return { packed: !direct && k > 0, bytes: m * k * bytes };
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Whether all batches of an operand are one and the same matrix. */
function repeats(view: View): boolean {
  for (let d = 0; d < view.shape.length - 2; d++) if (view.shape[d] !== 1 && view.strides[d] !== 0) return false;
  return true;
}

/** Writes the byte offsets of `count` batches of a view, counted in row-major order, into a table. */
function offsets(runtime: Runtime, view: View, table: number, from: number, count: number): void {
  const { i32 } = runtime.memory;
  const bytes = bytesOf(view.dtype);
  for (let i = 0; i < count; i++) {
    let rest = from + i;
    let offset = 0;
    for (let d = view.shape.length - 3; d >= 0; d--) {
      const size = view.shape[d] as number;
      offset += (rest % size) * (view.strides[d] as number);
      rest = Math.floor(rest / size);
    }
    i32[(table >>> 2) + i] = offset * bytes;
  }
}

function offsetsOfPacked(runtime: Runtime, table: number, count: number, bytes: number): void {
  const { i32 } = runtime.memory;
  for (let i = 0; i < count; i++) i32[(table >>> 2) + i] = i * bytes;
}

/** The same for few rows, when both operands lie along k. */
function multiplyDots(runtime: Runtime, lanes: Lanes, product: Product, views: readonly (View | null)[]): void {
  const { element, m, n, k, batches, a, b, to, bias } = product;
  const scratch = runtime.scratch(4 * 4 * batches);
  views.forEach((view, i) => {
    if (view !== null) offsets(runtime, view, scratch + i * 4 * batches, 0, batches);
    else offsetsOfPacked(runtime, scratch + i * 4 * batches, batches, 0);
  });
  const s = dotSlots;
  const args = dotArgs;
  args[s.a] = a.address;
  args[s.b] = b.address;
  args[s.to] = to.address;
  args[s.bias] = bias.address;
  for (let i = 0; i < 4; i++) args[s.aOffsets + i] = scratch + i * 4 * batches;
  args[s.m] = m;
  args[s.n] = n;
  args[s.k] = k;
  args[s.aRow] = a.row;
  args[s.bColumn] = b.column;
  args[s.toRow] = to.row;
  args[s.toColumn] = to.column;
  args[s.biasRow] = bias.row;
  args[s.biasColumn] = bias.column;
  args[s.accumulate] = product.accumulate ? 1 : 0;
  args[s.units] = Math.ceil(n / dotColumns);
  const kernel = runtime.kernel(`matmul/dot/${element}`, () => dotKernel(runtime.shared, lanes));
  const work = Math.max(1, m * k * dotColumns);
  runtime.launch(kernel, args, (args[s.units] as number) * batches, Math.max(1, Math.ceil(100_000 / work)));
}

/** Arguments of the kernels, written anew for every launch. */
const packArgs = new Array<number>(Object.keys(packSlots).length).fill(0);
const dotArgs = new Array<number>(Object.keys(dotSlots).length).fill(0);
const productArgs = new Array<number>(Object.keys(productSlots).length + 1).fill(0);

interface Packing {
  readonly target: number;
  readonly offsets: number;
  readonly panels: number;
  readonly width: number;
  readonly extra: number;
  readonly size: number;
  readonly batchBytes: number;
  readonly batches: number;
}

function pack(runtime: Runtime, { element, k }: Product, source: Matrix, exact: boolean, packing: Packing): void {
  const lanes = lanesOf(element, runtime.relaxed);
  const kernel = runtime.kernel(`matmul/pack/${lanes.bytes}/${exact ? "exact" : "padded"}`, () => packKernel(runtime.shared, lanes, exact));
  packArgs[packSlots.source] = source.address;
  packArgs[packSlots.target] = packing.target;
  packArgs[packSlots.offsets] = packing.offsets;
  packArgs[packSlots.panels] = packing.panels;
  packArgs[packSlots.width] = packing.width;
  packArgs[packSlots.extra] = packing.extra;
  packArgs[packSlots.size] = packing.size;
  packArgs[packSlots.k] = k;
  packArgs[packSlots.stride] = source.row;
  packArgs[packSlots.kStride] = source.column;
  packArgs[packSlots.block] = blockBytes / lanes.bytes;
  packArgs[packSlots.batchBytes] = packing.batchBytes;
  const grain = Math.max(1, Math.ceil(16384 / (packing.width * k)));
  runtime.launch(kernel, packArgs, packing.panels * packing.batches, grain);
}

interface Launch {
  readonly a: Reading;
  readonly b: Reading;
  readonly aPacked: number;
  readonly bPacked: number;
  readonly tables: number;
  readonly lot: number;
  readonly count: number;
  readonly tiles: number;
  readonly panels: number;
}

function launch(runtime: Runtime, product: Product, l: Launch): void {
  const { element, m, n, k, to, bias } = product;
  const lanes = lanesOf(element, runtime.relaxed);
  const walk = l.a.packed || product.a.column !== lanes.bytes ? "lines" : "rows";
  const kernel = runtime.kernel(`matmul/${element}/${walk}`, () => productKernel(runtime.shared, lanes, walk));
  let unitTiles = Math.min(l.tiles, largestUnit.tiles);
  let unitPanels = Math.min(l.panels, largestUnit.panels);
  const units = (): number => Math.ceil(l.tiles / unitTiles) * Math.ceil(l.panels / unitPanels);
  const work = (): number => unitTiles * tileRows * unitPanels * tileVectors * lanes.count * k;
  while (units() * l.count < 8 * runtime.threads && work() > 2 * smallestUnit && unitTiles * unitPanels > 1) {
    if (unitTiles * tileRows > unitPanels * tileVectors * lanes.count || unitPanels === 1) unitTiles = Math.ceil(unitTiles / 2);
    else unitPanels = Math.ceil(unitPanels / 2);
  }
  const s = productSlots;
  const args = productArgs;
  args[s.a] = l.a.packed ? l.aPacked : product.a.address;
  args[s.b] = l.b.packed ? l.bPacked : product.b.address;
  args[s.to] = to.address;
  args[s.bias] = bias.address;
  args[s.strides] = to.row;
  args[s.strides + 1] = to.column;
  args[s.biasRowStride] = bias.row;
  args[s.biasColumnStride] = bias.column;
  args[s.aOffsets] = l.tables + (l.a.packed ? 4 : 0) * 4 * l.lot;
  args[s.bOffsets] = l.tables + (l.b.packed ? 5 : 1) * 4 * l.lot;
  args[s.toOffsets] = l.tables + 2 * 4 * l.lot;
  args[s.biasOffsets] = l.tables + 3 * 4 * l.lot;
  args[s.m] = m;
  args[s.n] = n;
  args[s.k] = k;
  args[s.block] = blockBytes / lanes.bytes;
  args[s.tiles] = l.tiles;
  args[s.height] = Math.floor(m / l.tiles);
  args[s.extra] = m % l.tiles;
  args[s.unitTiles] = unitTiles;
  args[s.unitPanels] = unitPanels;
  args[s.unitsDown] = Math.ceil(l.tiles / unitTiles);
  args[s.unitsAcross] = Math.ceil(l.panels / unitPanels);
  args[s.aRow] = l.a.packed ? 0 : product.a.row;
  args[s.aStep] = product.a.column;
  args[s.bStep] = l.b.packed ? 0 : product.b.row;
  args[s.accumulate] = product.accumulate ? 1 : 0;
  runtime.launch(kernel, args, units() * l.count, Math.max(1, Math.floor(smallestUnit / Math.max(work(), 1))));
}
