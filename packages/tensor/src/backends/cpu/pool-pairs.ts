/**
 * The gradient of the most common pooling, 2×2 maxima with a stride of two, for float32 rows without gaps: four outputs
 * at a time. It writes every element of the input's gradient exactly once, so nothing has to be cleared or accumulated.
 * A unit of work is one channel of one image.
 */

import { forEachRow, planeOf, readPoolArguments, strides } from "./pool-windows.ts";
import { i32, i32x4, type Local, ModuleBuilder, nth, shuffle, v128 } from "./wasm/index.ts";

/** Builds the kernel. */
export function pairsKernel(shared: boolean): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    const [width, size] = [argument("positions", 2), argument("sizes", 2)];
    const evens = v128.const([0, 2, 4, 6].flatMap((lane) => [lane, 0, 0, 0]));
    f.for(begin, end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      forEachRow(f, argument, plane, ({ places, output, indices }) => {
        // The two input rows: their addresses, and the positions of their first elements.
        const rows = [0, 1].map((down) => {
          const row = f.let(i32.add(i32.shl(places[1] as Local<"i32">, 1), down)); // safe: depth and height
          return [f.let(nth(plane.input, row, argument("input", strides + 1))), f.let(i32.mul(row, size))] as const;
        });
        // If the width is not a multiple of four, the last vector overlaps the one before it.
        const last = f.let(i32.sub(width, 4));
        f.for(0, width, 4, (at) => {
          const x = f.least(at, last);
          const gradient = f.let(v128.load(nth(output, x, 4)));
          const place = f.let(v128.load(nth(indices, x, 4)));
          for (const [line, start] of rows) {
            /** Returns the gradients of the windows whose maximum is in one corner. */
            const part = (right: number): Local<"v128"> => {
              const corner = i32.add(i32.add(start, i32.shl(x, 1)), right);
              return f.let(v128.and(gradient, i32x4.eq(place, i32x4.add(i32x4.splat(corner), evens))));
            };
            const [left, right] = [part(0), part(1)];
            const to = f.let(nth(line, x, 8));
            f.do(v128.store(to, shuffle(left, right, [0, 4, 1, 5])));
            f.do(v128.store(to, shuffle(left, right, [2, 6, 3, 7]), 16));
          }
        });
      });
    });
  });
}
