/**
 * Grad mode: whether operations are recorded. Recording is on by default. `noGrad` turns it off for a function, or for
 * a block with `using`.
 */

// Lets programs whose `lib` lacks `Symbol.dispose` still use these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import { checkChoice, gradMode } from "@akari/tensor";

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

/** A setting that functions change for as long as they run. Those that return promises may end in any order. */
export class Mode {
  readonly #setting: { enabled: boolean };
  /** The changes in effect, in the order in which they were made. */
  readonly #changes: { before: boolean }[] = [];

  constructor(setting: { enabled: boolean }) {
    this.#setting = setting;
  }

  /** Changes the setting. Returns a function that takes the change back. */
  change(on: boolean): () => void {
    const change = { before: this.#setting.enabled };
    this.#changes.push(change);
    this.#setting.enabled = on;
    return () => {
      const at = this.#changes.lastIndexOf(change);
      if (at < 0) return;
      this.#changes.splice(at, 1);
      // A later change that is still in effect will restore what was before this one.
      const later = this.#changes[at];
      if (later === undefined) this.#setting.enabled = change.before;
      else later.before = change.before;
    };
  }

  /** Calls `fn` with the setting changed: until it returns or throws, or the promise it returns settles. */
  during<T>(on: boolean, fn: () => T): T {
    return restoring(this.change(on), fn);
  }
}

const mode = /* @__PURE__ */ new Mode(gradMode);

function withMode<T>(on: boolean, fn: (() => T) | undefined): T | GradModeGuard {
  return fn === undefined ? { [Symbol.dispose]: mode.change(on) } : mode.during(on, fn);
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
  if (fn !== undefined) return mode.during(on, fn);
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
  return withMode(false, fn);
}

/**
 * Runs `fn` with recording on, even inside `noGrad`.
 *
 * https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 */
export function enableGrad(): GradModeGuard;
export function enableGrad<T>(fn: () => T): T;
export function enableGrad<T>(fn?: () => T): T | GradModeGuard {
  return withMode(true, fn);
}
