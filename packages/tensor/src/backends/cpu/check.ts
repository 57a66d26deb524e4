/** Checks of values: a plain loop in JavaScript on the linear memory, before which a kernel finds out of many elements whether any is out of range. */

import { bytesOf } from "../../dtype.ts";
import { decoder } from "../../encode.ts";
import { checkError } from "../../errors.ts";
import { input, scalar } from "../../expr/expr.ts";
import { type RowProgram, reduction } from "../../expr/program.ts";
import type { CheckCall } from "../../kernel.ts";
import { once } from "../../once.ts";
import { sizeOf } from "../../shape.ts";
import { indexOf, type LinearMemory } from "./memory.ts";
import type { Rows } from "./rows.ts";

const programs = new Map<string, RowProgram>();

/** Throws the call's error for the first element out of range. */
export function runCheck(memory: LinearMemory, rows: Rows, call: CheckCall): void {
  const { dtype, shape } = call.input;
  if (sizeOf(shape) > 64 && !anyWrong(memory, rows, call)) return;
  over(call, memory.of(dtype), bytesOf(dtype) === 2 ? decoder(dtype) : null, 0, indexOf(call.input));
}

/** Whether any element is out of range. */
function anyWrong(memory: LinearMemory, rows: Rows, { input: view, low, high, nan }: CheckCall): boolean {
  const { dtype, shape } = view;
  const program = once(programs, `${dtype} ${nan}`, () => {
    const x = input(0, dtype).cast("float64");
    const outside = x.lt(scalar(0, "float64")).or(x.gt(scalar(1, "float64")));
    return reduction("max", (nan ? outside : outside.or(x.ne(x))).cast("int32"));
  });
  const buffer = memory.allocate(4);
  const found = { buffer, dtype: "int32", shape: [], strides: [], offset: 0 } as const;
  rows.run({ kind: "rows", program, dims: shape.length, inputs: [view], scalars: [low, high], toRows: [found], toElements: [] });
  memory.free(buffer);
  return memory.i32[buffer.address / 4] !== 0;
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
