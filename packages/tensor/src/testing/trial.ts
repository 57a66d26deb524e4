/**
 * A trial: one kernel call described without a device, and the results that are allowed. Running it places the operands
 * in the device's memory, issues the call, and looks at every byte afterwards: results must lie in their ranges, and
 * all else must be as it was.
 */

import type { Backend } from "../backend.ts";
import { reference } from "../backends/reference/reference.ts";
import type { KernelCall, View } from "../kernel.ts";
import { type Accuracy, allows } from "./formula-range.ts";
import { decode, encode, logical, type Operand, place, showOperand } from "./operand.ts";
import { type Range, showRange } from "./range.ts";

/** One kernel call and what may come of it. */
export interface Trial {
  /** The call in words, without its operands. */
  readonly what: string;
  readonly operands: readonly Operand[];
  /** Which operands the call writes. */
  readonly outputs: readonly number[];
  /** The call on views of the operands. */
  call(views: readonly View[]): KernelCall;
  /** The range of every element of every output, in row-major order. */
  expected(): readonly (readonly Range[])[];
}

/** Runs a trial on a device. Throws an error that shows the call where a result is wrong. */
export async function runTrial(device: Backend, trial: Trial, accuracy: Accuracy = {}): Promise<void> {
  const views = trial.operands.map((one) => place(device, one));
  device.run(trial.call(views));
  const after: number[][] = [];
  for (const [k, view] of views.entries()) {
    const one = trial.operands[k] as Operand;
    after.push(decode(one.dtype, await device.read(view.buffer, 0, encode(one).length)));
  }
  for (const view of views) device.free(view.buffer);
  const expected = trial.expected();
  trial.operands.forEach((one, k) => {
    const output = trial.outputs.indexOf(k);
    const ranges = output < 0 ? null : (expected[output] as readonly Range[]);
    check(trial, k, one, after[k] as number[], ranges, accuracy);
  });
}

function check(
  trial: Trial,
  k: number,
  one: Operand,
  after: readonly number[],
  ranges: readonly Range[] | null,
  accuracy: Accuracy,
): void {
  const fail = (text: string): never => {
    throw new Error(`${text}\n${showTrial(trial)}`);
  };
  const places = new Set(
    logical(
      one,
      one.values.map((_, position) => position),
    ),
  );
  one.values.forEach((before, position) => {
    if (ranges !== null && places.has(position)) return;
    const now = after[position] as number;
    if (!Object.is(before, now))
      fail(`operand ${k}: memory outside of the results changed at element ${position}: from ${before} to ${now}`);
  });
  if (ranges === null) return;
  logical(one, after).forEach((got, i) => {
    const range = ranges[i] as Range;
    if (!allows(range, got, one.dtype, accuracy))
      fail(`operand ${k}: element ${i} of the result is ${got}, expected ${showRange(range)}`);
  });
}

/** A trial as text: the call, then one line for each operand. */
export function showTrial({ what, operands, outputs }: Trial): string {
  return [
    what,
    ...operands.map((one, k) => `  ${k}${outputs.includes(k) ? " (written)" : ""}: ${showOperand(one)}`),
  ].join("\n");
}

/**
 * What the reference backend makes of a call: the elements of every output. With `operands`, of the same call on other
 * operands.
 */
export function referenceResults(
  trial: Pick<Trial, "operands" | "outputs" | "call">,
  operands: readonly Operand[] = trial.operands,
): number[][] {
  const device = reference();
  const views = operands.map((one) => place(device, one));
  device.run(trial.call(views));
  return trial.outputs.map((k) => {
    const one = operands[k] as Operand;
    // Safe: the reference backend can be read at once.
    return logical(
      one,
      decode(one.dtype, device.readSync?.((views[k] as View).buffer, 0, encode(one).length) as Uint8Array),
    );
  });
}
