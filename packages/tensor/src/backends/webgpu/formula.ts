/**
 * Expressions in WGSL. A float is an f32, an int32 or uint8 an i32, a bool a bool. Each node becomes one `let`, so that
 * shared subexpressions are computed once.
 */

import { computeType, type DType, isFloating } from "../../dtype.ts";
import { DTypeError } from "../../errors.ts";
import type { Expr } from "../../expr/expr.ts";
import type { BinaryOp, CompareOp, ScalarOp, UnaryOp } from "../../expr/ops.ts";
import { nodesOf } from "../../expr/program.ts";
import { decode, encode, wgslType } from "./draft.ts";
import { float } from "./wgsl-mathematics.ts";

/** The leaves of an expression in the shader. */
export interface Leaves {
  input(index: number): string;
  scalar(leaf: Expr): string;
  row(index: number): string;
}

/**
 * Returns the statements that compute some expressions, and the names of their values. `prefix` makes names unique
 * where several sets share a scope.
 */
export function writeFormulas(
  roots: readonly Expr[],
  leaves: Leaves,
  prefix: string,
): { code: string; values: string[] } {
  const names = new Map<Expr, string>();
  const lines: string[] = [];
  for (const e of nodesOf(roots)) {
    const args = e.args.map((arg) => names.get(arg) as string); // safe: operands come first
    const text = write(e, args, leaves);
    // Constants are named too: WGSL evaluates constant expressions at compile time and rejects those that result in NaN
    // or infinity.
    if (e.op === "scalar" || e.op === "row") {
      names.set(e, text);
    } else {
      const name = `${prefix}${names.size}`;
      lines.push(`let ${name}: ${wgslType(e.dtype)} = ${text};`);
      names.set(e, name);
    }
  }
  return { code: lines.join("\n"), values: roots.map((e) => names.get(e) as string) };
}

function write(e: Expr, args: readonly string[], leaves: Leaves): string {
  const [a = "", b = "", c = ""] = args;
  const op: ScalarOp = e.op;
  switch (op) {
    case "input":
      return leaves.input(e.value);
    case "scalar":
      return leaves.scalar(e);
    case "row":
      return leaves.row(e.value);
    case "constant":
      return literal(e.value, e.dtype);
    case "select":
      return `select(${c}, ${b}, ${a})`;
    case "cast":
      return writeCast(a, e.args[0]?.dtype ?? e.dtype, e.dtype);
    case "eq":
    case "ne":
    case "lt":
    case "le":
      return writeCompare(op, e.args[0]?.dtype ?? e.dtype, a, b);
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "idiv":
    case "fmod":
    case "pow":
    case "atan2":
    case "min":
    case "max":
    case "and":
    case "or":
    case "xor":
    case "shl":
    case "shr":
      return writeBinary(op, e.dtype, a, b);
    default:
      return writeUnary(op, a);
  }
}

/** Returns a number of some dtype as a WGSL expression. */
export function literal(value: number, dtype: DType): string {
  if (dtype === "bool") return value !== 0 ? "true" : "false";
  if (!isFloating(dtype)) return value === -(2 ** 31) ? "(-2147483647i - 1i)" : `${value}i`;
  if (Number.isNaN(value)) return "f_nan()";
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) return rounded > 0 ? "f_infinity()" : "f_neg(f_infinity())";
  return `(${float(rounded)})`;
}

/** Returns a value converted to another dtype. */
export function writeCast(a: string, from: DType, to: DType): string {
  if (from === to) return a;
  if (computeType(to) !== to) return decode(to, encode(to, writeCast(a, from, "float32")));
  if (to === "float64")
    throw new DTypeError("webgpu: float64 is not supported on this device; convert to float32, or use the CPU");
  if (isFloating(to)) return isFloating(from) ? a : `f32(${a})`;
  if (to === "bool") return isFloating(from) ? `!(${a} == 0.0)` : `(${a} != 0)`;
  const whole = isFloating(from) ? `f_toInt(${a})` : from === "bool" ? `i32(${a})` : a;
  return to === "uint8" && from !== "bool" ? `(${whole} & 255)` : whole;
}

function writeCompare(op: CompareOp, dtype: DType, a: string, b: string): string {
  if (dtype === "bool" && op === "lt") return `(!${a} && ${b})`;
  if (dtype === "bool" && op === "le") return `(!${a} || ${b})`;
  if (op === "ne") return `!(${a} == ${b})`; // NaN is unequal to everything
  return `(${a} ${{ eq: "==", lt: "<", le: "<=" }[op]} ${b})`;
}

function writeUnary(op: UnaryOp, a: string): string {
  switch (op) {
    case "floor":
    case "ceil":
    case "round":
    case "trunc":
    case "sqrt":
      return `${op}(${a})`;
    default:
      return `f_${op}(${a})`;
  }
}

/** Wraps an integer to the range of its dtype. */
function wrap(value: string, dtype: DType): string {
  return dtype === "uint8" ? `(${value} & 255i)` : value;
}

const operators: Readonly<Partial<Record<BinaryOp, string>>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  and: "&",
  or: "|",
  xor: "^",
};

/** Returns a binary primitive of two values of one dtype. */
export function writeBinary(op: BinaryOp, dtype: DType, a: string, b: string): string {
  if (dtype === "bool") {
    if (op === "add" || op === "max" || op === "or") return `(${a} || ${b})`;
    if (op === "mul" || op === "min" || op === "and") return `(${a} && ${b})`;
    return `(${a} != ${b})`;
  }
  const operator = operators[op];
  if (operator !== undefined)
    return isFloating(dtype) ? `(${a} ${operator} ${b})` : wrap(`(${a} ${operator} ${b})`, dtype);
  if (isFloating(dtype)) return `f_${op}(${a}, ${b})`;
  const bits = dtype === "uint8" ? 8 : 32;
  switch (op) {
    case "min":
    case "max":
      return `${op}(${a}, ${b})`;
    case "idiv":
      return wrap(`f_idiv(${a}, ${b})`, dtype);
    case "fmod":
      return `f_ifmod(${a}, ${b})`;
    case "pow":
      return wrap(`f_ipow(${a}, ${b})`, dtype);
    case "shl":
    case "shr":
      return wrap(`f_${op}(${a}, ${b}, ${bits}i)`, dtype);
    default:
      throw new DTypeError(`${op}: requires a floating-point dtype`);
  }
}
