/**
 * Integer functions without SIMD instructions, computed lane by lane: division and remainders, powers, and shifts by
 * vectors.
 */

import { i32, i32x4, select } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { lanewise } from "./lanewise.ts";
import type { Integer, Vector } from "./values.ts";

/** Applies a function of two integers to each lane. */
function eachPair(e: Emitter, a: Vector, b: Vector, f: (a: Integer, b: Integer) => Integer): Vector {
  return lanewise(e, i32x4, 4, [a, b], (x, y) => f(x as Integer, y as Integer)); // safe: two arguments
}

/**
 * Quotient rounded down (`idiv`), or remainder with the dividend's sign (`fmod`). Both are 0 for a divisor of 0.
 */
export function integerDivision(e: Emitter, op: "idiv" | "fmod", a: Vector, b: Vector): Vector {
  return eachPair(e, a, b, (x, y) => {
    // Replacing divisors of 0 and -1 by 1 avoids both traps. The results for them are fixed below.
    const zero = e.let(i32.eqz(y));
    const minus = e.let(i32.eq(y, -1));
    const divisor = e.let(select(i32.or(zero, minus), i32.const(1), y));
    const rest = i32.rem(x, divisor); // 0 for divisors of 0 and -1
    if (op === "fmod") return e.let(rest);
    const quotient = e.let(i32.div(x, divisor));
    const down = i32.and(i32.ne(rest, 0), i32.lt(i32.xor(x, divisor), 0));
    const floor = e.let(i32.sub(quotient, down));
    return e.let(select(zero, i32.const(0), select(minus, i32.sub(0, x), floor)));
  });
}

/** Powers by repeated squaring, modulo 2³². Negative exponents give 0, or ±1 for bases of ±1. */
export function integerPower(e: Emitter, a: Vector, b: Vector): Vector {
  return eachPair(e, a, b, (base, exponent) => {
    const result = e.f.let(i32.const(1));
    const square = e.f.let(base);
    const left = e.f.let(exponent);
    e.f.while(i32.gt(left, 0), () => {
      e.f.if(i32.and(left, 1), () => e.f.set(result, i32.mul(result, square)));
      e.f.set(square, i32.mul(square, square));
      e.f.set(left, i32.shrU(left, 1));
    });
    const odd = i32.and(exponent, 1);
    const sign = select(odd, i32.const(-1), i32.const(1));
    const one = i32.eq(base, 1);
    const fraction = select(one, i32.const(1), select(i32.eq(base, -1), sign, i32.const(0)));
    return e.let(select(i32.lt(exponent, 0), fraction, result));
  });
}

/** Shifts each lane by its own number of bits. Shifting out all bits leaves 0, or the sign for `shr`. */
export function shift(e: Emitter, op: "shl" | "shr", bits: 8 | 32, a: Vector, b: Vector): Vector {
  return eachPair(e, a, b, (x, y) => {
    const inside = e.let(i32.ltU(y, bits));
    if (op === "shl") return e.let(select(inside, i32.shl(x, y), i32.const(0)));
    return e.let(i32.shr(x, select(inside, y, i32.const(bits - 1))));
  });
}
