/** Pooling, plane by plane, and its gradient. */

import type { PoolCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { load, store } from "./memory.ts";
import { round } from "./primitives.ts";
import { indexList, paddedCount, windowPlaces } from "./window.ts";

/** The window of one output: its positions in the plane, and the divisor of an average. */
interface Window {
  readonly places: readonly number[];
  readonly divisor: number;
}

/** Runs a pooling call. */
export function pool(call: PoolCall): void {
  const sliding = { ...call, sizes: call.input.shape.slice(2) };
  const windows = indexList(call.output.shape.slice(2)).map((at): Window => {
    const places = windowPlaces(at, sliding).map((place) => place.input);
    return { places, divisor: call.divisor ?? (call.countIncludePad ? paddedCount(at, sliding) : places.length) };
  });
  if (call.direction === "forward") forward(call, windows);
  else backward(call, windows);
}

function forward(call: PoolCall, windows: readonly Window[]): void {
  const input = load(call.input);
  const plane = sizeOf(call.input.shape.slice(2));
  const planes = sizeOf(call.input.shape.slice(0, 2));
  const values: number[] = [];
  const indices: number[] = [];
  for (let p = 0; p < planes; p++) {
    const at = (place: number): number => input[p * plane + place] as number;
    for (const { places, divisor } of windows) {
      if (call.op === "average") {
        values.push(round(places.reduce((sum, place) => sum + at(place), 0) / divisor, call.output.dtype));
      } else {
        // Of several NaNs the last one is kept, as in PyTorch.
        const best = places.reduce((found, place) =>
          at(place) > at(found) || Number.isNaN(at(place)) ? place : found,
        );
        values.push(at(best));
        indices.push(best);
      }
    }
  }
  store(call.output, values);
  if (call.indices !== null && call.op === "max") store(call.indices, indices);
}

function backward(call: PoolCall, windows: readonly Window[]): void {
  const gradient = load(call.output);
  const indices = call.op === "max" && call.indices !== null ? load(call.indices) : [];
  const plane = sizeOf(call.input.shape.slice(2));
  const sums = new Array<number>(sizeOf(call.input.shape)).fill(0);
  gradient.forEach((g, i) => {
    const start = Math.floor(i / windows.length) * plane;
    const { places, divisor } = windows[i % windows.length] as Window;
    const add = (place: number, part: number): void => {
      sums[start + place] = (sums[start + place] as number) + part;
    };
    if (call.op === "max") add(indices[i] as number, g);
    else for (const place of places) add(place, g / divisor);
  });
  store(
    call.input,
    sums.map((sum) => round(sum, call.input.dtype)),
  );
}
