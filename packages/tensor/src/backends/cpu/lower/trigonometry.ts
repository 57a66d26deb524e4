/**
 * Sine, cosine and tangent of float32. The multiple of π/2 is subtracted in float64, whose 29 extra bits absorb the
 * cancellation for angles up to a million. Larger angles use JavaScript's `Math`, lane by lane.
 */

import { once } from "../../../once.ts";
import { f32x4, f64x2, i32x4, multiplyAdd, shuffle, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { guarded } from "./float32-binary.ts";
import { magic, polynomial } from "./float64.ts";
import { joined, type Vector, widened } from "./values.ts";

/** The first 33 bits of π/2, and the remainder. */
const halfPi = [1.5707963267341256, 6.077100506506192e-11] as const;

/** The number of right angles in x, and sine and cosine of the remainder. */
export interface Reduced {
  readonly quadrant: Vector;
  readonly sine: Vector;
  readonly cosine: Vector;
}

/** Sine and cosine of one angle share the reduction, since both take the fast path for the same lanes. */
function reduce(e: Emitter, x: Vector): Reduced {
  return once(e.reduced, x, () => {
    const wideMadd = multiplyAdd("f64x2", e.relaxed);
    const half = (wide: Vector) => {
      const shifted = e.let(wideMadd(wide, e.f64(2 / Math.PI), e.f64(magic)));
      const n = e.let(f64x2.sub(shifted, e.f64(magic)));
      return {
        shifted,
        rest: e.let(f32x4.demoteF64x2Zero(wideMadd(n, e.f64(-halfPi[1]), wideMadd(n, e.f64(-halfPi[0]), wide)))),
      };
    };
    const [first, second] = widened(x);
    const [low, high] = [half(e.let(first)), half(e.let(second))];
    const r = e.let(shuffle(low.rest, high.rest, [0, 1, 4, 5]));
    const z = e.let(f32x4.mul(r, r));
    // (sin(√z)/√z - 1) / z and (cos(√z) - 1 + z/2) / z², 0 ≤ z ≤ (π/4)²
    const s = polynomial(e, "f32x4", z, [-0.16666667, 0.008333332, -0.00019840087, 2.7249926e-6]);
    const c = polynomial(e, "f32x4", z, [0.041666667, -0.0013888888, 2.48006e-5, -2.730096e-7]);
    const madd = multiplyAdd("f32x4", e.relaxed);
    return {
      quadrant: e.let(joined(low.shifted, high.shifted)),
      sine: e.let(madd(f32x4.mul(r, z), s, r)),
      cosine: e.let(madd(f32x4.mul(z, z), c, madd(z, e.f32(-0.5), e.f32(1)))),
    };
  });
}

/** Tests which lanes are small enough for the fast path. */
function small(e: Emitter, x: Vector): Vector {
  return f32x4.le(f32x4.abs(x), e.f32(1e6));
}

/** Sine or cosine of four float32. */
export function wave(e: Emitter, name: "sin" | "cos", x: Vector): Vector {
  return guarded(e, name, [x], small(e, x), () => {
    const { quadrant, sine, cosine } = reduce(e, x);
    const q = name === "sin" ? quadrant : e.let(i32x4.add(quadrant, e.i32(1)));
    const odd = i32x4.ne(v128.and(q, e.i32(1)), e.i32(0));
    const sign = i32x4.shl(v128.and(q, e.i32(2)), 30);
    return v128.xor(e.select(cosine, sine, odd), sign);
  });
}

/** Tangent of four float32. */
export function tangent(e: Emitter, x: Vector): Vector {
  return guarded(e, "tan", [x], small(e, x), () => {
    const { quadrant, sine, cosine } = reduce(e, x);
    const odd = e.let(i32x4.ne(v128.and(quadrant, e.i32(1)), e.i32(0)));
    const above = e.select(f32x4.neg(cosine), sine, odd);
    return f32x4.div(above, e.select(sine, cosine, odd));
  });
}
