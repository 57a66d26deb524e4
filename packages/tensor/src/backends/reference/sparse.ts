/** Products with a sparse matrix. */

import type { SparseCall } from "../../kernel.ts";
import { accumulator } from "./matmul.ts";
import { elements, lanes, load } from "./memory.ts";
import { round } from "./primitives.ts";

/** Runs a product with a sparse matrix, lane by lane along the middle dimension. */
export function sparse(call: SparseCall): void {
  const { multiply, add } = accumulator(call.to.dtype);
  const [starts, positions, weights] = [load(call.starts), load(call.positions), load(call.weights)];
  const { get } = elements(call.input);
  const { set } = elements(call.to);
  const sources = lanes(call.input, 1);
  lanes(call.to, 1).forEach((lane, l) => {
    lane.forEach((place, i) => {
      let sum = 0;
      for (let k = starts[i] as number; k < (starts[i + 1] as number); k++) {
        const value = get(sources[l]?.[positions[k] as number] as number);
        sum = add(sum, multiply(weights[k] as number, value));
      }
      set(place, round(sum, call.to.dtype));
    });
  });
}
