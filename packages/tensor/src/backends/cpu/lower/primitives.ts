/**
 * The primitives of the scalar language as vector code, four elements at a time. Arithmetic is here; functions of
 * floats are in `float32.ts` and `float64.ts`. The reference backend defines the meaning of each primitive.
 */

import { type DType, isFloating } from "../../../dtype.ts";
import type { BinaryOp, CompareOp, UnaryOp } from "../../../expr/ops.ts";
import { f32x4, f64x2, i32x4, i64x2, v128 } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import { float32Binary, float32Unary } from "./float32.ts";
import { float64Binary, float64Unary } from "./float64.ts";
import { integerDivision, integerPower, shift } from "./integers.ts";
import { first, joined, type Value, type Vector } from "./values.ts";

/** Emits a unary primitive. */
export function unary(e: Emitter, op: UnaryOp, dtype: DType, a: Value): Value {
  return dtype === "float64" ? float64Unary(e, op, a) : [e.let(float32Unary(e, op, first(a)))];
}

/** Emits a binary primitive of two operands of one dtype. */
export function binary(e: Emitter, op: BinaryOp, dtype: DType, a: Value, b: Value): Value {
  if (dtype === "float64") return float64Binary(e, op, a, b);
  const [x, y] = [first(a), first(b)];
  if (isFloating(dtype)) return [e.let(float32Binary(e, op, x, y))];
  return [e.let(dtype === "bool" ? v128[logical[op] as "and"](x, y) : integerBinary(e, op, dtype, x, y))];
}

/** Emits a comparison of two operands of one dtype, whose result is a bool. */
export function compare(e: Emitter, op: CompareOp, dtype: DType, a: Value, b: Value): Value {
  const [x, y] = [first(a), first(b)];
  // safe: float64 takes two vectors
  if (dtype === "float64") return [e.let(joined(f64x2[op](x, y), f64x2[op](a[1] as Vector, b[1] as Vector)))];
  if (isFloating(dtype)) return [e.let(f32x4[op](x, y))];
  // True is -1 as a mask, so masks compare in the opposite order of bools.
  return [e.let(dtype === "bool" && (op === "lt" || op === "le") ? i32x4[op](y, x) : i32x4[op](x, y))];
}

/** `condition ? a : b` */
export function select(e: Emitter, dtype: DType, condition: Value, a: Value, b: Value): Value {
  const mask = first(condition);
  if (dtype !== "float64") return [e.let(e.select(first(a), first(b), mask))];
  const [low, high] = [i64x2.extendLow32(mask), i64x2.extendHigh32(mask)]; // sign extension keeps lanes of ones
  return [e.let(e.select(first(a), first(b), low)), e.let(e.select(a[1] as Vector, b[1] as Vector, high))];
}

/** Wraps integers to the range of their dtype. */
function wrapped(e: Emitter, dtype: DType, x: Vector): Vector {
  return dtype === "uint8" ? v128.and(x, e.i32(255)) : x;
}

function integerBinary(e: Emitter, op: BinaryOp, dtype: DType, a: Vector, b: Vector): Vector {
  const byte = (x: Vector) => wrapped(e, dtype, x);
  switch (op) {
    case "min":
    case "max":
      return i32x4[op](a, b);
    case "and":
    case "or":
    case "xor":
      return v128[op](a, b);
    case "idiv":
    case "fmod":
      return byte(integerDivision(e, op, a, b));
    case "pow":
      return byte(integerPower(e, a, b));
    case "shl":
    case "shr":
      return byte(shift(e, op, dtype === "uint8" ? 8 : 32, a, b));
    default:
      return byte(i32x4[op as "add" | "sub" | "mul"](a, b)); // safe: the others are computed in floating point
  }
}

/** Arithmetic on bools is logic: sums are `or`, products `and`, differences `xor`. Formulas reject the rest. */
const logical: Readonly<Record<string, "and" | "or" | "xor">> = {
  add: "or",
  max: "or",
  or: "or",
  mul: "and",
  min: "and",
  and: "and",
  sub: "xor",
  xor: "xor",
};
