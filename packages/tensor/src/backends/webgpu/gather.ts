/** Reading and writing through an index: one invocation for each element of the index. Elements that only move are moved as bits. */

import type { GatherCall, ScatterCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft } from "./draft.ts";
import type { Recorder } from "./recorder.ts";
import { combined } from "./rows.ts";
import { walk } from "./walk.ts";

const workgroup = 64;

/** Strides without the one of the dimension for which the index stands. */
const without = (strides: readonly number[], dim: number): number[] => strides.map((stride, d) => (d === dim ? 0 : stride));

/** Runs a gather. */
export function gather(recorder: Recorder, { dim, input, index, to }: GatherCall): void {
  const count = sizeOf(index.shape);
  if (count === 0) return;
  const draft = new Draft("gather");
  const from = draft.view(input, "read");
  const at = draft.view(index, "read");
  const target = draft.view(to, "write");
  const total = draft.u32(count);
  const stride = draft.u32(input.strides[dim] as number);
  const positions = walk(draft, index.shape, [{ strides: without(input.strides, dim), offset: input.offset }, index, to]);
  recorder.launch(
    draft,
    Math.ceil(count / workgroup),
    () => ({
      body: `let i = group * ${workgroup}u + lane;
if (i >= ${total}) { return; }
${positions.index("i", "at")}
${target.putBits("at2", from.bits(`at0 + ${at.bits("at1")} * ${stride}`))}`,
    }),
    workgroup,
  );
}

const reductions = { add: "sum", multiply: "product", max: "max", min: "min" } as const;

/** Runs a scatter. Where several sources meet in one place, in which order they come is up to the device. */
export function scatter(recorder: Recorder, { reduce, dim, to, index, source }: ScatterCall): void {
  const count = sizeOf(index.shape);
  if (count === 0) return;
  const draft = new Draft(`scatter ${reduce}`);
  const target = draft.view(to, reduce === "set" ? "write" : "combine");
  const at = draft.view(index, "read");
  const from = draft.view(source, "read");
  const total = draft.u32(count);
  const stride = draft.u32(to.strides[dim] as number);
  const positions = walk(draft, index.shape, [{ strides: without(to.strides, dim), offset: to.offset }, index, source]);
  recorder.launch(
    draft,
    Math.ceil(count / workgroup),
    () => {
      const place = `at0 + ${at.bits("at1")} * ${stride}`;
      const store =
        reduce === "set"
          ? target.putBits(place, from.bits("at2"))
          : target.combine(place, from.get("at2"), combined(reductions[reduce], to.dtype, "was", "v"));
      return {
        body: `let i = group * ${workgroup}u + lane;
if (i >= ${total}) { return; }
${positions.index("i", "at")}
${store}`,
      };
    },
    workgroup,
  );
}
