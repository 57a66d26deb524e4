/** Cumulative sums, products and extremes. */

import type { ScanCall } from "../../kernel.ts";
import { combine, identity } from "./combine.ts";
import { elements, lanes } from "./memory.ts";
import { round } from "./primitives.ts";

/** Runs a scan along one dimension. */
export function scan(call: ScanCall): void {
  const input = elements(call.input);
  const to = elements(call.to);
  const indices = call.indices === null ? null : { ...elements(call.indices), lanes: lanes(call.indices, call.dim) };
  const outputs = lanes(call.to, call.dim);
  const { dtype } = call.input;
  const add = combine(call.op, dtype);
  lanes(call.input, call.dim).forEach((lane, l) => {
    let total = identity(call.op, dtype);
    let place = 0;
    lane.map(input.get).forEach((value, i) => {
      // The position is that of the last equal element, as in torch.cummax, and of the last NaN once there was one.
      if (call.op === "max" || call.op === "min") {
        const holds = call.op === "max" ? value >= total : value <= total;
        if (Number.isNaN(value) || (!Number.isNaN(total) && holds)) place = i;
      }
      total = add(total, value);
      to.set(outputs[l]?.[i] as number, round(total, call.to.dtype));
      indices?.set(indices.lanes[l]?.[i] as number, place);
    });
  });
}
