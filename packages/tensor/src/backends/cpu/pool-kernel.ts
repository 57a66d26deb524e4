/**
 * The pooling kernels, for windows of any shape. A unit of work is one channel of one image. Windows that lie within
 * their row's input are computed four at a time.
 */

import { bytesOf } from "../../dtype.ts";
import { kernelModule } from "./lower/emitter.ts";
import { binary, compare, select } from "./lower/primitives.ts";
import { first, load, loadEach, loadSplat, storeOne, storePacked, type Value } from "./lower/values.ts";
import type { Element } from "./matmul-lanes.ts";
import {
  ahead,
  forEachRow,
  forEachTap,
  type Place,
  planeOf,
  rangeOf,
  readPoolArguments,
  startOf,
  strides,
  unitsOf,
} from "./pool-windows.ts";
import type { Runtime } from "./runtime.ts";
import { type Code, i32, i32x4, type Local, memoryFill, nth, shuffle, v128 } from "./wasm/index.ts";

/** The properties that the kernel of the maxima is specialized for. */
export interface MaximaClass {
  readonly element: Element;
  readonly indices: boolean;
  /** Number of spatial dimensions. */
  readonly dims: number;
  /** Elements between the first ones of neighboring windows: 1, 2, or 0 for any number. */
  readonly step: 0 | 1 | 2;
}

/** Builds the kernel that computes maxima, with or without their indices. */
export function maximaKernel(runtime: Runtime, { element, indices, dims, step }: MaximaClass): Uint8Array {
  return kernelModule(runtime, (e) => {
    const { f } = e;
    const argument = readPoolArguments(e);
    const units = unitsOf(argument);
    const zero = f.let(i32.const(0));
    const origin = { address: zero, position: zero };
    const hops = units.map((unit, d) => ahead(f, origin, unit, argument("dilation", d)));
    const along = units[2] as Place; // safe: three dimensions
    const stride = f.let(i32.mul(argument("step", 2), along.address));
    const apart = f.let(i32x4.mul(i32x4.splat(argument("step", 2)), e.i32(0, 1, 2, 3)));
    const positions = (from: Local<"i32">): Code<"v128"> => i32x4.add(i32x4.splat(from), apart);

    /** Loads an element of each of four windows. */
    const four = (address: Local<"i32">): Value => {
      if (step === 1) return load(e, element, address);
      if (step === 2) return [f.let(shuffle(v128.load(address), v128.load(address, 16), [0, 2, 4, 6]))];
      return loadEach(
        e,
        element,
        [0, 1, 2, 3].map((lane) => nth(address, stride, lane)),
      );
    };

    f.for(e.begin, e.end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      forEachRow(f, argument, plane, (row) => {
        const ranges = row.places.map((place, d) => rangeOf(f, argument, d, place));
        const line = ranges.reduce<Place>((place, { from }, d) => ahead(f, place, units[d] as Place, from), {
          address: plane.input,
          position: zero,
        });
        /** Computes the window at `x`, or four from there on, whose first taps along the width are at `from`. */
        const maxima = (whole: boolean, x: Local<"i32">, from: Local<"i32">, count: Local<"i32">): void => {
          const read = (address: Local<"i32">) => (whole ? four(address) : loadSplat(e, element, address));
          const start = ahead(f, line, along, from);
          const best = read(start.address).map((vector) => f.let(vector));
          const at = f.let(positions(start.position));
          const counts = [...ranges.map(({ taps }) => taps), count];
          forEachTap(f, start, hops.slice(-dims), counts.slice(-dims), ({ address, position }) => {
            const value = read(address);
            // The last of several NaNs wins.
            const [larger, nan] = [compare(e, "lt", element, best, value), compare(e, "ne", element, value, value)];
            const better = e.let(v128.or(first(larger), first(nan)));
            e.assign(best, select(e, element, [better], value, best));
            if (indices) f.set(at, e.select(positions(position), at, better));
          });
          const store = (view: "output" | "indices", value: Value): void => {
            const address = e.let(nth(row[view], x, argument(view, strides + 2)));
            const dtype = view === "output" ? element : "int32";
            if (whole) storePacked(e, dtype, address, value);
            else storeOne(e, dtype, address, value, 0);
          };
          store("output", best);
          if (indices) store("indices", [at]);
        };
        const [inside, end] = [argument("inside"), argument("inside", 1)];
        const x = f.let(i32.const(0));
        f.while(i32.lt(x, argument("positions", 2)), () => {
          f.if(
            i32.and(i32.ge(x, inside), i32.lt(x, end)),
            () => {
              // If fewer than four are left, some are computed again.
              const from = f.least(x, i32.sub(end, 4));
              maxima(true, from, startOf(f, argument, 2, from), argument("kernel", 2));
              f.set(x, i32.add(from, 4));
            },
            () => {
              const { from, taps } = rangeOf(f, argument, 2, x);
              maxima(false, x, from, taps);
              f.increase(x, 1);
            },
          );
        });
      });
    });
  });
}

/** Builds the kernel of the gradient, for planes of the input without gaps: adds each window's to its maximum. */
export function spreadKernel(runtime: Runtime, element: Element): Uint8Array {
  const bytes = bytesOf(element);
  return kernelModule(runtime, (e) => {
    const { f } = e;
    const argument = readPoolArguments(e);
    const size = e.let(i32.mul(i32.mul(argument("sizes"), argument("units")), bytes));
    f.for(e.begin, e.end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      f.do(memoryFill(plane.input, 0, size));
      forEachRow(f, argument, plane, ({ output, indices }) => {
        f.for(0, argument("positions", 2), 1, () => {
          const address = f.let(nth(plane.input, i32.load(indices), bytes));
          const sum = binary(e, "add", element, loadSplat(e, element, address), loadSplat(e, element, output));
          storeOne(e, element, address, sum, 0);
          f.increase(output, argument("output", strides + 2));
          f.increase(indices, argument("indices", strides + 2));
        });
      });
    });
  });
}
