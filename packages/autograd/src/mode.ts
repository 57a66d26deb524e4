/**
 * Grad mode: whether operations are recorded. Recording is on by default. `noGrad` turns it off for a function, or for
 * a block with `using`.
 */

// Lets programs whose `lib` lacks `Symbol.dispose` still use these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import { checkChoice, expectFunction, gradMode } from "@akari/tensor";

/**
 * Returns whether operations on tensors that require a gradient are recorded.
 *
 * https://pytorch.org/docs/stable/generated/torch.is_grad_enabled.html
 */
export function isGradEnabled(): boolean {
  return gradMode.enabled;
}

/**
 * Guard returned by `noGrad`, `enableGrad` and `setGradEnabled` when called without a function. Disposing it restores
 * the previous grad mode.
 */
export type GradModeGuard = Disposable;

/** Calls `fn`, then `restore`: when `fn` throws too, and when the promise it returns settles. */
export function restoring<T>(restore: () => void, fn: () => T): T {
  let result: T;
  try {
    result = fn();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T; // safe: `finally` keeps the promise's type
  restore();
  return result;
}

/** Something that is on or off. */
interface Switch {
  enabled: boolean;
}

/** The changes in effect, in the order in which they were made, with the states before them. */
const changes: (Switch & { readonly of: Switch })[] = [];

/** Turns something on or off. Returns a function that takes this back. Changes may be taken back in any order. */
export function change(of: Switch, on: boolean): () => void {
  const own = { of, enabled: of.enabled };
  changes.push(own);
  of.enabled = on;
  return () => {
    const at = changes.indexOf(own);
    if (at < 0) return;
    changes.splice(at, 1);
    // A later change that is still in effect will restore the state before this one.
    const later = changes.find((other, i) => i >= at && other.of === of);
    (later ?? of).enabled = own.enabled;
  };
}

function withMode<T>(operation: string, on: boolean, fn: (() => T) | undefined): T | GradModeGuard {
  if (fn !== undefined) expectFunction(operation, fn);
  return fn === undefined ? { [Symbol.dispose]: change(gradMode, on) } : restoring(change(gradMode, on), fn);
}

/**
 * Turns recording on or off: while `fn` runs, until the end of the block with `using`, or until the next call.
 *
 * https://pytorch.org/docs/stable/generated/torch.set_grad_enabled.html
 *
 * @returns the result of `fn`.
 * @throws ArgumentError unless `on` is true or false.
 * @example
 * const loss = setGradEnabled(model.training, () => crossEntropy(model(x), y));
 */
export function setGradEnabled(on: boolean): GradModeGuard;
export function setGradEnabled<T>(on: boolean, fn: () => T): T;
export function setGradEnabled<T>(on: boolean, fn?: () => T): T | GradModeGuard {
  checkChoice("setGradEnabled", "on", on, [true, false]);
  if (fn !== undefined) return withMode("setGradEnabled", on, fn);
  // The guard may never be disposed of, so this is no change that ends.
  const before = gradMode.enabled;
  gradMode.enabled = on;
  return {
    [Symbol.dispose]: () => {
      gradMode.enabled = before;
    },
  };
}

/**
 * Runs `fn` without recording, for evaluation and for updating parameters. If `fn` returns a promise, recording stays
 * off until the promise settles, also for other code that runs in the meantime.
 *
 * https://pytorch.org/docs/stable/generated/torch.no_grad.html
 *
 * @example
 * const accuracy = noGrad(() => model(x).argmax(1).eq(y).to("float32").mean());
 * @example
 * using _ = noGrad(); // until the end of the block
 */
export function noGrad(): GradModeGuard;
export function noGrad<T>(fn: () => T): T;
export function noGrad<T>(fn?: () => T): T | GradModeGuard {
  return withMode("noGrad", false, fn);
}

/**
 * Runs `fn` with recording on, even inside `noGrad`.
 *
 * https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 */
export function enableGrad(): GradModeGuard;
export function enableGrad<T>(fn: () => T): T;
export function enableGrad<T>(fn?: () => T): T | GradModeGuard {
  return withMode("enableGrad", true, fn);
}
