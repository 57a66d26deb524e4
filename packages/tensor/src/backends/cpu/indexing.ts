/** Gather and scatter calls: the operands' layout, the kernel's class and its arguments. */

import { bytesOf } from "../../dtype.ts";
import type { GatherCall, ScatterCall, View } from "../../kernel.ts";
import { windowOn } from "../../view.ts";
import { dense, Layout, motion, still } from "./layout.ts";
import { gatherModule, type IndexClass, scatterModule } from "./lower/indexing.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

const layout = /* @__PURE__ */ new Layout();

/** Runs a gather. */
export function runGather(runtime: Runtime, call: GatherCall): void {
  const { dim, index, input, to } = call;
  const work = prepare([input, index, to], dim);
  if (work === null) return;
  const { dtype } = to;
  const motions = work.motions?.[0] === dense && work.motions[2] === dense ? work.motions : null;
  if (work.motions !== null && motions === null) spread(work);
  const what: IndexClass = { dtype, rank: work.rank, motions };
  const kernel = runtime.kernel(`gather ${bytesOf(dtype)} ${work.rank} ${motions !== null}`, () =>
    gatherModule(runtime, what),
  );
  const bytes = motions === null ? 8 : work.length * bytesOf(dtype);
  runtime.launch(kernel, work.args(), work.positions, Math.max(1, Math.ceil(65_536 / (bytes + 32))));
}

/** Runs a scatter. */
export function runScatter(runtime: Runtime, call: ScatterCall): void {
  const { dim, index, source, to, reduce } = call;
  const work = prepare([to, index, source], dim);
  if (work === null) return;
  // Short rows do not repay a vector loop. A row whose elements all go to one place must be combined element by
  // element.
  const motions = work.length >= 4 && work.motions?.[0] !== still ? work.motions : null;
  if (work.motions !== null && motions === null) spread(work);
  const what: IndexClass = { dtype: to.dtype, rank: work.rank, motions };
  const kernel = runtime.kernel(`scatter ${reduce} ${to.dtype} ${work.rank} ${motions?.join("")}`, () =>
    scatterModule(runtime, reduce, what),
  );
  const grain = motions === null ? 1 : 64 * Math.ceil(512 / Math.min(work.positions, 512));
  runtime.launch(kernel, [...work.args(), work.positions], motions === null ? 1 : work.length, grain);
}

/** The iteration of an indexing kernel. */
interface Work {
  rank: number;
  length: number;
  positions: number;
  /** How the operands move within a row; null when the kernel does not work in rows. */
  motions: readonly number[] | null;
  args(): number[];
}

/**
 * Computes the layout of the operands [indexed, index, other]; null when there are no elements. The innermost dimension
 * becomes a row if the index does not vary along it.
 */
function prepare(views: readonly [View, View, View], dim: number): Work | null {
  const [indexed, index, other] = views;
  const step = (indexed.strides[dim] ?? 0) * bytesOf(indexed.dtype);
  const shape = index.shape;
  // The index replaces this coordinate, so the walk must not move along it.
  const strides = indexed.strides.map((stride, d) => (d === dim ? 0 : stride));
  layout.take([windowOn(indexed, shape, strides), index, other], 0, shape.length, false);
  if (layout.count() === 0) return null;
  const last = layout.rank - 1;
  const rows = layout.rank > 0 && layout.stride(last, 1) === 0;
  const length = rows ? layout.size(last) : 1;
  const dims = rows ? last : layout.rank;
  return {
    rank: Math.max(1, dims),
    length,
    positions: layout.count() / length,
    motions: rows
      ? views.map((view, k) => (k === 1 ? still : motion(layout.stride(last, k), bytesOf(view.dtype))))
      : null,
    args() {
      const walked = this.motions === null ? layout.rank : last;
      const args = views.map(addressOf);
      for (let k = 0; k < 3; k++) args.push(this.motions === null ? 0 : layout.stride(last, k));
      args.push(this.length, step);
      layout.write(args, 0, walked);
      return args;
    },
  };
}

/** Switches from whole rows to single elements. */
function spread(work: Work): void {
  work.positions *= work.length;
  work.length = 1;
  work.motions = null;
  work.rank = Math.max(1, layout.rank);
}
