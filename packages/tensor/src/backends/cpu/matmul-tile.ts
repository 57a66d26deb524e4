/**
 * The register tile, the inner loop of every matrix product and convolution: up to six rows by two vectors of columns
 * of the result are accumulated in registers over k. Twelve accumulators, two vectors of `b` and one element of `a` are
 * the fifteen registers that engines allocate on x86-64, and twelve independent accumulators hide the latency of both
 * multiply-add units.
 */

import type { Lanes } from "./matmul-lanes.ts";
import {
  type Code,
  type FunctionBuilder,
  type FunctionIndex,
  i32,
  type Local,
  type ModuleBuilder,
  select,
  shuffle,
  v128,
} from "./wasm/index.ts";

/** Maximum rows of a tile. */
export const tileRows = 6;
/** Vectors per row of a tile. */
export const tileVectors = 2;

/**
 * How a tile finds step `k` of its rows of `a`. "lines": the rows' elements are adjacent, and steps are `aStep` bytes
 * apart. "rows": each row is contiguous along k, and rows are `aStep` bytes apart.
 */
export type Walk = "lines" | "rows";

/**
 * How a tile finds step `k` of `b`: at a fixed distance of `bStep` bytes, or through a table of byte offsets at address
 * `bStep`.
 */
export type Lookup = "step" | "table";

/** Defines the tile functions for 1 to `tileRows` rows. */
export function tileFunctions(module: ModuleBuilder, lanes: Lanes, walk: Walk, lookup: Lookup): FunctionIndex[] {
  return Array.from({ length: tileRows }, (_, i) => tileFunction(module, lanes, i + 1, walk, lookup));
}

/**
 * Defines the tile function for a number of rows. Its parameters are a, aStep, b, bStep, k, address, columns, load,
 * bias and strides. `load` says whether to add to the existing values, and a `bias` of 0 means none. `strides` is the
 * address of four integers in 8-byte slots: row and column stride of the result, then of the bias, in bytes.
 */
function tileFunction(module: ModuleBuilder, lanes: Lanes, rows: number, walk: Walk, lookup: Lookup): FunctionIndex {
  const { bytes, count } = lanes;
  return module.procedure((f, a, aStep, b, bStep, k, address, columns, load, bias, strides) => {
    /** The sums of each row. */
    const sums = Array.from({ length: rows }, () => f.locals("v128", tileVectors));
    for (const sum of sums.flat()) f.set(sum, lanes.zero);
    multiply();
    const stride = (slot: number): Local<"i32"> => f.let(i32.load(strides, 8 * slot));
    const [rowStride, columnStride, biasRowStride, biasColumnStride] = [stride(0), stride(1), stride(2), stride(3)];
    const full = i32.and(
      i32.and(i32.eq(columns, tileVectors * count), i32.eq(columnStride, bytes)),
      i32.or(i32.eqz(bias), i32.or(i32.eqz(biasColumnStride), i32.eq(biasColumnStride, bytes))),
    );
    f.if(full, storeVectors, storeColumns);

    /** Emits `sums += a · b` over `k` steps, unrolled by four. */
    function multiply(): void {
      const line = f.locals("v128", tileVectors);
      const element = f.local("v128");
      const starts = walk === "lines" ? [a] : [a, ...f.locals("i32", rows - 1)];
      for (let i = 1; i < starts.length; i++)
        f.set(starts[i] as Local<"i32">, i32.add(starts[i - 1] as Local<"i32">, aStep));
      const at = lookup === "table" ? f.local("i32") : b;
      // Pointers that advance by a run-time step move after every step. The others move once per iteration, and `u`
      // counts the steps since then.
      const step = (u: number): void => {
        if (lookup === "table") f.set(at, i32.add(b, i32.load(bStep, 4 * u)));
        line.forEach((vector, v) => {
          f.set(vector, v128.load(at, 16 * v));
        });
        sums.forEach((row, i) => {
          const adjacent = walk === "lines";
          f.set(element, adjacent ? lanes.splat(a, i * bytes) : lanes.splat(starts[i] as Local<"i32">, u * bytes));
          row.forEach((sum, v) => {
            f.set(sum, lanes.madd(element, line[v] as Local<"v128">, sum));
          });
        });
        if (lookup === "step") f.increase(b, bStep);
        if (walk === "lines") f.increase(a, aStep);
      };
      const advance = (steps: number): void => {
        if (lookup === "table") f.increase(bStep, 4 * steps);
        if (walk === "rows") for (const start of starts) f.increase(start, steps * bytes);
      };
      f.for(3, k, 4, () => {
        for (let u = 0; u < 4; u++) step(u);
        advance(4);
      });
      f.for(0, i32.and(k, 3), 1, () => {
        step(0);
        advance(1);
      });
    }

    function storeVectors(): void {
      const each = (
        start: Local<"i32">,
        step: Local<"i32">,
        body: (sum: Local<"v128">, row: Local<"i32">, offset: number) => void,
      ): void => {
        const row = f.let(start);
        sums.forEach((line, i) => {
          if (i > 0) f.increase(row, step);
          line.forEach((sum, v) => {
            body(sum, row, 16 * v);
          });
        });
      };
      const add = (sum: Local<"v128">, row: Local<"i32">, offset: number): void =>
        f.set(sum, lanes.add(sum, v128.load(row, offset)));
      f.if(load, () => each(address, rowStride, add));
      f.if(bias, () =>
        f.if(
          biasColumnStride,
          () => each(bias, biasRowStride, add),
          () => each(bias, biasRowStride, (sum, row) => f.set(sum, lanes.add(sum, lanes.splat(row)))),
        ),
      );
      each(address, rowStride, (sum, row, offset) => f.do(v128.store(row, sum, offset)));
    }

    /** Stores column by column, for tiles at the right edge and results with gaps. */
    function storeColumns(): void {
      const [column, biasColumn] = [f.let(address), f.let(bias)];
      const next = Array.from({ length: count }, (_, lane) => lane + 1);
      f.for(0, columns, 1, () => {
        const [cell, biasCell] = [f.let(column), f.let(biasColumn)];
        sums.forEach((line, i) => {
          if (i > 0) {
            f.increase(cell, rowStride);
            f.increase(biasCell, biasRowStride);
          }
          const first = line[0] as Local<"v128">;
          f.if(
            load,
            () => f.do(lanes.addLane(cell, cell, first, 0)),
            () => f.do(lanes.storeLane(cell, first, 0)),
          );
          f.if(bias, () => f.do(lanes.addMemory(cell, cell, biasCell)));
          // The next column moves to the first lane.
          line.forEach((vector, v) => {
            f.set(vector, shuffle(vector, line[v + 1] ?? vector, next));
          });
        });
        f.increase(column, columnStride);
        f.increase(biasColumn, biasColumnStride);
      });
    }
  });
}

/** The division of rows into tiles of at most `tileRows`, whose heights differ by at most one. */
export interface Tiling {
  /** The number of tiles. */
  readonly tiles: Local<"i32">;
  /** Emits the first row of a tile. */
  top(tile: Local<"i32">): Code<"i32">;
  /** Emits the number of rows of a tile. */
  rows(tile: Local<"i32">): Code<"i32">;
}

/** Emits the division of `m` rows, at least one, into tiles. */
export function tiling(f: FunctionBuilder, m: Local<"i32">): Tiling {
  const tiles = f.let(i32.divU(i32.add(m, tileRows - 1), tileRows));
  const height = f.let(i32.divU(m, tiles));
  const extra = f.let(i32.remU(m, tiles)); // the first tiles, so many, have one more row
  return {
    tiles,
    top: (tile) => i32.add(i32.mul(tile, height), select(i32.lt(tile, extra), tile, extra)),
    rows: (tile) => i32.add(height, i32.lt(tile, extra)),
  };
}

/** Emits a call of the tile function for a number of rows that is only known at run time. */
export function dispatchRows(
  f: FunctionBuilder,
  rows: Local<"i32">,
  functions: readonly FunctionIndex[],
  args: readonly Code<"i32">[],
): void {
  f.block((leave) => {
    for (let i = functions.length; i >= 1; i--) {
      f.if(i32.eq(rows, i), () => {
        f.call(functions[i - 1] as FunctionIndex, ...args);
        f.branch(leave);
      });
    }
  });
}
