/**
 * The anomaly mode: while it is on, every recorded operation and every gradient is read back and checked for NaN, and the first one is
 * reported with the name of the operation that made it and where that was called. Slow, and meant for debugging only.
 */

import { AutogradError, isFloating, type Recorded, type Tensor } from "@akari/tensor";

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
 * Runs `fn` in the anomaly mode: the operation that makes the first NaN, forward or backward, throws an AutogradError that names it.
 * Needs a device that can be read at once.
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
  if (!on || !outputs.some(hasNaN)) return;
  if (inputs.some((x) => !outputs.includes(x) && hasNaN(x))) return;
  throw new AutogradError(`detectAnomaly: ${op.name} made a NaN in its forward pass from inputs that hold none`);
}

/** In the anomaly mode, throws if the gradient of an operation holds a NaN. */
export function checkBackward(name: string, gradients: readonly (Tensor | null)[], origin: string | null): void {
  if (!on) return;
  gradients.forEach((g, i) => {
    if (g === null || !hasNaN(g)) return;
    const where = origin === null ? "" : `; the operation was called here:\n${origin}`;
    throw new AutogradError(`detectAnomaly: the gradient of ${name} with respect to its input ${i} holds a NaN${where}`);
  });
}

function hasNaN(x: Tensor): boolean {
  if (!isFloating(x.dtype) || x.numel() === 0) return false;
  // A half-precision NaN has all exponent bits and a fraction.
  if (x.dtype === "float16") return x.dataSync().some((bits) => (bits & 0x7fff) > 0x7c00);
  return x.dataSync().some(Number.isNaN);
}
