/** Checks of values: plain loops in JavaScript on the linear memory. What is checked is small, index lists above all, and must be looked at once. */

import { bytesOf } from "../../dtype.ts";
import { decoder } from "../../encode.ts";
import { checkError } from "../../errors.ts";
import type { CheckCall } from "../../kernel.ts";
import { indexOf, type LinearMemory } from "./memory.ts";

/** Throws the call's error for the first element out of range. */
export function runCheck(memory: LinearMemory, call: CheckCall): void {
  const { dtype } = call.input;
  over(call, memory.of(dtype), bytesOf(dtype) === 2 ? decoder(dtype) : null, 0, indexOf(call.input));
}

type Numbers = ReturnType<LinearMemory["of"]>;

/** Goes over the dimensions from `dim` on, from a place in the memory. */
function over(call: CheckCall, elements: Numbers, decode: ((element: number) => number) | null, dim: number, position: number): void {
  const { input, low, high, nan } = call;
  const step = input.strides[dim] ?? 0;
  const size = input.shape[dim] ?? 1;
  // Where a dimension repeats its elements, once is enough.
  const count = step === 0 ? Math.min(1, size) : size;
  const inner = dim >= input.shape.length - 1;
  for (let i = 0, at = position; i < count; i++, at += step) {
    if (inner) {
      const value = decode === null ? (elements[at] as number) : decode(elements[at] as number);
      if (!(value >= low && value <= high) && !(nan && Number.isNaN(value))) throw checkError(call, value);
    } else over(call, elements, decode, dim + 1, at);
  }
}
