/**
 * Anomaly mode: checks every recorded operation and every gradient for NaN. The first NaN throws an error that names
 * the operation that produced it and the place it was called from. It is slow and meant for debugging only.
 */

import {
  checkChoice,
  expectBetween,
  expectFunction,
  isFloating,
  isnan,
  type Recorded,
  type Tensor,
} from "@akari/tensor";
import { change, restoring } from "./mode.ts";

// A variable of its own, so that bundles of programs that never turn it on contain no checks.
let on = false;

const anomaly = {
  get enabled(): boolean {
    return on;
  },
  set enabled(enabled: boolean) {
    on = enabled;
  },
};

/** Returns whether anomaly mode is on. */
export function isAnomalyEnabled(): boolean {
  return on;
}

/**
 * Turns anomaly mode on or off.
 *
 * https://pytorch.org/docs/stable/autograd.html#anomaly-detection
 *
 * @throws ArgumentError unless `enabled` is true or false.
 */
export function setDetectAnomaly(enabled: boolean): void {
  checkChoice("setDetectAnomaly", "enabled", enabled, [true, false]);
  on = enabled;
}

/**
 * Runs `fn` in anomaly mode: the operation that produces the first NaN, forward or backward, throws an AutogradError
 * that names it. If `fn` returns a promise, the mode stays on until the promise settles.
 *
 * On a device that cannot be read synchronously, the error is thrown by the next read.
 *
 * @throws AutogradError when an operation or a gradient produces a NaN.
 * @example
 * detectAnomaly(() => loss(model(x), y).backward());
 */
export function detectAnomaly<T>(fn: () => T): T {
  expectFunction("detectAnomaly", fn);
  return restoring(change(anomaly, true), fn);
}

/** Returns the current stack trace in anomaly mode, null otherwise. */
export function originOfCall(): string | null {
  return on ? (new Error("recorded").stack ?? null) : null;
}

/** In anomaly mode, throws if an operation produced a NaN from inputs without NaN. */
export function checkForward({ op, inputs, outputs }: Recorded): void {
  if (!on || inputs.some((x) => !outputs.includes(x) && mayHoldNaN(x))) return;
  for (const x of outputs)
    refuseNaN(x, `detectAnomaly: ${op.name} produced a NaN in its forward pass from inputs without NaN`);
}

/** In anomaly mode, throws if the gradient of an operation contains a NaN. */
export function checkBackward(name: string, gradients: readonly (Tensor | null)[], origin: string | null): void {
  if (!on) return;
  const where = origin === null ? "" : `; the operation was called here:\n${origin}`;
  gradients.forEach((g, i) => {
    if (g !== null)
      refuseNaN(g, `detectAnomaly: the gradient of ${name} with respect to its input ${i} contains a NaN${where}`);
  });
}

function refuseNaN(x: Tensor, message: string): void {
  if (isFloating(x.dtype))
    expectBetween(x.detach(), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, message, { error: "AutogradError" });
}

/**
 * Returns whether `x` contains a NaN; false on a device that cannot be read synchronously, where the operation that
 * produced the NaN has already been recorded as failed.
 */
function mayHoldNaN(x: Tensor): boolean {
  if (!isFloating(x.dtype) || x.device.readSync === undefined || x.numel() === 0) return false;
  return isnan(x.detach()).any().itemSync() === 1;
}
