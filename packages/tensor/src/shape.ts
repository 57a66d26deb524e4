/**
 * Arithmetic on shapes: sizes, strides, broadcasting, and dimension arguments, which may be negative. All functions are
 * pure functions of number arrays; strides count elements, never bytes.
 */

import { expectTensor, itemsOf, quote } from "./argument.ts";
import { ArgumentError, IndexError, ShapeError } from "./errors.ts";

/** The sizes of a tensor's dimensions, outermost first. A scalar has the empty shape. */
export type Shape = readonly number[];

/** Returns the number of elements of a shape: the product of its sizes, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number;
  return size;
}

/** Returns the row-major strides of a contiguous tensor of this shape. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(shape[i] as number, 1);
  }
  return strides;
}

/**
 * Returns whether these strides traverse this shape in row-major order without gaps. Dimensions of size 1 may have any
 * stride.
 */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] as number;
    if (size !== 1) {
      if (strides[i] !== step) return shape.includes(0);
      step *= size;
    }
  }
  return true;
}

/** Returns whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a?.length !== b?.length) return false; // a value that is not a tensor has no shape
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Formats a shape for error messages, as `[2, 3]`. In plain JavaScript it may be missing, or something else. */
export function showShape(shape: Shape): string {
  return shape ? `[${[shape].flat().join(", ")}]` : "none (no tensor)";
}

/**
 * Returns the shape that several shapes broadcast to: they are aligned at the right, and sizes of 1 are expanded.
 *
 * @throws ShapeError when two sizes differ and neither is 1.
 */
export function broadcastShapes(operation: string, shapes: readonly Shape[]): Shape {
  const first = shapes[0];
  if (first === undefined) return [];
  let result: Shape = first;
  for (let k = 1; k < shapes.length; k++) {
    const next = shapes[k] as Shape;
    if (sameShape(result, next)) continue;
    const rank = Math.max(result.length, next.length);
    const merged = new Array<number>(rank);
    for (let i = 1; i <= rank; i++) {
      const a = i <= result.length ? (result[result.length - i] as number) : 1;
      const b = i <= next.length ? (next[next.length - i] as number) : 1;
      if (a !== b && a !== 1 && b !== 1) {
        throw new ShapeError(
          `${operation}: cannot broadcast ${showShape(result)} with ${showShape(next)}: sizes ${a} and ${b} at dimension ${rank - i} differ`,
        );
      }
      merged[rank - i] = a === 1 ? b : a;
    }
    result = merged;
  }
  return result;
}

/**
 * Returns the strides with which a tensor of `shape` and `strides` is broadcast to the shape `target`.
 *
 * @throws ShapeError when `shape` does not broadcast to `target`.
 */
export function broadcastStrides(operation: string, shape: Shape, strides: readonly number[], target: Shape): number[] {
  const lead = target.length - shape.length;
  const result = new Array<number>(target.length).fill(0);
  let fits = lead >= 0;
  for (let i = 0; fits && i < shape.length; i++) {
    const size = shape[i] as number;
    if (size === target[lead + i]) result[lead + i] = strides[i] as number;
    else if (size !== 1) fits = false;
  }
  if (!fits) throw new ShapeError(`${operation}: cannot broadcast ${showShape(shape)} to ${showShape(target)}`);
  return result;
}

/** Returns the dimensions of `full` in which a shape that broadcasts to it is repeated. */
export function repeatedDimensions(shape: Shape, full: Shape): number[] {
  const lead = full.length - shape.length;
  return full.flatMap((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? [i] : []));
}

/** Returns the shape of a tensor. Throws an ArgumentError for any other value, which plain JavaScript may pass. */
export function shapeOf(operation: string, x: { readonly shape: Shape }): Shape {
  return x?.shape ?? expectTensor(operation, x);
}

/** Creates the error for tensors whose shapes an operation does not accept. */
export function shapeError(
  operation: string,
  expected: string,
  ...given: readonly { readonly shape: Shape }[]
): ShapeError {
  return new ShapeError(
    `${operation}: expected ${expected}, got shape${given.length === 1 ? "" : "s"} ${given.map((x) => showShape(shapeOf(operation, x))).join(" and ")}`,
  );
}

/** Throws a ShapeError for an argument of another shape than the expected one. An argument that is absent passes. */
export function expectShape(
  operation: string,
  what: string,
  x: { readonly shape: Shape } | null | undefined,
  shape: Shape,
): void {
  if (x !== undefined && x !== null && !sameShape(x.shape, shape))
    throw shapeError(operation, `a ${what} of shape ${showShape(shape)}`, x);
}

/**
 * Throws a ShapeError unless a tensor has from `least` to `most` dimensions. Default: exactly `least`.
 *
 * @param expected what the message says is expected, such as "a matrix".
 * @throws ArgumentError for a value that is not a tensor.
 */
export function expectRank(
  operation: string,
  expected: string,
  x: { readonly shape: Shape },
  least: number,
  most: number = least,
): void {
  const rank = shapeOf(operation, x).length;
  if (rank < least || rank > most) throw shapeError(operation, expected, x);
}

/**
 * Returns a dimension argument as a non-negative number: -1 is the last dimension. A scalar counts as having one
 * dimension.
 *
 * @param added how many dimensions the result has more than the tensor. Default 0.
 * @throws IndexError when there is no such dimension.
 * @throws ArgumentError for a value that is not a tensor.
 */
export function dimension(operation: string, dim: number, x: { readonly shape: Shape }, added = 0): number {
  const rank = shapeOf(operation, x).length + added;
  const count = Math.max(rank, 1);
  if (!Number.isInteger(dim) || dim < -count || dim >= count) {
    throw new IndexError(
      `${operation}: dimension ${quote(dim)} is out of range: expected ${-count} to ${count - 1} for a tensor of ${rank} dimensions`,
    );
  }
  return dim < 0 ? dim + count : dim;
}

/**
 * Returns a dimension argument as a non-negative number, for a tensor that must have a dimension.
 *
 * @throws IndexError for a scalar, and when there is no such dimension.
 */
export function ownDimension(operation: string, dim: number, x: { readonly shape: Shape }): number {
  if (shapeOf(operation, x).length === 0) throw new IndexError(`${operation}: a scalar has no dimensions`);
  return dimension(operation, dim, x);
}

/**
 * Returns dimension arguments as non-negative numbers in ascending order. `undefined`, `null` or an empty list means
 * all dimensions.
 *
 * @throws IndexError when there is no such dimension.
 * @throws ArgumentError when one is listed twice.
 */
export function dimensions(
  operation: string,
  dims: number | readonly number[] | null | undefined,
  x: { readonly shape: Shape },
): number[] {
  const rank = shapeOf(operation, x).length;
  if (dims === null || dims === undefined || (typeof dims === "object" && dims.length === 0)) {
    return Array.from({ length: rank }, (_, i) => i);
  }
  const list = differentDimensions(operation, [dims].flat(), x).sort((a, b) => a - b);
  return rank === 0 ? [] : list;
}

/**
 * Returns dimension arguments as non-negative numbers.
 *
 * @param added how many dimensions the result has more than the tensor. Default 0.
 * @throws IndexError when there is no such dimension.
 * @throws ArgumentError when one is listed twice.
 */
export function differentDimensions(
  operation: string,
  dims: readonly number[],
  x: { readonly shape: Shape },
  added = 0,
): number[] {
  const list = itemsOf(operation, dims, "dimensions").map((dim) => dimension(operation, dim, x, added));
  const twice = list.find((dim, i) => list.indexOf(dim) !== i);
  if (twice !== undefined) throw new ArgumentError(`${operation}: dimension ${twice} appears twice`);
  return list;
}

/**
 * Checks that a shape is an array of non-negative integers.
 *
 * @throws ShapeError if it is not.
 */
export function checkSizes(operation: string, shape: Shape): void {
  if (!Array.isArray(shape) || shape.some((size) => !Number.isInteger(size) || size < 0)) {
    throw new ShapeError(`${operation}: sizes must be non-negative integers in an array, got ${quote(shape)}`);
  }
}

/**
 * Replaces one -1 in a list of sizes with the size that preserves the number of elements.
 *
 * @throws ShapeError when there is none.
 */
export function inferSizes(operation: string, sizes: Shape, from: Shape): number[] {
  const total = sizeOf(from);
  const result = [...sizes];
  const open = result.indexOf(-1);
  let whole = true;
  if (open < 0) checkSizes(operation, result);
  else {
    result[open] = 1;
    result[open] = total / sizeOf(result);
    whole = result.every((size) => size >= 0 && Number.isInteger(size));
  }
  if (!whole || sizeOf(result) !== total)
    throw new ShapeError(`${operation}: cannot arrange ${showShape(from)} (${total} elements) as ${showShape(sizes)}`);
  return result;
}

/**
 * Returns the strides with which the same memory can be read in the shape `to` instead of `from`, or null when a copy
 * is needed. As in PyTorch, dimensions can be merged and split only where they are contiguous with each other.
 */
export function reshapeStrides(from: Shape, strides: readonly number[], to: Shape): number[] | null {
  if (sizeOf(from) === 0) return contiguousStrides(to);
  const result = new Array<number>(to.length).fill(1);
  let j = to.length - 1;
  let i = from.length - 1;
  while (i >= 0) {
    if (from[i] === 1) {
      i--; // the stride of a dimension of size 1 is irrelevant
      continue;
    }
    // A group of dimensions of `from` that are contiguous with each other.
    let step = strides[i] as number;
    let left = from[i] as number;
    let next = step * left;
    for (i--; i >= 0 && (from[i] === 1 || strides[i] === next); i--) {
      left *= from[i] as number;
      next *= from[i] as number;
    }
    while (j >= 0 && (left > 1 || to[j] === 1)) {
      const size = to[j] as number;
      if (left % size !== 0) return null;
      result[j] = step;
      step *= size;
      left /= size;
      j--;
    }
    if (left !== 1) return null;
  }
  return result;
}
