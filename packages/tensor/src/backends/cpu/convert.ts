/**
 * Temporary tensors for the heavy kernels, which compute in float32, float64 and int32 only, and in part on contiguous
 * memory only: 16-bit floats become float32 and bytes become int32 on the way in, and back on the way out.
 */

import { bytesOf, type DType } from "../../dtype.ts";
import { input } from "../../expr/expr.ts";
import { program } from "../../expr/program.ts";
import type { View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import type { Element } from "./matmul-lanes.ts";
import type { CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** The element type in which a dtype is computed. */
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

/** A contiguous temporary view. Its buffer has to be given back. */
export interface Temporary extends View {
  readonly buffer: CpuBuffer;
}

/** A contiguous temporary of a shape, with unspecified contents. */
export function temporary(runtime: Runtime, dtype: DType, shape: readonly number[]): Temporary {
  return {
    buffer: runtime.memory.allocate(sizeOf(shape) * bytesOf(dtype)),
    dtype,
    shape,
    strides: contiguousStrides(shape),
    offset: 0,
  };
}

/** `to = from`, element by element, converted. */
export function convert({ pointwise }: Runtime, from: View, to: View): void {
  pointwise.run(program([input(0, from.dtype)]), { inputs: [from], scalars: [], to: [to] });
}

/**
 * Runs `body` with temporaries in place of views that are not of the type `dtype`, or, where `dense` says so, not
 * contiguous. `null` stays. The views that `written` names are converted back afterwards, and those that `read` names
 * filled before.
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
