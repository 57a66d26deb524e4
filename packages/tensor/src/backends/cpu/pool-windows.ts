/**
 * The loops of pooling: over the output positions of a plane, and over the input elements in the window of each, in up
 * to three dimensions.
 */

import { type Code, type FunctionBuilder, i32, type Local, nth } from "./wasm/index.ts";

/**
 * The slots of the pooling kernels' arguments. A view has six: its address, the strides of images and channels, and
 * those of depth, height and width. The other lists are depth, height and width. Strides are in bytes.
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
} as const;

/** Returns the local that holds an argument, or a later one of the list that starts with it. */
export type Argument = (name: keyof typeof slots, d?: number) => Local<"i32">;

/** Loads all arguments. */
export function readPoolArguments(f: FunctionBuilder, args: Local<"i32">): Argument {
  const read = Array.from({ length: slots.channels + 1 }, (_, slot) => f.let(i32.load(args, 8 * slot)));
  return (name, d = 0) => read[slots[name] + d] as Local<"i32">; // safe: every slot has been loaded
}

/** Where the strides of depth, height and width start in the arguments of a view. */
export const strides = 3;

/** The window of one output position. */
export interface Window {
  /** Addresses in the output and in the indices. */
  readonly output: Code<"i32">;
  readonly indices: Code<"i32">;
  /** Visits the elements within the input: their address, and their flat position in the plane. */
  each(visit: (address: Code<"i32">, position: Code<"i32">) => void): void;
}

/** The window's taps within the input along one dimension. */
interface Range {
  readonly start: Local<"i32">;
  readonly first: Local<"i32">;
  readonly end: Local<"i32">;
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

/** Emits loops over all output positions of a plane in row-major order. */
export function forEachWindow(
  f: FunctionBuilder,
  argument: Argument,
  plane: Plane,
  visit: (window: Window) => void,
): void {
  const ranges: Range[] = [];
  const along = (d: number, output: Code<"i32">, indices: Code<"i32">): void => {
    if (d === 3) {
      visit({ output, indices, each: (body) => places(f, argument, plane, ranges, body) });
      return;
    }
    f.for(0, argument("positions", d), 1, (o) => {
      ranges[d] = rangeOf(f, argument, d, o);
      const at = (base: Code<"i32">, view: "output" | "indices"): Local<"i32"> =>
        f.let(nth(base, o, argument(view, strides + d)));
      along(d + 1, at(output, "output"), at(indices, "indices"));
    });
  };
  along(0, plane.output, plane.indices);
}

/** Computes which taps of the window at `o` are within the input. */
function rangeOf(f: FunctionBuilder, argument: Argument, d: number, o: Local<"i32">): Range {
  const [size, kernel, dilation] = [argument("sizes", d), argument("kernel", d), argument("dilation", d)];
  const start = f.let(i32.sub(i32.mul(o, argument("step", d)), argument("padding", d)));
  const ceil = (x: Code<"i32">): Code<"i32"> => i32.div(i32.add(x, i32.sub(dilation, 1)), dilation);
  const first = f.let(i32.const(0));
  f.if(i32.lt(start, 0), () => f.set(first, ceil(i32.sub(0, start))));
  const end = f.let(i32.const(0));
  f.if(i32.lt(start, size), () => f.set(end, ceil(i32.sub(size, start))));
  f.if(i32.gt(end, kernel), () => f.set(end, kernel));
  return { start, first, end };
}

function places(
  f: FunctionBuilder,
  argument: Argument,
  plane: Plane,
  ranges: readonly Range[],
  visit: Parameters<Window["each"]>[0],
): void {
  const along = (d: number, address: Code<"i32">, position: Code<"i32">): void => {
    if (d === 3) {
      visit(address, position);
      return;
    }
    const { start, first, end } = ranges[d] as Range;
    f.for(first, end, 1, (tap) => {
      const place = f.let(nth(start, tap, argument("dilation", d)));
      const next = f.let(nth(address, place, argument("input", strides + d)));
      along(d + 1, next, f.let(i32.add(i32.mul(position, argument("sizes", d)), place)));
    });
  };
  along(0, plane.input, i32.const(0));
}
