/**
 * The one kernel behind matrix products and convolutions: `to[r, c] = Σₖ left(r, k) · right(k, c)`. What the two sides
 * read is given as text, so a convolution is a product whose right side looks into the image. A workgroup computes a
 * tile: it brings strips of both sides into its own memory, and each invocation keeps 4×4 to 8×8 sums. Where there are
 * few tiles and many terms, the terms are split among workgroups, whose partial sums a second launch adds up.
 */

import { bytesOf, type DType, isFloating } from "../../dtype.ts";
import type { View } from "../../kernel.ts";
import { Draft, type Elements, type ShaderText, wgslType } from "./draft.ts";
import { literal, writeCast } from "./formula.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { directForm } from "./product-direct.ts";
import type { Recorder } from "./recorder.ts";

/**
 * A product of `batches` pairs of matrices, to be given texts by a side each. Rows, columns, terms and batches are the
 * names `r`, `c`, `k`, `batch`, of type u32.
 */
export interface Product {
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  readonly terms: number;
  /** The dtype in which sums are kept; halves in float32. */
  readonly dtype: DType;
  /** Statements that precede everything, given `batch`. */
  readonly prepare?: string;
  /**
   * The left side at `r`, `k` and the right side at `k`, `c`: statements that assign to `value`. Only asked within
   * bounds.
   */
  left(): string;
  right(): string;
  /** Statements that store `sum` at `batch`, `r`, `c`. */
  store(): string;
  /** Whether neighbours in memory on the left lie along `k`, and on the right along `c`: it decides who loads what. */
  readonly leftAlong: boolean;
  readonly rightAlong: boolean;
}

/** Terms are split at multiples of this. */
const strip = 16;

/**
 * Launches a product.
 *
 * @param frame drafts a launch: its operands and arguments, and the product's texts for them. `part` tells which
 * operands are needed: all, all but the target (for partial sums), or only what storing needs.
 */
export function launchProduct(
  recorder: Recorder,
  name: string,
  size: Pick<Product, "batches" | "rows" | "columns" | "terms" | "dtype" | "leftAlong" | "rightAlong">,
  frame: (draft: Draft, part: "all" | "sides" | "store") => Pick<Product, "prepare" | "left" | "right" | "store">,
): void {
  const { batches, rows, columns, terms, dtype } = size;
  const count = batches * rows * columns;
  if (count === 0) return;
  const form = recorder.direct ? directForm(rows, columns) : tileForm(rows, columns, batches);
  const across = Math.ceil(columns / form.columns);
  const down = Math.ceil(rows / form.rows);
  const units = batches * across * down;
  const splits =
    units < form.enough && terms >= 512 ? Math.min(Math.ceil((2 * form.enough) / units), Math.ceil(terms / 128)) : 1;
  const stride = Math.ceil(Math.ceil(terms / splits) / strip) * strip;
  const { leftAlong, rightAlong } = size;
  const draft = new Draft(`${name} ${dtype} ${form.key} ${leftAlong} ${rightAlong} ${splits > 1}`);
  const texts = frame(draft, splits > 1 ? "sides" : "all");
  const scratch: DType = isFloating(dtype) ? "float32" : "int32";
  const partial = splits > 1 ? viewOf(recorder.memory.allocate(splits * count * bytesOf(scratch)), scratch) : null;
  const sums = partial === null ? null : draft.view(partial, "write");
  const numbers = { rows, columns, terms, stride, across, units: across * down, batches, parts: splits };
  const names = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, draft.u32(value)])) as Record<
    keyof typeof numbers,
    string
  >; // safe: the same keys
  const store =
    sums === null
      ? () => texts.store()
      : () => sums.put(`((part * ${names.batches} + batch) * ${names.rows} + r) * ${names.columns} + c`, "sum");
  const product = {
    ...size,
    prepare: texts.prepare ?? "",
    left: () => texts.left(),
    right: () => texts.right(),
    store,
  };
  recorder.launch(draft, Math.ceil((units * splits) / form.perGroup), () => form.text(product, names), form.workgroup);
  if (partial === null) return;
  addUp(recorder, `${name} ${dtype}`, { ...size, splits }, partial, frame);
  recorder.memory.free(partial.buffer as WebGpuBuffer); // safe: it was just allocated here
}

/** Scratch memory as a view. */
export function viewOf(buffer: WebGpuBuffer, dtype: DType): View {
  return { buffer, dtype, shape: [buffer.bytes / bytesOf(dtype)], strides: [1], offset: 0 };
}

/**
 * The arguments of a product's kernel: sizes; `stride`, the terms of a part; units across, units of a batch, batches
 * and parts.
 */
export type Names = Record<"rows" | "columns" | "terms" | "stride" | "across" | "units" | "batches" | "parts", string>;

/** A way to compute products, unit by unit of so many rows and columns. */
export interface Form {
  readonly key: string;
  readonly rows: number;
  readonly columns: number;
  /** How many units one workgroup computes, and from how many units on a device is busy. */
  readonly perGroup: number;
  readonly enough: number;
  /** Invocations in a workgroup. */
  readonly workgroup: number;
  text(product: Product, names: Names): ShaderText;
}

/**
 * A tile of the result that one workgroup computes, `own` rows and columns of it by each invocation, `depth` terms at a
 * time.
 */
interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly own: readonly [number, number];
  readonly depth: number;
}

/**
 * Tiles for thin results, and for others from small to large. The larger, the more arithmetic for each word that is
 * brought in.
 */
const tiles = {
  flat: { rows: 8, columns: 128, own: [4, 4], depth: 16 },
  narrow: { rows: 128, columns: 8, own: [4, 4], depth: 16 },
  small: { rows: 32, columns: 32, own: [4, 4], depth: 16 },
  middle: { rows: 64, columns: 64, own: [8, 4], depth: 16 },
  large: { rows: 128, columns: 128, own: [8, 8], depth: 8 },
} as const satisfies Record<string, Tile>;

/** How many workgroups keep a device busy. */
const busy = 64;

/** The largest tile of which there are still enough. */
function tileForm(rows: number, columns: number, batches: number): Form {
  const count = ({ rows: r, columns: c }: Tile) => batches * Math.ceil(rows / r) * Math.ceil(columns / c);
  const enough = (tile: Tile) => count(tile) >= busy && rows >= tile.rows && columns >= tile.columns;
  const tile: Tile =
    rows <= 12 ? tiles.flat : columns <= 12 ? tiles.narrow : ([tiles.large, tiles.middle].find(enough) ?? tiles.small);
  const workgroup = (tile.rows / tile.own[0]) * (tile.columns / tile.own[1]);
  return {
    key: `tile ${tile.rows}x${tile.columns}`,
    rows: tile.rows,
    columns: tile.columns,
    perGroup: 1,
    enough: busy,
    workgroup,
    text: (product, names) => tileText(tile, workgroup, product, names),
  };
}

/**
 * The shader of a tile. An invocation's columns lie apart, so that neighbours read neighbours; a strip has a word more
 * than it needs, so that they store in different banks.
 */
function tileText(tile: Tile, workgroup: number, product: Product, n: Names): ShaderText {
  const type = wgslType(product.dtype);
  const { depth, own } = tile;
  const lanes = tile.columns / own[1];
  const zero = type === "f32" ? "0.0" : "0i";
  // safe: two counts
  const [is, js] = own.map((count) => Array.from({ length: count }, (_, i) => i)) as [number[], number[]];
  const load = (side: "left" | "right", length: number, along: boolean) => {
    // `along` says that neighbours in memory lie along the tile's depth for the left side, along its width for the
    // right side.
    const depthFirst = side === "left" ? along : !along;
    const [d, w] = depthFirst ? [`at % ${depth}u`, `at / ${depth}u`] : [`at / ${length}u`, `at % ${length}u`];
    const [outer, total] = side === "left" ? ["r", n.rows] : ["c", n.columns];
    return `for (var at = lane; at < ${length * depth}u; at += ${workgroup}u) {
    let d = ${d};
    let w = ${w};
    let k = start + d;
    let ${outer} = ${side === "left" ? "top" : "edge"} + w;
    var value: ${type} = ${zero};
    if (k < end && ${outer} < ${total}) {
      ${product[side]()}
    }
    ${side}Strip[d * ${length + 1}u + w] = value;
  }`;
  };
  const cells = (body: (i: number, j: number) => string) => is.flatMap((i) => js.map((j) => body(i, j))).join("\n");
  return {
    declarations: `var<workgroup> leftStrip: array<${type}, ${(tile.rows + 1) * depth}>;
var<workgroup> rightStrip: array<${type}, ${(tile.columns + 1) * depth}>;`,
    body: `let square = group % ${n.units};
let block = group / ${n.units};
let batch = block % ${n.batches};
let part = block / ${n.batches};
let top = (square / ${n.across}) * ${tile.rows}u;
let edge = (square % ${n.across}) * ${tile.columns}u;
let x = lane % ${lanes}u;
let y = (lane / ${lanes}u) * ${own[0]}u;
let end = min((part + 1u) * ${n.stride}, ${n.terms});
${product.prepare}
${cells((i, j) => `var sum${i}_${j}: ${type} = ${zero};`)}
for (var start = part * ${n.stride}; start < end; start += ${depth}u) {
  ${load("left", tile.rows, product.leftAlong)}
  ${load("right", tile.columns, product.rightAlong)}
  workgroupBarrier();
  for (var d = 0u; d < ${depth}u; d++) {
    ${is.map((i) => `let left${i} = leftStrip[d * ${tile.rows + 1}u + y + ${i}u];`).join("\n")}
    ${js.map((j) => `let right${j} = rightStrip[d * ${tile.columns + 1}u + x + ${j * lanes}u];`).join("\n")}
    ${cells((i, j) => `sum${i}_${j} += left${i} * right${j};`)}
  }
  workgroupBarrier();
}
${cells(
  (i, j) => `{
  let r = top + y + ${i}u;
  let c = edge + x + ${j * lanes}u;
  if (r < ${n.rows} && c < ${n.columns}) {
    let sum = sum${i}_${j};
    ${product.store()}
  }
}`,
)}`,
  };
}

/** Adds the partial sums of all parts. `pitch` is how far apart rows of them lie, if they have gaps. */
export function addUp(
  recorder: Recorder,
  name: string,
  size: { batches: number; rows: number; columns: number; splits: number; pitch?: number; dtype: DType },
  partial: View,
  frame: (draft: Draft, part: "store") => Pick<Product, "prepare" | "store">,
): void {
  const draft = new Draft(`${name} add up`);
  const texts = frame(draft, "store");
  const sums = draft.view(partial, "read");
  const all = size.batches * size.rows * size.columns;
  const numbers = [size.splits, size.batches, size.rows, size.columns, size.pitch ?? size.columns];
  const [splits, batches, rows, columns, pitch] = numbers.map((value) => draft.u32(value));
  recorder.each(draft, all, () => ({
    body: `let c = i % ${columns};
let r = (i / ${columns}) % ${rows};
let batch = i / ${columns} / ${rows};
var sum = ${literal(0, size.dtype)};
for (var part = 0u; part < ${splits}; part++) { sum += ${sums.get(`((part * ${batches} + batch) * ${rows} + r) * ${pitch} + c`)}; }
${texts.prepare ?? ""}
{
${texts.store()}
}`,
  }));
}

/** A statement that stores a sum as an element of `to`. */
export function putSum(to: Elements, at: string, sum: string, dtype: DType): string {
  return to.put(
    at,
    dtype === to.dtype && dtype !== "uint8" ? sum : writeCast(sum, dtype === "uint8" ? "int32" : dtype, to.dtype),
  );
}
