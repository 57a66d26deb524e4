/**
 * Products of float32 matrices by quads, for software adapters: an invocation computes eight rows by eight columns and
 * loads four elements at a time, along either dimension of each matrix. Four terms take sixteen loads instead of
 * sixty-four, and there are no barriers.
 */

import type { View } from "../../kernel.ts";
import { Draft, quarters } from "./draft.ts";
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

/**
 * Returns the dimension along which an operand can be read by quads; null for none. The other stride is a multiple of
 * four.
 */
function quadsAlong({ dtype, strides, offset, shape }: View): "first" | "second" | null {
  const rank = shape.length;
  const [first, second] = strides.slice(-2) as [number, number]; // safe: matrices have two dimensions
  const [height, width] = shape.slice(-2) as [number, number];
  if (dtype !== "float32" || offset % 4 !== 0 || !strides.slice(0, rank - 2).every((stride) => stride % 4 === 0))
    return null;
  if (second === 1 && width % 4 === 0 && (height === 1 || first % 4 === 0)) return "second";
  return first === 1 && height % 4 === 0 && (width === 1 || second % 4 === 0) ? "first" : null;
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
  const step = (view: View, along: "first" | "second") =>
    draft.u32((along === "second" ? view.strides.at(-2) : view.strides.at(-1)) ?? 0);
  const [leftStep, rightStep] = [step(a, left), step(b, right)];
  const outer = to.shape.slice(0, -2);
  const strided = (view: View) => ({ strides: view.strides.slice(0, -2), offset: view.offset });
  const starts = walk(draft, outer, direct ? [a, b, to].map(strided) : [a, b].map(strided));
  const n = Object.fromEntries(
    Object.entries({
      rows,
      columns,
      terms,
      part: Math.ceil(terms / 4 / parts) * 4,
      across,
      units,
      batches,
      pitch: direct ? (to.strides.at(-2) ?? 0) : pitch,
    }).map(([name, value]) => [name, draft.u32(value)]),
    // safe: the same keys
  ) as Record<"rows" | "columns" | "terms" | "part" | "across" | "units" | "batches" | "pitch", string>;

  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const quads = range(width / 4);
  const text = () => {
    // The start of each row or quad is computed before the loop.
    const load = (name: string, at: string, from: typeof first) => `let ${name} = ${from.vector(at)};`;
    const leftPlaces =
      left === "second"
        ? range(height).map((i) => `let p${i} = base0 + min(top + ${i}u, ${n.rows} - 1u) * ${leftStep};`)
        : range(Math.ceil(height / 4)).map((v) => `let p${v} = base0 + min(top + ${4 * v}u, ${n.rows} - 4u);`);
    const lefts =
      left === "second"
        ? range(height).map((i) => load(`l${i}`, `p${i} + k`, first))
        : range(4).flatMap((k) =>
            leftPlaces.map((_, v) => load(`l${k}_${v}`, `p${v} + (k + ${k}u) * ${leftStep}`, first)),
          );
    const leftAt = (i: number, k: number) =>
      left === "second" ? `l${i}.${quarters[k]}` : `l${k}_${i >> 2}.${quarters[i & 3]}`;
    const rightPlaces =
      right === "second"
        ? quads.map((v) => `let o${v} = base1 + min(edge + ${4 * v}u, ${n.columns} - 4u);`)
        : range(width).map((j) => `let o${j} = base1 + min(edge + ${j}u, ${n.columns} - 1u) * ${rightStep};`);
    const rights =
      right === "second"
        ? range(4).flatMap((k) => quads.map((v) => load(`r${k}_${v}`, `o${v} + (k + ${k}u) * ${rightStep}`, second)))
        : range(width).map((j) => load(`c${j}`, `o${j} + k`, second));
    const transposes =
      right === "second"
        ? []
        : range(4).flatMap((k) =>
            quads.map(
              (v) =>
                `let r${k}_${v} = vec4<f32>(${range(4)
                  .map((j) => `c${4 * v + j}.${quarters[k]}`)
                  .join(", ")});`,
            ),
          );
    const sums = range(height).flatMap((i) => quads.map((v) => [i, v] as const));
    const add = range(4).flatMap((k) => sums.map(([i, v]) => `s${i}_${v} += ${leftAt(i, k)} * r${k}_${v};`));
    const place = (i: number, v: number) =>
      direct
        ? `base2 + (top + ${i}u) * ${n.pitch} + edge + ${4 * v}u`
        : `((part * ${n.batches} + batch) * ${n.rows} + top + ${i}u) * ${n.pitch} + edge + ${4 * v}u`;
    return {
      body: `let unit = i % ${n.units};
let batch = i / ${n.units} % ${n.batches};
let part = i / ${n.units} / ${n.batches};
let top = unit / ${n.across} * ${height}u;
let edge = unit % ${n.across} * ${width}u;
${starts.index("batch", "base")}
${[...leftPlaces, ...rightPlaces].join("\n")}
${sums.map(([i, v]) => `var s${i}_${v} = vec4<f32>();`).join("\n")}
let end = min((part + 1u) * ${n.part}, ${n.terms});
for (var k = part * ${n.part}; k < end; k += 4u) {
${[...lefts, ...rights, ...transposes, ...add].join("\n")}
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
