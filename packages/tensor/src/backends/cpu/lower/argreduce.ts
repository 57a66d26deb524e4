/**
 * Kernels that find the first largest or smallest element of each row. A unit is a row, whose elements are visited in
 * row-major order.
 */

import type { DType } from "../../../dtype.ts";
import { bytesOf } from "../../../dtype.ts";
import type { Runtime } from "../runtime.ts";
import { type Code, f64, f64x2, i32 } from "../wasm/index.ts";
import { type Emitter, kernelModule } from "./emitter.ts";
import { move } from "./indexing.ts";
import { forEachUnit, odometer } from "./pointwise.ts";
import { convert, first, type Integer, loadSplat } from "./values.ts";

/** The properties that the kernel is specialized for. */
export interface ArgReduceClass {
  readonly op: "max" | "min";
  readonly dtype: DType;
  /** Number of dimensions over rows, and within a row; both at least 1. */
  readonly outer: number;
  readonly row: number;
  readonly values: boolean;
}

/** Loads one element as a float64, which represents every element exactly. */
export function number(e: Emitter, dtype: DType, address: Integer): Code<"f64"> {
  return f64x2.extract(first(convert(e, loadSplat(e, dtype, address), dtype, "float64")), 0);
}

/**
 * Builds the kernel. The arguments are the number of elements per row; the sizes of the row's dimensions except the
 * outermost, and their strides; the addresses of input, indices and values; then sizes and strides of the dimensions
 * over rows, with strides for all three operands.
 */
export function argreduceModule(runtime: Runtime, { op, dtype, outer, row, values }: ArgReduceClass): Uint8Array {
  return kernelModule(runtime, (e) => {
    const { f } = e;
    const [length] = e.take(1);
    const elements = odometer(e, row, 1);
    forEachUnit(e, outer, (input, indices, extremes) => {
      const place = f.let(i32.const(0));
      const from = f.let<"i32">(input);
      const best = f.let(number(e, dtype, input));
      const { pointers, repeat } = elements(i32.const(0), [input]);
      const pointer = pointers[0] as Integer; // safe: there is one
      const i = f.let(i32.const(0));
      repeat(length, () => {
        const value = e.let(number(e, dtype, pointer));
        const worse = op === "max" ? f64.le(value, best) : f64.ge(value, best);
        // NaN, which no comparison holds for, beats everything except NaN.
        f.if(i32.eqz(worse), () => {
          f.if(f64.eq(best, best), () => {
            f.set(best, value);
            f.set(place, i);
            f.set(from, pointer);
          });
        });
        f.increase(i, 1);
      });
      f.do(i32.store(indices, place));
      if (values) f.do(move(bytesOf(dtype), extremes, from));
    });
  });
}
