/**
 * Memory of the reference backend, and access to it through views: element by element, at the list of positions that
 * shape, strides and offset describe. All kernels use these few functions, so that none contains index arithmetic of
 * its own.
 */

import type { DeviceBuffer } from "../../backend.ts";
import { bytesOf, viewBytes } from "../../dtype.ts";
import { decoder, encoder } from "../../encode.ts";
import { DisposedError } from "../../errors.ts";
import type { View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";

/** An ArrayBuffer that can be freed. */
export class ReferenceBuffer implements DeviceBuffer {
  readonly bytes: number;
  #memory: ArrayBuffer | null;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.#memory = new ArrayBuffer(bytes);
  }

  /** The bytes. Throws a DisposedError after they were freed. */
  get memory(): ArrayBuffer {
    if (this.#memory === null) throw new DisposedError("reference: this buffer was freed");
    return this.#memory;
  }

  /** Releases the memory; any later use throws. */
  dispose(): void {
    this.#memory = null;
  }
}

/** Access to the elements of a buffer as numbers, by position. */
export interface Elements {
  get(position: number): number;
  /** Stores a number that is already rounded to the dtype. */
  set(position: number, value: number): void;
}

/** Returns access to the elements of a view's buffer, with positions counted from the start of the buffer. */
export function elements(view: View): Elements {
  // Safe: a backend only receives views of buffers that it allocated.
  const { memory } = view.buffer as ReferenceBuffer;
  const array = viewBytes(view.dtype, memory, 0, Math.floor(memory.byteLength / bytesOf(view.dtype)));
  const reach = (position: number): void => {
    if (position < 0 || position >= array.length) {
      throw new RangeError(
        `reference: element ${position} is outside a buffer of ${array.length} elements of ${view.dtype}`,
      );
    }
  };
  const [decode, encode] = [decoder(view.dtype), encoder(view.dtype)];
  return {
    get(position) {
      reach(position);
      return decode(array[position] as number);
    },
    set(position, value) {
      reach(position);
      array[position] = encode(value);
    },
  };
}

/** Returns the positions of the elements of a view, in row-major order of their indices. */
export function positions(view: {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}): number[] {
  if (sizeOf(view.shape) === 0) return [];
  let list = [view.offset];
  view.shape.forEach((size, d) => {
    const stride = view.strides[d] as number;
    list = list.flatMap((position) => Array.from({ length: size }, (_, i) => position + i * stride));
  });
  return list;
}

/** Reads all elements of a view in row-major order. */
export function load(view: View): number[] {
  const { get } = elements(view);
  return positions(view).map(get);
}

/** Writes numbers, already rounded to the dtype, to a view in row-major order. */
export function store(view: View, values: ArrayLike<number>): void {
  const { set } = elements(view);
  for (const [i, position] of positions(view).entries()) set(position, values[i] as number);
}

/** Returns the part of a view with the dimensions from `start` up to `end`, at index 0 of the others. */
export function dimensionsOf(
  view: View,
  start: number,
  end: number,
): { shape: readonly number[]; strides: readonly number[]; offset: number } {
  return { shape: view.shape.slice(start, end), strides: view.strides.slice(start, end), offset: view.offset };
}

/**
 * Returns the positions of each lane of a view along a dimension, one lane for each combination of the other indices,
 * in row-major order.
 */
export function lanes(view: View, dim: number): number[][] {
  if (view.shape.length === 0) return [[view.offset]]; // a scalar is one lane of one element
  const without = (list: readonly number[]) => list.filter((_, d) => d !== dim);
  const starts = positions({ shape: without(view.shape), strides: without(view.strides), offset: view.offset });
  const stride = view.strides[dim] as number;
  return starts.map((start) => Array.from({ length: view.shape[dim] as number }, (_, i) => start + i * stride));
}
