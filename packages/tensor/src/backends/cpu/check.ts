/** Checks of values: plain loops in JavaScript on the linear memory. What is checked is small, index lists above all, and must be looked at once. */

import { decoder } from "../../encode.ts";
import { checkError } from "../../errors.ts";
import type { CheckCall } from "../../kernel.ts";
import { indexOf, type LinearMemory } from "./memory.ts";

/** Throws the call's error for the first element out of range. */
export function runCheck(memory: LinearMemory, call: CheckCall): void {
  const { input, low, high, nan } = call;
  const elements = memory.of(input.dtype);
  const decode = decoder(input.dtype);
  const { shape, strides } = input;
  const over = (dim: number, position: number): void => {
    const step = strides[dim] ?? 0;
    // Where a dimension repeats its elements, once is enough.
    const count = step === 0 ? Math.min(1, shape[dim] ?? 1) : (shape[dim] as number);
    for (let i = 0, at = position; i < count; i++, at += step) {
      if (dim < shape.length - 1) over(dim + 1, at);
      else {
        const value = decode(elements[at] as number);
        if (!(value >= low && value <= high) && !(nan && Number.isNaN(value))) throw checkError(call, value);
      }
    }
  };
  over(0, indexOf(input));
}
