/**
 * Temporary tensors for the matmul, convolution and pooling kernels, which compute in float32, float64 and int32 only
 * and partly require contiguous memory. 16-bit floats are converted to float32 and bytes to int32 on the way in, and
 * back on the way out.
 */

import { bytesOf, type DType } from "../../dtype.ts";
import { input } from "../../expr/expr.ts";
import { program } from "../../expr/program.ts";
import type { View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import type { Element } from "./matmul-lanes.ts";
import type { CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Returns the element type in which a dtype is computed. */
export function elementOf(dtype: DType): Element {
  switch (dtype) {
    case "float16":
    case "bfloat16":
    case "float32":
      return "float32";
    case "float64":
      return "float64";
    default:
      return "int32";
  }
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
export function convert({ pointwise }: Runtime, from: View, to: View): void {
  pointwise.run(program([input(0, from.dtype)]), { inputs: [from], scalars: [], to: [to] });
}

/**
 * Runs `body` with some views replaced by contiguous temporaries: those for which `needs` returns a dtype. Views listed
 * in `read` are copied in before, and those in `written` are copied back afterward. Absent views stay null.
 */
export function withTemporaries<K extends string>(
  runtime: Runtime,
  views: { readonly [Name in K]: View | null },
  needs: (name: K, view: View) => DType | null,
  read: readonly K[],
  written: readonly K[],
  body: (views: Record<K, View | null>) => void,
): void {
  const replaced: Record<K, View | null> = { ...views };
  const made: [K, View, Temporary][] = [];
  for (const [name, view] of Object.entries(views) as [K, View | null][]) {
    // Safe: the entries have exactly the keys of `views`.
    const dtype = view === null ? null : needs(name, view);
    if (view === null || dtype === null) continue;
    const dense = temporary(runtime, dtype, view.shape);
    made.push([name, view, dense]);
    replaced[name] = dense;
  }
  for (const [name, view, dense] of made) if (read.includes(name)) convert(runtime, view, dense);
  try {
    body(replaced);
    for (const [name, view, dense] of made) if (written.includes(name)) convert(runtime, dense, view);
  } finally {
    for (const [, , dense] of made) runtime.memory.free(dense.buffer);
  }
}
