/** Remainders and powers of float32, which need more digits on the way than float32 has and take them from float64. */

import { type Code, f32x4, f64, f64x2, i32x4, shuffle, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import type { Vector } from "./values.ts";

/** Applies a function of float64 numbers to each lane. */
export function lanewise32(e: Emitter, args: readonly Vector[], f: (...lanes: Code<"f64">[]) => Code<"f64">): Vector {
  const vectors = args.map((a) => e.let(a));
  const lane = (k: number) => demote(e, f(...vectors.map((v) => f64.promote(f32x4.extract(v, k)))));
  let result: Vector = e.let(f32x4.splat(lane(0)));
  for (let k = 1; k < 4; k++) result = e.let(f32x4.replace(result, k, lane(k)));
  return result;
}

function demote(e: Emitter, value: Code<"f64">): Code<"f32"> {
  return e.let({ type: "f32", bytes: [...value.bytes, 0xb6] });
}

/** The remainder, with the dividend's sign (`fmod`) or the divisor's (`mod`). */
export function fmod32(e: Emitter, op: "mod" | "fmod", a: Vector, b: Vector): Vector {
  const result = e.f.let(a);
  // With a quotient below 2²⁹ everything is exact in float64; the rest goes lane by lane.
  const quotient = e.let(f32x4.abs(f32x4.div(a, b)));
  const simple = v128.and(f32x4.lt(quotient, e.f32(2 ** 29)), f32x4.lt(f32x4.abs(b), e.f32(Number.POSITIVE_INFINITY)));
  e.f.if(
    i32x4.allTrue(simple),
    () => {
      const half = (k: readonly number[]) =>
        remainder(e, op, e.let(f64x2.promoteLowF32x4(shuffle(a, a, k))), e.let(f64x2.promoteLowF32x4(shuffle(b, b, k))));
      const [low, high] = [e.let(half([0, 1, 0, 1])), e.let(half([2, 3, 2, 3]))];
      e.f.set(result, shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5]));
    },
    () => e.f.set(result, lanewise32(e, [a, b], (x, y) => e.math(op, x, y))),
  );
  return result;
}

function remainder(e: Emitter, op: "mod" | "fmod", a: Vector, b: Vector): Vector {
  const first = e.let(f64x2.sub(a, f64x2.mul(f64x2.trunc(f64x2.div(a, b)), b)));
  // The quotient may have been rounded up to a whole number: then the rest has the wrong sign.
  const size = e.let(f64x2.abs(b));
  const wrong = f64x2.lt(f64x2.mul(first, v128.bitselect(a, e.f64(1), e.f64(-0))), e.f64(0));
  const step = v128.bitselect(a, size, e.f64(-0));
  const exact = e.let(f64x2.add(first, v128.and(step, wrong)));
  const rest = e.let(v128.bitselect(a, exact, e.f64(-0))); // a zero keeps the dividend's sign
  if (op === "fmod") return rest;
  const opposite = f64x2.lt(f64x2.mul(rest, v128.bitselect(b, e.f64(1), e.f64(-0))), e.f64(0));
  return f64x2.add(rest, v128.and(b, opposite));
}

/** `aᵇ` */
export function pow32(e: Emitter, a: Vector, b: Vector): Vector {
  return lanewise32(e, [a, b], (x, y) => e.math("pow", x, y));
}
