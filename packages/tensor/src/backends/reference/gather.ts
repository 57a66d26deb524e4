/** Reading through an index. */

import type { GatherCall } from "../../kernel.ts";
import { elements, load, store } from "./memory.ts";
import { indexList } from "./window.ts";

/** Runs a gather: the index replaces one coordinate of the input. */
export function gather(call: GatherCall): void {
  const { get } = elements(call.input);
  const index = load(call.index);
  const { offset, strides } = call.input;
  const values = indexList(call.index.shape).map((at, i) => {
    const place = at.map((x, d) => (d === call.dim ? (index[i] as number) : x));
    return get(place.reduce((position, x, d) => position + x * (strides[d] as number), offset));
  });
  store(call.to, values);
}
