/**
 * Checks of values. A kernel first tests whether any element of a large tensor is out of range; only then does a plain
 * JavaScript loop look for the first one.
 */

import { decoder } from "../../encode.ts";
import { checkError } from "../../errors.ts";
import { input, scalar } from "../../expr/expr.ts";
import { type RowProgram, reduction } from "../../expr/program.ts";
import type { CheckCall } from "../../kernel.ts";
import { once } from "../../once.ts";
import { sizeOf } from "../../shape.ts";
import { offsetOf } from "../../view.ts";
import { temporary } from "./convert.ts";
import { indexOf } from "./memory.ts";
import { runRows } from "./rows.ts";
import type { Runtime } from "./runtime.ts";

const programs = new Map<string, RowProgram>();

/** Throws the call's error for the first element that is out of range. */
export function runCheck(runtime: Runtime, call: CheckCall): void {
  const { input, low, high, nan } = call;
  if (sizeOf(input.shape) > 64 && !anyWrong(runtime, call)) return;
  const { dtype, shape } = input;
  const elements = runtime.memory.of(dtype);
  const decode = decoder(dtype);
  for (let i = 0, count = sizeOf(shape), start = indexOf(input); i < count; i++) {
    const value = decode(elements[start + offsetOf(input, i, shape.length)] as number);
    if (!(value >= low && value <= high) && !(nan && Number.isNaN(value))) throw checkError(call, value);
  }
}

/** Returns whether any element is out of range. */
function anyWrong(runtime: Runtime, { input: view, low, high, nan }: CheckCall): boolean {
  const { dtype, shape } = view;
  const scalars = [low, high];
  // Bounds that the dtype has are compared in it.
  const exact = dtype === "int32" && scalars.every((bound) => (bound | 0) === bound);
  const type = exact ? dtype : "float64";
  const program = once(programs, `${dtype} ${type} ${nan}`, () => {
    const x = input(0, dtype).cast(type);
    const outside = x.lt(scalar(0, type)).or(x.gt(scalar(1, type)));
    return reduction("max", (nan ? outside : outside.or(x.ne(x))).cast("int32"));
  });
  const found = temporary(runtime, "int32", []);
  runRows(runtime, {
    ...{ kind: "rows", program, dims: shape.length, inputs: [view], scalars },
    toRows: [found],
    toElements: [],
  });
  const { memory } = runtime;
  memory.free(found.buffer);
  return memory.i32[indexOf(found)] !== 0;
}
