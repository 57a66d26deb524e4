/**
 * Vectorized access. Where any four adjacent elements of the innermost dimension are adjacent in memory, or are one
 * repeated element, for all operands, a kernel loads and stores quads of words, and an invocation computes four
 * elements or more.
 */

import type { Program } from "../../expr/program.ts";
import type { View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { type Elements, packingOf } from "./draft.ts";
import { type Leaves, writeCast, writeFormulas } from "./formula.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { merge, type Strided } from "./walk.ts";

/** A shape in quads, and the operands' strides over it. */
export interface Quads {
  readonly shape: readonly number[];
  readonly operands: readonly Strided[];
  /** For each operand, whether a quad is four elements rather than one repeated element. */
  readonly moves: readonly boolean[];
}

/**
 * Returns how a pointwise call is computed by quads; null if it cannot be. The last `targets` views are the targets.
 */
export function quadsOf(views: readonly View[], targets: number): Quads | null {
  const shape = (views[views.length - 1] as View).shape; // safe: never without a target
  const { sizes, strides } = merge(
    shape,
    views.map((view) => view.strides),
  );
  const inner = sizes.length - 1;
  const length = sizes[inner];
  if (length === undefined) return null;
  const moves = strides.map((list) => list[inner] === 1);
  const fits = views.every((view, k) => {
    const steps = strides[k] as number[];
    if (!moves[k]) return steps[inner] === 0 && k < views.length - targets;
    if (k >= views.length - targets && packingOf(view).log > 0) return false;
    return view.offset % 4 === 0 && steps.every((step, d) => d === inner || step % 4 === 0);
  });
  if (!fits) return null;
  // A partial last quad is computed whole, which is only allowed at the end of the targets' buffers.
  if (length % 4 !== 0 && (inner > 0 || !views.slice(-targets).every(endsBuffer))) return null;
  return {
    shape: sizes.map((size, d) => (d === inner ? Math.ceil(size / 4) : size)),
    operands: views.map(({ offset }, k) => ({
      offset,
      strides: (strides[k] as number[]).map((step, d) => (d === inner ? 4 * step : step)),
    })),
    moves,
  };
}

/** Whether a contiguous view extends to the end of its buffer. */
export function endsBuffer(view: View): boolean {
  // safe: a buffer of this device
  return (view.offset + sizeOf(view.shape)) * (packingOf(view).bits / 8) >= (view.buffer as WebGpuBuffer).bytes;
}

/**
 * Returns statements that compute four elements of a program. Inputs are at positions `at0`, `at1`, …, targets at
 * `to0`, `to1`, ….
 */
export function writeQuad(
  program: Program,
  sources: readonly Elements[],
  moves: readonly boolean[],
  targets: readonly Elements[],
  scalar: Leaves["scalar"],
): string {
  const loads = sources.map((source, k) =>
    moves[k] ? source.quad(`q${k}`, `at${k}`) : `let q${k} = ${source.get(`at${k}`)};`,
  );
  const parts = [0, 1, 2, 3].map((j) => {
    const input = (k: number) => (moves[k] ? (sources[k] as Elements).quarter(`q${k}`, j) : `q${k}`);
    return writeFormulas(program.outputs, { input, scalar, row: () => "" }, `v${j}_`);
  });
  const stores = targets.map((target, k) => {
    const from = program.outputs[k]?.dtype ?? target.dtype;
    return target.putQuad(
      `to${k}`,
      parts.map(({ values }) => writeCast(values[k] as string, from, target.dtype)),
    );
  });
  return [...loads, ...parts.map(({ code }) => code), ...stores].join("\n");
}

/**
 * A shape in blocks of four by four: along the innermost dimension, and along another one in which the elements of some
 * inputs are adjacent.
 */
export interface Blocks {
  readonly shape: readonly number[];
  readonly operands: readonly Strided[];
  /**
   * How each operand is read: `1` by quads along the innermost dimension, `2` by quads along the other one, `0` as an
   * element repeated along the innermost dimension.
   */
  readonly kinds: readonly (0 | 1 | 2)[];
  /** Distance between the four quads of a block, for each operand. */
  readonly paces: readonly number[];
}

/**
 * Returns how a pointwise call is computed by blocks, such as a transposing copy; null if it cannot be. The last
 * `targets` views are the targets.
 */
export function blocksOf(views: readonly View[], targets: number): Blocks | null {
  const shape = (views[views.length - 1] as View).shape; // safe: never without a target
  const { sizes, strides } = merge(
    shape,
    views.map((view) => view.strides),
  );
  const inner = sizes.length - 1;
  if (views.some((view) => packingOf(view).log > 0 || view.offset % 4 !== 0) || (sizes[inner] ?? 1) % 4 !== 0)
    return null;
  for (let other = 0; other < inner; other++) {
    if ((sizes[other] as number) % 4 !== 0) continue;
    const kinds = views.map((_, k) => {
      const steps = strides[k] as number[];
      const even = steps.every((step, d) => d === inner || d === other || step % 4 === 0);
      const [along, across] = [steps[inner] as number, steps[other] as number];
      if (even && along === 1 && across % 4 === 0) return 1;
      if (k >= views.length - targets) return null;
      if (even && across === 1 && along % 4 === 0) return 2;
      return along === 0 ? 0 : null;
    });
    if (!kinds.every((kind) => kind !== null) || !kinds.includes(2)) continue;
    const quarter = (list: readonly number[], by: (value: number) => number) =>
      list.map((value, d) => (d === inner || d === other ? by(value) : value));
    return {
      shape: quarter(sizes, (size) => size / 4),
      operands: views.map(({ offset }, k) => ({
        offset,
        strides: quarter(strides[k] as number[], (step) => 4 * step),
      })),
      kinds: kinds as Blocks["kinds"], // safe: none is null
      paces: kinds.map((kind, k) => strides[k]?.[kind === 2 ? inner : other] ?? 0),
    };
  }
  return null;
}

/**
 * Returns statements that compute a block of a program, as `writeQuad` does. The quads of an input are `pace0`,
 * `pace1`, … apart, those of a target `step0`, `step1`, ….
 */
export function writeBlock(
  program: Program,
  sources: readonly Elements[],
  kinds: Blocks["kinds"],
  targets: readonly Elements[],
  scalar: Leaves["scalar"],
): string {
  const four = [0, 1, 2, 3];
  const loads = sources.flatMap((source, k) =>
    four.map((q) =>
      kinds[k] === 0
        ? `let q${k}_${q} = ${source.get(`at${k} + ${q}u * pace${k}`)};`
        : source.quad(`q${k}_${q}`, `(at${k} + ${q}u * pace${k})`),
    ),
  );
  const rows = four.map((q) => {
    const parts = four.map((j) => {
      const input = (k: number) => {
        if (kinds[k] === 0) return `q${k}_${q}`;
        const source = sources[k] as Elements; // safe: as many kinds as sources
        return kinds[k] === 1 ? source.quarter(`q${k}_${q}`, j) : source.quarter(`q${k}_${j}`, q);
      };
      return writeFormulas(program.outputs, { input, scalar, row: () => "" }, `v${q}${j}_`);
    });
    const stores = targets.map((target, k) => {
      const from = program.outputs[k]?.dtype ?? target.dtype;
      return target.putQuad(
        `(to${k} + ${q}u * step${k})`,
        parts.map(({ values }) => writeCast(values[k] as string, from, target.dtype)),
      );
    });
    return [...parts.map(({ code }) => code), ...stores].join("\n");
  });
  return [...loads, ...rows].join("\n");
}
