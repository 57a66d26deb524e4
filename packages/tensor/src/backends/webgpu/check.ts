/**
 * Checks of values. A kernel stores an element that is out of range, and the number of the check, in the device's fault
 * record. The next read finds it there and throws.
 */

import { isFloating } from "../../dtype.ts";
import type { CheckCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft } from "./draft.ts";
import type { Recorder } from "./recorder.ts";
import { walk } from "./walk.ts";

/** Runs a check. */
export function check(recorder: Recorder, call: CheckCall): void {
  const { input, low, high, nan } = call;
  const count = sizeOf(input.shape);
  if (count === 0) return;
  const floating = isFloating(input.dtype);
  const draft = new Draft(`check ${floating} ${nan}`);
  const from = draft.view(input, "read");
  const record = draft.view(recorder.faults.record, "write");
  const number = draft.u32(recorder.faults.number(call));
  // The bounds of integers may be infinite.
  const whole = (bound: number): number => Math.max(-(2 ** 31), Math.min(bound, 2 ** 31 - 1));
  const [least, most] = [low, high].map((bound) => (floating ? draft.f32(bound) : draft.i32(whole(bound))));
  const positions = walk(draft, input.shape, [input]);
  recorder.each(draft, count, () => ({
    body: `${positions.index("i", "at")}
let value = ${from.type === "bool" ? `i32(${from.get("at0")})` : from.get("at0")};
if (${floating ? `select(!(value >= ${least} && value <= ${most}), ${!nan}, f_isNan(value))` : `value < ${least} || value > ${most}`}) {
  if (${record.bits("0u")} == 0u) {
    ${record.putBits("0u", number)}
    ${record.putBits("1u", "bitcast<u32>(value)")}
  }
}`,
  }));
}
