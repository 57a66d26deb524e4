/**
 * Memory of the reference backend, and how a view reads and writes it: element by element, through the list of
 * positions that its shape, strides and offset describe. Every kernel goes through these few functions, so that none of
 * them does index arithmetic of its own.
 */

import type { DeviceBuffer } from "../../backend.ts";
import { bytesOf, viewBytes } from "../../dtype.ts";
import { decoder, encoder } from "../../encode.ts";
import { DisposedError } from "../../errors.ts";
import type { View } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";

/** An ArrayBuffer that can be given back. */
export class ReferenceBuffer implements DeviceBuffer {
  readonly bytes: number;
  #memory: ArrayBuffer | null;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.#memory = new ArrayBuffer(bytes);
  }

  /** The bytes. Throws a DisposedError once they were given back. */
  get memory(): ArrayBuffer {
    if (this.#memory === null) throw new DisposedError("reference: this buffer was given back by free()");
    return this.#memory;
  }

  /** Lets go of the memory; any later use throws. */
  dispose(): void {
    this.#memory = null;
  }
}

/** The elements of a buffer by their position in it, as numbers. */
export interface Elements {
  get(position: number): number;
  /** Stores a number that was already rounded to the dtype. */
  set(position: number, value: number): void;
}

/** The elements of a view's buffer, counted from the start of the buffer. */
export function elements(view: View): Elements {
  // Safe: the views a backend is given lie in buffers that it made.
  const { memory } = view.buffer as ReferenceBuffer;
  const array = viewBytes(view.dtype, memory, 0, Math.floor(memory.byteLength / bytesOf(view.dtype)));
  const reach = (position: number): void => {
    if (position < 0 || position >= array.length) {
      throw new RangeError(
        `reference: element ${position} lies outside of a buffer of ${array.length} elements of ${view.dtype}`,
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

/** Where the elements of a strided window lie, in row-major order of their indices. */
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

/** All elements of a view in row-major order. */
export function load(view: View): number[] {
  const { get } = elements(view);
  return positions(view).map(get);
}

/** Fills a view with numbers in row-major order, already rounded to its dtype. */
export function store(view: View, values: ArrayLike<number>): void {
  const { set } = elements(view);
  for (const [i, position] of positions(view).entries()) set(position, values[i] as number);
}

/** A view of some of another's dimensions, from `start` up to `end`, at index 0 of the others. */
export function dimensionsOf(
  view: View,
  start: number,
  end: number,
): { shape: readonly number[]; strides: readonly number[]; offset: number } {
  return { shape: view.shape.slice(start, end), strides: view.strides.slice(start, end), offset: view.offset };
}

/**
 * One lane of a view along a dimension for each combination of the other indices, as positions; lanes in row-major
 * order.
 */
export function lanes(view: View, dim: number): number[][] {
  if (view.shape.length === 0) return [[view.offset]]; // a scalar is one lane of one element
  const without = (list: readonly number[]) => list.filter((_, d) => d !== dim);
  const starts = positions({ shape: without(view.shape), strides: without(view.strides), offset: view.offset });
  const stride = view.strides[dim] as number;
  return starts.map((start) => Array.from({ length: view.shape[dim] as number }, (_, i) => start + i * stride));
}
