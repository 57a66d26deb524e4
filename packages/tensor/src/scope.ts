/**
 * Scopes free temporaries at a chosen point instead of when the garbage collector runs. The gradient engine runs every
 * rule in one. Their use is optional.
 */

import { expectFunction } from "./argument.ts";
import { ArgumentError } from "./errors.ts";
import type { Tensor } from "./tensor.ts";

/** The tensors created in the innermost open scope; null outside any scope. */
let open: Set<Tensor> | null = null;

/** Internal: registers a new tensor with the innermost open scope. */
export function track(tensor: Tensor): void {
  if (open !== null) open.add(tensor);
}

/** Removes a tensor from the innermost open scope, which then does not dispose of it. Returns the tensor. */
export function keep<T extends Tensor>(tensor: T): T {
  open?.delete(tensor);
  return tensor;
}

/** Runs a function outside all scopes: the tensors it creates outlive the open scopes. */
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
 * Runs `fn` and disposes of every tensor created in it, except those that it returns (alone, or in an array or a plain
 * object) and those that autograd saved for a backward pass.
 *
 * @throws ArgumentError when `fn` is not a function, or is asynchronous.
 * @example
 * const y = scope(() => x.mul(2).add(1).relu()); // the two intermediate tensors are freed at once
 */
export function scope<T>(fn: () => T): T {
  expectFunction("scope", fn);
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

/** Moves returned tensors from the scope to the enclosing one. */
function release(value: unknown, made: Set<Tensor>): void {
  if (typeof value !== "object" || value === null) return;
  // Safe: only used as a key; the set contains nothing but tensors.
  if (made.delete(value as Tensor)) {
    track(value as Tensor);
  } else if (
    Object.getPrototypeOf(value) === Object.prototype ||
    (Symbol.iterator in value && !ArrayBuffer.isView(value))
  ) {
    for (const item of Object.values(value)) release(item, made);
  }
}
