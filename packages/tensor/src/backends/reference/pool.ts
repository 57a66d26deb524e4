/** Max pooling, plane by plane, and its gradient. */

import type { PoolCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { load, store } from "./memory.ts";
import { round } from "./primitives.ts";
import { indexList, windowPlaces } from "./window.ts";

/** Runs a pooling call. */
export function pool(call: PoolCall): void {
  if (call.direction === "forward") forward(call);
  else backward(call);
}

function forward(call: PoolCall): void {
  const sizes = call.input.shape.slice(2);
  const windows = indexList(call.output.shape.slice(2)).map((at) =>
    windowPlaces(at, { ...call, sizes }).map((place) => place.input),
  );
  const input = load(call.input);
  const plane = sizeOf(sizes);
  const values: number[] = [];
  const indices: number[] = [];
  for (let start = 0; start < input.length; start += plane) {
    const at = (place: number): number => input[start + place] as number;
    for (const places of windows) {
      // Of several NaNs the last one is kept, as in PyTorch.
      const best = places.reduce((found, place) => (at(place) > at(found) || Number.isNaN(at(place)) ? place : found));
      values.push(at(best));
      indices.push(best);
    }
  }
  store(call.output, values);
  if (call.indices !== null) store(call.indices, indices);
}

function backward(call: PoolCall): void {
  const indices = call.indices === null ? [] : load(call.indices);
  const [plane, outputs] = [call.input, call.output].map((view) => sizeOf(view.shape.slice(2))) as [number, number];
  const sums = new Array<number>(sizeOf(call.input.shape)).fill(0);
  load(call.output).forEach((g, i) => {
    const at = Math.floor(i / outputs) * plane + (indices[i] as number);
    sums[at] = (sums[at] as number) + g;
  });
  store(
    call.input,
    sums.map((sum) => round(sum, call.input.dtype)),
  );
}
