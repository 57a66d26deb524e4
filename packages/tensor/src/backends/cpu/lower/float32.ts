/**
 * Functions of float32, four lanes at a time: range reduction, a polynomial (fitted at Chebyshev nodes, in the variable
 * and over the range that its comment states, with coefficients to the precision of float32), and a final fix-up of
 * special values. Errors stay within about 2 ulp.
 */

import type { BinaryOp, UnaryOp } from "../../../expr/ops.ts";
import { f32x4, f64x2, i32x4, multiplyAdd, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { exp2Wide, fmod32, log2Wide, pow32, throughDouble } from "./float32-binary.ts";
import { arithmetic, type Composed, erfcFar, polynomial, simple } from "./float64.ts";
import { tangent, wave } from "./trigonometry.ts";
import type { Vector } from "./values.ts";

/** The functions that have no instruction. */
const functions: Readonly<Record<Composed, (e: Emitter, x: Vector) => Vector>> = {
  exp,
  expm1,
  log,
  log1p,
  log2: (e, x) => logarithm(e, x, 1),
  log10: (e, x) => logarithm(e, x, Math.LOG10E / Math.LOG2E),
  sin: (e, x) => wave(e, "sin", x),
  cos: (e, x) => wave(e, "cos", x),
  tan: tangent,
  atan,
  tanh,
  erf,
  erfc: (e, x) =>
    throughDouble(e, [x], (half) =>
      erfcFar(e, half, (_, size) => exp2Wide(e, f64x2.mul(f64x2.mul(size, size), e.f64(-Math.LOG2E)))),
    ),
};

/** Emits a function of four float32. */
export function float32Unary(e: Emitter, op: UnaryOp, x: Vector): Vector {
  return simple(f32x4, op, x, e.f32(0), (name) => functions[name](e, x));
}

/** Emits a binary function of four float32. */
export function float32Binary(e: Emitter, op: BinaryOp, a: Vector, b: Vector): Vector {
  return arithmetic(f32x4, op, a, b, (name) => {
    if (name === "pow") return pow32(e, a, b);
    return name === "atan2" ? atan2(e, a, b) : fmod32(e, a, b);
  });
}

/** The magnitude of `a` with the sign of `b`. */
function withSign(e: Emitter, a: Vector, b: Vector): Vector {
  return v128.bitselect(b, a, e.i32(-(2 ** 31)));
}

/** Adding and subtracting this rounds a small number to an integer, which is also in the low bits of the sum. */
const magic = 1.5 * 2 ** 23;

interface Reduced {
  readonly power: Vector;
  readonly rest: Vector;
}

/**
 * Returns `2ⁿ` and `eʳ - 1` for x = 2 n ln 2 + r with |r| ≤ ln 2. The result is multiplied by 2ⁿ twice, so that neither
 * the largest results overflow on the way nor the smallest underflow.
 */
function reduceExp(e: Emitter, x: Vector): Reduced {
  const madd = multiplyAdd("f32x4", e.relaxed);
  const shifted = e.let(madd(x, e.f32(Math.LOG2E / 2), e.f32(magic)));
  const n = e.let(f32x4.sub(shifted, e.f32(magic)));
  // 2 ln 2 in two parts, the first with so few bits that its product is exact.
  const r = e.let(madd(n, e.f32(2 * 2.1219444e-4), madd(n, e.f32(-2 * 0.693359375), x)));
  // (eʳ - 1 - r) / r², |r| ≤ 0.6932
  const p = polynomial(
    e,
    "f32x4",
    r,
    [0.5, 0.1666667, 0.04166667, 0.0083327725, 0.0013888329, 0.00020074286, 2.5034391e-5],
  );
  const power = i32x4.add(i32x4.shl(shifted, 23), e.f32(1));
  return { power: e.let(power), rest: e.let(madd(f32x4.mul(r, r), p, r)) };
}

/** `eˣ`. Lanes whose result rounds to 0 are computed for x = 0 and then cleared, because denormals are slow. */
function exp(e: Emitter, x: Vector): Vector {
  const vanishes = e.let(f32x4.lt(x, e.f32(-104)));
  return v128.andNot(scaled(e, reduceExp(e, e.let(v128.andNot(f32x4.pmin(x, e.f32(89)), vanishes)))), vanishes);
}

/** `(1 + rest) · power²` */
function scaled(e: Emitter, { power, rest }: Reduced): Vector {
  return f32x4.mul(multiplyAdd("f32x4", e.relaxed)(rest, power, power), power);
}

/** `(1 + rest) · power² - 1`, provided that the power does not overflow. */
function lessOne(e: Emitter, { power, rest }: Reduced): Vector {
  const square = e.let(f32x4.mul(power, power));
  return e.let(f32x4.add(f32x4.mul(square, rest), f32x4.sub(square, e.f32(1))));
}

function expm1(e: Emitter, x: Vector): Vector {
  const parts = reduceExp(e, e.let(f32x4.pmax(f32x4.pmin(x, e.f32(89)), e.f32(-30))));
  const either = e.select(scaled(e, parts), lessOne(e, parts), f32x4.gt(x, e.f32(80)));
  return withSign(e, either, x); // for zeros
}

function log(e: Emitter, x: Vector): Vector {
  const denormal = e.let(f32x4.lt(x, e.f32(2 ** -126)));
  const normal = e.let(e.select(f32x4.mul(x, e.f32(2 ** 23)), x, denormal));
  return edges(e, x, normalLog(e, normal, v128.and(denormal, e.i32(23))));
}

/** `ln x - shift · ln 2` for positive, finite, normal x and integers `shift`. */
function normalLog(e: Emitter, x: Vector, shift: Vector): Vector {
  const madd = multiplyAdd("f32x4", e.relaxed);
  // x = 2ᵏ m with m in [√½, √2)
  const k = e.let(i32x4.shr(i32x4.sub(x, e.i32(0x3f3504f3)), 23));
  const f = e.let(f32x4.sub(i32x4.sub(x, i32x4.shl(k, 23)), e.f32(1)));
  const exponent = e.let(f32x4.convertI32x4(i32x4.sub(k, shift)));
  // (ln(1 + f) - f + f²/2) / f³, √½ - 1 ≤ f ≤ √2 - 1
  const p = polynomial(
    e,
    "f32x4",
    f,
    [0.3333333, -0.24999997, 0.20000716, -0.16667802, 0.14249058, -0.12425687, 0.1168542, -0.11479734, 0.069716115],
  );
  const square = e.let(f32x4.mul(f, f));
  const small = madd(e.let(f32x4.mul(square, f)), p, f32x4.mul(exponent, e.f32(-2.1219444e-4)));
  const y = e.let(madd(square, e.f32(-0.5), small));
  return madd(exponent, e.f32(0.693359375), f32x4.add(f, y));
}

/** The base-2 logarithm times a factor. */
function logarithm(e: Emitter, x: Vector, factor: number): Vector {
  return edges(
    e,
    x,
    throughDouble(e, [x], (half) => f64x2.mul(log2Wide(e, half), e.f64(factor))),
  );
}

/** Replaces a logarithm that is valid for positive, finite x by the special values elsewhere. */
function edges(e: Emitter, x: Vector, value: Vector): Vector {
  const finite = e.select(value, x, f32x4.lt(x, e.f32(Number.POSITIVE_INFINITY))); // NaN remains
  const positive = e.select(e.f32(Number.NEGATIVE_INFINITY), finite, f32x4.eq(x, e.f32(0)));
  return v128.or(positive, f32x4.lt(x, e.f32(0))); // all bits set is a NaN
}

/** `ln u + (x - (u - 1)) / u` with u = 1 + x rounded: the fraction corrects the rounding error. */
function log1p(e: Emitter, x: Vector): Vector {
  const u = e.let(f32x4.add(x, e.f32(1)));
  const rest = e.let(f32x4.div(f32x4.sub(x, f32x4.sub(u, e.f32(1))), u));
  return withSign(e, edges(e, u, f32x4.add(normalLog(e, u, e.i32(0)), rest)), x); // for zeros
}

/** The arc tangent for 0 ≤ t ≤ 1. */
function atanUnit(e: Emitter, t: Vector): Vector {
  const z = e.let(f32x4.mul(t, t));
  // (atan(√z)/√z - 1) / z, 0 ≤ z ≤ 1
  const p = polynomial(
    e,
    "f32x4",
    z,
    [
      -0.33333333, 0.1999995, -0.14284004, 0.11088262, -0.08931827, 0.070319143, -0.048960514, 0.026305001,
      -0.0091446298, 0.0014886919,
    ],
  );
  return f32x4.add(t, f32x4.mul(f32x4.mul(t, z), p));
}

function atan(e: Emitter, x: Vector): Vector {
  const size = e.let(f32x4.abs(x));
  const steep = e.let(f32x4.gt(size, e.f32(1)));
  const angle = e.let(atanUnit(e, e.let(e.select(f32x4.div(e.f32(1), size), size, steep))));
  return withSign(e, e.select(f32x4.sub(e.f32(Math.PI / 2), angle), angle, steep), x);
}

function atan2(e: Emitter, y: Vector, x: Vector): Vector {
  const [a, b] = [e.let(f32x4.abs(y)), e.let(f32x4.abs(x))];
  const [less, more] = [e.let(f32x4.min(a, b)), e.let(f32x4.max(a, b))];
  const ratio = e.select(e.f32(1), f32x4.div(less, more), f32x4.eq(less, e.f32(Number.POSITIVE_INFINITY)));
  const t = e.let(e.select(more, ratio, f32x4.eq(more, e.f32(0))));
  const angle = e.let(atanUnit(e, t));
  const octant = e.let(e.select(f32x4.sub(e.f32(Math.PI / 2), angle), angle, f32x4.gt(a, b)));
  const left = i32x4.shr(x, 31);
  return withSign(e, e.select(f32x4.sub(e.f32(Math.PI), octant), octant, left), y);
}

/**
 * `d / (d + 2)` with d = e²ˣ - 1. Near 1 it is `1 - 2 / (d + 2)`, because the derivative depends on the difference to
 * 1.
 */
function tanh(e: Emitter, x: Vector): Vector {
  const size = e.let(f32x4.pmin(f32x4.abs(x), e.f32(10))); // tanh rounds to 1 beyond
  const d = lessOne(e, reduceExp(e, e.let(f32x4.add(size, size))));
  const small = e.let(f32x4.lt(size, e.f32(0.6)));
  const part = e.let(f32x4.div(e.select(d, e.f32(2), small), f32x4.add(d, e.f32(2))));
  return withSign(e, e.select(part, f32x4.sub(e.f32(1), part), small), x);
}

/** `1 - erfc x`, where ln erfc x is approximated by a polynomial without a constant term. */
function erf(e: Emitter, x: Vector): Vector {
  // ln erfc(a) / a, 0 ≤ a ≤ 4; beyond, erf rounds to 1
  const a = e.let(f32x4.pmin(f32x4.abs(x), e.f32(4)));
  const series = [
    -1.1283792, -0.636616497, -0.102814409, 0.01932171, -0.00020570085, -0.0012517621, 0.0003810079, -4.0709187e-5,
  ];
  return withSign(e, lessOne(e, reduceExp(e, e.let(f32x4.mul(a, polynomial(e, "f32x4", a, series))))), x);
}
