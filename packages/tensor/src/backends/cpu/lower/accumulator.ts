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
import { constant, convert, type Value, type Vector } from "./values.ts";

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

/**
 * Creates an accumulator that holds the identity of the reduction.
 *
 * The instruction for extremes of floats that propagates NaN compiles to eight on x86, compare-and-select to one. The
 * latter is used, and NaNs are tracked separately.
 */
export function accumulator(e: Emitter, reduce: Reduction, dtype: DType, ways: number): Accumulator {
  const { f } = e;
  const type = computeType(dtype);
  const extreme = reduce === "max" || reduce === "min";
  const blocks = type === "float32" && !extreme;
  const combine = (as: DType, a: Value, b: Value) => binary(e, combining[reduce], as, a, b);
  const start = identity(e, reduce, type);
  const locals = (value: Value) => value.map((v) => f.let(v));
  const chains = Array.from({ length: ways }, () => locals(start));
  const lanes = type === "float64" ? f64x2 : f32x4;
  const nans = isFloating(type) && extreme ? locals(start.map(() => e.i32(0))) : [];
  const better = reduce === "max" ? lanes.pmax : lanes.pmin;
  const add = (a: Value, b: Value): Value =>
    nans.length === 0 ? combine(type, a, b) : a.map((v, k) => e.let(better(v, b[k] as Vector)));
  // The totals of blocks.
  const held = blocks ? "float64" : type;
  const totals = blocks ? locals(identity(e, reduce, held)) : [];
  const all = (): Value => {
    if (blocks) return totals;
    const best = (chains as Value[]).reduce(add);
    return nans.length === 0 ? best : best.map((v, k) => e.let(v128.or(v, nans[k] as Vector))); // all bits set is a NaN
  };
  return {
    take(value, way, mask) {
      const chain = chains[way] as Local<"v128">[]; // safe: the ways are numbered from 0
      const some = mask === undefined ? value : select(e, type, [mask], value, start);
      e.assign(chain, add(chain, some));
      nans.forEach((nan, k) => {
        f.set(nan, v128.or(nan, lanes.ne(some[k] as Vector, some[k] as Vector)));
      });
    },
    flush() {
      if (!blocks) return;
      for (const chain of chains) {
        e.assign(totals, combine(held, totals, convert(e, chain, type, held)));
        e.assign(chain, start);
      }
    },
    lanes: () => convert(e, all(), held, type),
    total: () =>
      convert(
        e,
        folded(e, all(), (a, b) => combine(held, a, b)),
        held,
        type,
      ),
  };
}

/** Combines all lanes of a value; every lane receives the result. */
function folded(e: Emitter, all: Value, combine: (a: Value, b: Value) => Value): Value {
  const [low, high] = all as readonly [Vector, Vector?]; // safe: a value has one or two vectors
  const turned = (v: Vector, lanes: readonly number[]) => e.let(shuffle(v, v, lanes));
  const halves = high ? combine([low, low], [high, high]) : combine([low], [turned(low, [2, 3, 0, 1])]);
  return combine(
    halves,
    halves.map((v) => turned(v, high ? [1, 0] : [1, 0, 3, 2])),
  );
}

/** Returns the identity of a reduction. */
function identity(e: Emitter, reduce: Reduction, dtype: DType): Value {
  const [least, most] = isFloating(dtype)
    ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    : dtype === "int32"
      ? [-(2 ** 31), 2 ** 31 - 1]
      : [0, 255];
  return constant(e, dtype, { sum: 0, product: 1, max: least, min: most }[reduce]);
}
