/**
 * Positions of extremes. Elements are compared by integer keys in whose order NaN beats everything and zeros of both
 * signs are equal. The lowest position among equal elements wins.
 */

import { computeType, type DType, isFloating } from "../../dtype.ts";
import type { ArgReduceCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft, decode } from "./draft.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { walk } from "./walk.ts";

/** Returns the bits of an element as a u32 key with the order of the elements, in which NaN is largest. */
export function orderKey(dtype: DType, bits: string): string {
  if (isFloating(dtype))
    return `f_orderFloat(${computeType(dtype) === dtype ? bits : `bitcast<u32>(${decode(dtype, bits)})`})`;
  if (dtype === "int32") return `(${bits} ^ 0x80000000u)`;
  return bits;
}

const workgroup = 64;

/** Runs an argreduce call. */
export function argreduce(recorder: Recorder, call: ArgReduceCall): void {
  packed(recorder, [call.values], ([values]) => extremes(recorder, { ...call, values }));
}

function extremes(recorder: Recorder, call: ArgReduceCall): void {
  const { input, indices, values, dims } = call;
  const outer = input.shape.length - dims;
  const count = sizeOf(input.shape.slice(0, outer));
  const length = sizeOf(input.shape.slice(outer));
  if (count === 0 || length === 0) return;
  const alone = length <= 32 || (recorder.direct ? count >= 64 : count >= 2048 && length <= 1024);
  const draft = new Draft(`argreduce ${call.op} ${alone}`);
  const from = draft.view(input, "read");
  const toIndices = draft.view(indices, "write");
  const toValues = values === null ? null : draft.view(values, "write");
  const total = draft.u32(count);
  const size = draft.u32(length);
  const heads = [
    { strides: input.strides.slice(0, outer), offset: input.offset },
    indices,
    ...(values === null ? [] : [values]),
  ];
  const starts = walk(draft, input.shape.slice(0, outer), heads);
  const steps = walk(draft, input.shape.slice(outer), [{ strides: input.strides.slice(outer), offset: 0 }], false);
  const key = orderKey(call.input.dtype, "bits");
  const nan = isFloating(input.dtype) ? "select(~key, key, key == 0xffffffffu)" : "~key";
  recorder.launch(
    draft,
    alone ? Math.ceil(count / workgroup) : count,
    () => {
      const loop = `for (var i = ${alone ? "0u" : "lane"}; i < ${size}; i += ${alone ? 1 : workgroup}u) {
  ${steps.index("i", "far")}
  let bits = ${from.bits("row0 + far0")};
  let key = ${key};
  let rank = ${call.op === "max" ? "key" : nan};
  if (place == 0xffffffffu || rank > best) { best = rank; place = i; }
}`;
      const store = `{
  ${toIndices.put("row1", "bitcast<i32>(place)")}
  ${steps.index("place", "at")}
  ${toValues?.putBits("row2", from.bits("row0 + at0")) ?? ""}
}`;
      const merge = `bests[lane] = best;
places[lane] = place;
workgroupBarrier();
for (var step = ${workgroup / 2}u; step > 0u; step >>= 1u) {
  if (lane < step) {
    let other = places[lane + step];
    let rank = bests[lane + step];
    if (other != 0xffffffffu && (rank > bests[lane] || (rank == bests[lane] && other < places[lane]))) {
      bests[lane] = rank;
      places[lane] = other;
    }
  }
  workgroupBarrier();
}
place = places[0];`;
      return {
        declarations: alone
          ? ""
          : `var<workgroup> bests: array<u32, ${workgroup}>;\nvar<workgroup> places: array<u32, ${workgroup}>;`,
        body: `let r = ${alone ? `group * ${workgroup}u + lane` : "group"};
${alone ? `if (r >= ${total}) { return; }` : ""}
${starts.index("r", "row")}
var best = 0u;
var place = 0xffffffffu;
${loop}
${alone ? store : `${merge}\nif (lane == 0u) ${store}`}`,
      };
    },
    workgroup,
  );
}
