/**
 * Argument lists for gradient checks, as data. The tensors in them that require a gradient, at any depth, are the
 * inputs that are differentiated. From one list follow the checks of the function, of the method of the same name, and
 * of its in-place variant.
 */

import { requiresGrad } from "@akari/autograd";
import { type DType, fromTypedArray, isFloating, manualSeed, sizeOf, Tensor, tensor } from "@akari/tensor";

/** The arguments of one call. */
export type Given = readonly unknown[];

/** Argument lists by the name of what is called. */
export type Calls = Readonly<Record<string, readonly Given[]>>;

/**
 * Returns a tensor of pseudorandom numbers between two limits, the same in each run, that requires a gradient. Elements
 * at the indices in `zeros` are zero.
 */
export function numbers(shape: readonly number[], low = -2, high = 2, zeros: readonly number[] = []): Tensor {
  const data = Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => low + (high - low) * ((0.137 + i * 0.6180339887498949) % 1),
  );
  for (const i of zeros) data[i] = 0;
  return requiresGrad(fromTypedArray(data, shape));
}

/** Returns a float64 tensor that requires no gradient. */
export function fixed(values: number | readonly number[] | readonly (readonly number[])[]): Tensor {
  return tensor(values as number[], { dtype: "float64" }); // safe: only read
}

/** Returns a tensor of indices or class indices. */
export function ints(values: number | readonly number[] | readonly (readonly number[])[]): Tensor {
  return tensor(values as number[], { dtype: "int32" }); // safe: only read
}

/** Returns a mask, in which 1 stands for true. */
export function mask(values: readonly number[] | readonly (readonly number[])[]): Tensor {
  return tensor(values as number[], { dtype: "bool" }); // safe: only read
}

/** The option for float64, which finite differences require. */
export const double: { readonly dtype: DType } = { dtype: "float64" };

/**
 * An argument computed from the inputs, for operations that accept only certain tensors, such as symmetric matrices.
 */
export class Made {
  readonly from: Given;
  readonly make: (...from: never[]) => unknown;

  constructor(make: (...from: never[]) => unknown, ...from: Given) {
    this.make = make;
    this.from = from;
  }
}

/** A call as a function of the tensors with respect to which it is differentiated, and those tensors. */
export interface Trial {
  readonly inputs: Tensor[];
  /** Returns all tensors in the call's result, in order. Random numbers are the same in each call. */
  results(...inputs: Tensor[]): Tensor[];
  /** Returns the results that can have a gradient. */
  fn(...inputs: Tensor[]): Tensor[];
}

/** Creates a trial of a call. */
export function trial(call: (...given: never[]) => unknown, given: Given): Trial {
  const inputs = tensorsIn(given).filter((x) => x.requiresGrad);
  const results = (...points: Tensor[]): Tensor[] => {
    let next = 0;
    // safe: one point per input
    const moved = replaced(given, (x) => (x.requiresGrad ? (points[next++] as Tensor) : x)) as never[];
    manualSeed(7);
    return tensorsIn(call(...moved));
  };
  return { inputs, results, fn: (...points) => results(...points).filter((x) => isFloating(x.dtype)) };
}

/** Returns all tensors in a value, at any depth of arrays and plain objects. */
function tensorsIn(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  replaced(value, (x) => {
    found.push(x);
    return x;
  });
  return found;
}

/** Replaces each tensor in a value by another value, at any depth of iterables, which become arrays, and plain objects. */
export function replaced(value: unknown, by: (x: Tensor) => unknown): unknown {
  if (value instanceof Tensor) return by(value);
  // safe: the table passes matching arguments
  if (value instanceof Made) return value.make(...(replaced(value.from, by) as never[]));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  // Besides arrays, these are values with indices.
  if (Symbol.iterator in value) return Array.from(value as Iterable<unknown>, (item) => replaced(item, by));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, by)]));
}
