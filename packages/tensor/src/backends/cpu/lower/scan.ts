/**
 * Kernels for cumulative sums, products and extremes. A unit is a lane: the elements that differ only in the scanned
 * dimension, in order.
 */

import type { DType } from "../../../dtype.ts";
import { isFloating } from "../../../dtype.ts";
import type { ScanCall } from "../../../kernel.ts";
import type { Runtime } from "../runtime.ts";
import { f64, i32, type Local } from "../wasm/index.ts";
import { combining } from "./accumulator.ts";
import { number } from "./argreduce.ts";
import { kernelModule } from "./emitter.ts";
import { forEachUnit } from "./pointwise.ts";
import { binary } from "./primitives.ts";
import { convert, type Integer, loadSplat, pack, storeOne } from "./values.ts";

/** The properties that the kernel is specialized for. */
export interface ScanClass {
  readonly op: ScanCall["op"];
  readonly from: DType;
  readonly to: DType;
  /** Number of dimensions over lanes, at least 1. */
  readonly outer: number;
  readonly indices: boolean;
}

/**
 * Builds the kernel. The arguments are the length of a lane and the three strides along it; the addresses of input,
 * output and indices; the sizes of the other dimensions except the outermost; their strides.
 */
export function scanModule(runtime: Runtime, { op, from, to, outer, indices }: ScanClass): Uint8Array {
  // Floating-point totals are accumulated in float64.
  const held: DType = isFloating(from) ? "float64" : from;
  return kernelModule(runtime, (e) => {
    const { f } = e;
    const [length, ...strides] = e.take(4);
    forEachUnit(e, outer, (...starts) => {
      const pointers = starts.map((start) => f.let<"i32">(start));
      const [source, target, places] = pointers as [Local<"i32">, Local<"i32">, Local<"i32">]; // safe: three
      const start = convert(e, loadSplat(e, from, source), from, held);
      const total = start.map((v) => f.let(v));
      const best = f.let(number(e, from, source));
      const place = f.let(i32.const(0));
      f.for(0, length, 1, (i) => {
        f.if(i32.gt(i, 0), () => {
          const value = convert(e, loadSplat(e, from, source), from, held);
          e.assign(total, binary(e, combining[op], held, total, value));
        });
        storeOne(e, to, target, pack(e, to, convert(e, total, held, to)), 0);
        if (indices) {
          // The last of equal elements wins, and NaN is only replaced by a later NaN.
          const value = e.let(number(e, from, source));
          const holds = op === "max" ? f64.ge(value, best) : f64.le(value, best);
          f.if(i32.or(f64.ne(value, value), i32.and(f64.eq(best, best), holds)), () => {
            f.set(best, value);
            f.set(place, i);
          });
          f.do(i32.store(places, place));
        }
        pointers.forEach((pointer, k) => {
          f.increase(pointer, strides[k] as Integer);
        });
      });
    });
  });
}
