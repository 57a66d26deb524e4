/**
 * Reads and writes through an index, with one invocation per element of the index. Elements that only move are copied
 * as bits. All memory of a heap belongs to some tensor, so an index out of bounds reads zero and writes nothing; a
 * `check` call reports it.
 */

import type { GatherCall, ScatterCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft, packingOf } from "./draft.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { combined } from "./row-frame.ts";
import { walk } from "./walk.ts";

/** Returns strides with 0 for the indexed dimension. */
const without = (strides: readonly number[], dim: number): number[] =>
  strides.map((stride, d) => (d === dim ? 0 : stride));

/** Runs a gather. */
export function gather(recorder: Recorder, call: GatherCall): void {
  if (sizeOf(call.index.shape) > 0) packed(recorder, [call.to], ([to]) => gatherInto(recorder, { ...call, to }));
}

function gatherInto(recorder: Recorder, { dim, input, index, to }: GatherCall): void {
  const count = sizeOf(index.shape);
  const draft = new Draft("gather");
  const from = draft.view(input, "read");
  const at = draft.view(index, "read");
  const target = draft.view(to, "write");
  const stride = draft.u32(input.strides[dim] as number);
  const size = draft.u32(input.shape[dim] as number);
  const positions = walk(draft, index.shape, [
    { strides: without(input.strides, dim), offset: input.offset },
    index,
    to,
  ]);
  recorder.each(draft, count, () => ({
    body: `${positions.index("i", "at")}
let k = ${at.bits("at1")};
var bits = 0u;
if (k < ${size}) { bits = ${from.bits(`at0 + k * ${stride}`)}; }
${target.putBits("at2", "bits")}`,
  }));
}

const reductions = { add: "sum", multiply: "product", max: "max", min: "min" } as const;

/** Runs a scatter. The order in which several sources reach the same element depends on the device. */
export function scatter(recorder: Recorder, { reduce, dim, to, index, source }: ScatterCall): void {
  const count = sizeOf(index.shape);
  if (count === 0) return;
  const draft = new Draft(`scatter ${reduce}`);
  const moves = reduce === "set" && packingOf(to).log === 0;
  const target = draft.view(to, moves ? "write" : "combine");
  const at = draft.view(index, "read");
  const from = draft.view(source, "read");
  const stride = draft.u32(to.strides[dim] as number);
  const size = draft.u32(to.shape[dim] as number);
  const positions = walk(draft, index.shape, [{ strides: without(to.strides, dim), offset: to.offset }, index, source]);
  recorder.each(draft, count, () => {
    const place = `at0 + k * ${stride}`;
    const merge = reduce === "set" ? "v" : combined(reductions[reduce], to.dtype, "was", "v");
    const store = moves ? target.putBits(place, from.bits("at2")) : target.combine(place, from.get("at2"), merge);
    return {
      body: `${positions.index("i", "at")}
let k = ${at.bits("at1")};
if (k < ${size}) { ${store} }`,
    };
  });
}
