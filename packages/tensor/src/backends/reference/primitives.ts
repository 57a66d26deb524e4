/**
 * The primitives of the scalar language on JavaScript numbers. A double holds every value of every dtype exactly, so a
 * primitive is computed in double precision and its result is rounded to the dtype, as a device of that precision
 * would. Integers wrap around, bools are logic.
 */

import { type DType, isFloating } from "../../dtype.ts";
import { erf, erfc, mod, pow, roundHalfEven, sigmoid } from "../../expr/functions.ts";
import type { BinaryOp, CompareOp, UnaryOp } from "../../expr/ops.ts";
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from "../../half.ts";

/**
 * A number rounded to a dtype: to the nearest float, to an integer modulo its range, to a bool by comparing with zero.
 */
export function round(value: number, dtype: DType): number {
  switch (dtype) {
    case "float64":
      return value;
    case "float32":
      return Math.fround(value);
    case "float16":
      return fromHalf(toHalf(value));
    case "bfloat16":
      return fromBfloat16(toBfloat16(value));
    case "int32":
      return value | 0;
    case "uint8":
      return value & 255;
    case "bool":
      return value !== 0 ? 1 : 0;
    default:
      throw dtype satisfies never;
  }
}

/**
 * A value of one dtype converted to another, as C does it on x86: floats lose their fraction on the way to an integer,
 * and what does not fit into an int32, NaN included, becomes -2³¹; uint8 takes the low eight bits of that int32.
 * Integers wrap. NaN is true.
 */
export function convert(value: number, from: DType, to: DType): number {
  if (isFloating(from) && (to === "int32" || to === "uint8")) {
    const whole = Math.trunc(value);
    return round(whole >= -(2 ** 31) && whole < 2 ** 31 ? whole : -(2 ** 31), to);
  }
  return round(value, to);
}

/** A function of one value of some dtype. */
export function unary(op: UnaryOp, dtype: DType): (a: number) => number {
  return isFloating(dtype) ? floatUnary(op) : integerUnary(op, dtype);
}

/** A function of two values of one dtype. */
export function binary(op: BinaryOp, dtype: DType): (a: number, b: number) => number {
  if (isFloating(dtype)) return floatBinary(op);
  return dtype === "bool" ? boolBinary(op) : integerBinary(op, dtype);
}

/** A comparison: 1 where it holds, 0 elsewhere. NaN is unequal to everything and in no order. */
export function compare(op: CompareOp): (a: number, b: number) => number {
  switch (op) {
    case "eq":
      return (a, b) => (a === b ? 1 : 0);
    case "ne":
      return (a, b) => (a !== b ? 1 : 0);
    case "lt":
      return (a, b) => (a < b ? 1 : 0);
    case "le":
      return (a, b) => (a <= b ? 1 : 0);
    default:
      throw op satisfies never;
  }
}

function floatUnary(op: UnaryOp): (a: number) => number {
  switch (op) {
    case "neg":
      return (a) => -a;
    case "round":
      return roundHalfEven;
    case "sigmoid":
      return sigmoid;
    case "erf":
      return erf;
    case "erfc":
      return erfc;
    case "relu":
      return (a) => Math.max(a, 0); // NaN passes
    case "not":
      throw new Error("not: there is no complement of a floating-point number");
    default:
      return Math[op];
  }
}

function integerUnary(op: UnaryOp, dtype: DType): (a: number) => number {
  switch (op) {
    case "neg":
      return (a) => -a;
    case "abs":
      return Math.abs;
    case "relu":
      return (a) => Math.max(a, 0);
    case "not":
      return dtype === "bool" ? (a) => 1 - a : (a) => ~a;
    case "floor":
    case "ceil":
    case "round":
    case "trunc":
      return (a) => a;
    default:
      throw new Error(`${op}: takes floating-point numbers only`);
  }
}

function floatBinary(op: BinaryOp): (a: number, b: number) => number {
  switch (op) {
    case "add":
      return (a, b) => a + b;
    case "sub":
      return (a, b) => a - b;
    case "mul":
      return (a, b) => a * b;
    case "div":
      return (a, b) => a / b;
    case "mod":
      return mod;
    case "fmod":
      return (a, b) => a % b;
    case "pow":
      return pow;
    case "atan2":
      return Math.atan2;
    case "min":
      return (a, b) => Math.min(a, b); // Math.min and Math.max pass NaN on
    case "max":
      return (a, b) => Math.max(a, b);
    case "idiv":
    case "and":
    case "or":
    case "xor":
    case "shl":
    case "shr":
      throw new Error(`${op}: takes integers only`);
    default:
      throw op satisfies never;
  }
}

function integerBinary(op: BinaryOp, dtype: DType): (a: number, b: number) => number {
  const bits = dtype === "uint8" ? 8 : 32;
  switch (op) {
    case "add":
      return (a, b) => a + b;
    case "sub":
      return (a, b) => a - b;
    case "mul":
      return Math.imul;
    case "idiv":
      return (a, b) => (b === 0 ? 0 : Math.floor(a / b));
    case "mod":
      return (a, b) => (b === 0 ? 0 : mod(a, b));
    case "fmod":
      return (a, b) => (b === 0 ? 0 : a % b);
    case "pow":
      return integerPower;
    case "min":
      return (a, b) => Math.min(a, b);
    case "max":
      return (a, b) => Math.max(a, b);
    case "and":
      return (a, b) => a & b;
    case "or":
      return (a, b) => a | b;
    case "xor":
      return (a, b) => a ^ b;
    case "shl":
      return (a, b) => (b < 0 || b >= bits ? 0 : a << b);
    case "shr":
      return (a, b) => a >> (b < 0 || b >= bits ? bits - 1 : b);
    case "div":
    case "atan2":
      throw new Error(`${op}: takes floating-point numbers only`);
    default:
      throw op satisfies never;
  }
}

/** Arithmetic on bools is logic: a sum is an or, a product an and, a difference an exclusive or. */
function boolBinary(op: BinaryOp): (a: number, b: number) => number {
  switch (op) {
    case "add":
    case "max":
    case "or":
      return (a, b) => a | b;
    case "mul":
    case "min":
    case "and":
      return (a, b) => a & b;
    case "sub":
    case "xor":
      return (a, b) => a ^ b;
    default:
      throw new Error(`${op}: there is no such operation on bools`);
  }
}

/**
 * A power by squaring, modulo 2³². A negative exponent gives what is left of the fraction: 0, or ±1 for a base of ±1.
 */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) {
    if (base === 1) return 1;
    return base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
  }
  let result = 1;
  let square = base;
  for (let e = exponent; e > 0; e >>>= 1) {
    if (e & 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}
