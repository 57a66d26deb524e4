/**
 * Kernels for cumulative sums, products and extremes. A unit is a lane: the elements that differ only in the scanned
 * dimension, in order.
 */

import { bytesOf, type DType, isFloating } from "../../../dtype.ts";
import type { ScanCall } from "../../../kernel.ts";
import type { Runtime } from "../runtime.ts";
import { f64, i32, type Local } from "../wasm/index.ts";
import { combining } from "./accumulator.ts";
import { number } from "./argreduce.ts";
import { kernelModule } from "./emitter.ts";
import { move } from "./indexing.ts";
import { forEachUnit } from "./pointwise.ts";
import { binary } from "./primitives.ts";
import { convert, type Integer, loadSplat, pack, storeOne, type Value } from "./values.ts";

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
  return kernelModule(runtime, (e) => {
    const { f } = e;
    const [length, ...strides] = e.take(4);
    forEachUnit(e, outer, (...starts) => {
      const pointers = starts.map((start) => f.let<"i32">(start));
      const [source, target, places] = pointers as [Local<"i32">, Local<"i32">, Local<"i32">]; // safe: three
      const step = indices ? extremes() : totals();
      f.for(0, length, 1, (i) => {
        step(i);
        pointers.forEach((pointer, k) => {
          f.increase(pointer, strides[k] as Integer);
        });
      });

      /** The last of equal elements wins, and NaN is only replaced by a later NaN. */
      function extremes(): (i: Local<"i32">) => void {
        const best = f.let(number(e, from, source));
        const [place, found] = [f.let(i32.const(0)), f.let<"i32">(source)];
        return (i) => {
          const value = e.let(number(e, from, source));
          const holds = op === "max" ? f64.ge(value, best) : f64.le(value, best);
          f.if(i32.or(f64.ne(value, value), holds), () => {
            f.set(best, value);
            f.set(place, i);
            f.set(found, source);
          });
          f.do(move(bytesOf(from), target, found), i32.store(places, place));
        };
      }

      function totals(): (i: Local<"i32">) => void {
        // Floating-point totals are accumulated in float64.
        const held: DType = isFloating(from) ? "float64" : from;
        const value = (): Value => convert(e, loadSplat(e, from, source), from, held);
        const total = value().map((v) => f.let(v));
        return (i) => {
          f.if(i32.gt(i, 0), () => e.assign(total, binary(e, combining[op], held, total, value())));
          storeOne(e, to, target, pack(e, to, convert(e, total, held, to)), 0);
        };
      }
    });
  });
}
