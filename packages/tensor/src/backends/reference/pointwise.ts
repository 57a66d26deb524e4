/** Elementwise evaluation of formulas over views, and of one program over many tuples of views. */

import type { Program } from "../../expr/program.ts";
import type { ForeachCall, PointwiseCall } from "../../kernel.ts";
import { evaluator } from "./evaluate.ts";
import { elements, positions } from "./memory.ts";
import { convert } from "./primitives.ts";

/** Runs a pointwise call. All inputs of an element are read before its outputs are written. */
export function pointwise(call: Pick<PointwiseCall, "program" | "inputs" | "scalars" | "to">): void {
  const evaluate = evaluator(call.program.outputs);
  const inputs = call.inputs.map((view) => ({ ...elements(view), at: positions(view) }));
  const outputs = call.to.map((view) => ({ ...elements(view), at: positions(view), dtype: view.dtype }));
  const types = typesOf(call.program);
  const count = outputs[0]?.at.length ?? 0;
  for (let i = 0; i < count; i++) {
    const values = evaluate({
      input: (k) => read(inputs, k, i),
      scalar: (k) => call.scalars[k] as number,
      row: () => Number.NaN, // a plain program has no such leaf
    });
    for (const [k, { set, at, dtype }] of outputs.entries())
      set(at[i] as number, convert(values[k] as number, types[k] ?? dtype, dtype));
  }
}

/** Runs one program over many tuples of views. */
export function foreach(call: ForeachCall): void {
  for (const item of call.items) pointwise({ program: call.program, ...item });
}

function typesOf(program: Program) {
  return program.outputs.map((e) => e.dtype);
}

function read(
  inputs: readonly { get(position: number): number; at: readonly number[] }[],
  k: number,
  i: number,
): number {
  const input = inputs[k];
  if (input === undefined)
    throw new RangeError(`reference: the program reads input ${k}, but the call has ${inputs.length}`);
  return input.get(input.at[i] as number);
}
