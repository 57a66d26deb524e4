/**
 * The kernel behind matrix products and convolutions: `to[r, c] = Σₖ left(r, k) · right(k, c)`. Both operands are given
 * as shader text, so a convolution is a product whose right operand reads the image. A workgroup computes a tile: it
 * loads strips of both operands into workgroup memory, and each invocation accumulates 4×4 to 8×8 sums. With few tiles
 * and many terms, the terms are split among workgroups, and a second dispatch adds the partial sums.
 */

import { bytesOf, type DType, isFloating } from "../../dtype.ts";
import type { View } from "../../kernel.ts";
import { Draft, type Elements, type ShaderText, wgslType } from "./draft.ts";
import { literal, writeCast } from "./formula.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { directForm } from "./product-direct.ts";
import type { Recorder } from "./recorder.ts";

/**
 * A product of `batches` pairs of matrices, specified by shader text for each operand. The text refers to rows,
 * columns, terms and batches as `r`, `c`, `k` and `batch`, of type u32.
 */
export interface Product {
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  readonly terms: number;
  /** The dtype of the sums; 16-bit floats are summed in float32. */
  readonly dtype: DType;
  /** Statements that precede all others and may use `batch`. */
  readonly prepare?: string;
  /**
   * Return statements that assign the left operand at (`r`, `k`) or the right one at (`k`, `c`) to `value`. They only
   * run within bounds.
   */
  left(): string;
  right(): string;
  /** Returns statements that store `sum` at (`batch`, `r`, `c`). */
  store(): string;
  /**
   * Whether the left operand is contiguous along `k`, and the right one along `c`. This determines which invocation
   * loads which element.
   */
  readonly leftAlong: boolean;
  readonly rightAlong: boolean;
}

/** Splits of the terms are multiples of this. */
const strip = 16;

/**
 * Launches a product.
 *
 * @param frame drafts a launch: its operands, its arguments, and the product's text for them. `part` selects the
 * operands: all, all except the target (for partial sums), or those needed for storing.
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

/** Returns scratch memory as a view. */
export function viewOf(buffer: WebGpuBuffer, dtype: DType): View {
  return { buffer, dtype, shape: [buffer.bytes / bytesOf(dtype)], strides: [1], offset: 0 };
}

/**
 * The arguments of a product's kernel: sizes, terms per part (`stride`), units across, units per batch, batches and
 * parts.
 */
export type Names = Record<"rows" | "columns" | "terms" | "stride" | "across" | "units" | "batches" | "parts", string>;

/** A strategy that computes products in units of some rows and columns. */
export interface Form {
  readonly key: string;
  readonly rows: number;
  readonly columns: number;
  /** Units per workgroup, and the number of units that keeps a device busy. */
  readonly perGroup: number;
  readonly enough: number;
  /** Invocations per workgroup. */
  readonly workgroup: number;
  text(product: Product, names: Names): ShaderText;
}

/**
 * A tile of the result that one workgroup computes. Each invocation computes `own` rows and columns of it, `depth`
 * terms at a time.
 */
interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly own: readonly [number, number];
  readonly depth: number;
}

/** Tiles for thin results, and for others by size. Larger tiles do more arithmetic per loaded word. */
const tiles = {
  flat: { rows: 8, columns: 128, own: [4, 4], depth: 16 },
  narrow: { rows: 128, columns: 8, own: [4, 4], depth: 16 },
  small: { rows: 32, columns: 32, own: [4, 4], depth: 16 },
  middle: { rows: 64, columns: 64, own: [8, 4], depth: 16 },
  large: { rows: 128, columns: 128, own: [8, 8], depth: 8 },
} as const satisfies Record<string, Tile>;

/** Number of workgroups that keep a device busy. */
const busy = 64;

/** Picks the largest tile of which there are still enough. */
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
 * Writes the shader of a tile. The columns of an invocation are interleaved with those of its neighbors, so that
 * adjacent invocations read adjacent elements. Strips are padded by one word per line to avoid bank conflicts.
 */
function tileText(tile: Tile, workgroup: number, product: Product, n: Names): ShaderText {
  const type = wgslType(product.dtype);
  const { depth, own } = tile;
  const lanes = tile.columns / own[1];
  const zero = type === "f32" ? "0.0" : "0i";
  // safe: two counts
  const [is, js] = own.map((count) => Array.from({ length: count }, (_, i) => i)) as [number[], number[]];
  const load = (side: "left" | "right", length: number, along: boolean) => {
    // `along`: the left operand is contiguous along the tile's depth, or the right operand along its width.
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

/** Adds the partial sums of all parts. `pitch` is the distance between their rows; default the number of columns. */
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

/** Returns a statement that stores a sum as an element of `to`. */
export function putSum(to: Elements, at: string, sum: string, dtype: DType): string {
  return to.put(
    at,
    dtype === to.dtype && dtype !== "uint8" ? sum : writeCast(sum, dtype === "uint8" ? "int32" : dtype, to.dtype),
  );
}
