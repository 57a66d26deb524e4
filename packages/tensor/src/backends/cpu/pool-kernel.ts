/** The scalar pooling kernels, for windows of any shape. A unit of work is one channel of one image. */

import { forEachWindow, type Plane, planeOf, readPoolArguments, strides, type Window } from "./pool-windows.ts";
import { type Code, f32, f64, i32, type Local, ModuleBuilder, nth, type Operand } from "./wasm/index.ts";

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

/** Builds the kernel: forward, with or without indices, or backward, which reads the indices. */
export function poolKernel<T extends Scalar>(
  shared: boolean,
  type: T,
  direction: "forward" | "backward",
  indices: boolean,
): Uint8Array {
  const n: Numbers<T> = numbers[type];
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    const [zero, best, value] = [f.local(type), f.local(type), f.local(type)];
    const at = f.local("i32");
    f.for(begin, end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      if (direction === "backward") clear(0, plane.input);
      forEachWindow(f, argument, plane, direction === "forward" ? maximum : (window) => spread(window, plane));
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
