/**
 * Whether operations are recorded. Recording is on by default; `noGrad` turns it off for a function, or for a block
 * with `using`.
 */

// So that programs whose compiler knows no `Symbol.dispose` yet can still use these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import { gradMode } from "@akari/tensor";

/** Whether operations on tensors that require a gradient are being recorded. */
export function isGradEnabled(): boolean {
  return gradMode.enabled;
}

/** Turns recording on or off until it is set again. Prefer `noGrad` and `enableGrad`, which put it back. */
export function setGradEnabled(on: boolean): void {
  gradMode.enabled = on;
}

/**
 * What `noGrad()` and `enableGrad()` give when called without a function: recording is put back when it is disposed of.
 */
export type GradModeGuard = Disposable;

function withMode<T>(on: boolean, fn: (() => T) | undefined): T | GradModeGuard {
  const before = gradMode.enabled;
  const restore = () => {
    gradMode.enabled = before;
  };
  gradMode.enabled = on;
  if (fn === undefined) return { [Symbol.dispose]: restore };
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

/**
 * Runs `fn` without recording: for evaluation, and for changing parameters. An asynchronous function is waited for;
 * whatever else runs in the meantime is not recorded either.
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
  return withMode(false, fn);
}

/**
 * Runs `fn` with recording on, also inside of `noGrad`.
 * https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 */
export function enableGrad(): GradModeGuard;
export function enableGrad<T>(fn: () => T): T;
export function enableGrad<T>(fn?: () => T): T | GradModeGuard {
  return withMode(true, fn);
}
