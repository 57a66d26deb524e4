/**
 * Kernels that read and write through an index. The operands are walked in row-major order of the index, without the
 * indexed dimension, whose stride times the index is added to the address. If the index does not vary along the
 * innermost dimension, whole rows are moved at once.
 */

import { bytesOf, type DType } from "../../../dtype.ts";
import type { BinaryOp } from "../../../expr/ops.ts";
import type { ScatterCall } from "../../../kernel.ts";
import type { Runtime } from "../runtime.ts";
import { type Code, i32, i64, memoryCopy, nth } from "../wasm/index.ts";
import { kernelModule } from "./emitter.ts";
import { eachVector, forEachUnit, odometer, vectorStep } from "./pointwise.ts";
import { binary } from "./primitives.ts";
import { type Integer, loadSplat, pack, storeOne } from "./values.ts";

/**
 * The properties that an indexing kernel is specialized for. The operands are the indexed tensor, the index and the
 * other tensor.
 */
export interface IndexClass {
  readonly dtype: DType;
  /** Number of walked dimensions, at least 1. */
  readonly rank: number;
  /** How the three operands move along a row that is moved at once; null when each element has its own index. */
  readonly motions: readonly number[] | null;
}

/** Copies one element of any dtype. */
export function move(bytes: number, to: Integer, from: Integer): Code<"void"> {
  if (bytes === 8) return i64.store(to, i64.load(from));
  if (bytes === 4) return i32.store(to, i32.load(from));
  return bytes === 2 ? i32.store16(to, i32.load16U(from)) : i32.store8(to, i32.load8U(from));
}

/**
 * Builds the gather kernel. A unit is a position of the walk: a row or an element. The arguments of both kernels are
 * the length of a row; the indexed dimension's stride in bytes; the three innermost strides; the three addresses; the
 * sizes of the walked dimensions except the outermost; their strides.
 */
export function gatherModule(runtime: Runtime, { dtype, rank, motions }: IndexClass): Uint8Array {
  const bytes = bytesOf(dtype);
  return kernelModule(runtime, (e) => {
    const [length, indexedStride] = e.take(5);
    forEachUnit(e, rank, (input, index, to) => {
      const from = e.let(nth(input, i32.load(index), indexedStride));
      e.f.do(motions === null ? move(bytes, to, from) : memoryCopy(to, from, i32.mul(length, bytes)));
    });
  });
}

const combining: Readonly<Record<Exclude<ScatterCall["reduce"], "set">, BinaryOp>> = {
  add: "add",
  multiply: "mul",
  max: "max",
  min: "min",
};

/**
 * Builds the scatter kernel. For whole rows a unit is a column, and each piece of columns goes through all rows, so
 * that no two threads write the same element. For single elements there is one unit. The last argument is the number
 * of positions of the walk.
 */
export function scatterModule(
  runtime: Runtime,
  reduce: ScatterCall["reduce"],
  { dtype, rank, motions }: IndexClass,
): Uint8Array {
  const bytes = bytesOf(dtype);
  return kernelModule(runtime, (e) => {
    const { f } = e;
    const [, indexedStride, ...strides] = e.take(5);
    const starts = e.take(3);
    const at = odometer(e, rank, 3)(i32.const(0), starts);
    const [target, index, source] = at.pointers as [Integer, Integer, Integer]; // safe: there are three
    const [positions] = e.take(1);
    at.repeat(positions, () => {
      const to = e.let(nth(target, i32.load(index), indexedStride));
      if (motions === null) {
        if (reduce === "set") f.do(move(bytes, to, source));
        else {
          const value = binary(e, combining[reduce], dtype, loadSplat(e, dtype, to), loadSplat(e, dtype, source));
          storeOne(e, dtype, to, pack(e, dtype, value), 0);
        }
      } else {
        const bases = [to, index, source];
        eachVector(e, e.begin, e.end, 4, (at, whole) => {
          const step = vectorStep(e, { at, whole, end: e.end, bases, strides, motions });
          const comes = step.load(2, dtype);
          step.store(
            0,
            dtype,
            reduce === "set" ? comes : binary(e, combining[reduce], dtype, step.load(0, dtype), comes),
          );
        });
      }
    });
  });
}
