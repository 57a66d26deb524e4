/**
 * The pooling kernels, for windows of any shape. A unit of work is one channel of one image. Windows of float32 that lie
 * within their row's input are computed four at a time.
 */

import {
  forEachRow,
  forEachTap,
  type Place,
  planeOf,
  plus,
  type Row,
  rangeOf,
  readPoolArguments,
  startOf,
  strides,
  times,
  unitsOf,
} from "./pool-windows.ts";
import {
  type Code,
  f32,
  f32x4,
  f64,
  i32,
  i32x4,
  type Local,
  ModuleBuilder,
  memoryFill,
  nth,
  type Operand,
  shuffle,
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
 * Builds the kernel that computes maxima, with or without their indices.
 *
 * @param dims number of spatial dimensions.
 * @param width size of the windows along the width, if the kernel is specialized for it.
 * @param step bytes between the first elements of neighboring windows, if four of them are computed at a time: 4, 8, or
 * 0 for any other number. Null for one window at a time.
 */
export function maximaKernel<T extends Scalar>(
  runtime: { readonly shared: boolean; readonly relaxed: boolean },
  type: T,
  dims: number,
  width: number | null,
  indices: boolean,
  step: 0 | 4 | 8 | null,
): Uint8Array {
  const n: Numbers<T> = numbers[type];
  const choose = runtime.relaxed ? v128.laneselect : v128.bitselect;
  return new ModuleBuilder(runtime.shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    const units = unitsOf(f, argument);
    const hops = units.map((unit, d) => times(f, unit, argument("dilation", d)));
    const along = units[2] as Place; // safe: three dimensions
    const stride = f.let(i32.mul(argument("step", 2), along.address));
    const lanes = v128.const([0, 1, 2, 3].flatMap((lane) => [lane, 0, 0, 0]));
    const apart = f.let(i32x4.mul(i32x4.splat(argument("step", 2)), lanes));
    const [first, last] = [argument("inside"), argument("inside", 1)];
    f.for(begin, end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      forEachRow(f, argument, plane, (row) => {
        const ranges = row.places.map((place, d) => rangeOf(f, argument, d, place));
        const line = ranges.reduce<Place>((place, { from }, d) => plus(f, place, times(f, units[d] as Place, from)), {
          address: plane.input,
          position: f.let(i32.const(0)),
        });
        const taps = ranges.map((range) => range.taps);
        const x = f.let(i32.const(0));
        f.while(i32.lt(x, argument("positions", 2)), () => {
          const one = (): void => {
            const range = rangeOf(f, argument, 2, x);
            window(row, plus(f, line, times(f, along, range.from)), [...taps, range.taps], x);
            f.increase(x, 1);
          };
          if (step === null) one();
          else
            f.if(
              i32.and(i32.ge(x, first), i32.lt(x, last)),
              () => {
                // If fewer than four are left, some are computed again.
                const from = f.least(x, i32.sub(last, 4));
                const start = plus(f, line, times(f, along, startOf(f, argument, 2, from)));
                windows(row, start, [...taps, width ?? argument("kernel", 2)], from);
                f.set(x, i32.add(from, 4));
              },
              one,
            );
        });
      });
    });

    function window(row: Row, start: Place, taps: readonly (Local<"i32"> | number)[], x: Local<"i32">): void {
      const [best, at] = [f.let(n.load(start.address)), f.let<"i32">(start.position)];
      forEachTap(f, start, hops.slice(-dims), taps.slice(-dims), ({ address, position }) => {
        const value = f.let(n.load(address));
        // The last of several NaNs wins.
        f.if(i32.or(n.gt(value, best), n.ne(value, value)), () => {
          f.set(best, value);
          f.set(at, position);
        });
      });
      f.do(n.store(nth(row.output, x, argument("output", strides + 2)), best));
      if (indices) f.do(i32.store(nth(row.indices, x, argument("indices", strides + 2)), at));
    }

    function windows(row: Row, start: Place, taps: readonly (Local<"i32"> | number)[], x: Local<"i32">): void {
      const positions = (position: Code<"i32">) => i32x4.add(i32x4.splat(position), apart);
      const [best, at] = [f.let(four(start.address)), f.let(positions(start.position))];
      forEachTap(f, start, hops.slice(-dims), taps.slice(-dims), ({ address, position }) => {
        const value = f.let(four(address));
        const better = f.let(v128.or(f32x4.gt(value, best), f32x4.ne(value, value)));
        f.set(best, choose(value, best, better));
        if (indices) f.set(at, choose(positions(position), at, better));
      });
      f.do(v128.store(nth(row.output, x, 4), best));
      if (indices) f.do(v128.store(nth(row.indices, x, 4), at));
    }

    /** Loads an element of each of four windows. */
    function four(address: Local<"i32">): Code<"v128"> {
      if (step === 4) return v128.load(address);
      if (step === 8) return shuffle(v128.load(address), v128.load(address, 16), [0, 2, 4, 6]);
      return [1, 2, 3].reduce<Code<"v128">>(
        (vector, lane) => v128.loadLane(32, nth(address, stride, lane), vector, lane),
        v128.load32Zero(address),
      );
    }
  });
}

/** Builds the kernel of the gradient, for planes of the input without gaps: adds each window's to its maximum. */
export function spreadKernel<T extends Scalar>(shared: boolean, type: T): Uint8Array {
  const n: Numbers<T> = numbers[type];
  const bytes = type === "f64" ? 8 : 4;
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    const size = f.let([0, 1, 2].reduce<Code<"i32">>((all, d) => i32.mul(all, argument("sizes", d)), i32.const(bytes)));
    f.for(begin, end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      f.do(memoryFill(plane.input, 0, size));
      forEachRow(f, argument, plane, ({ output, indices }) => {
        f.for(0, argument("positions", 2), 1, () => {
          const address = f.let(nth(plane.input, i32.load(indices), bytes));
          f.do(n.store(address, n.add(n.load(address), n.load(output))));
          f.increase(output, argument("output", strides + 2));
          f.increase(indices, argument("indices", strides + 2));
        });
      });
    });
  });
}
