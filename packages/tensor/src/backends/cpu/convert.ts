/**
 * Temporary tensors for the matmul, convolution and pooling kernels, which compute in float32, float64 and int32 only
 * and partly require contiguous memory. 16-bit floats are converted to float32 and bytes to int32 on the way in, and
 * back on the way out.
 */

import { bytesOf, computeType, type DType, isFloating } from "../../dtype.ts";
import { copying } from "../../expr/program.ts";
import type { View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import type { Element } from "./matmul-lanes.ts";
import type { CpuBuffer } from "./memory.ts";
import { runPointwise } from "./pointwise.ts";
import type { Runtime } from "./runtime.ts";

/** Returns the element type in which a dtype is computed. */
export function elementOf(dtype: DType): Element {
  // Safe: the floating-point dtypes are computed in two of them.
  return isFloating(dtype) ? (computeType(dtype) as Element) : "int32";
}

/** A contiguous temporary view. The caller frees its buffer. */
export interface Temporary extends View {
  readonly buffer: CpuBuffer;
}

/** Allocates a contiguous temporary with unspecified contents. */
export function temporary(runtime: Runtime, dtype: DType, shape: readonly number[]): Temporary {
  return {
    buffer: runtime.memory.allocate(sizeOf(shape) * bytesOf(dtype)),
    dtype,
    shape,
    strides: contiguousStrides(shape),
    offset: 0,
  };
}

/** Copies `from` to `to`, converting each element. */
export function convert(runtime: Runtime, from: View, to: View): void {
  runPointwise(runtime, copying(from.dtype), { inputs: [from], scalars: [], to: [to] });
}

/**
 * Runs `body` with some views replaced by contiguous temporaries of type `dtype`: those that `fits` does not accept.
 * All are copied in before, except the one that is written, which is copied back afterward. If it is read as well, it
 * is copied both ways. Absent views stay null.
 */
export function withTemporaries<K extends string>(
  runtime: Runtime,
  views: { readonly [Name in K]: View | null },
  dtype: DType,
  fits: (view: View, name: K) => boolean,
  written: NoInfer<K>,
  isRead: boolean,
  body: (views: Record<K, View | null>) => void,
): void {
  const replaced: Record<K, View | null> = { ...views };
  const made: Temporary[] = [];
  try {
    let result: (() => void) | null = null;
    // Safe: the entries have exactly the keys of `views`.
    for (const [name, view] of Object.entries(views) as [K, View | null][]) {
      if (view === null || fits(view, name)) continue;
      const dense = temporary(runtime, dtype, view.shape);
      made.push(dense);
      replaced[name] = dense;
      if (name !== written || isRead) convert(runtime, view, dense);
      if (name === written) result = () => convert(runtime, dense, view);
    }
    body(replaced);
    result?.();
  } finally {
    for (const { buffer } of made) runtime.memory.free(buffer);
  }
}
