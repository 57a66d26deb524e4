/**
 * Vector accumulators of reductions. Sums and products of float32 are accumulated in float32 for a few dozen steps at a
 * time and then added to float64 totals, so that their error does not grow with the length of a row. Everything else
 * accumulates in its own type.
 */

import { computeType, type DType, isFloating } from "../../../dtype.ts";
import type { BinaryOp } from "../../../expr/ops.ts";
import type { Reduction } from "../../../expr/program.ts";
import { f32x4, f64x2, type Local, shuffle, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { binary, select } from "./primitives.ts";
import { first, narrowed, type Value, type Vector, widened } from "./values.ts";

/** The running result of a reduction. */
export interface Accumulator {
  /** Accumulates four elements, or only those where `mask` is set. `way` selects one of the independent chains. */
  take(value: Value, way: number, mask?: Vector): void;
  /** Must be called at least every 64 calls of `take` per chain. */
  flush(): void;
  /** Returns the result of each lane. */
  lanes(): Value;
  /** Returns the result of all lanes combined, in every lane. */
  total(): Value;
}

/** The primitive that combines two values of a reduction. */
export const combining: Readonly<Record<Reduction, BinaryOp>> = { sum: "add", product: "mul", max: "max", min: "min" };

/** Creates an accumulator that holds the identity of the reduction. */
export function accumulator(e: Emitter, reduce: Reduction, dtype: DType, ways: number): Accumulator {
  const single = computeType(dtype) === "float32";
  if (single && (reduce === "sum" || reduce === "product")) return blocked(e, reduce, ways);
  const start = identity(e, reduce, dtype);
  if (isFloating(dtype) && (reduce === "max" || reduce === "min")) return extremes(e, reduce, dtype, ways, start);
  const chains = Array.from({ length: ways }, () => start.map((v) => e.f.let(v)));
  const combine = (a: Value, b: Value) => binary(e, combining[reduce], dtype, a, b);
  const lanes = (): Value => chains.reduce<Value>((a, b) => combine(a, b), start);
  return {
    take(value, way, mask) {
      const chain = chains[way] as Local<"v128">[]; // safe: the ways are numbered from 0
      combine(chain, masked(e, dtype, value, start, mask)).forEach((v, k) => {
        e.f.set(chain[k] as Local<"v128">, v);
      });
    },
    flush: () => undefined,
    lanes,
    total: () => folded(e, reduce, dtype, lanes()),
  };
}

/** Returns a value with the identity in the lanes where the mask is not set. */
function masked(e: Emitter, dtype: DType, value: Value, start: Value, mask: Vector | undefined): Value {
  return mask === undefined ? value : select(e, dtype, [mask], value, start);
}

/** Combines all lanes of a value; every lane receives the result. */
function folded(e: Emitter, reduce: Reduction, dtype: DType, all: Value): Value {
  const combine = (a: Value, b: Value) => binary(e, combining[reduce], dtype, a, b);
  if (dtype === "float64") {
    const both = combine([first(all), first(all)], [all[1] as Vector, all[1] as Vector]);
    const swapped = e.let(shuffle(first(both), first(both), [1, 0]));
    return combine(both, [swapped, swapped]);
  }
  const halves = combine(all, [e.let(shuffle(first(all), first(all), [2, 3, 0, 1]))]);
  return combine(halves, [e.let(shuffle(first(halves), first(halves), [1, 0, 3, 2]))]);
}

/**
 * Extremes of floats. The NaN-propagating instruction compiles to eight on x86, compare-and-select to one. The latter
 * is used, and NaNs are tracked separately.
 */
function extremes(e: Emitter, reduce: "max" | "min", dtype: DType, ways: number, start: Value): Accumulator {
  const { f } = e;
  const lanes = dtype === "float64" ? f64x2 : f32x4;
  const better = reduce === "max" ? lanes.pmax : lanes.pmin;
  const chains = Array.from({ length: ways }, () => start.map((v) => f.let(v)));
  const nans = start.map(() => f.let<"v128">(e.i32(0)));
  const all = (): Value =>
    start.map((_, k) => {
      const best = chains.map((chain) => chain[k] as Vector).reduce((a, b) => e.let(better(a, b)));
      return e.let(v128.or(best, nans[k] as Vector)); // all bits set is a NaN
    });
  return {
    take(value, way, mask) {
      const chain = chains[way] as Local<"v128">[]; // safe: the ways are numbered from 0
      masked(e, dtype, value, start, mask).forEach((some, k) => {
        f.set(chain[k] as Local<"v128">, better(chain[k] as Vector, some));
        f.set(nans[k] as Local<"v128">, v128.or(nans[k] as Vector, lanes.ne(some, some)));
      });
    },
    flush: () => undefined,
    lanes: all,
    total: () => folded(e, reduce, dtype, all()),
  };
}

/** Sums and products of float32, in blocks. */
function blocked(e: Emitter, reduce: "sum" | "product", ways: number): Accumulator {
  const { f } = e;
  const name = reduce === "sum" ? "add" : "mul";
  const neutral = reduce === "sum" ? 0 : 1;
  const start = e.f32(neutral);
  const chains = Array.from({ length: ways }, () => f.let<"v128">(start));
  const low = f.let<"v128">(e.f64(neutral));
  const high = f.let<"v128">(e.f64(neutral));
  return {
    take(value, way, mask) {
      const chain = chains[way] as Local<"v128">; // safe: the ways are numbered from 0
      f.set(chain, f32x4[name](chain, first(masked(e, "float32", value, [start], mask))));
    },
    flush() {
      for (const chain of chains) {
        const [first, second] = widened(chain);
        f.set(low, f64x2[name](low, first));
        f.set(high, f64x2[name](high, second));
        f.set(chain, start);
      }
    },
    lanes: () => [e.let(narrowed(low, high))],
    total() {
      const both = e.let(f64x2[name](low, high));
      const single = e.let(f32x4.demoteF64x2Zero(f64x2[name](both, shuffle(both, both, [1, 0]))));
      return [e.let(shuffle(single, single, [0, 0, 0, 0]))];
    },
  };
}

/** Returns the identity of a reduction. */
function identity(e: Emitter, reduce: Reduction, dtype: DType): Value {
  const number = (value: number): Value => {
    if (dtype === "float64") return [e.f64(value), e.f64(value)];
    return [isFloating(dtype) ? e.f32(value) : e.i32(value)];
  };
  // In vectors, true is -1.
  if (dtype === "bool") return number(reduce === "product" || reduce === "min" ? -1 : 0);
  switch (reduce) {
    case "sum":
      return number(0);
    case "product":
      return number(1);
    case "max":
      return number(isFloating(dtype) ? Number.NEGATIVE_INFINITY : dtype === "int32" ? -(2 ** 31) : 0);
    case "min":
      return number(isFloating(dtype) ? Number.POSITIVE_INFINITY : dtype === "int32" ? 2 ** 31 - 1 : 255);
  }
}
