/**
 * Functions of float64, two lanes at a time. Those without a SIMD instruction call JavaScript's `Math` lane by lane:
 * the engine calls its own library directly, and float64 is meant for gradient checks rather than speed. `Math` has no
 * error function, so that one is a Taylor polynomial near zero and a Chebyshev approximation elsewhere.
 */

import type { BinaryOp, UnaryOp } from "../../../expr/ops.ts";
import { type f32x4, f64x2, multiplyAdd, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { lanewise } from "./lanewise.ts";
import type { Value, Vector } from "./values.ts";

/** Emits a function of four float64. */
export function float64Unary(e: Emitter, op: UnaryOp, a: Value): Value {
  return a.map((x) => e.let(unary64(e, op, x)));
}

/** Emits a binary function of four float64. */
export function float64Binary(e: Emitter, op: BinaryOp, a: Value, b: Value): Value {
  return a.map((x, k) => e.let(binary64(e, op, x, b[k] as Vector))); // safe: both have two vectors
}

/**
 * Adding and subtracting this rounds a float64 of magnitude below 2⁵¹ to an integer, which is also in the low bits of
 * the sum.
 */
export const magic: number = 1.5 * 2 ** 52;

/** Emits a polynomial by Horner's rule. Coefficients start with the lowest power. */
export function polynomial(e: Emitter, lanes: "f32x4" | "f64x2", x: Vector, coefficients: readonly number[]): Vector {
  const madd = multiplyAdd(lanes, e.relaxed);
  const constant = (c: number) => (lanes === "f32x4" ? e.f32(c) : e.f64(c));
  let value: Vector = constant(coefficients.at(-1) ?? 0);
  for (const c of coefficients.slice(0, -1).reverse()) value = e.let(madd(value, x, constant(c)));
  return value;
}

/** The lanes of a floating-point type. */
type Lanes = typeof f32x4 | typeof f64x2;

/** The functions that have an instruction, under their own name or, for `round`, as `nearest`. */
type Simple = "neg" | "abs" | "floor" | "ceil" | "trunc" | "sqrt";

/** The functions that need more than one instruction. */
export type Composed = Exclude<UnaryOp, Simple | "round" | "relu">;

/** Emits a function that is one instruction or little more. `other` emits the remaining functions. */
export function simple(lanes: Lanes, op: UnaryOp, x: Vector, zero: Vector, other: (op: Composed) => Vector): Vector {
  if (op === "relu") return lanes.pmax(x, zero); // the pseudo-maximum returns its first operand when that is NaN
  if (op === "round") return lanes.nearest(x);
  // Safe: an instruction of this name computes the function.
  return op in lanes ? lanes[op as Simple](x) : other(op as Composed);
}

/** Emits arithmetic that is one instruction. `other` emits the remaining operations. */
export function arithmetic(
  lanes: Lanes,
  op: BinaryOp,
  a: Vector,
  b: Vector,
  other: (op: "fmod" | "pow" | "atan2") => Vector,
): Vector {
  // Safe: an instruction of this name computes the function. Formulas of floats contain no other operations.
  return op in lanes ? lanes[op as "add"](a, b) : other(op as "fmod" | "pow" | "atan2");
}

function unary64(e: Emitter, op: UnaryOp, x: Vector): Vector {
  return simple(f64x2, op, x, e.f64(0), (name) => {
    if (name === "erf") return erf64(e, x);
    return name === "erfc" ? erfc64(e, x) : lanewise(e, f64x2, 2, [x], (lane) => e.math(name, lane));
  });
}

function binary64(e: Emitter, op: BinaryOp, a: Vector, b: Vector): Vector {
  return arithmetic(f64x2, op, a, b, (name) => lanewise(e, f64x2, 2, [a, b], (x, y) => e.math(name, x, y)));
}

/** The exponential of two float64. */
function exp64(e: Emitter, x: Vector): Vector {
  return lanewise(e, f64x2, 2, [x], (lane) => e.math("exp", lane));
}

/** erf(x) / x as a polynomial in x², for |x| ≤ 1: the Taylor series, 2/√π Σ (-1)ⁿ / (n! (2n + 1)). */
const near: readonly number[] = /* @__PURE__ */ Array.from({ length: 18 }, (_, n) => {
  let term = 2 / Math.sqrt(Math.PI);
  for (let i = 1; i <= n; i++) term /= -i;
  return term / (2 * n + 1);
});

/** (1 + 2x) e^(x²) erfc(x) as a polynomial in (x - 4)/(x + 4), for 0.4 ≤ x ≤ 28, and to twelve digits from 0 on. */
const far = [
  1.2329951186255526, -0.1396211168405625, 0.01537965210262003, 0.06809705425469147, -0.101039066036324,
  0.09373283499840034, -0.0663303658116813, 0.0371675155365405, -0.01619773406538953, 0.00503196998725052,
  -7.5777322534245e-4, -1.9925674700077e-4, 1.5062134572395e-4, -2.439903837685e-5, -1.12209199711e-5, 5.70938598363e-6,
  2.913916127e-7, -8.250724034e-7, 7.79925694e-8, 1.099895443e-7, -2.073604645e-8, -1.430301606e-8, 3.08766915e-9,
  1.398749e-9, -2.0149916e-10,
];

/** The error function of two float64. */
function erf64(e: Emitter, x: Vector): Vector {
  const inside = e.let(f64x2.mul(x, polynomial(e, "f64x2", e.let(f64x2.mul(x, x)), near)));
  const size = e.let(f64x2.abs(x));
  const outside = v128.bitselect(x, f64x2.sub(e.f64(1), erfcFar(e, size, gaussian64)), e.f64(-0)); // the sign of x
  return e.select(outside, inside, f64x2.gt(size, e.f64(1)));
}

/** `1 - erf` of two float64. */
function erfc64(e: Emitter, x: Vector): Vector {
  const inside = f64x2.sub(e.f64(1), f64x2.mul(x, polynomial(e, "f64x2", e.let(f64x2.mul(x, x)), near)));
  // From 0.5 on the difference would lose digits.
  const middle = v128.and(f64x2.lt(x, e.f64(0.5)), f64x2.le(f64x2.abs(x), e.f64(1)));
  return e.select(inside, erfcFar(e, x, gaussian64), middle);
}

/** `1 - erf`, to all digits for |x| ≥ 0.4 and a precise function e^(-x²). */
export function erfcFar(e: Emitter, x: Vector, gaussian: (e: Emitter, x: Vector) => Vector): Vector {
  const a = e.let(f64x2.pmin(f64x2.abs(x), e.f64(28)));
  const t = e.let(f64x2.div(f64x2.sub(a, e.f64(4)), f64x2.add(a, e.f64(4))));
  const scaled = f64x2.mul(gaussian(e, a), polynomial(e, "f64x2", t, far));
  const right = e.let(f64x2.div(scaled, f64x2.add(f64x2.add(a, a), e.f64(1))));
  return e.select(f64x2.sub(e.f64(2), right), right, f64x2.lt(x, e.f64(0)));
}

/** `e^(-x²)` of two float64. */
function gaussian64(e: Emitter, x: Vector): Vector {
  // x² is split: the square of the part with few bits is exact.
  const coarse = e.let(v128.and(x, e.i32(0, -1)));
  const exact = e.let(exp64(e, f64x2.neg(f64x2.mul(coarse, coarse))));
  const rest = e.let(f64x2.mul(f64x2.sub(coarse, x), f64x2.add(coarse, x)));
  // e^rest - 1, for |rest| < 0.002
  const correction = f64x2.mul(rest, polynomial(e, "f64x2", rest, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120]));
  return f64x2.add(exact, f64x2.mul(exact, correction));
}
