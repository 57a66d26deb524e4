/**
 * The primitives of the scalar language on JavaScript numbers. A double represents every value of every dtype exactly,
 * so a primitive is computed in double precision and its result is rounded to the dtype, as on a device of that
 * precision. Integers wrap around; arithmetic on bools is logical.
 */

import { type DType, isFloating } from "../../dtype.ts";
import { erf, erfc, pow, roundHalfEven } from "../../expr/functions.ts";
import type { BinaryOp, CompareOp, UnaryOp } from "../../expr/ops.ts";
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from "../../half.ts";

/**
 * Rounds a number to a dtype: to the nearest float, to an integer modulo its range, to a bool by comparing with zero.
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
 * Converts a value from one dtype to another like C on x86: floats are truncated toward zero for integers, and a value
 * that does not fit into an int32, NaN included, becomes -2³¹; a uint8 is the low eight bits of that int32. Integers
 * wrap around. NaN converts to true.
 */
export function convert(value: number, from: DType, to: DType): number {
  if (isFloating(from) && (to === "int32" || to === "uint8")) {
    const whole = Math.trunc(value);
    return round(whole >= -(2 ** 31) && whole < 2 ** 31 ? whole : -(2 ** 31), to);
  }
  return round(value, to);
}

/** Returns the function of one value for a primitive. */
export function unary(op: UnaryOp): (a: number) => number {
  switch (op) {
    case "neg":
      return (a) => -a;
    case "round":
      return roundHalfEven;
    case "erf":
      return erf;
    case "erfc":
      return erfc;
    case "relu":
      return (a) => Math.max(a, 0); // propagates NaN
    default:
      return Math[op];
  }
}

/** Returns the function of two values for a primitive and dtype. */
export function binary(op: BinaryOp, dtype: DType): (a: number, b: number) => number {
  if (isFloating(dtype)) return floatBinary(op);
  return dtype === "bool" ? boolBinary(op) : integerBinary(op, dtype);
}

/** Returns a comparison, with the result 1 if it holds and 0 otherwise. NaN is unequal to everything and unordered. */
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
    case "fmod":
      return (a, b) => a % b;
    case "pow":
      return pow;
    case "atan2":
      return Math.atan2;
    case "min":
      return (a, b) => Math.min(a, b); // Math.min and Math.max propagate NaN
    case "max":
      return (a, b) => Math.max(a, b);
    case "idiv":
    case "and":
    case "or":
    case "xor":
    case "shl":
    case "shr":
      throw new Error(`${op}: needs integers`);
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
      throw new Error(`${op}: needs floating-point numbers`);
    default:
      throw op satisfies never;
  }
}

/** Arithmetic on bools is logical: a sum is OR, a product AND, a difference XOR. */
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
      throw new Error(`${op}: not defined for bools`);
  }
}

/**
 * Computes a power by squaring, modulo 2³². For a negative exponent the result is truncated: 0, or ±1 for a base of ±1.
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
