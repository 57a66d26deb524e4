/**
 * Products with few rows, such as matrix times vector, where both operands are contiguous along k. Each element of `b`
 * is used only a few times, so packing would cost more than it saves. Four columns at a time are read in place and
 * accumulated in vectors along k.
 */

import { readArguments } from "./arguments.ts";
import { batchOf } from "./matmul-kernel.ts";
import type { Lanes } from "./matmul-lanes.ts";
import type { ProductArguments } from "./matmul-product.ts";
import { i32, type Local, ModuleBuilder, nth, shuffle, v128 } from "./wasm/index.ts";

/** Maximum rows for which these kernels are used. */
export const dotRows = 4;
/** Columns per unit of work. */
export const dotColumns = 4;

/** The arguments of the kernel. A unit is four columns of a batch; strides are in bytes. */
export interface DotArguments extends ProductArguments {
  readonly aRow: number;
  readonly bColumn: number;
  /** Units per batch. */
  readonly units: number;
}

/** Builds the kernel. */
export function dotKernel(shared: boolean, lanes: Lanes, names: readonly string[]): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const slot = readArguments<keyof DotArguments>(f, args, names);
    const { m, n, k, aRow, bColumn, units, toRow, toColumn, biasRow, biasColumn, accumulate } = slot;
    const columns = Array.from({ length: dotColumns }, () => f.local("i32"));
    // Two accumulators per column keep eight multiply-adds in flight.
    const sums = Array.from({ length: dotColumns }, () => f.locals("v128", 2) as [Local<"v128">, Local<"v128">]);
    const [a, row] = [f.local("i32"), f.locals("v128", 2) as [Local<"v128">, Local<"v128">]];
    f.for(begin, end, 1, (unit) => {
      const batch = f.let(i32.divU(unit, units));
      const left = f.let(i32.mul(i32.remU(unit, units), dotColumns));
      const { a: aBatch, b: bBatch, to: toBatch, bias: biasBatch } = batchOf(f, slot, batch);
      const last = f.let(i32.sub(n, 1));
      f.for(0, m, 1, (i) => {
        f.set(a, nth(aBatch, i, aRow));
        for (const [j, column] of columns.entries()) {
          // Columns past the right edge repeat the last one and are not stored.
          const index = f.least(i32.add(left, j), last);
          f.set(column, nth(bBatch, index, bColumn));
        }
        for (const sum of sums.flat()) f.set(sum, lanes.zero);
        const advance = (bytes: number): void => {
          for (const pointer of [a, ...columns]) f.increase(pointer, bytes);
        };
        const pair = 2 * lanes.count;
        f.for(pair - 1, k, pair, () => {
          for (const u of [0, 1] as const) f.set(row[u], v128.load(a, 16 * u));
          for (const [j, column] of columns.entries()) {
            const parts = sums[j] as [Local<"v128">, Local<"v128">];
            for (const u of [0, 1] as const) f.set(parts[u], lanes.madd(row[u], v128.load(column, 16 * u), parts[u]));
          }
          advance(32);
        });
        f.for(0, i32.and(k, pair - 1), 1, () => {
          f.set(row[0], lanes.first(a));
          for (const [j, column] of columns.entries()) {
            const [sum] = sums[j] as [Local<"v128">, Local<"v128">];
            f.set(sum, lanes.madd(row[0], lanes.first(column), sum));
          }
          advance(lanes.bytes);
        });
        for (const [j, [sum, other]] of sums.entries()) {
          f.set(sum, lanes.add(sum, other));
          f.set(sum, lanes.add(sum, shuffle(sum, sum, [1, 0])));
          if (lanes.count === 4) f.set(sum, lanes.add(sum, shuffle(sum, sum, [1, 0, 3, 2])));
          const column = f.let(i32.add(left, j));
          f.if(i32.le(column, last), () => {
            const cell = f.let(nth(nth(toBatch, i, toRow), column, toColumn));
            f.if(
              accumulate,
              () => f.do(lanes.addLane(cell, cell, sum, 0)),
              () => f.do(lanes.storeLane(cell, sum, 0)),
            );
            f.if(biasBatch, () => {
              const added = f.let(nth(nth(biasBatch, i, biasRow), column, biasColumn));
              f.do(lanes.addMemory(cell, cell, added));
            });
          });
        }
      });
    });
  });
}
