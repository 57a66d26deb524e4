/** Checks of element values. */

import { checkError } from "../../errors.ts";
import type { CheckCall } from "../../kernel.ts";
import { load } from "./memory.ts";

/** Throws the call's error for the first element out of range. */
export function check(call: CheckCall): void {
  const wrong = load(call.input).find(
    (value) => !(value >= call.low && value <= call.high) && !(call.nan && Number.isNaN(value)),
  );
  if (wrong !== undefined) throw checkError(call, wrong);
}
