/**
 * The view of memory that a transform reads and writes: complex numbers along one dimension, as separate views of their
 * real and imaginary parts. In a tensor the two parts of a number are adjacent. Temporaries keep them in separate
 * planes, because kernels are fastest on contiguous elements.
 */

import { computeType, type DType, type Shape, type Tensor, type View } from "@akari/tensor";

/** Complex numbers along a dimension of memory. A part that is `null` is zero when read and dropped when written. */
export class Line {
  readonly parts: readonly (View | null)[];
  readonly dim: number;
  /** Either part: both have the same shape and strides. */
  readonly #part: View;

  /**
   * @param parts the real and the imaginary part, at least one of them present. @param dim the dimension along which
   * the numbers are transformed.
   */
  constructor(parts: readonly [View | null, View | null], dim: number) {
    this.parts = parts;
    this.dim = dim;
    this.#part = (parts[0] ?? parts[1]) as View; // safe: one of them is there
  }

  /** The numbers along dimension `dim` of a complex tensor [..., 2], or of a real one. */
  static of(x: View, dim: number, complex: boolean): Line {
    return complex
      ? Line.#along(x, dim, (list) => list.slice(0, -1), x.strides.at(-1) as number)
      : new Line([x, null], dim);
  }

  /** The numbers along dimension `dim` of a tensor [2, ...] made by `planes`. */
  static ofPlanes(x: View, dim: number): Line {
    return Line.#along(x, dim, (list) => list.slice(1), x.strides[0] as number);
  }

  static #along(
    { buffer, dtype, shape, strides, offset }: View,
    dim: number,
    select: (list: Shape) => Shape,
    step: number,
  ): Line {
    const part = (k: number): View => ({
      buffer,
      dtype,
      shape: select(shape),
      strides: select(strides),
      offset: offset + k * step,
    });
    return new Line([part(0), part(1)], dim);
  }

  /** Number of elements along the dimension. */
  get length(): number {
    return this.#part.shape[this.dim] as number;
  }

  /** Dtype in memory. */
  get dtype(): DType {
    return this.#part.dtype;
  }

  /**
   * The same numbers with real and imaginary parts exchanged. Swapping both the input and the output of a transform
   * replaces `i` by `-i`.
   */
  get swapped(): Line {
    const [re = null, im = null] = this.parts;
    return new Line([im, re], this.dim);
  }

  /** Which parts are present: [real, imaginary]. */
  get present(): readonly boolean[] {
    return this.parts.map((part) => part !== null);
  }

  /**
   * Allocates contiguous planes for `length` numbers along the dimension: [2, ...], all real parts before all imaginary
   * ones.
   */
  planes(length: number, like: Tensor): Tensor {
    return like.newEmpty([2, ...this.#part.shape.with(this.dim, length)], { dtype: computeType(this.dtype) });
  }

  /** Returns a row of a table [2 · rows, length], broadcast to the shape of this line. */
  broadcast({ buffer, dtype, shape, offset }: View): Line {
    const strides = this.#part.shape.map((_, d) => Number(d === this.dim));
    const part = (k: number): View => ({
      buffer,
      dtype,
      shape: this.#part.shape,
      strides,
      offset: offset + k * (shape[1] as number),
    });
    return new Line([part(0), part(1)], this.dim);
  }

  /**
   * Returns the views of `count` blocks of numbers, the first of which starts at number `start` and each next one
   * `apart` numbers later. Within a block the numbers span two dimensions with the given sizes and steps. The views of
   * a block's parts are consecutive.
   */
  blocks(
    sizes: readonly [number, number],
    steps: readonly [number, number],
    start: number,
    apart: number,
    count: number,
  ): readonly View[] {
    const stride = this.#part.strides[this.dim] as number;
    const shape = this.#part.shape.toSpliced(this.dim, 1, ...sizes);
    const strides = this.#part.strides.toSpliced(this.dim, 1, ...steps.map((step) => step * stride));
    const views: View[] = [];
    for (let k = 0; k < count; k++)
      for (const part of this.parts)
        if (part !== null)
          views.push({
            buffer: part.buffer,
            dtype: part.dtype,
            shape,
            strides,
            offset: part.offset + (start + k * apart) * stride,
          });
    return views;
  }
}
