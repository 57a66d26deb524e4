/** Remainders and powers of float32, computed in float64 because intermediate results need more digits. */

import { f32, f32x4, f64, f64x2, i32x4, i64x2, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { magic, polynomial } from "./float64.ts";
import { lanewise } from "./lanewise.ts";
import { narrowed, type Vector, widened } from "./values.ts";

/** Computes a function of float32 vectors in float64, two lanes at a time. */
export function throughDouble(e: Emitter, args: readonly Vector[], f: (...halves: Vector[]) => Vector): Vector {
  const wide = args.map(widened);
  const half = (k: 0 | 1) => e.let(f(...wide.map((halves) => e.let(halves[k]))));
  return narrowed(half(0), half(1));
}

/** Returns `fast` if all lanes are `safe`, and otherwise calls JavaScript's function lane by lane. */
export function guarded(
  e: Emitter,
  name: string,
  args: readonly [Vector, ...Vector[]],
  safe: Vector,
  fast: () => Vector,
): Vector {
  const result = e.f.let(args[0]);
  e.f.if(
    i32x4.allTrue(safe),
    () => e.f.set(result, fast()),
    () =>
      e.f.set(
        result,
        lanewise(e, f32x4, 4, args, (...lanes) => f32.demote(e.math(name, ...lanes.map((x) => f64.promote(x))))),
      ),
  );
  return result;
}

/** The remainder with the dividend's sign. */
export function fmod32(e: Emitter, a: Vector, b: Vector): Vector {
  // Quotients below 2²⁹ are exact in float64. Others are computed lane by lane.
  const quotient = e.let(f32x4.abs(f32x4.div(a, b)));
  const simple = v128.and(f32x4.lt(quotient, e.f32(2 ** 29)), f32x4.lt(f32x4.abs(b), e.f32(Number.POSITIVE_INFINITY)));
  return guarded(e, "fmod", [a, b], simple, () =>
    throughDouble(e, [a, b], (x, y) => remainder(e, x as Vector, y as Vector)),
  ); // safe: two arguments
}

function remainder(e: Emitter, a: Vector, b: Vector): Vector {
  const first = e.let(f64x2.sub(a, f64x2.mul(f64x2.trunc(f64x2.div(a, b)), b)));
  // If the quotient was rounded up to an integer, the remainder has the wrong sign.
  const size = e.let(f64x2.abs(b));
  const wrong = f64x2.lt(f64x2.mul(first, v128.bitselect(a, e.f64(1), e.f64(-0))), e.f64(0));
  const step = v128.bitselect(a, size, e.f64(-0));
  const exact = e.let(f64x2.add(first, v128.and(step, wrong)));
  return e.let(v128.bitselect(a, exact, e.f64(-0))); // a zero keeps the dividend's sign
}

/** `aᵇ`: `2^(b log₂ a)` in float64 where a is positive and both are finite, lane by lane elsewhere. */
export function pow32(e: Emitter, a: Vector, b: Vector): Vector {
  const positive = v128.and(f32x4.gt(a, e.f32(0)), f32x4.lt(a, e.f32(Number.POSITIVE_INFINITY)));
  const simple = v128.and(positive, f32x4.lt(f32x4.abs(b), e.f32(1e30)));
  return guarded(e, "pow", [a, b], simple, () =>
    throughDouble(e, [a, b], (x, y) => exp2Wide(e, f64x2.mul(y as Vector, log2Wide(e, x as Vector)))),
  ); // safe: two arguments
}

/** The base-2 logarithm to ten digits, for positive numbers in float32's range. */
export function log2Wide(e: Emitter, a: Vector): Vector {
  // a = 2ᵏ m with m in [√½, √2)
  const shifted = e.let(i64x2.shr(i64x2.sub(a, e.i32(0, 0x3fe6a09e)), 52));
  const k = f64x2.sub(i64x2.add(shifted, e.f64(magic)), e.f64(magic));
  const m = e.let(i64x2.sub(a, i64x2.shl(shifted, 52)));
  // ln m = 2 (s + s³/3 + s⁵/5 + …) with s = (m - 1)/(m + 1)
  const s = e.let(f64x2.div(f64x2.sub(m, e.f64(1)), f64x2.add(m, e.f64(1))));
  const terms = [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13, 1 / 15].map((c) => 2 * Math.LOG2E * c);
  return f64x2.add(k, f64x2.mul(s, polynomial(e, "f64x2", e.let(f64x2.mul(s, s)), terms)));
}

/** `2ˣ` to nine digits, in float32's range. */
export function exp2Wide(e: Emitter, exponent: Vector): Vector {
  const t = e.let(f64x2.pmax(f64x2.pmin(exponent, e.f64(200)), e.f64(-200)));
  const rounded = e.let(f64x2.add(t, e.f64(magic)));
  const r = e.let(f64x2.mul(f64x2.sub(t, f64x2.sub(rounded, e.f64(magic))), e.f64(Math.LN2)));
  const factorials = [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320];
  return i64x2.add(polynomial(e, "f64x2", r, factorials), i64x2.shl(rounded, 52));
}
