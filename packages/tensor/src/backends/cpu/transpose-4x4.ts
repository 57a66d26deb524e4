/** Transposes a 4×4 block in registers. */

import { type Code, type FunctionBuilder, type Local, shuffle } from "./wasm/index.ts";

/** Transposes the matrix whose rows are four vectors of four elements, and returns its columns. */
export function transpose4x4(f: FunctionBuilder, rows: readonly Code<"v128">[]): Local<"v128">[] {
  // safe: there are four rows
  const [a, b, c, d] = rows.map((row) => f.let(row)) as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  return [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ].flatMap((lanes) => {
    const [ab, cd] = [f.let(shuffle(a, b, lanes)), f.let(shuffle(c, d, lanes))];
    return [f.let(shuffle(ab, cd, [0, 1, 4, 5])), f.let(shuffle(ab, cd, [2, 3, 6, 7]))];
  });
}
