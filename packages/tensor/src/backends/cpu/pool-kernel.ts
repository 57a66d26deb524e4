/**
 * The pooling kernels for windows of any shape, which compute one element at a time, and the maxima of float32 four at a
 * time. A unit of work is one channel of one image.
 */

import { forEachWindow, type Plane, planeOf, readPoolArguments, strides, type Window } from "./pool-windows.ts";
import {
  type Code,
  f32,
  f32x4,
  f64,
  i32,
  i32x4,
  type Local,
  ModuleBuilder,
  nth,
  type Operand,
  v128,
} from "./wasm/index.ts";

/** The scalar types that pooling computes in. */
export type Scalar = "f32" | "f64" | "i32";

/** The instructions of a scalar type that the kernels need. */
interface Numbers<T extends Scalar> {
  load(address: Operand<"i32">): Code<T>;
  store(address: Operand<"i32">, value: Operand<T>): Code<"void">;
  add(a: Operand<T>, b: Operand<T>): Code<T>;
  gt(a: Operand<T>, b: Operand<T>): Code<"i32">;
  ne(a: Operand<T>, b: Operand<T>): Code<"i32">;
}

const numbers: { readonly [T in Scalar]: Numbers<T> } = { f32, f64, i32 };

/**
 * Builds the kernel: forward, with or without indices, or backward, which reads the indices. If `vectors` is set, it
 * computes float32 maxima four at a time, and the results have no gaps within a row.
 */
export function poolKernel<T extends Scalar>(
  shared: boolean,
  type: T,
  direction: "forward" | "backward",
  indices: boolean,
  vectors: boolean,
): Uint8Array {
  const n: Numbers<T> = numbers[type];
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    const [zero, best, value] = [f.local(type), f.local(type), f.local(type)];
    const at = f.local("i32");
    const [largest, places, values] = [f.local("v128"), f.local("v128"), f.local("v128")];
    f.for(begin, end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      if (direction === "backward") clear(0, plane.input);
      if (direction === "forward") forEachWindow(f, argument, plane, maximum, vectors ? maxima : null);
      else forEachWindow(f, argument, plane, (window) => spread(window, plane));
    });

    function maximum(window: Window): void {
      f.set(at, -1);
      window.each((address, position) => {
        f.set(value, n.load(address));
        // The first element, a larger one, or a NaN; the last of several NaNs wins.
        const larger = i32.or(n.gt(value, best), n.ne(value, value));
        f.if(i32.or(i32.lt(at, 0), larger), () => {
          f.set(best, value);
          f.set(at, position);
        });
      });
      f.do(n.store(window.output, best));
      if (indices) f.do(i32.store(window.indices, at));
    }

    function maxima(window: Window): void {
      const step = argument("step", 2);
      const apart = f.let(i32.mul(step, argument("input", strides + 2)));
      const beside = f.let(i32x4.mul(i32x4.splat(step), v128.const([0, 1, 2, 3].flatMap((lane) => [lane, 0, 0, 0]))));
      f.set(places, i32x4.splat(-1));
      window.each((address, position) => {
        const next = f.let(address);
        f.set(values, v128.load32Zero(next));
        for (const lane of [1, 2, 3]) {
          f.increase(next, apart);
          f.set(values, v128.loadLane(32, next, values, lane));
        }
        const larger = v128.or(f32x4.gt(values, largest), f32x4.ne(values, values)); // as for one
        const mask = f.let(v128.or(larger, i32x4.shr(places, 31)));
        f.set(largest, v128.bitselect(values, largest, mask));
        f.set(places, v128.bitselect(i32x4.add(i32x4.splat(position), beside), places, mask));
      });
      f.do(v128.store(window.output, largest));
      if (indices) f.do(v128.store(window.indices, places));
    }

    /** Sets the elements from dimension `d` on to zero. */
    function clear(d: number, address: Local<"i32">): void {
      if (d === 3) f.do(n.store(address, zero));
      else
        f.for(0, argument("sizes", d), 1, (i) => clear(d + 1, f.let(nth(address, i, argument("input", strides + d)))));
    }

    /** Adds a window's gradient to the one of its maximum. */
    function spread({ output, indices }: Window, { input }: Plane): void {
      const position = f.let(i32.load(indices));
      const [height, width] = [argument("sizes", 1), argument("sizes", 2)];
      const row = f.let(i32.divU(position, width));
      const address = f.let(input);
      [i32.divU(row, height), i32.remU(row, height), i32.remU(position, width)].forEach((place, d) => {
        f.increase(address, i32.mul(place, argument("input", strides + d)));
      });
      f.do(n.store(address, n.add(n.load(address), n.load(output))));
    }
  });
}
