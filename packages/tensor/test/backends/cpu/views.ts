/**
 * Views of a runtime's memory for the tests of the CPU kernels: filled with small random numbers, with or without gaps,
 * and read back.
 */

import { convert, temporary } from "../../../src/backends/cpu/convert.ts";
import type { CpuBuffer } from "../../../src/backends/cpu/memory.ts";
import type { Runtime } from "../../../src/backends/cpu/runtime.ts";
import { bytesOf, type DType } from "../../../src/dtype.ts";
import type { View } from "../../../src/kernel.ts";
import { contiguousStrides, sizeOf } from "../../../src/shape.ts";

let seed = 1;

/** The next of a fixed sequence of pseudo-random numbers in [0, 1). */
function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

/** A pseudo-random integer from 0 to `n` - 1. */
export function below(n: number): number {
  return Math.floor(random() * n);
}

/** A small pseudo-random number that a dtype can represent. */
function value(dtype: DType): number {
  if (dtype === "bool") return below(2);
  if (dtype === "uint8") return below(5);
  return dtype === "int32" ? below(19) - 9 : Math.round((random() - 0.5) * 256) / 128;
}

/** The layout of a view in memory: row-major, with the last two dimensions swapped, or with gaps. */
export type Layout = "plain" | "transposed" | "gaps";

/** A view of random numbers. */
export function view(runtime: Runtime, dtype: DType, shape: readonly number[], layout: Layout = "plain"): View {
  const rank = shape.length;
  let strides = contiguousStrides(shape);
  if (layout === "transposed" && rank >= 2) {
    const swapped = [...shape.slice(0, -2), shape[rank - 1] as number, shape[rank - 2] as number];
    strides = contiguousStrides(swapped);
    const last = strides.pop() as number;
    strides.splice(rank - 2, 0, last);
  }
  if (layout === "gaps") strides = strides.map((s) => s * 3);
  const span = shape.reduce((sum, size, d) => sum + Math.max(0, size - 1) * (strides[d] as number), 1);
  const offset = layout === "gaps" ? 5 : 0;
  const result: View = {
    buffer: runtime.memory.allocate((span + offset) * bytesOf(dtype)),
    dtype,
    shape,
    strides,
    offset,
  };
  write(
    runtime,
    result,
    Array.from({ length: sizeOf(shape) }, () => value(dtype)),
  );
  return result;
}

/** Writes numbers to a view, in row-major order. */
export function write(runtime: Runtime, to: View, values: readonly number[]): void {
  const dense = temporary(runtime, "float64", to.shape);
  runtime.memory.f64.set(values, dense.buffer.address / 8);
  convert(runtime, dense, to);
  runtime.memory.free(dense.buffer);
}

/** The numbers of a view, in row-major order. */
export function read(runtime: Runtime, from: View): number[] {
  const dense = temporary(runtime, "float64", from.shape);
  convert(runtime, from, dense);
  const first = dense.buffer.address / 8;
  const values = [...runtime.memory.f64.subarray(first, first + sizeOf(from.shape))];
  runtime.memory.free(dense.buffer);
  return values;
}

/** The largest difference between two lists, relative to the largest number in the second. */
export function difference(got: readonly number[], want: readonly number[]): number {
  let largest = 0;
  let scale = 1;
  want.forEach((w, i) => {
    scale = Math.max(scale, Math.abs(w));
    const d = Math.abs((got[i] as number) - w);
    largest = Math.max(largest, Number.isNaN(d) ? Number.POSITIVE_INFINITY : d);
  });
  return got.length === want.length ? largest / scale : Number.POSITIVE_INFINITY;
}

/** The tolerance for results of a dtype compared with those in double precision. */
export const tolerance: Readonly<Record<DType, number>> = {
  float64: 1e-14,
  float32: 2e-6,
  float16: 2e-3,
  bfloat16: 1.6e-2,
  int32: 0,
  uint8: 0,
  bool: 0,
};

/** Frees the memory of views. */
export function release(runtime: Runtime, ...views: readonly (View | null)[]): void {
  // Safe: the tests create views with `view`.
  for (const one of views) if (one !== null) runtime.memory.free(one.buffer as CpuBuffer);
}
