/**
 * Temporary tensors for the heavy kernels, which compute in float32, float64 and int32 only, and in part on contiguous memory only: 16-bit floats
 * become float32 and bytes become int32 on the way in, and back on the way out. These dtypes are for storage on a CPU, so plain loops do.
 */

import { bytesOf, type DType } from "../../dtype.ts";
import { decoder, encoder } from "../../encode.ts";
import type { View } from "../../kernel.ts";
import { contiguousStrides, sizeOf } from "../../shape.ts";
import type { Element } from "./matmul-lanes.ts";
import type { CpuBuffer, LinearMemory } from "./memory.ts";
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
  return { buffer: runtime.memory.allocate(sizeOf(shape) * bytesOf(dtype)), dtype, shape, strides: contiguousStrides(shape), offset: 0 };
}

/** `to = from`, element by element, converted. */
export function convert(memory: LinearMemory, from: View, to: View): void {
  const read = reader(memory, from);
  const write = writer(memory, to);
  const { shape } = from;
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  let source = from.offset;
  let target = to.offset;
  for (let left = sizeOf(shape); left > 0; left--) {
    write(target, read(source));
    for (let d = rank - 1; d >= 0; d--) {
      const i = (index[d] as number) + 1;
      source += from.strides[d] as number;
      target += to.strides[d] as number;
      if (i < (shape[d] as number)) {
        index[d] = i;
        break;
      }
      index[d] = 0;
      source -= i * (from.strides[d] as number);
      target -= i * (to.strides[d] as number);
    }
  }
}

function start(view: View): number {
  // Safe: a backend is only ever given its own buffers.
  return (view.buffer as CpuBuffer).address / bytesOf(view.dtype);
}

function array({ u8, u16, i32, f32, f64 }: LinearMemory, dtype: DType): { [index: number]: number } {
  switch (dtype) {
    case "float64":
      return f64;
    case "float32":
      return f32;
    case "float16":
    case "bfloat16":
      return u16;
    case "int32":
      return i32;
    default:
      return u8;
  }
}

function reader(memory: LinearMemory, view: View): (at: number) => number {
  const values = array(memory, view.dtype);
  const base = start(view);
  const decode = decoder(view.dtype);
  return (at) => decode(values[base + at] as number);
}

function writer(memory: LinearMemory, view: View): (at: number, value: number) => void {
  const values = array(memory, view.dtype);
  const base = start(view);
  const encode = encoder(view.dtype);
  return (at, value) => {
    values[base + at] = encode(value);
  };
}

/**
 * Runs `body` with temporaries in place of views that are not of the type `dtype`, or, where `dense` says so, not contiguous. `null` stays.
 * The views that `written` names are converted back afterwards, and those that `read` names filled before.
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
  for (const [name, view, dense] of made) if (read.includes(name)) convert(runtime.memory, view, dense);
  try {
    body(replaced);
    for (const [name, view, dense] of made) if (written.includes(name)) convert(runtime.memory, dense, view);
  } finally {
    for (const [, , dense] of made) runtime.memory.free(dense.buffer);
  }
}
