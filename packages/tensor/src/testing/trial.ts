/**
 * A trial: one kernel call described independently of a device, and its permitted results. Running it uploads the
 * operands, issues the call, and then examines every byte: results must be in their ranges, and all other memory must
 * be unchanged.
 */

import type { Backend } from "../backend.ts";
import { reference } from "../backends/reference/reference.ts";
import type { KernelCall, View } from "../kernel.ts";
import { type Accuracy, allows } from "./formula-range.ts";
import { decode, encode, logical, type Operand, place, showOperand } from "./operand.ts";
import { type Range, showRange } from "./range.ts";

/** One kernel call and its permitted results. */
export interface Trial {
  /** A description of the call, without its operands. */
  readonly what: string;
  readonly operands: readonly Operand[];
  /** The indices of the operands that the call writes. */
  readonly outputs: readonly number[];
  /** Returns the call on views of the operands. */
  call(views: readonly View[]): KernelCall;
  /** Returns the range of every element of every output, in row-major order. */
  expected(): readonly (readonly Range[])[];
}

/** Runs a trial on a device. Throws an error that shows the call when a result is wrong. */
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
      fail(`operand ${k}: memory outside the results changed at element ${position}: from ${before} to ${now}`);
  });
  if (ranges === null) return;
  logical(one, after).forEach((got, i) => {
    const range = ranges[i] as Range;
    if (!allows(range, got, one.dtype, accuracy))
      fail(`operand ${k}: element ${i} of the result is ${got}, expected ${showRange(range)}`);
  });
}

/** Formats a trial as text: the call, then one line for each operand. */
export function showTrial({ what, operands, outputs }: Trial): string {
  return [
    what,
    ...operands.map((one, k) => `  ${k}${outputs.includes(k) ? " (written)" : ""}: ${showOperand(one)}`),
  ].join("\n");
}

/**
 * Returns the elements of every output that the reference backend computes for a call. `operands` replaces those of the
 * trial.
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
    // Safe: the reference backend has synchronous reads.
    return logical(
      one,
      decode(one.dtype, device.readSync?.((views[k] as View).buffer, 0, encode(one).length) as Uint8Array),
    );
  });
}
