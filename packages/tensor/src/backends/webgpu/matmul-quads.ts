/**
 * Products of float32 matrices by quads, for software adapters: an invocation computes eight rows by eight columns and
 * loads four elements at a time, along either dimension of each matrix. Four terms take sixteen loads instead of
 * sixty-four, and there are no barriers.
 */

import type { View } from "../../kernel.ts";
import { Draft, type Elements, quarters } from "./draft.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { addUp, type Product, viewOf } from "./product.ts";
import type { Recorder } from "./recorder.ts";
import { walk } from "./walk.ts";

/** Number of invocations that keeps a device busy. With fewer, long sums are split. */
const enough = 256;

/** The sizes of a batch of products. */
export interface ProductSize {
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  readonly terms: number;
}

/** The dimension of a matrix along which it is read by quads. */
type Along = "first" | "second";

/**
 * Returns the dimension along which an operand can be read by quads; null for none. The other stride is a multiple of
 * four.
 */
function quadsAlong({ dtype, strides, offset, shape }: View): Along | null {
  const rank = shape.length;
  const [first, second] = strides.slice(-2) as [number, number]; // safe: matrices have two dimensions
  const [height, width] = shape.slice(-2) as [number, number];
  if (dtype !== "float32" || offset % 4 !== 0 || !strides.slice(0, rank - 2).every((stride) => stride % 4 === 0))
    return null;
  if (second === 1 && width % 4 === 0 && (height === 1 || first % 4 === 0)) return "second";
  return first === 1 && height % 4 === 0 && (width === 1 || second % 4 === 0) ? "first" : null;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The text that reads an operand, four terms at a time. It calls the first of the four `k`. */
interface Reader {
  /** Statements that find where each line or quad of the tile starts, before the loop over terms. */
  readonly starts: readonly string[];
  /** Statements that load the elements of four terms. */
  readonly loads: readonly string[];
  /** Returns what the text calls the loaded elements of a term: those of a row (a number), or of a quad of columns. */
  at(place: number, term: number): string;
}

/**
 * Returns how a tile reads the left matrix, in which its first row is `top`. `step` is the distance between rows, or
 * between terms if quads run along the rows' dimension.
 */
function leftReader(from: Elements, along: Along, height: number, rows: string, step: string): Reader {
  if (along === "second")
    return {
      starts: range(height).map((i) => `let p${i} = base0 + min(top + ${i}u, ${rows} - 1u) * ${step};`),
      loads: range(height).map((i) => `let l${i} = ${from.vector(`p${i} + k`)};`),
      at: (i, term) => `l${i}.${quarters[term]}`,
    };
  const quads = range(Math.ceil(height / 4));
  return {
    starts: quads.map((v) => `let p${v} = base0 + min(top + ${4 * v}u, ${rows} - 4u);`),
    loads: range(4).flatMap((term) =>
      quads.map((v) => `let l${term}_${v} = ${from.vector(`p${v} + (k + ${term}u) * ${step}`)};`),
    ),
    at: (i, term) => `l${term}_${i >> 2}.${quarters[i & 3]}`,
  };
}

/**
 * Returns how a tile reads the right matrix, in which its first column is `edge`. `step` is the distance between terms,
 * or between columns if quads run along the terms' dimension. Those are transposed once they are loaded.
 */
function rightReader(from: Elements, along: Along, width: number, columns: string, step: string): Reader {
  const quads = range(width / 4);
  const at = (v: number, term: number): string => `r${term}_${v}`;
  const each = (load: (v: number, term: number) => string): string[] =>
    range(4).flatMap((term) => quads.map((v) => `let ${at(v, term)} = ${load(v, term)};`));
  if (along === "second")
    return {
      starts: quads.map((v) => `let o${v} = base1 + min(edge + ${4 * v}u, ${columns} - 4u);`),
      loads: each((v, term) => from.vector(`o${v} + (k + ${term}u) * ${step}`)),
      at,
    };
  const four = (v: number, term: number): string[] => range(4).map((j) => `c${4 * v + j}.${quarters[term]}`);
  return {
    starts: range(width).map((j) => `let o${j} = base1 + min(edge + ${j}u, ${columns} - 1u) * ${step};`),
    loads: [
      ...range(width).map((j) => `let c${j} = ${from.vector(`o${j} + k`)};`),
      ...each((v, term) => `vec4<f32>(${four(v, term).join(", ")})`),
    ],
    at,
  };
}

/**
 * Computes a product by quads. Returns false if the layout of its matrices does not allow it.
 *
 * @param plain whether nothing is added to the product, so that it may be stored in `to` directly.
 * @param frame drafts the kernel that stores finished sums, as for `addUp`.
 */
export function matmulQuads(
  recorder: Recorder,
  [a, b, to]: readonly [View, View, View],
  size: ProductSize,
  plain: boolean,
  frame: (draft: Draft, part: "store") => Pick<Product, "prepare" | "store">,
): boolean {
  const { batches, rows, columns, terms } = size;
  const [left, right] = [quadsAlong(a), quadsAlong(b)];
  if (left === null || right === null || terms % 4 !== 0 || columns < 4) return false;
  const [height, width] = [rows > 4 ? 8 : rows > 1 ? 4 : 1, columns > 4 ? 8 : 4];
  const across = Math.ceil(columns / width);
  const units = across * Math.ceil(rows / height);
  const parts =
    units * batches < enough && terms >= 256
      ? Math.min(Math.ceil((2 * enough) / (units * batches)), Math.floor(terms / 64))
      : 1;
  const direct = plain && parts === 1 && quadsAlong(to) === "second";
  const pitch = Math.ceil(columns / 4) * 4;
  const count = parts * batches * rows * pitch;
  const target = direct ? to : viewOf(recorder.memory.allocate(count * 4), "float32");

  const draft = new Draft(`matmul quads ${left} ${right} ${height}x${width} ${direct}`, true);
  const [first, second, store] = [draft.view(a, "read"), draft.view(b, "read"), draft.view(target, "write")];
  const step = (view: View, along: Along) =>
    draft.u32((along === "second" ? view.strides.at(-2) : view.strides.at(-1)) ?? 0);
  const [leftStep, rightStep] = [step(a, left), step(b, right)];
  const outer = to.shape.slice(0, -2);
  const strided = (view: View) => ({ strides: view.strides.slice(0, -2), offset: view.offset });
  const starts = walk(draft, outer, direct ? [a, b, to].map(strided) : [a, b].map(strided));
  const n = {
    rows: draft.u32(rows),
    columns: draft.u32(columns),
    terms: draft.u32(terms),
    part: draft.u32(Math.ceil(terms / 4 / parts) * 4),
    across: draft.u32(across),
    units: draft.u32(units),
    batches: draft.u32(batches),
    pitch: draft.u32(direct ? (to.strides.at(-2) ?? 0) : pitch),
  };
  const text = () => {
    const lefts = leftReader(first, left, height, n.rows, leftStep);
    const rights = rightReader(second, right, width, n.columns, rightStep);
    const sums = range(height).flatMap((i) => range(width / 4).map((v) => [i, v] as const));
    const add = range(4).flatMap((term) =>
      sums.map(([i, v]) => `s${i}_${v} += ${lefts.at(i, term)} * ${rights.at(v, term)};`),
    );
    const origin = direct ? "base2 + (" : `((part * ${n.batches} + batch) * ${n.rows} + `;
    const place = (i: number, v: number) => `${origin}top + ${i}u) * ${n.pitch} + edge + ${4 * v}u`;
    return {
      body: `let unit = i % ${n.units};
let batch = i / ${n.units} % ${n.batches};
let part = i / ${n.units} / ${n.batches};
let top = unit / ${n.across} * ${height}u;
let edge = unit % ${n.across} * ${width}u;
${starts.index("batch", "base")}
${[...lefts.starts, ...rights.starts].join("\n")}
${sums.map(([i, v]) => `var s${i}_${v} = vec4<f32>();`).join("\n")}
let end = min((part + 1u) * ${n.part}, ${n.terms});
for (var k = part * ${n.part}; k < end; k += 4u) {
${[...lefts.loads, ...rights.loads, ...add].join("\n")}
}
${sums.map(([i, v]) => `if (top + ${i}u < ${n.rows} && edge + ${4 * v}u < ${n.columns}) { ${store.putVector(place(i, v), `s${i}_${v}`)} }`).join("\n")}`,
    };
  };
  recorder.each(draft, units * batches * parts, text);
  if (!direct) {
    addUp(recorder, "matmul float32", { ...size, pitch, splits: parts, dtype: "float32" }, target, frame);
    recorder.memory.free(target.buffer as WebGpuBuffer); // safe: it was allocated above
  }
  return true;
}
