/**
 * Kernels for products with a sparse matrix. Four results are computed at once: neighbors along the inner dimension
 * where that is contiguous, and otherwise the same position of four outer indices.
 */

import { bytesOf, type DType } from "../../../dtype.ts";
import { readArguments } from "../arguments.ts";
import type { Runtime } from "../runtime.ts";
import { i32, type Local, nth } from "../wasm/index.ts";
import { type Emitter, kernelModule } from "./emitter.ts";
import { binary } from "./primitives.ts";
import {
  type Integer,
  load,
  loadEach,
  loadSplat,
  pack,
  storeOne,
  storePacked,
  storeSome,
  type Value,
} from "./values.ts";

/** The arguments: addresses, sizes, and strides in bytes. A batch is what is neither a row nor a lane. */
export type SparseArgument =
  | ("starts" | "positions" | "weights" | "input" | "to" | "rows" | "lanes")
  | `${"input" | "to"}${"Batch" | "Row" | "Lane"}`;

/** A kernel under construction. */
interface Draft {
  readonly e: Emitter;
  readonly dtype: DType;
  readonly at: Readonly<Record<SparseArgument, Local<"i32">>>;
}

/**
 * Builds the kernel for one dtype. If the lanes are contiguous, a unit of work is a row of a batch, and otherwise four
 * lanes of a batch with all of their rows.
 */
export function sparseModule(
  runtime: Runtime,
  dtype: DType,
  contiguous: boolean,
  names: readonly string[],
): Uint8Array {
  return kernelModule(runtime, (e) => {
    const draft = { e, dtype, at: readArguments<SparseArgument>(e.f, e.args, names) };
    e.f.for(e.begin, e.end, 1, (unit) => {
      if (contiguous) alongLanes(draft, unit);
      else acrossLanes(draft, unit);
    });
  });
}

/** Computes `base + index · stride`. */
function place(e: Emitter, base: Integer, index: Integer, stride: Integer | number): Local<"i32"> {
  return e.let(nth(base, index, stride));
}

/**
 * Emits the sums of `count` times four elements over the entries of a row. `read` loads four elements of the input at a
 * byte offset.
 */
function sums(
  { e, dtype, at }: Draft,
  row: Integer,
  count: number,
  read: (offset: Local<"i32">, k: number) => Value,
): Value[] {
  const { f } = e;
  const start = place(e, at.starts, row, 4);
  const totals = Array.from({ length: count }, () => f.locals("v128", dtype === "float64" ? 2 : 1));
  for (const vector of totals.flat()) f.set(vector, e.i32(0));
  f.for(i32.load(start), i32.load(start, 4), 1, (entry) => {
    const offset = e.let(i32.mul(i32.load(place(e, at.positions, entry, 4)), at.inputRow));
    const weight = loadSplat(e, dtype, place(e, at.weights, entry, bytesOf(dtype)));
    totals.forEach((total, k) => {
      e.assign(total, binary(e, "add", dtype, total, binary(e, "mul", dtype, weight, read(offset, k))));
    });
  });
  return totals.map((total) => pack(e, dtype, total));
}

/** Emits one row of a batch: sixteen lanes at a time, and then four or fewer. */
function alongLanes(draft: Draft, unit: Local<"i32">): void {
  const { e, dtype, at } = draft;
  const { f } = e;
  const [batch, row] = [e.let(i32.divU(unit, at.rows)), e.let(i32.remU(unit, at.rows))];
  const from = place(e, at.input, batch, at.inputBatch);
  const to = place(e, place(e, at.to, batch, at.toBatch), row, at.toRow);
  const lane = f.let(i32.const(0));
  const near = (base: Integer, k: number) => place(e, base, i32.add(lane, 4 * k), bytesOf(dtype));
  const block = (count: number) =>
    sums(draft, row, count, (offset, k) => load(e, dtype, e.let(i32.add(near(from, k), offset))));
  f.while(i32.le(i32.add(lane, 16), at.lanes), () => {
    block(4).forEach((packed, k) => {
      storePacked(e, dtype, near(to, k), packed);
    });
    f.increase(lane, 16);
  });
  f.while(i32.lt(lane, at.lanes), () => {
    const packed = block(1)[0] as Value; // safe: one block
    storeSome(e, dtype, near(to, 0), packed, e.let(i32.sub(at.lanes, lane)));
    f.increase(lane, 4);
  });
}

/** Emits all rows of four lanes of a batch. The last group may have fewer lanes; it computes its last one repeatedly. */
function acrossLanes(draft: Draft, unit: Local<"i32">): void {
  const { e, dtype, at } = draft;
  const groups = e.let(i32.shrU(i32.add(at.lanes, 3), 2));
  const [batch, group] = [e.let(i32.divU(unit, groups)), e.let(i32.remU(unit, groups))];
  const last = e.let(i32.sub(at.lanes, 1));
  const lanes = [0, 1, 2, 3].map((j) => {
    const lane = e.f.least(i32.add(i32.shl(group, 2), j), last);
    return {
      from: place(e, place(e, at.input, batch, at.inputBatch), lane, at.inputLane),
      to: place(e, place(e, at.to, batch, at.toBatch), lane, at.toLane),
    };
  });
  e.f.for(0, at.rows, 1, (row) => {
    const read = (offset: Integer) =>
      loadEach(
        e,
        dtype,
        lanes.map(({ from }) => i32.add(from, offset)),
      );
    const packed = sums(draft, row, 1, read)[0] as Value; // safe: one block
    lanes.forEach(({ to }, j) => {
      storeOne(e, dtype, place(e, to, row, at.toRow), packed, j);
    });
  });
}
