/** Positions of the largest and smallest elements. */

import type { ArgReduceCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { beats } from "./combine.ts";
import { load, store } from "./memory.ts";

/** Finds the first largest or smallest element of every row. */
export function argreduce(call: ArgReduceCall): void {
  const values = load(call.input);
  const { shape } = call.input;
  const length = sizeOf(shape.slice(shape.length - call.dims));
  const found: number[] = [];
  for (let start = 0; start < values.length; start += length) {
    let best = start;
    for (let i = start + 1; i < start + length; i++)
      if (beats(call.op, values[i] as number, values[best] as number)) best = i;
    found.push(best);
  }
  store(
    call.indices,
    found.map((at) => at % length),
  );
  if (call.values !== null)
    store(
      call.values,
      found.map((at) => values[at] as number),
    );
}
