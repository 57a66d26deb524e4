/**
 * Transposing copies, such as `x.t().contiguous()`. Element by element, each access would touch a different cache line.
 * Instead, sixteen rows of the result are written at once from whole cache lines of the source, in 4×4 blocks that are
 * transposed in registers. A unit is sixteen rows.
 */

import type { Runtime } from "../runtime.ts";
import { transpose4x4 } from "../transpose-4x4.ts";
import { i32, type Local, nth, select, v128 } from "../wasm/index.ts";
import { kernelModule } from "./emitter.ts";

/** Rows of the result per unit. */
export const band = 16;

/**
 * Builds the kernel for 4-byte elements. The arguments are the addresses of source and result, the rows and
 * columns of the result, the bytes between rows of the result, and the bytes between the source elements of adjacent
 * columns.
 */
export function transposeModule(runtime: Runtime): Uint8Array {
  return kernelModule(runtime, (e) => {
    const { f } = e;
    const [source, result, rows, columns, step, stride] = e.take(6);
    const whole = e.let(i32.and(columns, -4));
    const from = f.local("i32");
    const to = f.local("i32");
    f.for(e.begin, e.end, 1, (unit) => {
      const first = e.let(i32.mul(unit, band));
      const height = f.least(i32.sub(rows, first), band);
      const tall = e.let(select(i32.eq(height, band), whole, i32.const(0)));
      f.set(from, nth(source, first, 4));
      f.set(to, nth(result, first, step));
      f.for(0, tall, 4, (column) => {
        const pointer = f.let(nth(to, column, 4));
        const starts = [from];
        for (let k = 1; k < 4; k++) starts.push(e.let(i32.add(starts[k - 1] as Local<"i32">, stride)));
        for (let block = 0; block < band / 4; block++) {
          const lines = transpose4x4(
            f,
            starts.map((start) => v128.load(start, 16 * block)),
          );
          for (const line of lines) {
            f.do(v128.store(pointer, line));
            f.increase(pointer, step);
          }
        }
        f.increase(from, i32.mul(stride, 4));
      });
      // The remainder that does not fill a block.
      f.for(0, height, 1, (row) => {
        f.set(from, nth(source, i32.add(first, row), 4));
        f.set(to, nth(result, i32.add(first, row), step));
        f.for(tall, columns, 1, (column) => {
          f.do(i32.store(nth(to, column, 4), i32.load(nth(from, column, stride))));
        });
      });
    });
  });
}
