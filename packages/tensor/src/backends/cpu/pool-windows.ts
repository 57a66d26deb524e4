/**
 * The loops of pooling: over the output positions of a plane, and over the input elements in the window of each, in up
 * to three dimensions.
 */

import type { Emitter } from "./lower/emitter.ts";
import { type Code, type FunctionBuilder, i32, type Local, nth, type Operand } from "./wasm/index.ts";

/**
 * The slots of the pooling kernels' arguments. A view has six: its address, the strides of images and channels, and
 * those of depth, height and width. The other lists are depth, height and width. Strides are in bytes. `inside` is the
 * range of windows along the width of which four can be computed at a time. `units` are the strides of flat positions.
 */
const slots = {
  input: 0,
  output: 6,
  indices: 12,
  sizes: 18,
  positions: 21,
  kernel: 24,
  step: 27,
  padding: 30,
  dilation: 33,
  channels: 36,
  inside: 37,
  units: 39,
} as const;

/** Returns the local that holds an argument, or a later one of the list that starts with it. */
export type Argument = (name: keyof typeof slots, d?: number) => Local<"i32">;

/** Loads all arguments. */
export function readPoolArguments(e: Emitter): Argument {
  const read = e.take(slots.units + 3);
  return (name, d = 0) => read[slots[name] + d] as Local<"i32">; // safe: every slot has been loaded
}

/** Where the strides of depth, height and width start in the arguments of a view. */
export const strides = 3;

/** The window's taps within the input along one dimension: the first one's place in the input, and their number. */
export interface Range {
  readonly from: Local<"i32">;
  readonly taps: Local<"i32">;
}

/** Addresses of a plane in the input, the output and the indices. */
export interface Plane {
  readonly input: Local<"i32">;
  readonly output: Local<"i32">;
  readonly indices: Local<"i32">;
}

/** Returns the plane of a unit of work: one channel of one image. */
export function planeOf(f: FunctionBuilder, argument: Argument, unit: Local<"i32">): Plane {
  const image = f.let(i32.divU(unit, argument("channels")));
  const channel = f.let(i32.remU(unit, argument("channels")));
  const at = (view: "input" | "output" | "indices"): Local<"i32"> => {
    const offset = nth(i32.mul(image, argument(view, 1)), channel, argument(view, 2));
    return f.let(i32.add(argument(view), offset));
  };
  return { input: at("input"), output: at("output"), indices: at("indices") };
}

/** A row of outputs: its depth and height, and its addresses in the output and in the indices. */
export interface Row {
  readonly places: readonly Local<"i32">[];
  readonly output: Local<"i32">;
  readonly indices: Local<"i32">;
}

/** Emits loops over all rows of a plane's output. */
export function forEachRow(f: FunctionBuilder, argument: Argument, plane: Plane, visit: (row: Row) => void): void {
  f.for(0, argument("positions", 0), 1, (depth) => {
    f.for(0, argument("positions", 1), 1, (height) => {
      const places = [depth, height];
      const at = (view: "output" | "indices"): Local<"i32"> =>
        f.let(places.reduce<Code<"i32">>((base, o, d) => nth(base, o, argument(view, strides + d)), plane[view]));
      visit({ places, output: at("output"), indices: at("indices") });
    });
  });
}

/** Computes which taps of the window at `o` are within the input. */
export function rangeOf(f: FunctionBuilder, argument: Argument, d: number, o: Local<"i32">): Range {
  const [size, dilation] = [argument("sizes", d), argument("dilation", d)];
  const from = startOf(f, argument, d, o);
  const taps = f.let<"i32">(argument("kernel", d));
  const ceil = (x: Code<"i32">): Code<"i32"> => i32.div(i32.add(x, i32.sub(dilation, 1)), dilation);
  f.if(i32.lt(from, 0), () => {
    const missing = f.let(ceil(i32.sub(0, from)));
    f.set(taps, i32.sub(taps, missing));
    f.set(from, nth(from, missing, dilation));
  });
  return { from, taps: f.least(ceil(i32.sub(size, from)), taps) };
}

/** Computes the place of the first tap of the window at `o`, which may be before the input. */
export function startOf(f: FunctionBuilder, argument: Argument, d: number, o: Local<"i32">): Local<"i32"> {
  return f.let(i32.sub(i32.mul(o, argument("step", d)), argument("padding", d)));
}

/** An element of the input: its address, and its flat position in the plane. Or the distance of two. */
export interface Place {
  readonly address: Local<"i32">;
  readonly position: Local<"i32">;
}

/** Returns the distance of neighbors along each dimension. */
export function unitsOf(argument: Argument): Place[] {
  return [0, 1, 2].map((d) => ({ address: argument("input", strides + d), position: argument("units", d) }));
}

/** Returns the place that is several units further on. */
export function ahead(f: FunctionBuilder, place: Place, unit: Place, count: Operand<"i32">): Place {
  return {
    address: f.let(nth(place.address, count, unit.address)),
    position: f.let(nth(place.position, count, unit.position)),
  };
}

/**
 * Emits loops over the taps of a window, from its first one.
 *
 * @param hops the distance of neighboring taps along each dimension.
 * @param counts the number of taps along each.
 */
export function forEachTap(
  f: FunctionBuilder,
  first: Place,
  [hop, ...hops]: readonly Place[],
  [count, ...counts]: readonly Local<"i32">[],
  visit: (place: Place) => void,
): void {
  if (hop === undefined) {
    visit(first);
    return;
  }
  const place = { address: f.let<"i32">(first.address), position: f.let<"i32">(first.position) };
  f.for(0, count as Local<"i32">, 1, () => {
    forEachTap(f, place, hops, counts, visit);
    f.increase(place.address, hop.address);
    f.increase(place.position, hop.position);
  });
}
