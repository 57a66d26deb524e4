/** The scalar pooling kernels, for windows of any shape. A unit of work is one channel of one image. */

import { type Argument, forEachWindow, planeOf, readPoolArguments, strides } from "./pool-windows.ts";
import {
  type Code,
  type FunctionBuilder,
  f32,
  f64,
  i32,
  type Local,
  ModuleBuilder,
  nth,
  type Operand,
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
  eq(a: Operand<T>, b: Operand<T>): Code<"i32">;
}

const numbers: { readonly [T in Scalar]: Numbers<T> } = { f32, f64, i32 };

/** Selects one of the kernels. */
export interface PoolKind {
  readonly direction: "forward" | "backward";
  /** Whether the positions of the maxima are written. */
  readonly indices: boolean;
}

/** Builds a pooling kernel. */
export function poolKernel<T extends Scalar>(shared: boolean, type: T, kind: PoolKind): Uint8Array {
  const n: Numbers<T> = numbers[type];
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    f.for(begin, end, 1, (unit) => {
      if (kind.direction === "backward") backward(f, n, type, argument, unit);
      else forward(f, n, type, kind.indices, argument, unit);
    });
  });
}

function forward<T extends Scalar>(
  f: FunctionBuilder,
  n: Numbers<T>,
  type: T,
  indices: boolean,
  argument: Argument,
  unit: Local<"i32">,
): void {
  const [best, value] = [f.local(type), f.local(type)];
  const at = f.local("i32");
  forEachWindow(f, argument, planeOf(f, argument, unit), (window) => {
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
  });
}

function backward<T extends Scalar>(
  f: FunctionBuilder,
  n: Numbers<T>,
  type: T,
  argument: Argument,
  unit: Local<"i32">,
): void {
  const plane = planeOf(f, argument, unit);
  const zero = f.local(type);
  const along = (d: number, address: Local<"i32">): void => {
    if (d === 3) f.do(n.store(address, zero));
    else f.for(0, argument("sizes", d), 1, (i) => along(d + 1, f.let(nth(address, i, argument("input", strides + d)))));
  };
  along(0, plane.input);
  const gradient = f.local(type);
  forEachWindow(f, argument, plane, (window) => {
    f.set(gradient, n.load(window.output));
    const position = f.let(i32.load(window.indices));
    const [height, width] = [argument("sizes", 1), argument("sizes", 2)];
    const row = f.let(i32.divU(position, width));
    const address = f.let(plane.input);
    [i32.divU(row, height), i32.remU(row, height), i32.remU(position, width)].forEach((place, d) => {
      f.increase(address, i32.mul(place, argument("input", strides + d)));
    });
    f.do(n.store(address, n.add(n.load(address), gradient)));
  });
}
