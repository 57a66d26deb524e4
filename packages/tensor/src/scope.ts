/**
 * Scopes: for code that wants its temporaries freed at a point it chooses rather than when the garbage collector comes
 * by. The gradient engine runs every rule in one. Nobody has to use them.
 */

import { ArgumentError } from "./errors.ts";
import type { Tensor } from "./tensor.ts";

/** The tensors made in the innermost open scope; null outside of any. */
let open: Set<Tensor> | null = null;

/** Internal: a new tensor tells of itself here. */
export function track(tensor: Tensor): void {
  if (open !== null) open.add(tensor);
}

/** Takes a tensor out of the innermost open scope, so that it outlives it. Returns the tensor. */
export function keep<T extends Tensor>(tensor: T): T {
  open?.delete(tensor);
  return tensor;
}

/** Runs something that outlives the innermost open scope: what it makes is nobody's to dispose of. */
export function unscoped<T>(fn: () => T): T {
  const outer = open;
  open = null;
  try {
    return fn();
  } finally {
    open = outer;
  }
}

/**
 * Runs `fn` and disposes of every tensor made in it, except those that it returns (alone, or in an array, a plain
 * object, or `ValuesAndIndices`).
 *
 * What autograd saved for a backward pass stays as well. `fn` must not be asynchronous.
 *
 * @example
 * const y = scope(() => x.mul(2).add(1).relu()); // the two tensors in between are gone at once
 */
export function scope<T>(fn: () => T): T {
  const outer = open;
  const made = new Set<Tensor>();
  open = made;
  let result: T;
  try {
    result = fn();
  } catch (error) {
    open = outer;
    for (const tensor of made) tensor.dispose();
    throw error;
  }
  open = outer;
  if (result instanceof Promise)
    throw new ArgumentError("scope: the function must not be asynchronous; the scope would end before it does");
  release(result, made);
  for (const tensor of made) tensor.dispose();
  return result;
}

/** Takes what is returned out of the scope and hands it on to the one outside. */
function release(value: unknown, made: Set<Tensor>): void {
  if (typeof value !== "object" || value === null) return;
  // Safe: only used as a key; a set of tensors simply does not hold anything else.
  if (made.delete(value as Tensor)) {
    track(value as Tensor);
  } else if (
    Object.getPrototypeOf(value) === Object.prototype ||
    (Symbol.iterator in value && !ArrayBuffer.isView(value))
  ) {
    for (const item of Object.values(value)) release(item, made);
  }
}
