/**
 * Complex numbers along a dimension of memory, which is what a transform reads and writes: the views of their real and
 * their imaginary parts. In a tensor the two stand side by side; in between, a transform keeps them in planes of their
 * own, since kernels are fastest along neighbours.
 */

import { computeType, type DType, type Shape, type Tensor, type View } from "@akari/tensor";

/** Numbers along a dimension of memory. A part that is not there is zero, or not wanted. */
export class Line {
  readonly parts: readonly (View | null)[];
  readonly dim: number;
  /** Any of the parts: they lie alike. */
  readonly #part: View;

  /** @param parts the real and the imaginary ones. @param dim the dimension along which the numbers stand. */
  constructor(parts: readonly [View | null, View | null], dim: number) {
    this.parts = parts;
    this.dim = dim;
    this.#part = (parts[0] ?? parts[1]) as View; // safe: one of them is there
  }

  /** The numbers along dimension `dim` of a tensor [..., 2] of complex numbers, or of real ones. */
  static of(x: View, dim: number, complex: boolean): Line {
    return complex
      ? Line.#along(x, dim, (list) => list.slice(0, -1), x.strides.at(-1) as number)
      : new Line([x, null], dim);
  }

  /** The numbers of `planes`. */
  static ofPlanes(x: View, dim: number): Line {
    return Line.#along(x, dim, (list) => list.slice(1), x.strides[0] as number);
  }

  static #along(
    { buffer, dtype, shape, strides, offset }: View,
    dim: number,
    place: (list: Shape) => Shape,
    apart: number,
  ): Line {
    const part = (k: number): View => ({
      buffer,
      dtype,
      shape: place(shape),
      strides: place(strides),
      offset: offset + k * apart,
    });
    return new Line([part(0), part(1)], dim);
  }

  /** How many numbers there are. */
  get length(): number {
    return this.#part.shape[this.dim] as number;
  }

  /** Their type in memory. */
  get dtype(): DType {
    return this.#part.dtype;
  }

  /**
   * The parts in each other's place. What is done to numbers and results swapped like this is done with `-i` for `i`.
   */
  get swapped(): Line {
    const [re = null, im = null] = this.parts;
    return new Line([im, re], this.dim);
  }

  /** Which parts are there. */
  get there(): readonly boolean[] {
    return this.parts.map((part) => part !== null);
  }

  /** Memory for `length` numbers in place of these, the real parts of all before the imaginary ones: [2, ...]. */
  planes(length: number, like: Tensor): Tensor {
    return like.newEmpty([2, ...this.#part.shape.with(this.dim, length)], { dtype: computeType(this.dtype) });
  }

  /** A row of a table [2 · rows, length] as numbers beside these: the same wherever in the other dimensions. */
  beside({ buffer, dtype, shape, offset }: View): Line {
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
   * The views of `count` blocks of numbers that lie `apart`, beginning at number `start`: within a block, the numbers
   * are in two dimensions of some sizes and steps. The parts of a block follow each other.
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
