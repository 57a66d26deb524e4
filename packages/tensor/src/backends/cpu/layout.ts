/**
 * The memory layout of a call's operands in its simplest form: dimensions of size one are dropped and adjacent
 * dimensions are merged where every operand is contiguous across them. Most calls end up with one dimension, few with
 * more than three. A layout is refilled for each call, so that no arrays are allocated.
 */

import { bytesOf, ordinals } from "../../dtype.ts";
import type { View } from "../../kernel.ts";

/** A list of dimensions with a stride in bytes for every operand. */
export class Layout {
  /** Number of dimensions left. */
  rank = 0;
  /** Their sizes, outermost first. */
  readonly sizes: number[] = [];
  /** `strides[d * operands + k]`: the stride of operand `k` in dimension `d`, in bytes. */
  readonly strides: number[] = [];
  operands = 0;

  /**
   * Fills the layout with dimensions [from, to) of views that agree in their sizes.
   *
   * @param n number of views to use, from the first.
   * @param order whether to sort the dimensions by the last view's strides, largest first.
   */
  take(views: readonly View[], from: number, to: number, order: boolean, n: number = views.length): void {
    this.operands = n;
    this.rank = 0;
    const last = views[n - 1] as View;
    for (let d = from; d < to; d++) {
      const size = last.shape[d] as number;
      if (size === 1) continue;
      let place = this.rank++;
      const step = (last.strides[d] as number) * bytesOf(last.dtype);
      if (order) {
        while (place > 0 && (this.strides[(place - 1) * n + n - 1] as number) < step) {
          this.sizes[place] = this.sizes[place - 1] as number;
          for (let k = 0; k < n; k++) this.strides[place * n + k] = this.strides[(place - 1) * n + k] as number;
          place--;
        }
      }
      this.sizes[place] = size;
      for (let k = 0; k < n; k++) {
        const view = views[k] as View;
        this.strides[place * n + k] = (view.strides[d] as number) * bytesOf(view.dtype);
      }
    }
    this.#merge();
  }

  /** Returns the stride of operand `k` in dimension `d`, in bytes. */
  stride(d: number, k: number): number {
    return this.strides[d * this.operands + k] as number;
  }

  /** Returns the size of dimension `d`; 1 for a dimension that does not exist. */
  size(d: number): number {
    return d >= 0 && d < this.rank ? (this.sizes[d] as number) : 1;
  }

  /** Returns the number of elements. */
  count(): number {
    let count = 1;
    for (let d = 0; d < this.rank; d++) count *= this.sizes[d] as number;
    return count;
  }

  /**
   * Appends dimensions [from, to) to a kernel's arguments in the order in which the kernel's index walk reads them: the
   * sizes except the outermost, then the strides, dimension by dimension. An empty range is written as one dimension
   * with strides of 0.
   */
  write(args: number[], from = 0, to: number = this.rank): void {
    for (let d = from + 1; d < to; d++) args.push(this.size(d));
    for (let d = from; d < Math.max(to, from + 1); d++)
      for (let k = 0; k < this.operands; k++) args.push(d < to ? this.stride(d, k) : 0);
  }

  #merge(): void {
    const n = this.operands;
    let top = 0; // the dimension that the next one may be merged into
    for (let d = 1; d < this.rank; d++) {
      const size = this.sizes[d] as number;
      let runs = true;
      for (let k = 0; k < n && runs; k++)
        runs = this.strides[top * n + k] === size * (this.strides[d * n + k] as number);
      if (runs) this.sizes[top] = (this.sizes[top] as number) * size;
      else this.sizes[++top] = size;
      for (let k = 0; k < n; k++) this.strides[top * n + k] = this.strides[d * n + k] as number;
    }
    if (this.rank > 0) this.rank = top + 1;
  }
}

/** How an operand moves along the innermost dimension: not at all, to the next element, or by another stride. */
export const still = 0;
export const dense = 1;
export const strided = 2;

/** Classifies a stride in bytes. */
export function motion(stride: number, bytes: number): 0 | 1 | 2 {
  return stride === 0 ? still : stride === bytes ? dense : strided;
}

/**
 * Returns the key of a kernel's class: a positive number for everything else that distinguishes it, how the operands
 * move, and the dtypes of the outputs. It is a number where that is exact, since strings take longer.
 */
export function classKey(start: number, motions: readonly number[], outputs: readonly View[]): number | string {
  let key = start;
  for (const m of motions) key = key * 3 + m;
  for (const { dtype } of outputs) key = key * 7 + ordinals[dtype];
  if (key <= Number.MAX_SAFE_INTEGER) return key;
  return `${start} ${motions.join("")} ${outputs.map(({ dtype }) => dtype).join()}`;
}
