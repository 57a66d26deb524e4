/**
 * The most common pooling, 2×2 maxima with a stride of two, for float32 rows without gaps: computes four outputs at a
 * time. The backward pass writes every element of the input's gradient exactly once, so nothing has to be cleared or
 * accumulated. A unit of work is one channel of one image.
 */

import { planeOf, readPoolArguments, strides } from "./pool-windows.ts";
import { type Code, f32x4, i32, i32x4, type Local, ModuleBuilder, nth, shuffle, v128 } from "./wasm/index.ts";

const evens = [0, 2, 4, 6];
const odds = [1, 3, 5, 7];

/** Builds the kernel: forward, with or without indices, or backward, which reads the indices. */
export function pairsKernel(shared: boolean, direction: "forward" | "backward", indices: boolean): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    const [height, width, size] = [argument("positions", 1), argument("positions", 2), argument("sizes", 2)];
    f.for(begin, end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      f.for(0, height, 1, (y) => {
        const rowOf = (view: "input" | "output" | "indices", row: Code<"i32">): Local<"i32"> =>
          f.let(nth(plane[view], row, argument(view, strides + 1)));
        // The two input rows: their addresses, and the positions of their first elements.
        const rows = [0, 1].map((down) => f.let(i32.add(i32.shl(y, 1), down)));
        const lines = rows.map((row) => [rowOf("input", row), f.let(i32.mul(row, size))] as const);
        const [output, places] = [rowOf("output", y), rowOf("indices", y)];
        // If the width is not a multiple of four, the last vector overlaps the one before it.
        const last = f.let(i32.sub(width, 4));
        f.for(0, width, 4, (at) => {
          const x = f.least(at, last);
          const [inputAt, outputAt] = [i32.shl(x, 3), i32.shl(x, 2)];
          /** Returns the positions of the four windows' elements in one corner. */
          const corner = (start: Local<"i32">, right: number): Local<"v128"> => {
            const first = i32.add(i32.add(start, i32.shl(x, 1)), right);
            return f.let(i32x4.add(i32x4.splat(first), v128.const(evens.flatMap((step) => [step, 0, 0, 0]))));
          };
          if (direction === "forward") forward();
          else backward();

          function forward(): void {
            const [best, place] = [f.local("v128"), f.local("v128")];
            lines.forEach(([line, start], down) => {
              const from = f.let(i32.add(line, inputAt));
              const [low, high] = [f.let(v128.load(from)), f.let(v128.load(from, 16))];
              for (const [right, lanes] of [evens, odds].entries()) {
                const value = f.let(shuffle(low, high, lanes));
                const position = indices ? corner(start, right) : place;
                if (down === 0 && right === 0) {
                  f.set(best, value);
                  f.set(place, position);
                  continue;
                }
                // The last of several NaNs wins.
                const mask = f.let(v128.or(f32x4.gt(value, best), f32x4.ne(value, value)));
                f.set(best, v128.bitselect(value, best, mask));
                if (indices) f.set(place, v128.bitselect(position, place, mask));
              }
            });
            f.do(v128.store(i32.add(output, outputAt), best));
            if (indices) f.do(v128.store(i32.add(places, outputAt), place));
          }

          function backward(): void {
            const gradient = f.let(v128.load(i32.add(output, outputAt)));
            const place = f.let(v128.load(i32.add(places, outputAt)));
            lines.forEach(([line, start]) => {
              const part = (right: number): Local<"v128"> =>
                f.let(v128.and(gradient, i32x4.eq(place, corner(start, right))));
              const [left, right] = [part(0), part(1)];
              const to = f.let(i32.add(line, inputAt));
              f.do(v128.store(to, shuffle(left, right, [0, 4, 1, 5])));
              f.do(v128.store(to, shuffle(left, right, [2, 6, 3, 7]), 16));
            });
          }
        });
      });
    });
  });
}
