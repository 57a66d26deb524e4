/** Gather and scatter calls: the operands' layout, the kernel's class and its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { GatherCall, ScatterCall, View } from "../../kernel.ts";
import { windowOn } from "../../view.ts";
import { dense, Layout, motion, still } from "./layout.ts";
import { gatherModule, scatterModule } from "./lower/indexing.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

const layout = /* @__PURE__ */ new Layout();

/** Runs a gather. */
export function runGather(runtime: Runtime, call: GatherCall): void {
  const { dim, index, input, to } = call;
  const work = prepare([input, index, to], dim, (motions) => motions[0] === dense && motions[2] === dense);
  if (work === null) return;
  const { dtype } = to;
  const { rank, motions, length } = work;
  const kernel = runtime.kernel(`gather ${bytesOf(dtype)} ${rank} ${motions !== null}`, () =>
    gatherModule(runtime, { dtype, rank, motions }),
  );
  const bytes = motions === null ? 8 : length * bytesOf(dtype);
  runtime.launch(kernel, work.args, work.positions, 65_536 / (bytes + 32));
}

/** Runs a scatter. */
export function runScatter(runtime: Runtime, call: ScatterCall): void {
  const { dim, index, source, to, reduce } = call;
  // Short rows do not repay a vector loop. A row whose elements all go to one place must be combined element by
  // element.
  const work = prepare([to, index, source], dim, (motions, length) => length >= 4 && motions[0] !== still);
  if (work === null) return;
  const { dtype } = to;
  const { rank, motions, length, positions } = work;
  const kernel = runtime.kernel(`scatter ${reduce} ${dtype} ${rank} ${motions?.join("")}`, () =>
    scatterModule(runtime, reduce, { dtype, rank, motions }),
  );
  const grain = motions === null ? 1 : 64 * Math.ceil(512 / Math.min(positions, 512));
  runtime.launch(kernel, [...work.args, positions], length, grain);
}

/** The iteration of an indexing kernel. */
interface Work {
  readonly rank: number;
  /** Number of elements per row; 1 when the kernel does not work in rows. */
  readonly length: number;
  readonly positions: number;
  /** How the operands move within a row; null when the kernel does not work in rows. */
  readonly motions: readonly number[] | null;
  readonly args: readonly number[];
}

/**
 * Computes the layout of the operands [indexed, index, other]; null when there are no elements. The innermost dimension
 * becomes a row if the index does not vary along it and `suits` accepts how the operands move.
 */
function prepare(
  views: readonly [View, View, View],
  dim: number,
  suits: (motions: readonly number[], length: number) => boolean,
): Work | null {
  const [indexed, index, other] = views;
  const step = (indexed.strides[dim] ?? 0) * bytesOf(indexed.dtype);
  const shape = index.shape;
  // The index replaces this coordinate, so the walk must not move along it.
  const strides = indexed.strides.with(dim, 0);
  layout.take([windowOn(indexed, shape, strides), index, other], 0, shape.length, false);
  if (layout.count() === 0) return null;
  const last = layout.rank - 1;
  const size = layout.size(last);
  const motions = views.map(({ dtype }, k) => (k === 1 ? still : motion(layout.stride(last, k), bytesOf(dtype))));
  const rows = last >= 0 && layout.stride(last, 1) === 0 && suits(motions, size);
  const length = rows ? size : 1;
  const walked = rows ? last : layout.rank;
  const args = [length, step, ...views.map((_, k) => (rows ? layout.stride(last, k) : 0)), ...views.map(addressOf)];
  layout.write(args, 0, walked);
  const positions = layout.count() / length;
  return { rank: Math.max(1, walked), length, positions, motions: rows ? motions : null, args };
}
