/**
 * The anomaly mode: while it is on, every recorded operation and every gradient is checked for NaN, and the first one
 * is reported with the name of the operation that made it and where that was called. Slow, and meant for debugging
 * only.
 */

import { expectBetween, isFloating, isnan, type Recorded, type Tensor } from "@akari/tensor";

let on = false;

/** Whether the anomaly mode is on. */
export function isAnomalyEnabled(): boolean {
  return on;
}

/** Turns the anomaly mode on or off. https://pytorch.org/docs/stable/autograd.html#anomaly-detection */
export function setDetectAnomaly(enabled: boolean): void {
  on = enabled;
}

/**
 * Runs `fn` in the anomaly mode: the operation that makes the first NaN, forward or backward, throws an AutogradError
 * that names it. On a device that cannot be read at once the error comes with the next read.
 *
 * @example
 * detectAnomaly(() => loss(model(x), y).backward());
 */
export function detectAnomaly<T>(fn: () => T): T {
  const before = on;
  on = true;
  try {
    return fn();
  } finally {
    on = before;
  }
}

/** Where the user's program is, when the anomaly mode is on. */
export function originOfCall(): string | null {
  return on ? (new Error("recorded").stack ?? null) : null;
}

/** In the anomaly mode, throws if an operation made a NaN from inputs that had none. */
export function checkForward({ op, inputs, outputs }: Recorded): void {
  if (!on || inputs.some((x) => !outputs.includes(x) && mayHoldNaN(x))) return;
  for (const x of outputs)
    refuseNaN(x, `detectAnomaly: ${op.name} made a NaN in its forward pass from inputs that hold none`);
}

/** In the anomaly mode, throws if the gradient of an operation holds a NaN. */
export function checkBackward(name: string, gradients: readonly (Tensor | null)[], origin: string | null): void {
  if (!on) return;
  const where = origin === null ? "" : `; the operation was called here:\n${origin}`;
  gradients.forEach((g, i) => {
    if (g !== null)
      refuseNaN(g, `detectAnomaly: the gradient of ${name} with respect to its input ${i} holds a NaN${where}`);
  });
}

function refuseNaN(x: Tensor, message: string): void {
  if (isFloating(x.dtype))
    expectBetween(x.detach(), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, message, { error: "AutogradError" });
}

/**
 * Whether there is a NaN, as far as can be said at once: where it cannot, whatever made that NaN has been noted before.
 */
function mayHoldNaN(x: Tensor): boolean {
  if (!isFloating(x.dtype) || x.device.readSync === undefined || x.numel() === 0) return false;
  return isnan(x.detach()).any().itemSync() === 1;
}
