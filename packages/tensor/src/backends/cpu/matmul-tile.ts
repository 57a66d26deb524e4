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

/**
 * Where and how a tile is stored. Strides are in bytes, `load` says whether to add to the existing values, and a `bias`
 * of 0 means none.
 */
interface Destination {
  readonly address: Local<"i32">;
  readonly columns: Local<"i32">;
  readonly rowStride: Local<"i32">;
  readonly columnStride: Local<"i32">;
  readonly load: Local<"i32">;
  readonly bias: Local<"i32">;
  readonly biasRowStride: Local<"i32">;
  readonly biasColumnStride: Local<"i32">;
}

/** Defines the tile functions for 1 to `tileRows` rows. */
export function tileFunctions(module: ModuleBuilder, lanes: Lanes, walk: Walk, lookup: Lookup): FunctionIndex[] {
  return Array.from({ length: tileRows }, (_, i) => tileFunction(module, lanes, i + 1, walk, lookup));
}

/**
 * Defines the tile function for a number of rows. Its parameters are a, aStep, b, bStep, k, address, columns, load,
 * bias and strides. `strides` is the address of four integers in 8-byte slots: row and column stride of the result,
 * then of the bias.
 */
function tileFunction(module: ModuleBuilder, lanes: Lanes, rows: number, walk: Walk, lookup: Lookup): FunctionIndex {
  return module.procedure((f, a, aStep, b, bStep, k, address, columns, load, bias, strides) => {
    const sums = f.locals("v128", rows * tileVectors);
    for (const sum of sums) f.set(sum, lanes.zero);
    multiply(f, lanes, sums, { rows, walk, lookup }, { a, aStep, b, bStep, k });
    const stride = (slot: number): Local<"i32"> => f.let(i32.load(strides, 8 * slot));
    store(f, lanes, sums, rows, {
      ...{ address, columns, load, bias },
      ...{ rowStride: stride(0), columnStride: stride(1), biasRowStride: stride(2), biasColumnStride: stride(3) },
    });
  });
}

interface Operands {
  readonly a: Local<"i32">;
  readonly aStep: Local<"i32">;
  readonly b: Local<"i32">;
  readonly bStep: Local<"i32">;
  readonly k: Local<"i32">;
}

/** Emits `sums += a · b` over `k` steps, unrolled by four. Modifies the locals in `operands`. */
function multiply(
  f: FunctionBuilder,
  lanes: Lanes,
  sums: readonly Local<"v128">[],
  { rows, walk, lookup }: { rows: number; walk: Walk; lookup: Lookup },
  { a, aStep, b, bStep, k }: Operands,
): void {
  const { bytes } = lanes;
  const line = f.locals("v128", tileVectors);
  const element = f.local("v128");
  const starts = walk === "lines" ? [a] : [a, ...f.locals("i32", rows - 1)];
  for (let i = 1; i < starts.length; i++)
    f.set(starts[i] as Local<"i32">, i32.add(starts[i - 1] as Local<"i32">, aStep));
  const at = lookup === "table" ? f.local("i32") : b;
  // Pointers that advance by a run-time step move after every step. The others move once per iteration, and `u` counts
  // the steps since then.
  const step = (u: number): void => {
    if (lookup === "table") f.set(at, i32.add(b, i32.load(bStep, 4 * u)));
    for (let v = 0; v < tileVectors; v++) f.set(line[v] as Local<"v128">, v128.load(at, 16 * v));
    for (let i = 0; i < rows; i++) {
      const source = walk === "lines" ? lanes.splat(a, i * bytes) : lanes.splat(starts[i] as Local<"i32">, u * bytes);
      f.set(element, source);
      for (let v = 0; v < tileVectors; v++) {
        const sum = sums[i * tileVectors + v] as Local<"v128">;
        f.set(sum, lanes.madd(element, line[v] as Local<"v128">, sum));
      }
    }
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

/** Emits the store of a tile's sums. */
function store(f: FunctionBuilder, lanes: Lanes, sums: readonly Local<"v128">[], rows: number, to: Destination): void {
  const full = i32.and(
    i32.and(i32.eq(to.columns, tileVectors * lanes.count), i32.eq(to.columnStride, lanes.bytes)),
    i32.or(i32.eqz(to.bias), i32.or(i32.eqz(to.biasColumnStride), i32.eq(to.biasColumnStride, lanes.bytes))),
  );
  const each = (body: (sum: Local<"v128">, v: number) => void, next: () => void): void => {
    for (let i = 0; i < rows; i++) {
      for (let v = 0; v < tileVectors; v++) body(sums[i * tileVectors + v] as Local<"v128">, v);
      if (i + 1 < rows) next();
    }
  };
  f.if(
    full,
    () => {
      f.if(to.load, () => {
        const row = f.let(to.address);
        each(
          (sum, v) => f.set(sum, lanes.add(sum, v128.load(row, 16 * v))),
          () => f.increase(row, to.rowStride),
        );
      });
      f.if(to.bias, () => {
        const row = f.let(to.bias);
        const next = (): void => f.increase(row, to.biasRowStride);
        f.if(
          to.biasColumnStride,
          () => each((sum, v) => f.set(sum, lanes.add(sum, v128.load(row, 16 * v))), next),
          () => each((sum) => f.set(sum, lanes.add(sum, lanes.splat(row))), next),
        );
      });
      const row = f.let(to.address);
      each(
        (sum, v) => f.do(v128.store(row, sum, 16 * v)),
        () => f.increase(row, to.rowStride),
      );
    },
    () => storeLanes(f, lanes, sums, rows, to),
  );
}

/** Stores lane by lane, for tiles at the right edge and results with gaps. */
function storeLanes(
  f: FunctionBuilder,
  lanes: Lanes,
  sums: readonly Local<"v128">[],
  rows: number,
  to: Destination,
): void {
  const column = f.let(to.address);
  const biasColumn = f.let(to.bias);
  f.block((leave) => {
    for (let j = 0; j < tileVectors * lanes.count; j++) {
      f.branchIf(leave, i32.le(to.columns, j));
      const cell = f.let(column);
      const biasCell = f.let(biasColumn);
      for (let i = 0; i < rows; i++) {
        const sum = sums[i * tileVectors + Math.floor(j / lanes.count)] as Local<"v128">;
        const lane = j % lanes.count;
        f.if(
          to.load,
          () => f.do(lanes.addLane(cell, cell, sum, lane)),
          () => f.do(lanes.storeLane(cell, sum, lane)),
        );
        f.if(to.bias, () => f.do(lanes.addMemory(cell, cell, biasCell)));
        if (i + 1 < rows) {
          f.increase(cell, to.rowStride);
          f.increase(biasCell, to.biasRowStride);
        }
      }
      f.increase(column, to.columnStride);
      f.increase(biasColumn, to.biasColumnStride);
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
