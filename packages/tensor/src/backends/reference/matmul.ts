/** Matrix products as three nested loops. */

import type { DType } from "../../dtype.ts";
import type { MatmulCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { combine } from "./combine.ts";
import { load, store } from "./memory.ts";
import { binary, round } from "./primitives.ts";

/** Computes `to = a · b`, plus the previous contents, plus a bias, summed in that order in double precision. */
export function matmul(call: MatmulCall): void {
  const { shape, dtype } = call.to;
  const [m, n] = shape.slice(-2) as [number, number]; // safe: matrices have two dimensions
  const k = call.a.shape[call.a.shape.length - 1] as number;
  const a = load(call.a);
  const b = load(call.b);
  const before = call.accumulate ? load(call.to) : null;
  const bias = call.bias === null ? null : load(call.bias);
  const { multiply, add } = accumulator(dtype);
  const result = new Array<number>(sizeOf(shape));
  for (let i = 0; i < result.length; i++) {
    const batch = Math.floor(i / (m * n));
    const row = Math.floor(i / n) % m;
    const column = i % n;
    let sum = 0;
    for (let l = 0; l < k; l++)
      sum = add(sum, multiply(a[(batch * m + row) * k + l] as number, b[(batch * k + l) * n + column] as number));
    if (before !== null) sum = add(sum, before[i] as number);
    if (bias !== null) sum = add(sum, bias[i] as number);
    result[i] = round(sum, dtype);
  }
  store(call.to, result);
}

/** Returns multiplication and addition for a dtype: in double precision for floats, wrapping for integers. */
export function accumulator(dtype: DType): {
  multiply(a: number, b: number): number;
  add(a: number, b: number): number;
} {
  return { multiply: binary("mul", dtype), add: combine("sum", dtype) };
}
